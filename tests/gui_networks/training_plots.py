"""Plots of training curves on screen, what they show, and real mouse events."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from gui.networks.views.training_curves import TrainingCurves


def at_once(topic, work, done, failed=None):
    done(work())


def show_curves(qtbot, state, size=(420, 520), submit=at_once):
    curves = TrainingCurves(state, submit)
    qtbot.addWidget(curves)
    curves.resize(*size)
    curves.show()
    curves.grab()
    return curves


def pixel(view, step, value):
    """Return where the plot shows a value at a step."""
    frame = view.plot.frame
    return QPointF(frame.x(step), frame.y(view.drawing.picture.scale.place(value)))


def count_colour(view, colour, at, size=5, tolerance=24):
    image, found = view.plot.grab().toImage(), 0
    for x in range(int(at.x()) - size, int(at.x()) + size + 1):
        for y in range(int(at.y()) - size, int(at.y()) + size + 1):
            if image.valid(x, y):
                pairs = zip(image.pixelColor(x, y).getRgb(), colour.getRgb(), strict=True)
                found += max(abs(a - b) for a, b in pairs) <= tolerance
    return found


def mouse(view, kind, at, button=Qt.MouseButton.LeftButton):
    port = view.plot.viewport()
    event = QMouseEvent(
        kind, at, port.mapToGlobal(at), button, button, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(port, event)


def point_at(view, step):
    frame = view.plot.frame
    mouse(
        view, QEvent.Type.MouseMove, QPointF(frame.x(step), frame.y(0.5)), Qt.MouseButton.NoButton
    )
