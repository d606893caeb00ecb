"""What is computed for the page of the plane off the UI thread, and the place of late imports.

Importing the engine's rooms of networks or drawing imports Numba: that happens here, in a worker.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct, field

from gui.views.landscape_runs import DrawnRun, DrawnRuns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from engine.drawing.levels import Levels
    from engine.networks.explanation.objective import NetworkObjective
    from engine.networks.history import History
    from engine.networks.plane_losses import PlaneLosses
    from engine.networks.planes import Plane
    from gui.networks.state import Trained
    from gui.networks.views.plane_choice import Laying
    from gui.views.landscape_frame import View
    from gui.views.landscape_work import Colours

    Array = NDArray[np.float64]

#: The first picture after a change may take this long, the sharpest grid that long, in seconds.
QUICK_SECONDS, LONGEST_SECONDS = 0.03, 15.0
#: Places along an axis that nobody needs more of, in a plane and on a line.
MOST_PLACES, MOST_ON_LINE = 257, 513
#: A random direction is looked along as far as the weights themselves are long.
RANDOM_REACH = 1.0


class Laid(Struct, frozen=True, eq=False):
    """A plane, or the sentence why there is none.

    Parameters
    ----------
    objective : the loss on all training rows.
    view : the piece that shows what the plane was laid from.
    replaced : why it is not the plane that was chosen, in a sentence, or "".
    cut : whether points of the paths are so far away that they were left out.
    """

    laying: Laying
    plane: Plane | None
    objective: NetworkObjective | None = None
    view: tuple[tuple[float, float], ...] = ()
    sentence: str = ""
    replaced: str = ""
    cut: bool = False


class Followed(Struct, frozen=True, eq=False):
    """The paths of all runs as a plane shows them.

    Parameters
    ----------
    runs : in the plane's coordinates; on a line (coordinate, loss).
    distances : (k,) each, how far the points lie from the plane; None for a hidden run.
    losses : (k,) each, on all training rows.
    ways : how far each run's last finite point is from its first.
    start : the first weights' coordinates, and their distance.
    """

    laid: Laid
    trained: Trained
    indices: tuple[int, ...]
    runs: DrawnRuns
    distances: tuple[Array | None, ...]
    losses: tuple[Array | None, ...]
    ways: tuple[float, ...]
    start: tuple[tuple[float, ...], float]

    @property
    def is_line(self) -> bool:
        """Whether it is a straight line that they are shown beside."""
        return len(self.start[0]) == 1


class GroundWish(Struct, frozen=True):
    """Which losses should be seen; two equal wishes have the same picture.

    Parameters
    ----------
    step : whose batch's loss is drawn, −1 for all rows.
    size : of the plot in device pixels, of which ``ratio`` make one logical pixel.
    """

    laid: Laid
    view: View
    step: int
    size: tuple[int, int]
    ratio: float
    log: bool
    colours: Colours


class Order(Struct, eq=False):
    """One request; ``grids`` go on from the picture before, if that only gets sharper."""

    wish: GroundWish
    grids: Iterator[PlaneLosses] | None = None
    stop: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(1, np.uint8))

    @property
    def sharpens(self) -> bool:
        """Whether there is a picture already."""
        return self.grids is not None


class Ground(Struct, frozen=True, eq=False):
    """Losses that were drawn: a picture of a plane, or a graph of a line.

    Parameters
    ----------
    losses : as of `engine.networks.plane_losses.PlaneLosses`.
    levels : of the colours, or of a graph's heights.
    cost : seconds that a place takes.
    graph : (n, 2) of a line: coordinate and height.
    """

    wish: GroundWish
    grids: Iterator[PlaneLosses]
    stop: NDArray[np.uint8]
    losses: PlaneLosses
    levels: Levels
    cost: float
    pixels: NDArray[np.uint32] | None = None
    graph: Array = field(default_factory=lambda: np.empty((0, 2)))


def lay(laying: Laying) -> Laid:
    """Lay a plane. Runs in a worker."""
    from engine.networks.explanation.objective import objective_of
    from engine.networks.planes import near

    objective = objective_of(laying.network)
    try:
        plane, replaced = _plane(laying, objective.thinned())
    except ValueError as reason:
        return Laid(laying, None, sentence=str(reason))
    start = laying.network.start[: laying.network.model.size]
    seen = [near(path, start) for path in laying.paths]
    cut = sum(map(len, seen)) < sum(map(len, laying.paths))
    view = plane.view(np.concatenate([*seen, *(end[None] for end in laying.ends)]))
    if laying.choice.kind == "random":
        view = ((-RANDOM_REACH, RANDOM_REACH),) * 2
    return Laid(laying, plane, objective, view, replaced=replaced, cut=cut)


def _plane(laying: Laying, objective: NetworkObjective) -> tuple[Plane, str]:
    """Return the plane, and why it is another one than was asked for."""
    from engine.networks import planes

    choice, network = laying.choice, laying.network
    if choice.kind == "line":
        return planes.line_between(*laying.ends), ""
    if choice.kind == "random":
        return planes.random_plane(network.model, laying.ends[0], choice.seed), ""
    if choice.kind == "curvature":
        return planes.eigenvector_plane(objective, laying.ends[0]), ""
    start = network.start[: network.model.size]
    try:
        return planes.principal_plane([planes.near(path, start) for path in laying.paths]), ""
    except ValueError as reason:
        # Paths that leave at once, or have not begun: where from, at least, can be shown.
        return planes.eigenvector_plane(objective, start), str(reason)


def follow(laid: Laid, trained: Trained, indices: tuple[int, ...], log: bool) -> Followed:
    """Return the paths of runs in a plane. Runs in a worker."""
    # The picture will ask for these: compiled here, not there.
    from engine.drawing import paths, pixel_paths, small_curves  # noqa: F401

    plane, network = laid.plane, trained.network
    assert plane is not None
    runs: list[DrawnRun | None] = [None] * len(trained.histories)
    distances: list[Array | None] = [None] * len(runs)
    losses: list[Array | None] = [None] * len(runs)
    ways = [0.0] * len(runs)
    with np.errstate(all="ignore"):
        for index in indices:
            history = trained.histories[index]
            places = plane.coordinates(history.weights)
            losses[index] = found = _losses(history)
            distances[index] = plane.distances(history.weights)
            ways[index] = _way(history)
            if places.shape[1] == 1:
                places = np.column_stack([places[:, 0], np.log10(found) if log else found])
            slot = trained.experiment.runs[index].slot
            broken = history.fault is not None
            runs[index] = DrawnRun(history.label, slot, broken, places, history.kept)
        start = network.start[: network.model.size].astype(np.float64)
        place = tuple(plane.coordinates(start).tolist())
        gap = float(plane.distances(start))
    return Followed(
        laid, trained, indices, DrawnRuns(tuple(runs)), tuple(distances), tuple(losses),
        tuple(ways), (place, gap),
    )  # fmt: skip


def _way(history: History) -> float:
    weights = history.weights[np.isfinite(history.weights).all(axis=1)].astype(np.float64)
    return float(np.linalg.norm(weights[-1] - weights[0])) if len(weights) else 0.0


def _losses(history: History) -> Array:
    """Return the losses on all training rows at the kept steps, which were looked at too."""
    at = np.clip(np.searchsorted(history.scored, history.kept), 0, len(history.scored) - 1)
    found = history.training_loss[at].copy()
    found[history.scored[at] != history.kept] = np.nan
    return found


def draw(order: Order) -> Ground | None:
    """Draw what an order wishes, or return None if it was stopped. Runs in a worker."""
    from engine.descent import Cancelled
    from engine.networks.plane_losses import losses_over

    wish, grids, stop = order.wish, order.grids, order.stop
    plane, objective = wish.laid.plane, wish.laid.objective
    assert plane is not None
    assert objective is not None
    line = len(plane.axes) == 1
    if grids is None:
        view = (wish.view[:2],) if line else (wish.view[:2], wish.view[2:])
        if wish.step >= 0:
            objective = objective.of_batch(wish.step)
        # What the first value takes besides, a compiler perhaps, is not what others will.
        objective.value(plane.origin)
        size = MOST_ON_LINE if line else MOST_PLACES
        grids = losses_over(plane, objective, view, size=size, stop=stop)
    known = 0
    try:
        while True:
            begin = time.perf_counter()
            losses = next(grids)
            spent, cells = time.perf_counter() - begin, losses.losses.size
            cost = spent / max(1, cells - known)
            known = cells
            # Four times the places, of which a quarter is known.
            if losses.finest or order.sharpens or 3 * cells * cost > QUICK_SECONDS:
                break
    except Cancelled:
        return None
    return _drawn(wish, grids, stop, losses, cost)


def _drawn(
    wish: GroundWish,
    grids: Iterator[PlaneLosses],
    stop: NDArray[np.uint8],
    losses: PlaneLosses,
    cost: float,
) -> Ground:
    from engine.drawing.contours import Palette
    from engine.drawing.fields import shade_values
    from engine.drawing.levels import choose_levels

    levels = choose_levels(losses.losses, wish.log)
    if losses.losses.ndim == 1:
        with np.errstate(all="ignore"):
            heights = np.log10(losses.losses) if wish.log else losses.losses
        graph = np.column_stack([losses.places[0], heights])
        return Ground(wish, grids, stop, losses, levels, cost, graph=graph)
    colours = wish.colours
    ramp = np.frombuffer(colours.ramp, np.uint8).reshape(-1, 3)
    palette = Palette(ramp, colours.line, colours.ground, colours.hatch, wish.ratio)
    pixels = shade_values(losses.losses[::-1], wish.size, levels, palette)
    return Ground(wish, grids, stop, losses, levels, cost, pixels=pixels)


def is_worth_sharpening(ground: Ground) -> bool:
    """Return whether a finer grid would show more, and come soon."""
    cells = ground.losses.losses.size
    fine = ground.losses.losses.shape[0] * 2 >= max(ground.wish.size)
    return not (ground.losses.finest or fine or 3 * cells * ground.cost > LONGEST_SECONDS)


def starts_at(plane: Plane, coordinates: tuple[float, ...]) -> str:
    """Return the weights of a place in a plane as settings hold them."""
    from engine.networks.initialisation import as_text

    return as_text(plane.weights(np.array(coordinates)))


def nearest(ground: Ground, at: tuple[float, float]) -> float | None:
    """Return the loss at the place of the grid that is nearest, None beside the grid."""
    index: list[Any] = []
    for axis, value in zip(ground.losses.places, at, strict=False):
        width = axis[-1] - axis[0]
        k = round((value - axis[0]) / width * (len(axis) - 1))
        if not 0 <= k < len(axis):
            return None
        index.append(k)
    return float(ground.losses.losses[tuple(reversed(index))])
