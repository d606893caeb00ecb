"""Docks that float and come home."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QTextEdit

from gui.docks import Dock

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_a_dock_that_floated_small_fills_its_place_when_it_comes_home(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(QTextEdit())
    docks = [Dock(name, window) for name in ("above", "below")]
    for dock in docks:
        dock.setWidget(QTextEdit())
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    window.resize(1280, 800)
    window.show()
    above, below = docks
    for _ in range(3):
        below.setFloating(True)
        below.resize(120, 100)
        qtbot.waitUntil(lambda: below.width() < above.width())
        below.setFloating(False)
        qtbot.waitUntil(lambda: below.width() == above.width() and below.height() > 300)
