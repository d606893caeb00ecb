"""Results made by hand, and real mouse events, for the tests of curves, player and status."""

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication

from engine.experiment import Experiment, new_run
from engine.status import Status
from engine.trajectory import Trajectory
from gui.state import Results, State
from gui.views.curve_view import CurveView

STEPS = 100
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def at_once(topic, work, done, failed=None):
    done(work())


def decay(rate, steps=STEPS):
    return np.exp(-rate * np.arange(steps + 1) / max(steps, 1))


def blow_up(steps=STEPS, at=20):
    t = np.arange(steps + 1)
    growing = 10.0 ** (np.minimum(t, at) * 300.0 / at)
    return np.where(t < at, growing, np.where(t == at, np.inf, np.nan))


def trajectory(run, loss, minima=((0.0, 0.0, 0.0),)):
    bad = np.flatnonzero(~np.isfinite(loss))
    last, cause = (int(bad[0]), "loss") if len(bad) else (len(loss) - 1, "")
    return Trajectory(
        run, f"SGD η {run.learning_rate:g}", "bowl", np.stack([loss, loss], axis=1), loss, loss,
        np.stack([loss, loss], axis=1), np.full(len(loss), 0.1),
        np.array(minima).reshape(-1, 3), last, cause, last,
    )  # fmt: skip


def status(made):
    if made.cause:
        text = f"diverged: inf at step {made.last_step}"
        return Status(kind="diverged", sentence=f"It {text}.", short=text, step=made.last_step)
    return Status(kind="moving", sentence="It still moves.", short="still moving", step=1)


def state_with(*losses, **display):
    runs = tuple(new_run("sgd", learning_rate=0.1 + i, slot=i) for i in range(len(losses)))
    state = State(Experiment(steps=len(losses[0]) - 1 if losses else STEPS, runs=runs))
    state.update_display(**display)
    answer(state, *losses)
    return state


def answer(state, *losses, **changes):
    made = tuple(
        trajectory(run, loss, **changes)
        for run, loss in zip(state.experiment.runs, losses, strict=True)
    )
    results = Results(state.experiment, None, made, tuple(map(status, made)))
    state.set_results(results)


def show_curves(qtbot, state, quantity=None, size=(500, 300)):
    view = CurveView(state, at_once, quantity)
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    view.plot.grab()
    return view


def at(view, step, place=0.5):
    """Return the pixel of a step and of a share of the height, from below."""
    frame = view.plot.frame
    return QPointF(frame.x(step), frame.y(place))


def around(view, step, place, size=6):
    centre = at(view, step, place)
    return QRectF(centre.x() - size, centre.y() - size, 2 * size, 2 * size)


def place_of(view, value):
    return view.drawing.picture.scale.place(value)


def under_pointer(widget):
    """Return what gets a widget's mouse events: the viewport of a plot, else itself."""
    return widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget


def mouse(widget, kind, at, button=LEFT, buttons=LEFT):
    at, widget = QPointF(at), under_pointer(widget)
    event = QMouseEvent(
        kind, at, widget.mapToGlobal(at), button, buttons, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)


def move(widget, at):
    mouse(widget, QEvent.Type.MouseMove, at, NONE, NONE)


def leave(widget):
    for left in (under_pointer(widget), widget):
        QApplication.sendEvent(left, QEvent(QEvent.Type.Leave))


def click(widget, at):
    mouse(widget, QEvent.Type.MouseButtonPress, at)
    mouse(widget, QEvent.Type.MouseButtonRelease, at, LEFT, NONE)


def right_click(widget, at):
    widget, at = under_pointer(widget), at.toPoint()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at))
    QApplication.sendEvent(widget, event)


def drag(widget, start, end, moves=5):
    mouse(widget, QEvent.Type.MouseButtonPress, start)
    for k in range(1, moves + 1):
        mouse(widget, QEvent.Type.MouseMove, QPointF(start) + (end - start) * (k / moves), NONE)
    mouse(widget, QEvent.Type.MouseButtonRelease, end, LEFT, NONE)


def wheel(widget, at, notches):
    widget = under_pointer(widget)
    event = QWheelEvent(
        QPointF(at), widget.mapToGlobal(QPointF(at)), QPoint(), QPoint(0, 120 * notches),
        NONE, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def has_colour(image, name, area, tolerance=24):
    """Return whether any pixel of `area` is within `tolerance` of a colour."""
    return count_colour(image, name, area, tolerance) > 0


def count_colour(image, name, area, tolerance=24):
    wanted, found = QColor(name), 0
    for x in range(max(0, int(area.left())), min(image.width(), int(area.right()))):
        for y in range(max(0, int(area.top())), min(image.height(), int(area.bottom()))):
            pixel = image.pixelColor(x, y)
            gap = max(
                abs(pixel.red() - wanted.red()),
                abs(pixel.green() - wanted.green()),
                abs(pixel.blue() - wanted.blue()),
            )
            found += gap <= tolerance
    return found
