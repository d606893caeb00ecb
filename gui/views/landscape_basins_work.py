"""What is computed of basins off the UI thread, and the one place of its late imports.

A picture of outcomes becomes one byte per pixel, which says hue and shade; a theme turns it into
colours.
"""

from __future__ import annotations

import math
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from engine.experiment import Experiment, RunSettings

if TYPE_CHECKING:
    from collections.abc import Generator
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from engine.maps.outcomes import Outcomes
    from engine.maps.picture import Picture
    from engine.maps.task import Task
    from gui.views.landscape_frame import View

    Bytes = NDArray[np.uint8]
    Stop = NDArray[np.uint8]

#: Minima share so many hues; one more is for what converged elsewhere, one for what diverged.
HUES = 8
SHADES = 20
ELSEWHERE, DIVERGED, NO_HUE = HUES, HUES + 1, HUES + 2
#: What a byte means that is no shade of a hue: nothing to be seen, the hatch of divergence.
NOTHING = NO_HUE * SHADES
HATCH = NOTHING + 1
HATCH_PX = 8
#: A coarse picture takes so long; a slice of a fine one so long; all of it no longer than that.
COARSE_SECONDS, SLICE_SECONDS, TILE_SECONDS = 0.010, 0.1, 0.012
LONGEST_SECONDS = 12.0
#: However long a run takes, a coarse picture has so many pixels at least.
FEWEST_PIXELS = 96
#: Pixels by which the cost of one is found out.
PILOT = 8


class Wish(Struct, frozen=True):
    """What the basins should show: an experiment with one run, where, and how many pixels."""

    experiment: Experiment
    view: View
    size: tuple[int, int]

    @property
    def kind(self) -> tuple[object, ...]:
        """What decides about the cost of a step."""
        surface, run = self.experiment.surface, self.experiment.runs[0]
        return surface.name, surface.formula, surface.data, run.optimizer, self.experiment.precision


class Scales(Struct, frozen=True):
    """Which logarithms of steps have first and last shade, of what rests and of what diverges."""

    ends: tuple[float, float]
    breaks: tuple[float, float]


class DrawnBasins(Struct, frozen=True, eq=False):
    """A picture of basins, the uppermost row first.

    Attributes
    ----------
    codes : one byte per pixel, shape (height, width): hue × `SHADES` + shade, `NOTHING` or `HATCH`.
    verdicts, steps, basins : what became of the run from each place of a coarser grid, the lowest
        row first, see `engine.maps.outcomes.Outcomes`.
    shares : how many of the runs ended how, by verdict.
    cost : seconds per pixel and step.
    sharp : whether all pixels have been computed that ever will be.
    """

    wish: Wish
    codes: Bytes
    verdicts: NDArray[np.uint8]
    steps: NDArray[np.int32]
    basins: NDArray[np.int16]
    shares: dict[str, float]
    minima: NDArray[np.float64]
    cost: float
    scales: Scales
    sharp: bool = False

    @property
    def diverges(self) -> bool:
        """Whether there are starts from which the run diverges or becomes NaN."""
        return self.shares["diverged"] + self.shares["nan"] > 0.0


def asked(experiment: Experiment, run: RunSettings) -> Experiment:
    """Return what decides about a run's basins: neither where it starts, nor how it is shown."""
    bare = replace(run, start=None, visible=True, label="", slot=0)
    return Experiment(
        surface=experiment.surface, start=(0.0, 0.0), steps=experiment.steps,
        precision=experiment.precision, runs=(bare,),
    )  # fmt: skip


