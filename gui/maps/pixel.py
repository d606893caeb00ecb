"""Opens the run behind a pixel: in the half that it belongs to, or as a curve beside the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from engine.maps.map_experiment import task_of
from gui.session import NETWORK, SURFACE

if TYPE_CHECKING:
    from engine.maps.map_experiment import MapExperiment
    from engine.maps.trainability import SingleRun
    from gui.maps.state import MapState
    from gui.state import Submit


@dataclass(frozen=True, eq=False)
class PixelRun:
    """The run of a trainability map's pixel.

    Parameters
    ----------
    experiment : the map.
    x, y : its settings.
    run : what became of it, step by step.
    """

    experiment: MapExperiment
    x: float
    y: float
    run: SingleRun


class PixelOpener(QObject):
    """Finds the run behind a pixel.

    Signals
    -------
    run_wanted : (str, experiment), it is to be shown in SURFACE or NETWORK.
    trained : (PixelRun), it belongs to neither, and was trained here.
    """

    run_wanted = Signal(str, object)
    trained = Signal(object)

    def __init__(self, state: MapState, submit: Submit, parent: QObject) -> None:
        super().__init__(parent)
        self._state, self._submit = state, submit

    def open(self, x: float, y: float) -> None:
        """Open the run with these settings."""
        experiment = self._state.experiment
        try:
            task: Any = task_of(experiment)
            if experiment.trainability is None:
                half = SURFACE if experiment.network is None else NETWORK
                self.run_wanted.emit(half, task.at(x, y))
                return
        except ValueError as error:
            self._state.say(str(error))
            return

        def work() -> PixelRun:
            from engine.maps.trainability import single

            return PixelRun(experiment, x, y, single(task, x, y))

        self._submit("map pixel", work, self.trained.emit)
