"""What a growing picture shows at each pixel: its own run, or that of the nearest one known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.maps.outcomes import unknown
from engine.maps.tiles import sampled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.maps.axes import Axis
    from engine.maps.map_experiment import MapExperiment
    from engine.maps.outcomes import Outcomes
    from engine.maps.tiles import Tile

#: What is taken over from another frame is no pixel's own run, however near it is.
_BORROWED = 1.5
#: A share of a pixel: frames that differ by less are the same.
_SAME = 1e-3


class Mosaic:
    """The pixels of one frame, rows from the bottom.

    Attributes
    ----------
    exact : the pixels' own outcomes, as far as they are known; a `Picture` completes them.
    outcomes : what is shown of them.
    spacing : how far apart runs are that are shown at each pixel, in pixels; inf where there is
        none.
    """

    def __init__(self, experiment: MapExperiment) -> None:
        shape = experiment.height, experiment.width
        self.experiment = experiment
        self.exact = unknown(*shape)
        self.outcomes = unknown(*shape)
        self.spacing = np.full(shape, np.inf, np.float32)

    @property
    def full(self) -> bool:
        """Whether there is something at each pixel."""
        return bool(np.isfinite(self.spacing).all())

    def lay_over(self, before: Mosaic) -> None:
        """Show what another frame of the same map shows, where that is finer."""
        new, old = self.experiment, before.experiment
        across, stretched_x = _places(new.x, new.width, old.x, old.width)
        up, stretched_y = _places(new.y, new.height, old.y, old.height)
        columns, rows = np.flatnonzero(across >= 0), np.flatnonzero(up >= 0)
        if not (rows.size and columns.size):
            return
        here = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        there = np.ix_(up[rows], across[columns])
        spacing = before.spacing[there] * np.float32(max(stretched_x, stretched_y))
        spacing = np.maximum(spacing, np.float32(_BORROWED))
        if not np.isfinite(self.spacing).any():
            self.spacing[here] = spacing
            for whole, other in zip(_fields(self.outcomes), _fields(before.outcomes), strict=True):
                whole[here] = other[there]
            return
        finer = spacing < self.spacing[here]
        self.spacing[here][finer] = spacing[finer]
        for whole, other in zip(_fields(self.outcomes), _fields(before.outcomes), strict=True):
            whole[here][finer] = other[there][finer]

    def take(self, tile: Tile) -> tuple[slice, slice]:
        """Show a tile whose pixels are in `exact` now; return the rows and columns it reaches."""
        rows, down = _reach(tile.top, tile.bottom, tile.spacing, self.experiment.height)
        columns, across = _reach(tile.left, tile.right, tile.spacing, self.experiment.width)
        here = down, across
        finer = self.spacing[here] >= tile.spacing
        self.spacing[here][finer] = tile.spacing
        there = np.ix_(rows, columns)
        for whole, own in zip(_fields(self.outcomes), _fields(self.exact), strict=True):
            whole[here][finer] = own[there][finer]
        return here


def is_same_map(one: MapExperiment, other: MapExperiment) -> bool:
    """Return whether two maps are frames of the same one, however large and coloured."""

    def subject(experiment: MapExperiment) -> tuple[object, ...]:
        x, y = experiment.x, experiment.y
        return (
            experiment.basins, experiment.surface, experiment.network, experiment.trainability,
            x.name, x.scale, y.name, y.scale,
        )  # fmt: skip

    return subject(one) == subject(other)


def _places(new: Axis, count: int, old: Axis, before: int) -> tuple[NDArray[np.int64], float]:
    """Return for each pixel which of another axis' is there, −1 for none, and how large that is."""
    low, high = _ends(new)
    old_low, old_high = _ends(old)
    per_pixel, old_per_pixel = (high - low) / count, (old_high - old_low) / before
    first = ((low - old_low) + 0.5 * per_pixel) / old_per_pixel
    ratio = per_pixel / old_per_pixel
    at = np.clip(first + ratio * np.arange(count), -1.0, before)
    places = np.floor(at + _SAME).astype(np.int64)
    return np.where((places >= 0) & (places < before), places, -1), 1.0 / ratio


def _ends(axis: Axis) -> tuple[float, float]:
    if axis.scale == "log":
        return math.log(axis.low), math.log(axis.high)
    return axis.low, axis.high


def _reach(low: int, high: int, spacing: int, count: int) -> tuple[NDArray[np.int64], slice]:
    """Return for each place that a tile's samples are nearest to which one that is, and the places.

    Of the samples of all tiles the outermost reach to the edges.
    """
    samples = sampled(low, high, spacing, count)
    first, last = int(samples[0]), int(samples[-1])
    begin = 0 if first - spacing < 0 else first - spacing // 2
    end = count if last + spacing >= count else last + spacing - spacing // 2
    steps = (np.arange(begin, end) - first + spacing // 2) // spacing
    return np.clip(first + steps * spacing, first, last), slice(begin, end)


def _fields(outcomes: Outcomes) -> tuple[NDArray[Any], ...]:
    return outcomes