def draw_coarse(wish: Wish, cost: float | None, stop: Stop) -> DrawnBasins | None:
    """Draw as many pixels as can be had at once; None if it was stopped.

    ``cost`` is in seconds per pixel and step, None if it is not known. Raises ValueError, with a
    sentence, for an experiment without basins.
    """
    from engine.descent import Cancelled
    from engine.maps.surface_task import Basins

    task = Basins(experiment=wish.experiment)
    long = max(1, wish.experiment.steps)
    try:
        if cost is None:
            # The first time, loading is in it.
            for _ in range(2):
                cost = _run(task, wish, (PILOT, PILOT), stop)[1] / long
        assert cost is not None
        size = coarse_size(wish.size, cost * long)
        found, seconds_each = _run(task, wish, size, stop)
    except Cancelled:
        return None
    return _drawn(wish, found, _scales(found), seconds_each / long, sharp=size == wish.size)


def coarse_size(size: tuple[int, int], cost: float) -> tuple[int, int]:
    """Return how many pixels a coarse picture has each way, if one takes ``cost`` seconds."""
    width, height = size
    count = max(FEWEST_PIXELS, COARSE_SECONDS / max(cost, 1e-12))
    share = min(1.0, math.sqrt(count / (width * height)))
    return max(1, round(width * share)), max(1, round(height * share))


def _run(task: Task, wish: Wish, size: tuple[int, int], stop: Stop) -> tuple[Outcomes, float]:
    from engine.maps.outcomes import Outcomes
    from engine.maps.picture import compute

    x, y = (axis.at(np.arange(count), count) for axis, count in zip(_axes(wish), size, strict=True))
    everywhere = np.ones((size[1], size[0]), np.bool_)
    found, seconds = compute(task, x, y, everywhere, stop)
    fields: tuple[NDArray[Any], ...] = found
    shaped = Outcomes._make(field.reshape(everywhere.shape) for field in fields)
    return shaped, seconds / everywhere.size


def _axes(wish: Wish) -> tuple[Any, Any]:
    from engine.maps.axes import Axis

    x0, x1, y0, y1 = wish.view
    return Axis(name="x", low=x0, high=x1), Axis(name="y", low=y0, high=y1)


class FinePicture:
    """A sharp picture in the making, the centre first; one thread at a time draws on it."""

    def __init__(self, coarse: DrawnBasins, executor: Executor) -> None:
        self.wish, self._coarse, self._executor = coarse.wish, coarse, executor
        self._picture: Picture | None = None
        self._tiles: Generator[Any, None, None] | None = None
        self._spacing = 0

    def stop(self) -> None:
        """End a slice at once, from any thread; the picture goes no further."""
        if self._picture is not None:
            self._picture.cancel()

    def draw(self) -> DrawnBasins | None:
        """Draw a slice more; None if it was stopped. Runs in a worker."""
        from engine.descent import Cancelled

        begin = time.monotonic()
        picture, tiles = self._begun()
        sharp = False
        try:
            while not sharp and time.monotonic() - begin < SLICE_SECONDS:
                tile = next(tiles, None)
                sharp = tile is None or self._takes_too_long(tile.spacing)
        except Cancelled:
            return None
        if picture.cancelled:
            return None
        assert picture.cost is not None
        cost = picture.cost / max(1, self.wish.experiment.steps)
        return _drawn(self.wish, picture.shown(), self._coarse.scales, cost, sharp=sharp)

    def _begun(self) -> tuple[Picture, Generator[Any, None, None]]:
        from engine.maps.picture import Picture
        from engine.maps.surface_task import Basins

        if self._picture is None or self._tiles is None:
            wish, task = self.wish, Basins(experiment=self.wish.experiment)
            cost = self._coarse.cost * max(1, wish.experiment.steps)
            self._picture = Picture(task, *_axes(wish), *wish.size, cost=cost)
            self._tiles = self._picture.tiles(self._executor, seconds=TILE_SECONDS)
        return self._picture, self._tiles

    def _takes_too_long(self, spacing: int) -> bool:
        """Return whether a new pass has begun that nobody would see the end of."""
        picture, began = self._picture, spacing != self._spacing
        self._spacing = spacing
        assert picture is not None
        if not began or picture.cost is None:
            return False
        width, height = self.wish.size
        return width * height / spacing**2 * picture.cost > LONGEST_SECONDS


