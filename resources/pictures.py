"""Makes the README's pictures: ``make pictures`` (or ``python -m resources.pictures``).

Each is the real window with an experiment in it, drawn without a screen, 1.5 pixels to the point.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_SCALE_FACTOR", "1.5")

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QSettings
from PySide6.QtWidgets import QApplication

from engine.experiment import DisplaySettings, Experiment, SurfaceSettings, new_run
from gui.theme import THEME

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from gui.networks.half import NetworkHalf

FOLDER = Path(__file__).parent / "pictures"
SIZE_PX = (1280, 800)
MOST_SECONDS = 300.0
#: The window is still when nothing has been at work for this long.
STILL_SECONDS = 0.5


def bowl() -> Experiment:
    """Return the experiment of the first start."""
    from gui.session import opening

    return opening()


def valley() -> Experiment:
    """Return six optimizers in Rosenbrock's valley."""
    rates = {
        "sgd": 1e-3, "nesterov": 2e-4, "rmsprop": 1e-2, "adam": 5e-2, "bfgs": 1.0, "adagrad": 0.3,
    }  # fmt: skip
    runs = tuple(
        new_run(name, learning_rate=rate, slot=slot)
        for slot, (name, rate) in enumerate(rates.items())
    )
    surface = SurfaceSettings(name="rosenbrock")
    return Experiment(surface=surface, start=(-1.3, 1.6), steps=800, runs=runs)


def parabola() -> Experiment:
    """Return gradient descent on x² just below, at and above the limit."""
    runs = tuple(
        new_run("sgd", learning_rate=rate, slot=slot) for slot, rate in enumerate((0.1, 0.95, 1.1))
    )
    return Experiment(
        surface=SurfaceSettings(name="square"),
        start=(0.5, 0.0),
        steps=100,
        runs=runs,
        display=DisplaySettings(landscape="curve"),
    )


def ladder(window: MainWindow) -> None:
    """Lay one optimizer at five learning rates beside each other."""
    window.state.set_experiment(
        Experiment(
            surface=SurfaceSettings(name="beale"),
            start=(-1.0, 2.0),
            steps=400,
            runs=(new_run("sgd", learning_rate=2e-3),),
        )
    )
    window.run_actions.decade_ladder()


def why(window: MainWindow) -> None:
    """Show the verdict on gradient descent above its limit, with the circle of safe steps."""
    from engine.stories import CATALOGUE

    regression = next(story for story in CATALOGUE if story.name == "regression")
    window.state.set_experiment(_with_curvature(regression.experiment))
    window.state.select(1)
    window.state.set_head(0)
    window.why.show_page("verdict")


def step(window: MainWindow) -> None:
    """Show the step microscope on the opening bowl."""
    window.state.set_experiment(_with_curvature(bowl()))
    window.state.set_head(3)
    window.why.show_page("step")


def basins() -> Experiment:
    """Return heavy ball among Himmelblau's four minima, at a rate at which it leaps."""
    return Experiment(
        surface=SurfaceSettings(name="himmelblau"),
        start=(-0.5, -1.0),
        steps=500,
        runs=(new_run("heavy_ball", learning_rate=0.012),),
        display=DisplaySettings(basins=True, basins_strength=0.6),
    )


def network(window: MainWindow) -> None:
    """Show what two optimizers have made of two moons, from the first weights on."""
    window.halves.show("network")


def plane(window: MainWindow) -> None:
    """Show the paths of both in the plane of their principal components."""
    _of_networks(window).centre.show_page("plane")


def fractal(window: MainWindow) -> None:
    """Show where small networks train, and where they diverge."""
    window.halves.show("maps")


def _of_networks(window: MainWindow) -> NetworkHalf:
    return cast("NetworkHalf", window.halves.all["network"])


def _with_curvature(experiment: Experiment) -> Experiment:
    return replace(experiment, display=replace(experiment.display, curvature=True))


def settle(window: MainWindow) -> None:
    """Wait until the window has answered and drawn."""
    deadline, still = time.monotonic() + MOST_SECONDS, time.monotonic()
    while time.monotonic() - still < STILL_SECONDS:
        QApplication.processEvents()
        if _is_behind(window) or window.runner.busy or not window.surface.basins.settled:
            still = time.monotonic()
        if time.monotonic() > deadline:
            raise TimeoutError("The window does not come to rest.")


def _is_behind(window: MainWindow) -> bool:
    """Return whether the half that is shown has not answered yet."""
    if window.halves.name == "network":
        state = _of_networks(window).state
        trained = state.trained
        return state.running or trained is None or trained.experiment != state.experiment
    results = window.state.results
    return results is None or results.experiment != window.state.experiment


def photograph(window: MainWindow, name: str) -> None:
    """Write what the window shows to ``pictures/<name>.png``."""
    settle(window)
    window.grab().save(str(FOLDER / f"{name}.png"))
    sys.stdout.write(f"{name}.png\n")


def main() -> None:
    """Make all pictures."""
    home = tempfile.TemporaryDirectory(prefix="overshoot-pictures-")
    for kind in ("CONFIG", "DATA", "STATE"):
        os.environ[f"XDG_{kind}_HOME"] = home.name
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, home.name)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    FOLDER.mkdir(exist_ok=True)
    THEME.follow(application, "light")
    from gui.main_window import MainWindow

    window = MainWindow(bowl())
    window.resize(*SIZE_PX)
    window.show()
    photograph(window, "light")
    window.state.set_experiment(parabola())
    photograph(window, "divergence")
    THEME.apply(application, "dark")
    window.state.set_experiment(valley())
    photograph(window, "dark")
    ladder(window)
    photograph(window, "ladder")
    THEME.apply(application, "light")
    why(window)
    photograph(window, "why")
    window.state.set_experiment(basins())
    window.state.set_head(basins().steps)
    photograph(window, "basins")
    network(window)
    photograph(window, "network")
    plane(window)
    photograph(window, "plane")
    fractal(window)
    photograph(window, "map")
    THEME.apply(application, "dark")
    window.halves.show("surface")
    step(window)
    photograph(window, "step")
    window.close()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


if __name__ == "__main__":
    main()
