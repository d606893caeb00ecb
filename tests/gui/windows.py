"""The real window with a small experiment, its paths drawn."""

from __future__ import annotations

from engine.experiment import Experiment, SurfaceSettings, new_run
from gui.main_window import MainWindow

EXPERIMENT = Experiment(
    surface=SurfaceSettings(name="bowl"),
    start=(-3.0, 1.0),
    steps=60,
    runs=(new_run("sgd", learning_rate=0.09), new_run("adam", learning_rate=0.1, slot=1)),
)


def opened(qtbot, experiment, files=()):
    window = MainWindow(experiment, files)
    window.resize(1280, 800)
    with qtbot.waitSignal(window.paths.answered, timeout=120_000):
        window.show()
    qtbot.waitUntil(lambda: window.landscape.picture.ready, timeout=60_000)
    return window