def _scales(found: Outcomes) -> Scales:
    """Return the scales that suit some outcomes, but for a few of the fastest and slowest."""
    ends = found.steps[np.isin(found.verdict, _verdicts("converged"))]
    breaks = found.steps[np.isin(found.verdict, _verdicts("diverged", "nan"))]
    return Scales(_scale(ends), _scale(breaks))


def _scale(steps: NDArray[np.int32]) -> tuple[float, float]:
    if not steps.size:
        return 0.0, 1.0
    low, high = np.log1p(np.quantile(steps, (0.02, 0.98)))
    return float(low), float(max(high, low + 0.5))


def _verdicts(*kinds: str) -> list[int]:
    from engine.maps.outcomes import VERDICTS

    return [VERDICTS.index(kind) for kind in kinds]


def _drawn(wish: Wish, found: Outcomes, scales: Scales, cost: float, *, sharp: bool) -> DrawnBasins:
    from engine.answer import landscape_of
    from engine.maps.outcomes import VERDICTS

    counts = np.bincount(found.verdict.ravel(), minlength=len(VERDICTS))
    shares = dict(zip(VERDICTS, (counts / counts.sum()).tolist(), strict=False))
    nan = found.verdict[::-1] == VERDICTS.index("nan")
    codes = _hatched(_codes(found, scales), nan, wish.size)
    return DrawnBasins(
        wish, codes, found.verdict, found.steps, found.basin, shares,
        landscape_of(wish.experiment).minima, cost, scales, sharp,
    )  # fmt: skip


def _codes(found: Outcomes, scales: Scales) -> Bytes:
    """Return hue and shade of each pixel, the uppermost row first."""
    from engine.maps.outcomes import NO_BASIN

    hue = np.full(256, NO_HUE, np.uint8)
    hue[_verdicts("converged")] = ELSEWHERE
    hue[_verdicts("diverged", "nan")] = DIVERGED
    hues = hue[found.verdict]
    hues = np.where(found.basin == NO_BASIN, hues, (found.basin % HUES).astype(np.uint8))
    steps = np.log1p(found.steps.astype(np.float32))
    shades = np.where(hues == DIVERGED, _shades(steps, scales.breaks), _shades(steps, scales.ends))
    codes = np.where(hues == NO_HUE, np.uint8(NOTHING), hues * np.uint8(SHADES) + shades)
    return codes[::-1]


def _shades(logarithms: NDArray[np.float32], scale: tuple[float, float]) -> Bytes:
    share = (logarithms - np.float32(scale[0])) / np.float32(scale[1] - scale[0])
    return np.asarray(np.clip(share, 0.0, 1.0) * (SHADES - 1) + 0.5, np.uint8)


def _enlarged(field: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Return a picture with larger pixels of the same values."""
    height, width = field.shape
    if (width, height) == size:
        return field
    rows = np.arange(size[1]) * height // size[1]
    columns = np.arange(size[0]) * width // size[0]
    return np.asarray(field[rows][:, columns])


def _hatched(codes: Bytes, nan: NDArray[np.bool_], size: tuple[int, int]) -> Bytes:
    """Return the picture with lines over what diverged; the other way over what became NaN."""
    codes = np.ascontiguousarray(_enlarged(codes, size))
    falling, rising = _lines(*size)
    diverged = (codes >= DIVERGED * SHADES) & (codes < NOTHING)
    if nan.any():
        falling = np.where(_enlarged(nan, size), rising, falling)
    np.putmask(codes, diverged & falling, HATCH)
    return codes


@lru_cache(maxsize=2)
def _lines(width: int, height: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where the lines of a hatch go, down to the right and up."""
    rows, columns = np.arange(height)[:, None], np.arange(width)
    return (rows - columns) % HATCH_PX == 0, (rows + columns) % HATCH_PX == 0
