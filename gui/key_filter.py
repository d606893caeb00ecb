"""Lets the focused widget keep keys that are also commands of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QGraphicsView,
    QWidget,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

#: Widgets that use the arrow keys themselves when they have the focus.
OWN_ARROWS = (QAbstractSlider, QAbstractSpinBox, QComboBox, QAbstractItemView)
MOVES = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)


class KeyFilter(QObject):
    """Watches whichever widget has the focus, in a floating dock, too: shortcuts reach there.

    A filter on the whole application would cost each of its events a call into Python.
    """

    def __init__(self, application: QApplication, window: QWidget) -> None:
        super().__init__(window)
        self._application = application
        application.focusChanged.connect(self._on_focus_changed)

    def close(self) -> None:
        """Watch no more."""
        self._application.focusChanged.disconnect(self._on_focus_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say that the widget wants the key, so that it is no shortcut."""
        wanted = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if wanted and isinstance(watched, QWidget) and uses(watched, Qt.Key(event.key())):  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None:
            old.removeEventFilter(self)
        if new is not None:
            new.installEventFilter(self)


def uses(focus: QWidget, key: Qt.Key) -> bool:
    """Return whether a widget that has the focus does something of its own with a key."""
    if key == Qt.Key.Key_Space:
        return isinstance(focus, QAbstractButton | QComboBox | QAbstractItemView)
    if key not in MOVES:
        return False
    if isinstance(focus, QGraphicsView):
        return focus.scene() is not None and focus.scene().focusItem() is not None
    return isinstance(focus, OWN_ARROWS) or focus.property("usesArrows") is True
