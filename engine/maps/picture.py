"""A picture of a task: every pixel a run, computed in tiles by whatever executor there is."""

from __future__ import annotations

import os
import time
from concurrent.futures import BrokenExecutor, CancelledError, Future, ThreadPoolExecutor
from contextlib import closing
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.maps import tiles
from engine.maps.outcomes import TYPES, VERDICTS, Outcomes, unknown

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from engine.maps.axes import Axis
    from engine.maps.task import Task
    from engine.maps.tiles import Tile

    _Queue = SimpleQueue[Future[tuple[Outcomes, float]] | None]

#: What a pixel takes in memory, in bytes.
PIXEL = sum(np.dtype(kind).itemsize for kind in TYPES)
#: The spacing after the pilot's where nobody waits for a coarse picture.
_SECOND = 8
#: What a tile costs is its thread's own time, whatever else goes on; where that is too coarse, all.
_FINE = time.get_clock_info("thread_time").resolution < 1e-4
_CLOCK = time.thread_time if _FINE else time.perf_counter
#: More pixels than this are more than 46 GB.
MOST_PIXELS = 2_000_000_000


class _Places(NamedTuple):
    """The rows and columns of a tile's grid, and which of its pixels are new."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    new: NDArray[np.bool_]


class LostError(RuntimeError):
    """Whoever computes tiles is gone; the message is a sentence, and what was computed is kept."""


class Progress(NamedTuple):
    """How far a picture is: pixels known of all, seconds so far, pixels per second, seconds left.

    `rate` and `remaining` are NaN before the first tile is there.
    """

    done: int
    pixels: int
    seconds: float
    rate: float
    remaining: float

    @property
    def share(self) -> float:
        """The share of the pixels that is known, 0 to 1."""
        return self.done / self.pixels


class Picture:
    """A task over two axes.

    A pixel's outcome depends on its axis, place and the picture's size only: neither tiles nor
    executor nor order change a bit of it. One thread at a time iterates over `tiles`; `cancel`
    may be called from any.

    Parameters
    ----------
    task : what is asked for each pixel.
    x, y : the axes; ``outcomes[i, j]`` is at ``y.at(i, height)`` and ``x.at(j, width)``, so that
        the first row is the lowest.
    width, height : in pixels, from 1.
    cost : seconds per pixel of one worker, if it is known from a picture before.
    known : what is known from before, such as from a store; it is not copied, but completed.

    Raises
    ------
    ValueError : for a size that cannot be.
    """

    def __init__(
        self, task: Task, x: Axis, y: Axis, width: int, height: int, *,
        cost: float | None = None, known: Outcomes | None = None,
    ) -> None:  # fmt: skip
        check_size(width, height)
        self.task, self.x, self.y = task, x, y
        self.width, self.height = width, height
        self.cost = cost
        self.outcomes = unknown(height, width) if known is None else known
        # Computed here and sent: exp of another processor may differ in the last bit.
        self._xs = x.at(np.arange(width), width)
        self._ys = y.at(np.arange(height), height)
        self._asked = self.known
        self._done = self._before = int(np.count_nonzero(self._asked))
        self._seconds, self._since = 0.0, 0.0
        self._stop = np.zeros(1, np.uint8)
        self._results: _Queue = SimpleQueue()
        self.cancelled = False

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which pixels are there, shape (height, width)."""
        return np.asarray(self.outcomes.verdict != len(VERDICTS))

    @property
    def complete(self) -> bool:
        """Whether all pixels are there."""
        return self._done == self.width * self.height

    @property
    def progress(self) -> Progress:
        """How far it is."""
        pixels, seconds = self.width * self.height, self._seconds
        if self._since:
            seconds += time.monotonic() - self._since
        new = self._done - self._before
        rate = new / seconds if new and seconds else float("nan")
        return Progress(self._done, pixels, seconds, rate, (pixels - self._done) / rate)

    def shown(self) -> Outcomes:
        """Return outcomes in which each unknown pixel is as the nearest one that is known."""
        places = tiles.stand_ins(self.known)
        nothing = places < 0
        found = [field.reshape(-1)[places] for field in _fields(self.outcomes)]
        if nothing.any():
            for field, none in zip(found, _fields(unknown(1)), strict=True):
                field[nothing] = none
        return Outcomes._make(found)

    def cancel(self) -> None:
        """End `tiles` at once, from any thread; what is computed by then stays."""
        self.cancelled = True
        self._stop[0] = 1
        self._results.put(None)

    def run(self, executor: Executor | None = None, workers: int | None = None) -> Outcomes:
        """Compute all of it, the fastest way, and return its outcomes; see `tiles`."""
        for _ in self.tiles(executor, workers, progressive=False):
            pass
        return self.outcomes

    def tiles(
        self,
        executor: Executor | None = None,
        workers: int | None = None,
        *,
        progressive: bool = True,
        seconds: float = 0.03,
        focus: tuple[float, float] = (0.5, 0.5),
    ) -> Generator[Tile, None, None]:
        """Compute the picture and yield each tile once its pixels are in `outcomes`.

        Parameters
        ----------
        executor : who computes; threads of this process if it is not given.
        workers : how many work for it at a time; as many as there are processors by default.
        progressive : whether a whole coarse picture comes first (every 8th pixel or what takes
            `engine.maps.tiles.AT_ONCE`, then every 4th …); no pixel is computed twice.
        seconds : about how long a tile takes.
        focus : where to begin, as shares of width and height.

        Raises
        ------
        LostError : if the executor does not work any more.
        Exception : what the task raises.
        """
        count = workers or processors()
        if executor is None:
            with (
                ThreadPoolExecutor(count, "map") as own,
                # Closed first, so that nothing is under way when the threads are asked to end.
                closing(
                    self.tiles(own, count, progressive=progressive, seconds=seconds, focus=focus)
                ) as found,
            ):
                yield from found
            return
        passes = self._passes(count, seconds, focus, progressive)
        self._since = time.monotonic()
        try:
            yield from self._computed(executor, count, passes)
        finally:
            self._seconds += time.monotonic() - self._since
            self._since = 0.0

    def _computed(
        self, executor: Executor, workers: int, passes: Iterator[tuple[Tile, _Places] | None]
    ) -> Iterator[Tile]:
        waiting: dict[Future[tuple[Outcomes, float]], tuple[Tile, _Places]] = {}
        try:
            while not self.cancelled:
                # What waits in the executor cannot be put in another order; little waits there.
                while len(waiting) < (2 * workers if self.cost else 1):
                    piece = next(passes, None)
                    if piece is None:
                        break
                    waiting[self._submit(executor, piece[1])] = piece
                if not waiting:
                    return
                future = self._results.get()
                if future is None or self.cancelled:
                    return
                if future not in waiting:
                    # Of an earlier iteration that was left.
                    continue
                tile, places = waiting.pop(future)
                self._take(places, *_result(future))
                yield tile
        finally:
            self._leave(waiting)

    def _submit(self, executor: Executor, places: _Places) -> Future[tuple[Outcomes, float]]:
        xs, ys = self._xs[places.columns], self._ys[places.rows]
        try:
            future = executor.submit(compute, self.task, xs, ys, places.new, self._stop)
        except BrokenExecutor as error:
            raise _lost(error) from error
        future.add_done_callback(self._results.put)
        return future

    def _leave(self, waiting: dict[Future[tuple[Outcomes, float]], tuple[Tile, _Places]]) -> None:
        if not waiting:
            return
        self._stop[0] = 1
        for future in waiting:
            future.cancel()
        # Those under way may still look at the old one.
        self._stop = np.zeros(1, np.uint8)
        self._asked = self.known

    def _take(self, places: _Places, found: Outcomes, seconds: float) -> None:
        rows, columns = np.nonzero(places.new)
        where = places.rows[rows], places.columns[columns]
        for whole, part in zip(_fields(self.outcomes), _fields(found), strict=True):
            whole[where] = part
        pixels = rows.size
        self._done += pixels
        cost = seconds / pixels
        # Costs differ from place to place; the first one has loading in it, too.
        self.cost = cost if self.cost is None else 0.5 * (self.cost + cost)

    def _passes(
        self, workers: int, seconds: float, focus: tuple[float, float], progressive: bool
    ) -> Iterator[tuple[Tile, _Places] | None]:
        """Yield what to compute next, None if something must be there first."""
        # Powers of two: each grid is a part of the finer ones.
        spacing = 2 << max(self.width, self.height).bit_length()
        while spacing > 1 and not self._asked.all():
            while not progressive and np.count_nonzero(self._asked) > self._done:
                # What comes next is cut up by what these will have cost.
                yield None
            spacing = self._next_spacing(spacing, workers, progressive)
            across = self._across(spacing, workers, seconds)
            for tile in tiles.tiles(self.width, self.height, spacing, across, focus):
                places = self._ask(tile)
                if places.new.any():
                    yield tile, places

    def _next_spacing(self, spacing: int, workers: int, progressive: bool) -> int:
        if self.cost is None:
            return min(spacing // 2, tiles.pilot(self.width, self.height))
        if not progressive:
            # What a pixel costs among many is known only then; tiles are as large as it says.
            return _SECOND if spacing > _SECOND else 1
        fast = tiles.affordable(self.width, self.height, self.cost / workers)
        return max(1, min(spacing // 2, fast))

    def _across(self, spacing: int, workers: int, seconds: float) -> int:
        if self.cost is None:
            return max(self.width, self.height)
        samples = self.width * self.height / spacing**2
        return tiles.edge(self.cost, seconds, samples, workers)

    def _ask(self, tile: Tile) -> _Places:
        rows = tiles.sampled(tile.top, tile.bottom, tile.spacing, self.height)
        columns = tiles.sampled(tile.left, tile.right, tile.spacing, self.width)
        grid = np.ix_(rows, columns)
        new = ~self._asked[grid]
        self._asked[grid] = True
        return _Places(rows, columns, new)


def compute(
    task: Task,
    xs: NDArray[np.float64],
    ys: NDArray[np.float64],
    new: NDArray[np.bool_],
    stop: NDArray[np.uint8],
) -> tuple[Outcomes, float]:
    """Return (outcomes, seconds) of those pixels of a grid that are `new`; what executors do.

    Parameters
    ----------
    xs, ys : the settings of the grid's columns and rows.
    new : shape (rows, columns); as little as possible is sent to other machines.
    """
    since = _CLOCK()
    rows, columns = np.nonzero(new)
    return task.run(xs[columns], ys[rows], stop), max(_CLOCK() - since, 1e-9)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_size(width: int, height: int) -> None:
    """Raise ValueError, with a sentence, for a picture's size that cannot be."""
    for name, value in (("width", width), ("height", height)):
        if value < 1:
            raise ValueError(f"The map's {name} is {value}; give 1 pixel or more, such as 512.")
    if width * height > MOST_PIXELS:
        raise ValueError(
            f"{width} × {height} pixels take {width * height * PIXEL / 1e9:.0f} GB; give at most "
            f"{MOST_PIXELS:,} pixels."
        )


def _fields(outcomes: Outcomes) -> tuple[NDArray[Any], ...]:
    return outcomes


def _result(future: Future[tuple[Outcomes, float]]) -> tuple[Outcomes, float]:
    try:
        return future.result()
    except (BrokenExecutor, CancelledError) as error:
        raise _lost(error) from error


def _lost(error: Exception) -> LostError:
    why = f" ({str(error).rstrip('.')})" if str(error) else ""
    return LostError(f"Those who computed the map are gone{why}; what was computed is kept.")
