"""What is computed for the view of a network's function off the UI thread, with late imports.

Importing the engine's rooms of networks or drawing imports Numba: that happens here, in a worker.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.drawing.levels import Levels
    from engine.networks.answers import Confusion, Rows
    from engine.networks.network import Network
    from gui.networks.views.function_runs import Shown
    from gui.networks.views.function_wish import Wish

    Array = NDArray[Any]

#: The first picture after a change may take this long, a sharper one that long, in seconds.
QUICK_SECONDS, LONGEST_SECONDS = 0.012, 1.0
#: Places of the sharpest grid are so many pixels apart: between them it is bilinear. Nobody sees
#: that one with a pixel more between them is less sharp.
SHARPEST_PX, SHARP_PX, SHARPER = 2, 3, 3
#: Seconds per place that are expected of a network that was not asked before.
EXPECTED_COST = 2e-7
#: Numbers that the readings of one picture may hold.
MOST_READINGS = 4_000_000
#: A line has a place every so many pixels, and this many at most.
LINE_PX, MOST_PLACES = 2, 600
#: Rows that are drawn, and rows whose classes are counted.
MOST_POINTS, MOST_COUNTED = 2000, 20_000


class Order(Struct, eq=False):
    """One request: the wish, how coarse, whether it is only sharper than what is there.

    ``rows`` are those of the answer before, and ``stopped`` is the UI thread's way to end it.
    """

    wish: Wish
    coarse: int
    sharpens: bool = False
    rows: Rows | None = None
    stopped: bool = False


class Line(Struct, frozen=True, eq=False):
    """A run's function along an input: places (n,), what is drawn there (n,), class if any."""

    run: Shown
    places: Array
    heights: Array
    label: int = -1


class Answer(Struct, frozen=True, eq=False):
    """What was computed for a wish.

    Parameters
    ----------
    rows : of the data, and ``predicted`` (k, n), the readings of the selected run there.
    lines : for the kind "line"; that of the selected run last.
    readings : (k, rows, columns) for the kind "plane", ``pixels`` their picture.
    levels : of a picture of numbers.
    counted : for classes, confusion in training and validation.
    errors : for numbers, typical error in training and validation.
    cost : seconds that one place of the plane has taken.
    """

    wish: Wish
    coarse: int
    cost: float
    rows: Rows
    predicted: Array
    lines: tuple[Line, ...] = ()
    readings: Array | None = None
    pixels: NDArray[np.uint32] | None = None
    levels: Levels | None = None
    counted: tuple[Confusion, Confusion] | None = None
    errors: tuple[float, float] = (math.nan, math.nan)


def first_coarseness(wish: Wish, cost: float) -> int:
    """Return how many device pixels the places are apart, so that the picture comes at once."""
    pixels = wish.size[0] * wish.size[1]
    classes = max(1, len(wish.inks) // 3)
    fits = max(pixels * cost / QUICK_SECONDS, pixels * classes / MOST_READINGS)
    return max(SHARPEST_PX, math.ceil(math.sqrt(fits)))


def next_coarseness(answer: Answer) -> int:
    """Return the next, sharper coarseness, or 0 when it is sharp or would take too long."""
    wish = answer.wish
    pixels, classes = wish.size[0] * wish.size[1], max(1, len(wish.inks) // 3)
    if wish.kind != "plane" or answer.coarse <= SHARP_PX:
        return 0
    coarse = max(SHARPEST_PX, answer.coarse // SHARPER)
    small = pixels * classes / coarse**2 <= MOST_READINGS
    return coarse if small and pixels / coarse**2 * answer.cost <= LONGEST_SECONDS else 0


def answer(order: Order) -> Answer | None:
    """Answer an order, or return None if it was stopped. Runs in a worker."""
    from engine.networks.answers import some_rows
    from engine.networks.predictions import predict

    wish = order.wish
    network = wish.network
    rows = order.rows
    if rows is None:
        rows = some_rows(network, MOST_COUNTED if wish.kind == "rows" else MOST_POINTS)
    theta = network.vector(wish.chosen.weights)
    common = (wish, order.coarse)
    if wish.kind == "plane":
        return _plane(order, rows, theta)
    predicted = predict(network, theta, rows.inputs)
    if wish.kind == "line":
        return Answer(*common, EXPECTED_COST, rows, predicted, lines=_lines(wish))
    return _judged(Answer(*common, EXPECTED_COST, rows, predicted))


def _judged(found: Answer) -> Answer:
    from msgspec.structs import replace

    from engine.networks.answers import confuse, typical_error

    rows, predicted = found.rows, found.predicted
    if found.wish.network.model.task == "regression":
        training, held = (typical_error(rows, predicted[0], side) for side in (False, True))
        return replace(found, errors=(training, held))
    counts = confuse(rows, predicted, False), confuse(rows, predicted, True)
    return replace(found, counted=counts)


def _lines(wish: Wish) -> tuple[Line, ...]:
    """Return one line per run; of three classes and more one per class of the selected run."""
    from engine.networks.predictions import along

    count = max(2, min(MOST_PLACES, round(wish.size[0] / wish.ratio / LINE_PX)))
    several = wish.network.model.task == "classes"
    found = []
    for run in wish.runs[-1:] if several else wish.runs:
        places, readings = along(
            run.network, run.network.vector(run.weights), wish.axes[0], wish.view[:2], count
        )
        if several:
            found += [Line(run, places, line, k) for k, line in enumerate(readings)]
        else:
            # Of two classes the second one's share; of numbers the first target.
            binary = wish.network.model.task == "binary"
            found.append(Line(run, places, readings[-1 if binary else 0]))
    return tuple(found)


def _plane(order: Order, rows: Rows, theta: Array) -> Answer | None:
    from engine.drawing.contours import Palette
    from engine.drawing.fields import shade_classes, shade_values
    from engine.networks.predictions import over, predict

    wish = order.wish
    network, colours = wish.network, wish.colours
    size = (_places(wish.size[0], order.coarse), _places(wish.size[1], order.coarse))

    def stopped() -> bool:
        return order.stopped

    found = over(network, theta, wish.axes, wish.view, size, stopped)
    if found is None:
        return None
    ramp = np.frombuffer(colours.ramp, np.uint8).reshape(-1, 3)
    palette = Palette(ramp, colours.line, colours.ground, colours.hatch, wish.ratio)
    levels, readings = None, found.readings
    if network.model.task == "regression":
        levels = _levels(network)
        pixels = shade_values(readings[0], wish.size, levels, palette, stopped)
    else:
        inks = np.frombuffer(wish.inks, np.uint8).reshape(-1, 3)
        pixels = shade_classes(readings, wish.size, inks, palette, stopped)
    if pixels is None:
        return None
    predicted = predict(network, theta, rows.inputs)
    return Answer(
        wish, order.coarse, found.cost, rows, predicted, readings=readings, pixels=pixels,
        levels=levels,
    )  # fmt: skip


def _places(pixels: int, coarse: int) -> int:
    return max(2, -(-pixels // coarse) + 1)


def _levels(network: Network) -> Levels:
    """Return levels over the targets: they stay while the network learns to reach them."""
    from engine.drawing.levels import choose_levels
    from engine.networks.answers import target_extent

    low, high = target_extent(network)
    room = 0.02 * (0.5 * high - 0.5 * low)
    return choose_levels(np.array([low - room, high + room]), False)
