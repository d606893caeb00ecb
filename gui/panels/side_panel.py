"""Surface and optimizers above each other, scrolling if need be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QFrame,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.panels.run_panel import RunPanel
from gui.panels.surface_panel import SurfacePanel
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from gui.panels.run_actions import RunActions
    from gui.state import State, Submit

NARROWEST_PX, USUAL_PX = 280, 304


class _Content(QWidget):
    """The panel's inside, through which Tab goes as one reads, however late a row was made."""

    def focusNextPrevChild(self, forward: bool) -> bool:
        present = QApplication.focusWidget()
        stops = self._stops()
        if present not in stops:
            return super().focusNextPrevChild(forward)
        at = stops.index(present) + (1 if forward else -1)
        target = stops[at] if 0 <= at < len(stops) else self._outside(present, forward)
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        (target or stops[at % len(stops)]).setFocus(reason)
        return True

    def _stops(self) -> list[QWidget]:
        """Return what takes the focus, line by line."""
        return sorted(filter(_takes_focus, self.findChildren(QWidget)), key=self._place)

    def _place(self, widget: QWidget) -> tuple[int, int]:
        middle = widget.mapTo(self, widget.rect().center())
        return middle.y() // RHYTHM, middle.x()

    def _outside(self, present: QWidget, forward: bool) -> QWidget | None:
        """Return the next stop of the window beyond this panel, if it has one."""
        step = QWidget.nextInFocusChain if forward else QWidget.previousInFocusChain
        widget = step(present)
        while widget is not None and widget is not present:
            if _takes_focus(widget) and not self.isAncestorOf(widget):
                return widget
            widget = step(widget)
        return None


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


class SidePanel(QScrollArea):
    """Everything that is asked of the engine."""

    def __init__(
        self, state: State, submit: Submit, actions: RunActions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.surface = SurfacePanel(state, submit)
        self.runs = RunPanel(state, submit, actions)
        content = _Content()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(RHYTHM, RHYTHM, RHYTHM, RHYTHM)
        layout.setSpacing(3 * RHYTHM)
        layout.addWidget(self.surface)
        layout.addWidget(self.runs)
        layout.addStretch(1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(NARROWEST_PX)

    def choose_surface(self, name: str) -> None:
        """Go to a surface of the catalogue, or to the user's own formula."""
        self.surface.choose(name)

    def sizeHint(self) -> QSize:
        """Return the usual width."""
        return QSize(USUAL_PX, 640)
