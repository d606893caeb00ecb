"""From mouse move to painted frame: every path is walked, every path and curve drawn anew."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from engine.experiment import DisplaySettings, Experiment, SurfaceSettings, new_run
from gui.main_window import MainWindow

STEPS = 10_000
MOVES = 150
WARM_UP_MOVES = 20
MOST_SECONDS = 30.0
OPTIMIZERS = ("sgd", "adam", "rmsprop", "adagrad", "nadam", "adamax", "yogi", "lion")


class Paints(QObject):
    """Notes which of some widgets have not been painted yet."""

    def __init__(self, widgets):
        super().__init__()
        self.widgets = widgets
        self.awaited = set()
        for widget in widgets:
            widget.installEventFilter(self)

    def forget(self):
        self.awaited = set(self.widgets)

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            self.awaited.discard(watched)
        return False


def experiment_of(count, basins):
    runs = tuple(
        new_run(OPTIMIZERS[i % len(OPTIMIZERS)], learning_rate=1e-3 * 1.05**i, slot=i)
        for i in range(count)
    )
    surface = SurfaceSettings(name="rosenbrock")
    display = DisplaySettings(basins=basins)
    return Experiment(surface=surface, start=(-1.5, 2.0), steps=STEPS, runs=runs, display=display)


def wait_for(condition):
    application = QApplication.instance()
    deadline = time.perf_counter() + MOST_SECONDS
    # Sleeping between events, as a window does: spinning would fight the workers for Python.
    flags = QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents
    while not condition():
        application.processEvents(flags)
        assert time.perf_counter() < deadline, "the window does not answer"


def mouse(canvas, handle, kind, at, held):
    """Send a mouse event at a canvas pixel to the ring's handle, which has the mouse."""
    move = kind == QEvent.Type.MouseMove
    button = Qt.MouseButton.NoButton if move else Qt.MouseButton.LeftButton
    there, anywhere = handle.mapFrom(canvas, at), canvas.mapToGlobal(at)
    event = QMouseEvent(kind, there, anywhere, button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(handle, event)


@pytest.mark.parametrize(
    ("count", "basins", "wanted"),
    [
        (8, False, "median ≤ 16 ms, p99 ≤ 33 ms"),
        (8, True, "median ≤ 16 ms, p99 ≤ 33 ms"),
        (32, False, "median ≤ 40 ms"),
    ],
)
def test_drag(count, basins, wanted, benchmark, report, qtbot, warm):
    window = MainWindow(experiment_of(count, basins))
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    state, canvas = window.state, window.landscape.canvas
    # Loading what explains for the first time belongs to the start of a session.
    wait_for(lambda: state.explained is not None and not window.runner.busy)
    # What is read from explanations follows the frame.
    curves = [view for view in window.curves.views if not view.drawing.explains]
    paints = Paints([canvas.viewport(), *(view.plot.viewport() for view in curves)])
    # What is painted before the answer does not count.
    state.results_changed.connect(paints.forget)
    explained = []
    state.explained_changed.connect(explained.append)
    at = window.landscape.frame.pixel(*state.experiment.start)
    handle = canvas.childAt(at.toPoint())
    mouse(canvas, handle, QEvent.Type.MouseButtonPress, at, Qt.MouseButton.LeftButton)
    seconds = []

    def shown():
        answered = state.results.experiment.start == state.experiment.start
        drawn = all(view.drawing.shown is state.results for view in curves)
        return answered and drawn and not paints.awaited

    def move(i):
        nonlocal at
        turn = 0.1 * i
        to = at + QPointF(3.0 * np.cos(turn), 3.0 * np.sin(turn))
        before = state.experiment.start
        started = time.perf_counter()
        mouse(canvas, handle, QEvent.Type.MouseMove, to, Qt.MouseButton.LeftButton)
        assert state.experiment.start != before, "the ring was not dragged"
        wait_for(shown)
        seconds.append(time.perf_counter() - started)
        at = to

    def drag():
        for i in range(WARM_UP_MOVES + MOVES):
            move(i)

    benchmark.pedantic(drag, rounds=1)
    mouse(canvas, handle, QEvent.Type.MouseButtonRelease, at, Qt.MouseButton.NoButton)
    times_ms = 1e3 * np.array(seconds[WARM_UP_MOVES:])
    median, late = np.median(times_ms), np.percentile(times_ms, 99)
    what = f"{count} × {STEPS:,} steps" + (" over basins" if basins else "")
    report(f"drag, {what}", f"{median:.1f} / {late:.1f} ms", wanted)
    often = len(explained) / sum(seconds)
    report(f"{what} explained meanwhile", f"{often:.0f} a second")
