"""What is computed for the landscape off the UI thread, and the one place of late imports.

Importing `engine.drawing` or `engine.answer` imports Numba, so that happens here, in a worker.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct, field

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.drawing.contours import Palette
    from engine.drawing.levels import Levels
    from engine.drawing.overlays import Curvature
    from engine.drawing.paths import PathImage, Pen
    from engine.drawing.pixel_paths import PixelPath
    from engine.experiment import Experiment, SurfaceSettings
    from engine.landscape import Landscape
    from gui.views.landscape_frame import View

    Pixels = NDArray[np.uint32]

#: The first picture after a change may take this long, the sharpest one that long, in seconds.
QUICK_SECONDS, LONGEST_SECONDS = 0.02, 4.0
#: Each next picture has this part of the pixels' width.
SHARPER = 3
#: Time per pixel that is expected of a surface that has not been drawn yet, in seconds.
EXPECTED_COST = 3e-8
COLUMNS_AT_MOST = 2048


class Colours(Struct, frozen=True):
    """Colours of the ground as (red, green, blue), and its ramp as bytes of (256, 3)."""

    ramp: bytes
    line: tuple[int, int, int]
    ground: tuple[int, int, int]
    hatch: tuple[int, int, int]


class Wish(Struct, frozen=True):
    """What the ground should show; two equal wishes have the same picture.

    ``size`` is in device pixels, of which ``ratio`` make one logical pixel.
    """

    surface: SurfaceSettings
    view: View
    size: tuple[int, int]
    ratio: float
    log: bool
    arrows: bool
    curve: bool
    colours: Colours


class Order(Struct):
    """One request: the wish, how coarse, whether that is only sharper than what is there.

    ``stopped`` is the flag by which the UI thread ends it.
    """

    wish: Wish
    experiment: Experiment
    coarse: int
    sharpens: bool = False
    stopped: bool = False


class Ground(Struct, frozen=True):
    """A drawn ground: picture or graph, levels, arrows, and what one pixel cost in seconds."""

    wish: Wish
    coarse: int
    landscape: Landscape
    levels: Levels
    cost: float
    pixels: Pixels | None = None
    graph: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    arrows: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 4)))


def first_coarseness(wish: Wish, cost: float) -> int:
    """Return how many pixels wide the first picture's pixels are, so that it comes at once."""
    return max(1, math.ceil(math.sqrt(wish.size[0] * wish.size[1] * cost / QUICK_SECONDS)))


def next_coarseness(ground: Ground) -> int:
    """Return the next, sharper coarseness, or 0 when it is sharp or would take too long."""
    coarse = max(1, ground.coarse // SHARPER)
    pixels = ground.wish.size[0] * ground.wish.size[1] / coarse**2
    return coarse if ground.coarse > 1 and pixels * ground.cost <= LONGEST_SECONDS else 0


def draw_ground(order: Order) -> Ground | None:
    """Draw what an order wishes, or return None if it was stopped. Runs in a worker."""
    from engine.answer import landscape_of
    from engine.drawing import contours, paths, pixel_paths  # noqa: F401 – loads path kernels too
    from engine.drawing.levels import choose_levels

    wish = order.wish
    landscape = landscape_of(order.experiment, "float64")
    # The pointer will ask for these: compiled here, not there.
    landscape.hessian((wish.view[0], wish.view[2]))
    values, cost = contours.survey(landscape, wish.view)
    lowest = float(landscape.minima[:, 2].min()) if len(landscape.minima) else None
    levels = choose_levels(values, wish.log, lowest)
    if wish.curve:
        return Ground(wish, 1, landscape, levels, cost, graph=_graph(landscape, wish, cost))
    size = (max(1, wish.size[0] // order.coarse), max(1, wish.size[1] // order.coarse))
    palette = _palette(wish, order.coarse)
    begin = time.thread_time()
    pixels = contours.shade(landscape, wish.view, size, levels, palette, lambda: order.stopped)
    if pixels is None:
        return None
    cost = (time.thread_time() - begin) / pixels.size
    return Ground(
        wish, order.coarse, landscape, levels, cost, pixels=pixels, arrows=_arrows(landscape, wish)
    )


def _palette(wish: Wish, coarse: int) -> Palette:
    from engine.drawing.contours import Palette

    colours = wish.colours
    ramp = np.frombuffer(colours.ramp, np.uint8).reshape(-1, 3)
    return Palette(ramp, colours.line, colours.ground, colours.hatch, wish.ratio / coarse)


def _arrows(landscape: Landscape, wish: Wish) -> NDArray[np.float64]:
    from engine.drawing.overlays import descent_arrows

    if not wish.arrows:
        return np.empty((0, 4))
    size = (wish.size[0] / wish.ratio, wish.size[1] / wish.ratio)
    return descent_arrows(landscape, wish.view, size)


def _graph(landscape: Landscape, wish: Wish, cost: float) -> NDArray[np.float64]:
    """Return (n, 2) points of the loss over x, wider than the view so that a pan shows it."""
    columns = min(wish.size[0], COLUMNS_AT_MOST, max(64, int(0.2 / max(cost, 1e-9))))
    low, high = wish.view[:2]
    x = np.linspace(low - (high - low) / 2, high + (high - low) / 2, 2 * columns)
    points = np.column_stack([x, np.full(len(x), wish.view[2])])
    return np.column_stack([x, landscape.value(points)])


def to_pixels(
    points: NDArray[np.floating[Any]],
    view: View,
    size: tuple[float, float],
    *,
    diverged: bool,
) -> PixelPath:
    """See `engine.drawing.pixel_paths.to_pixels`; only after a ground was drawn."""
    from engine.drawing import pixel_paths

    return pixel_paths.to_pixels(points, view, size, diverged=diverged)


def path_image(width: int, height: int) -> PathImage:
    """Return an empty picture for paths; only after a ground was drawn."""
    from engine.drawing import paths

    return paths.PathImage(width, height)


def pen(colour: tuple[int, int, int], width: float, dash: tuple[float, ...], dots: bool) -> Pen:
    """Return a pen for paths; only after a ground was drawn."""
    from engine.drawing import paths

    return paths.Pen(colour, width, dash, dots)


def curvature(
    landscape: Landscape, point: tuple[float, float], scale: tuple[float, float], reach: float
) -> Curvature | None:
    """Return the second-order picture at a point; only after a ground was drawn."""
    from engine.drawing import overlays

    return overlays.curvature(landscape.gradient(point), landscape.hessian(point), scale, reach)
