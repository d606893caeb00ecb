"""Tab goes through the window as one reads it, however late a control was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QScrollArea, QWidget

from gui.theme import RHYTHM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def move_focus(regions: Sequence[QWidget], forward: bool) -> bool:
    """Give the keyboard to the next stop, or the one before; return whether there is any.

    `regions` are parts of one window in the order in which they are gone through; inside each,
    stops follow line by line. After the last stop comes the first.
    """
    present = QApplication.focusWidget()
    order = [widget for region in regions for widget in _stops(region, present)]
    if not any(widget is not present for widget in order):
        return False
    step = 1 if forward else -1
    at = order.index(present) if present in order else (-1 if forward else 0)
    target = order[(at + step) % len(order)]
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    target.setFocus(reason)
    _bring_into_sight(target)
    return True


def as_read(regions: Iterable[QWidget]) -> list[QWidget]:
    """Return the visible parts of a band of the window, columns from left to right."""
    shown = [region for region in regions if region.isVisible()]
    return sorted(shown, key=lambda region: _corner(region).toTuple())


def _stops(region: QWidget, present: QWidget | None) -> list[QWidget]:
    """Return what takes the focus in a region, line by line, and the widget that has it now."""
    if not region.isVisible():
        return []
    widgets = [w for w in region.findChildren(QWidget) if w is present or _takes_focus(w)]
    centres = {widget: widget.mapTo(region, widget.rect().center()) for widget in widgets}
    lines: list[list[QWidget]] = []
    for widget in sorted(widgets, key=lambda w: centres[w].y()):
        if not lines or centres[widget].y() - centres[lines[-1][0]].y() > RHYTHM // 2:
            lines.append([])
        lines[-1].append(widget)
    return [widget for line in lines for widget in sorted(line, key=lambda w: centres[w].x())]


def _takes_focus(widget: QWidget) -> bool:
    return (
        bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        and widget.isVisible()
        and widget.isEnabled()
        # A spin box passes the focus on to its own line edit.
        and widget.focusProxy() is None
        and not isinstance(widget.parent(), QAbstractSpinBox)
        and not isinstance(widget, QScrollArea)
    )


def _corner(widget: QWidget) -> QPoint:
    return widget.mapTo(widget.window(), QPoint())


def _bring_into_sight(widget: QWidget) -> None:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget, 0, RHYTHM)
        parent = parent.parentWidget()
