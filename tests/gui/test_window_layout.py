"""The window's docks: their shares, their edges, the way home."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from windows import EXPERIMENT, opened


@pytest.fixture
def window(qtbot):
    window = opened(qtbot, EXPERIMENT)
    yield window
    window.close()


def test_the_layout_comes_home(window):
    window.curves_dock.hide()
    window.settings_dock.setFloating(True)
    window.reset_layout()
    assert not window.curves_dock.isHidden()
    assert not window.settings_dock.isFloating()


@pytest.mark.parametrize("size", [(1280, 800), (1024, 700)])
def test_the_landscape_gets_its_share(window, size):
    window.resize(*size)
    QApplication.processEvents()
    assert window.landscape.width() >= 0.45 * size[0]


def test_a_tiny_window_has_room_for_everything_but_the_colour_bar(window):
    window.resize(640, 480)
    QApplication.processEvents()
    assert window.width() == 640
    assert window.landscape.bar.isHidden()
    assert window.landscape.frame.plot.width() >= 64
    window.resize(1024, 700)
    QApplication.processEvents()
    assert not window.landscape.bar.isHidden()


def widths(window):
    QApplication.processEvents()
    return window.settings_dock.width(), window.curves_dock.width()


def drag_edge(window, qtbot, by):
    """Drag the edge between settings and landscape."""
    start = window.settings_dock.geometry().topRight() + QPoint(2, 200)
    qtbot.mousePress(window, Qt.MouseButton.LeftButton, pos=start)
    for i in range(1, 5):
        at = QPointF(start + QPoint(round(by * i / 4), 0))
        event = QMouseEvent(
            QEvent.Type.MouseMove, at, window.mapToGlobal(at), Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(window, event)
        QApplication.processEvents()
    qtbot.mouseRelease(window, Qt.MouseButton.LeftButton, pos=start + QPoint(by, 0))


def test_the_docks_keep_their_shares_through_a_narrow_window(window):
    before = widths(window)
    window.resize(640, 800)
    assert widths(window) != before
    window.resize(1280, 800)
    assert widths(window) == before


def test_a_dragged_edge_stays_through_other_sizes_and_sessions(qtbot):
    window = opened(qtbot, EXPERIMENT)
    before = widths(window)
    drag_edge(window, qtbot, 60)
    chosen = widths(window)
    assert chosen[0] == pytest.approx(before[0] + 60, abs=8)
    for width in (742, 1920, 1280):
        window.resize(width, 800)
    assert widths(window) == chosen
    window.close()
    again = opened(qtbot, EXPERIMENT)
    assert widths(again) == chosen
    again.reset_layout()
    assert widths(again) == before
    again.close()
