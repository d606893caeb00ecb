"""The state of the maps: what is mapped, how far the picture is, where one looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal

from gui.editing import Editing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.maps.axes import Axis
    from engine.maps.dimension import Dimension
    from engine.maps.map_experiment import MapExperiment
    from engine.maps.outcomes import Outcomes
    from engine.maps.picture import Progress


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture of a map, perhaps still growing.

    Parameters
    ----------
    experiment : what it is of; its width and height are the picture's.
    pixels : red, green, blue, opacity, premultiplied, (height, width, 4), from the top; not written
        any more.
    outcomes : what stands at each pixel, (height, width) each, from the bottom: its own outcome or
        that of one nearby. It grows on.
    spacing : how far apart the runs are that are shown there, in pixels; 1 is a pixel's own.
    progress : how far it is.
    dimension : of its border; None until it is known.
    over : whether nobody works at it any more.
    """

    experiment: MapExperiment
    pixels: NDArray[np.uint8]
    outcomes: Outcomes
    spacing: NDArray[np.float32]
    progress: Progress
    dimension: Dimension | None = None
    over: bool = False

    @property
    def complete(self) -> bool:
        """Whether each pixel is its own run."""
        return self.progress.done == self.progress.pixels


class MapState(Editing):
    """Which map is looked at, and its picture.

    The ranges of the experiment's axes are what is seen: zooming and dragging change them, and
    undo leads back.

    Signals
    -------
    shown_changed : (Shown or None), when more of the picture is there; the last good one stays
        until there is something newer.
    running_changed : (bool), whether it is computed now.
    """

    shown_changed = Signal(object)
    running_changed = Signal(bool)

    experiment: MapExperiment

    def __init__(self, experiment: MapExperiment) -> None:
        super().__init__(experiment)
        self.shown: Shown | None = None
        self.running = False
        #: The whole ranges, to which Fit leads back.
        self.whole = (experiment.x, experiment.y)

    def set_view(self, x: Axis, y: Axis, gesture: str = "") -> None:
        """Look at a piece of the map."""
        self.update(gesture, x=x, y=y)

    def set_ranges(self, gesture: str = "", **axes: Axis) -> None:
        """Map other ranges, or other settings: Fit leads back here from now on."""
        self.update(gesture, **axes)
        self.whole = (self.experiment.x, self.experiment.y)

    def set_map(self, experiment: MapExperiment, gesture: str = "") -> None:
        """Map something else over these ranges."""
        self.set_experiment(experiment, gesture)
        self.whole = (experiment.x, experiment.y)

    def fit(self) -> None:
        """Look at the whole ranges again."""
        x, y = self.whole
        present = self.experiment
        if (x.name, y.name) == (present.x.name, present.y.name):
            self.set_view(x, y)

    def set_shown(self, shown: Shown | None) -> None:
        """Take a picture, or a newer state of it."""
        self.shown = shown
        self.shown_changed.emit(shown)

    def set_running(self, running: bool) -> None:
        """Note whether it is computed."""
        if running != self.running:
            self.running = running
            self.running_changed.emit(running)

    def select(self, index: int) -> None:
        """Do nothing: a map has no runs to select from."""

    def _show(self, experiment: Any, document: Any) -> None:
        opened = document is not self.document
        super()._show(experiment, document)
        if opened:
            self.whole = (experiment.x, experiment.y)
