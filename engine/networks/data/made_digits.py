"""Made-up handwriting: digits drawn with a slanted, shifted, shaky pen on 8×8 pixels."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np

from engine.networks.data.made import Made, dealt, jittered, noise, size
from engine.parameter import Parameter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from engine.networks.data.draws import Draws
    from engine.networks.data.made import Array, Values

    Points = list[tuple[float, float]]

SIDE = 8
#: The ink of a pixel goes from 0 to 16, as in the well-known scanned digits of this size.
DARKEST = 16.0
#: Strokes of all digits are drawn for so many images at a time, to bound the memory.
BLOCK = 4096


def _arc(x: float, y: float, wide: float, high: float, start: float, end: float) -> Points:
    """Return an arc about (x, y); angles in quarter turns from the right, downwards."""
    angles = [0.5 * math.pi * (start + (end - start) * i / 8) for i in range(9)]
    return [(x + wide * math.cos(a), y + high * math.sin(a)) for a in angles]


#: One pen stroke for each digit, in a box 1 wide and 1 high; y points down.
STROKES: tuple[Points, ...] = (
    _arc(0.5, 0.5, 0.27, 0.42, 0, 4),
    [(0.33, 0.25), (0.55, 0.08), (0.55, 0.92)],
    [*_arc(0.5, 0.31, 0.26, 0.23, -2, 0.6), (0.24, 0.92), (0.8, 0.92)],
    [*_arc(0.47, 0.29, 0.25, 0.21, -2, 1), *_arc(0.47, 0.71, 0.28, 0.21, -1, 2)],
    [(0.62, 0.92), (0.62, 0.08), (0.2, 0.65), (0.82, 0.65)],
    [(0.76, 0.08), (0.3, 0.08), (0.28, 0.46), *_arc(0.47, 0.66, 0.29, 0.26, -1, 2)],
    [(0.66, 0.08), *_arc(0.5, 0.67, 0.25, 0.25, -2.4, -6.4)],
    [(0.22, 0.08), (0.78, 0.08), (0.42, 0.92)],
    [*_arc(0.5, 0.29, 0.22, 0.21, 1, -3), *_arc(0.5, 0.71, 0.26, 0.21, -1, 3)],
    [*_arc(0.5, 0.31, 0.24, 0.23, 0.2, -3.8), (0.6, 0.92)],
)


def _segments(strokes: Iterable[Points]) -> Array:
    """Return the ends of all straight pieces, (digits, pieces, 2, 2), the last piece repeated."""
    pieces = [[[a, b] for a, b in itertools.pairwise(s)] for s in strokes]
    most = max(map(len, pieces))
    return np.array([p + [p[-1]] * (most - len(p)) for p in pieces])


def _pens(rows: int, values: Values, draws: Draws) -> tuple[Array, Array, Array]:
    """Return how each image's box is bent (rows, 2, 2), shifted (rows, 2), and the pen's width."""
    wild = values["wildness"]
    turn, slant, wide, high = wild * draws.normal(4, rows) * [[0.15], [0.15], [0.08], [0.08]]
    box = np.empty((rows, 2, 2))
    box[:, 0, 0], box[:, 0, 1] = np.exp(wide) * np.cos(turn), slant - np.sin(turn)
    box[:, 1, 0], box[:, 1, 1] = np.sin(turn), np.exp(high) * np.cos(turn)
    return box, 0.04 * wild * draws.normal(rows, 2), 0.05 * np.exp(0.2 * wild * draws.normal(rows))


def _ink(pieces: Array, width: Array) -> Array:
    """Return (rows, 64) ink: full on the pen's line, fading over one pixel beside it.

    Parameters
    ----------
    pieces : (rows, pieces, 2, 2) ends of the straight pieces.
    width : (rows,) half the pen's width.
    """
    middle = (np.arange(SIDE) + 0.5) / SIDE
    pixels = np.stack(np.meshgrid(middle, middle), axis=-1).reshape(-1, 1, 2)
    nearest = np.full((len(pieces), SIDE * SIDE), np.inf)
    for ends in pieces.swapaxes(0, 1):
        start, along = ends[:, 0], ends[:, 1] - ends[:, 0]
        away = pixels - start
        length = np.maximum((along**2).sum(axis=-1), 1e-12)
        share = np.clip((away * along).sum(axis=-1) / length, 0.0, 1.0)
        gap = away - share[..., None] * along
        nearest = np.minimum(nearest, np.sqrt((gap**2).sum(axis=-1)).T)
    return DARKEST * np.clip(1.0 - (nearest - width[:, None]) * SIDE, 0.0, 1.0)


def _digits(values: Values, draws: Draws) -> tuple[Array, NDArray[np.int64]]:
    rows = int(values["size"])
    digit = dealt(rows, 10, draws)
    box, shift, width = _pens(rows, values, draws)
    strokes = _segments(STROKES) - 0.5
    images = np.empty((rows, SIDE * SIDE))
    for first in range(0, rows, BLOCK):
        some = slice(first, first + BLOCK)
        bent = np.einsum("rij,rpej->rpei", box[some], strokes[digit[some]])
        images[some] = _ink(bent + 0.5 + shift[some, None, None], width[some])
    return np.clip(np.round(jittered(images, values, draws)), 0.0, DARKEST), digit


DIGITS = Made(
    name="drawn_digits",
    title="Drawn digits",
    help="Ten digits on 8×8 pixels, drawn by the program: 64 inputs whose neighbours go together.",
    task="classes",
    parameters=(
        size(1000, most=100_000),
        noise(1.0, 8.0, "Speckle: how far each pixel's ink of 0 to 16 strays."),
        Parameter(
            "wildness", "w", 1.0, 0.0, 3.0, "How much the pen slants, turns, stretches and shifts.",
            minimum=0.0, maximum=10.0,
        ),
    ),
    features=tuple(f"row {1 + i // SIDE} column {1 + i % SIDE}" for i in range(SIDE * SIDE)),
    make=_digits,
    classes=lambda _: tuple("0123456789"),
    image=(SIDE, SIDE),
)  # fmt: skip
