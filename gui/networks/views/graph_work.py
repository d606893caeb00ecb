"""What is computed for the graph of a network off the UI thread, with late imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.wiring import Column, Wiring
    from gui.networks.views.function_runs import Shown
    from gui.views.landscape_work import Colours

    Array = NDArray[Any]
    Pixels = NDArray[np.uint32]

#: Units of a column and weights in all that are drawn.
MOST_UNITS, MOST_EDGES = 24, 600
#: Places along each side of a unit's small picture, and those of a small line.
SIDE, PLACES = 26, 40
#: Places along each side of the large picture.
LARGE_SIDE = 97
#: Inputs beyond which a unit's function cannot be drawn, except as a slice.
DRAWN_INPUTS = 2
#: A unit's colours span its own outputs, but not less than this share of its layer's.
LEAST_SHARE = 1e-3
#: Room around the data, as a share of their extent.
ROOM = 0.1
HATCH = 5


class Wish(Struct, frozen=True):
    """What of a network should be seen; two equal wishes have the same answer.

    Parameters
    ----------
    run : whose weights.
    unit : (column, number) of the unit that is shown large, or None.
    size : of the large picture in device pixels, of which ``ratio`` make a logical one.
    signs : (256, 3) bytes, colours from below to above 0.
    """

    run: Shown
    unit: tuple[int, int] | None
    size: tuple[int, int]
    ratio: float
    colours: Colours
    signs: bytes


class Unit(Struct, frozen=True, eq=False):
    """One unit's function, large.

    Parameters
    ----------
    axes : the inputs that it is drawn over, one or two; others stay at their mean.
    ends : low and high of each of them.
    low, high : of its outputs; NaN where one is not finite.
    line : (n,) outputs over one input, or None; ``pixels`` the picture over two, or None.
    """

    axes: tuple[int, ...]
    ends: tuple[tuple[float, float], ...]
    low: float
    high: float
    line: Array | None = None
    pixels: Pixels | None = None


class Answer(Struct, frozen=True, eq=False):
    """The graph, and what its units compute where that can be drawn.

    ``pictures`` holds one entry per column: (m, side, side) pixels over two inputs, (m, n) heights
    from 0 to 1 over one, None where there are more.
    """

    wish: Wish
    wiring: Wiring
    pictures: tuple[Array | None, ...]
    unit: Unit | None = None


def answer(wish: Wish, shown: tuple[Column, ...]) -> Answer:
    """Answer a wish; `shown` are the columns on screen. Runs in a worker."""
    from engine.networks.wiring import wiring

    network = wish.run.network
    found = wiring(network.model, wish.run.weights, MOST_UNITS, MOST_EDGES, shown)
    pictures: tuple[Array | None, ...] = (None,) * len(found.columns)
    if network.model.sizes[0] <= DRAWN_INPUTS:
        pictures = _pictures(wish, found)
    return Answer(wish, found, pictures, _unit(wish) if wish.unit else None)


def _ends(wish: Wish, axis: int) -> tuple[float, float]:
    from engine.networks.answers import input_extent

    low, high = input_extent(wish.run.network, axis)
    room = 2.0 * ROOM * (0.5 * high - 0.5 * low)
    return low - room, high + room


def _inputs(wish: Wish, axes: tuple[int, ...], places: int) -> Array:
    """Return (n, d) inputs on a line, or row by row on a grid whose first row is the highest."""
    from engine.networks.predictions import middle

    network = wish.run.network
    across = np.linspace(*_ends(wish, axes[0]), places)
    inputs = np.tile(middle(network), (places ** len(axes), 1))
    inputs[:, axes[0]] = np.tile(across, places if len(axes) > 1 else 1)
    if len(axes) > 1:
        up = np.linspace(*_ends(wish, axes[1]), places)[::-1]
        inputs[:, axes[1]] = np.repeat(up, places)
    return inputs


def _values(wish: Wish, inputs: Array) -> list[Array]:
    """Return what every column gives, (units, n) each; the inputs as the first layer sees them."""
    from engine.networks.predictions import activations

    network = wish.run.network
    seen = network.prepared.input_scaling.scaled(inputs).T
    return [seen, *activations(network, network.vector(wish.run.weights), inputs)]


def _pictures(wish: Wish, wired: Wiring) -> tuple[Array, ...]:
    plane = wish.run.network.model.sizes[0] > 1
    values = _values(wish, _inputs(wish, (0, 1) if plane else (0,), SIDE if plane else PLACES))
    found = []
    for all_units, column in zip(values, wired.columns, strict=True):
        units = all_units[column.units]
        size = np.abs(np.where(np.isfinite(units), units, 0.0))
        scale = np.maximum(size.max(axis=1), LEAST_SHARE * size.max(initial=0.0))[:, None]
        scale[scale == 0.0] = 1.0
        shares = 0.5 + 0.5 * units / scale
        found.append(_coloured(shares, wish).reshape(-1, SIDE, SIDE) if plane else shares)
    return tuple(found)


def _coloured(shares: Array, wish: Wish) -> Pixels:
    """Return 0xffRRGGBB of shares from 0 to 1; what is not finite is hatched."""
    signs = np.frombuffer(wish.signs, np.uint8).reshape(-1, 3).astype(np.uint32)
    fine = np.isfinite(shares)
    index = np.clip(np.where(fine, shares, 0.0) * 255.0, 0.0, 255.0).astype(int)
    at = np.arange(shares.shape[1])
    lined = (at // SIDE + at % SIDE) % HATCH == 0
    hatch = np.where(lined[:, None], wish.colours.hatch, wish.colours.ground).astype(np.uint32)
    rgb = np.where(fine[..., None], signs[index], hatch)
    found = 0xFF000000 | rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2]
    return np.asarray(found, np.uint32)


def _unit(wish: Wish) -> Unit | None:
    """Return the function of the unit that is to be shown large."""
    from engine.drawing.contours import Palette
    from engine.drawing.fields import shade_values
    from engine.drawing.levels import choose_levels

    assert wish.unit is not None
    column, number = wish.unit
    sizes = wish.run.network.model.sizes
    if column >= len(sizes) or number >= sizes[column]:
        return None
    axes = _axes(wish)
    ends = tuple(_ends(wish, axis) for axis in axes)
    values = _values(wish, _inputs(wish, axes, LARGE_SIDE))[column][number].astype(np.float64)
    low, high = float(values.min()), float(values.max())
    if len(axes) == 1:
        return Unit(axes, ends, low, high, line=values)
    colours = wish.colours
    ramp = np.frombuffer(wish.signs, np.uint8).reshape(-1, 3)
    palette = Palette(ramp, colours.line, colours.ground, colours.hatch, wish.ratio)
    size = float(np.abs(np.where(np.isfinite(values), values, 0.0)).max()) or 1.0
    # Symmetric, so that the plain ground is 0.
    levels = choose_levels(np.array([-size, size]), False)
    grid = values.reshape(LARGE_SIDE, LARGE_SIDE)
    return Unit(axes, ends, low, high, pixels=shade_values(grid, wish.size, levels, palette))


def _axes(wish: Wish) -> tuple[int, ...]:
    """Return the inputs that a unit is drawn over: of many those with the largest weights."""
    from engine.networks.wiring import strengths

    model = wish.run.network.model
    if model.sizes[0] <= DRAWN_INPUTS:
        return tuple(range(model.sizes[0]))
    first = model.views(wish.run.weights)[0].astype(np.float64)
    across, up = sorted(np.argsort(-strengths([first], 0), kind="stable")[:2].tolist())
    return across, up
