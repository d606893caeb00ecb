"""Landscapes answered by the real engine, and real mouse events, for the tests of the view."""

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from engine.experiment import Experiment, SurfaceSettings, new_run
from gui.state import Results, State
from gui.views.landscape_starts import SHARED
from gui.views.landscape_view import LandscapeView

LEFT = Qt.MouseButton.LeftButton
NO_BUTTON = Qt.MouseButton.NoButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
NO_KEY = Qt.KeyboardModifier.NoModifier


def at_once(topic, work, done, failed=None):
    """Submit without a thread."""
    try:
        result = work()
    except ValueError as error:
        assert failed is not None
        failed(str(error))
    else:
        done(result)


def answer_of(experiment):
    from engine.answer import answer

    found = answer(experiment)
    return Results(found.experiment, found.landscape, found.trajectories, found.statuses)


def open_landscape(qtbot, experiment=None, size=(560, 420), submit=at_once, answers=True):
    """Open a view on an experiment, answered at once after each change."""
    state = State(experiment or bowl())
    view = LandscapeView(state, submit)
    view.resize(*size)
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    if answers:
        state.changed.connect(lambda _, new: state.set_results(answer_of(new)))
        state.set_results(answer_of(state.experiment))
    return state, view


def bowl(*rates, **more):
    runs = tuple(
        new_run("sgd", learning_rate=rate, slot=slot) for slot, rate in enumerate(rates or (0.02,))
    )
    settings = {"start": (-1.5, 2.0), "steps": 40, "runs": runs, **more}
    return Experiment(surface=SurfaceSettings(name="bowl"), **settings)


def send(widget, kind, at, button=NO_BUTTON, buttons=NO_BUTTON, keys=NO_KEY):
    point = QPointF(at)
    event = QMouseEvent(kind, point, widget.mapToGlobal(point), button, buttons, keys)
    QApplication.sendEvent(widget, event)


def drag(widget, start, by, keys=NO_KEY, steps=5):
    """Press, move and release; a widget that follows the mouse moves under it."""
    begin = widget.mapToGlobal(QPointF(start))
    send(widget, QEvent.Type.MouseButtonPress, start, LEFT, LEFT, keys)
    for k in range(1, steps + 1):
        local = widget.mapFromGlobal(begin + QPointF(by) * (k / steps))
        send(widget, QEvent.Type.MouseMove, local, NO_BUTTON, LEFT, keys)
    local = widget.mapFromGlobal(begin + QPointF(by))
    send(widget, QEvent.Type.MouseButtonRelease, local, LEFT, NO_BUTTON, keys)


def wheel(widget, at, notches):
    event = QWheelEvent(
        QPointF(at), widget.mapToGlobal(QPointF(at)), QPoint(), QPoint(0, 120 * notches),
        NO_BUTTON, NO_KEY, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def picture_of(view):
    image = view.canvas.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1) & 0xFFFFFF


def handle(view, index=SHARED):
    return view._rings.handles[index]


def grip(widget):
    return QPointF(widget.width() / 2, widget.height() / 2)
