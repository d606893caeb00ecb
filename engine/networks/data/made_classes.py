"""Made-up classes of points in the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.networks.data.made import Made, count, dealt, jittered, noise, size
from engine.parameter import Parameter

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.networks.data.draws import Draws
    from engine.networks.data.made import Array, Values

    Points = tuple[Array, NDArray[np.int64]]

STRAY = "How far points stray from their place, as a standard deviation."


def _around(radius: Array, angle: Array) -> Array:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _circles(values: Values, draws: Draws) -> Points:
    rows = int(values["size"])
    inner = dealt(rows, 2, draws)
    radius = np.where(inner == 1, values["inner"], 1.0)
    points = _around(radius, draws.uniform(rows, high=2.0 * np.pi))
    return jittered(points, values, draws), inner


def _moons(values: Values, draws: Draws) -> Points:
    rows = int(values["size"])
    lower = dealt(rows, 2, draws)
    arc = _around(np.ones(rows), draws.uniform(rows, high=np.pi))
    # The lower moon is the upper one turned about the middle between them.
    points = np.where(lower[:, None] == 1, [1.0, 0.5] - arc, arc) - [0.5, 0.25]
    return jittered(points, values, draws), lower


def _spirals(values: Values, draws: Draws) -> Points:
    rows, arms = int(values["size"]), int(values["arms"])
    arm = dealt(rows, arms, draws)
    along = np.sqrt(draws.uniform(rows))
    angle = 2.0 * np.pi * (values["turns"] * along + arm / arms)
    return jittered(_around(along, angle), values, draws), arm


def _xor(values: Values, draws: Draws) -> Points:
    rows = int(values["size"])
    differ = dealt(rows, 2, draws)
    points = draws.uniform(rows, 2)
    left = draws.uniform(rows) < 0.5
    points[left] *= -1.0
    points[differ == 1, 1] *= -1.0
    return jittered(points, values, draws), differ


def _gaussians(values: Values, draws: Draws) -> Points:
    rows, classes = int(values["size"]), int(values["classes"])
    number = dealt(rows, classes, draws)
    centres = _around(np.ones(rows), 2.0 * np.pi * number / classes)
    return jittered(centres, values, draws), number


def _checkerboard(values: Values, draws: Draws) -> Points:
    rows, cells = int(values["size"]), int(values["cells"])
    inside = draws.uniform(rows, 2)
    column = np.floor(draws.uniform(rows) * cells)
    # Every other cell of a column has the class that was dealt.
    colour = dealt(rows, 2, draws)
    first = (column + colour) % 2
    in_column = np.ceil((cells - first) / 2)
    row = first + 2.0 * np.floor(draws.uniform(rows) * in_column)
    cell = np.stack([column, row], axis=1)
    return jittered(2.0 * (cell + inside) / cells - 1.0, values, draws), colour


def _named(*names: str) -> Callable[[Values], tuple[str, ...]]:
    return lambda _: names


def _numbered(word: str, parameter: str) -> Callable[[Values], tuple[str, ...]]:
    return lambda values: tuple(f"{word} {i + 1}" for i in range(int(values[parameter])))


CIRCLES = Made(
    name="circles",
    title="Circles",
    help="One ring inside another: no straight line tells them apart, three hidden units do.",
    task="binary",
    parameters=(
        size(),
        noise(0.1, 0.5, STRAY),
        Parameter(
            "inner", "r", 0.5, 0.0, 0.95, "Radius of the inner ring; the outer one has 1.",
            minimum=0.0, maximum=1.0,
        ),
    ),
    features=("x1", "x2"),
    make=_circles,
    classes=_named("outer", "inner"),
)  # fmt: skip

MOONS = Made(
    name="moons",
    title="Moons",
    help="Two half moons that reach into each other; a few hidden units bend the border between.",
    task="binary",
    parameters=(size(), noise(0.1, 0.5, STRAY)),
    features=("x1", "x2"),
    make=_moons,
    classes=_named("upper", "lower"),
)

SPIRALS = Made(
    name="spirals",
    title="Spirals",
    help="Arms wound around each other, the hard test of old; more turns need more layers.",
    task="binary",
    parameters=(
        size(400),
        noise(0.02, 0.2, STRAY),
        count("arms", "k", 2, 2, 10, "How many arms, each a class."),
        Parameter("turns", "t", 1.5, 0.25, 4.0, "Turns of each arm around the middle.",
                  minimum=0.0, maximum=100.0),
    ),
    features=("x1", "x2"),
    make=_spirals,
    classes=_numbered("arm", "arms"),
)  # fmt: skip

XOR = Made(
    name="xor",
    title="XOR",
    help="The class is whether two signs differ: what no single neuron can learn, and two can.",
    task="binary",
    parameters=(size(), noise(0.05, 0.5, STRAY)),
    features=("x1", "x2"),
    make=_xor,
    classes=_named("same signs", "different signs"),
)

GAUSSIANS = Made(
    name="gaussians",
    title="Gaussians",
    help="Round clouds on a circle; where they overlap no network is right about every point.",
    task="classes",
    parameters=(
        size(300),
        noise(0.3, 1.0, "Standard deviation of each cloud; the centres lie at radius 1."),
        count("classes", "k", 3, 2, 10, "How many clouds, each a class."),
    ),
    features=("x1", "x2"),
    make=_gaussians,
    classes=_numbered("cloud", "classes"),
)

CHECKERBOARD = Made(
    name="checkerboard",
    title="Checkerboard",
    help="Black and white cells: the more there are, the more corners the border must have.",
    task="binary",
    parameters=(
        size(400),
        noise(0.0, 0.2, STRAY),
        count("cells", "k", 4, 2, 10, "Cells along each side."),
    ),
    features=("x1", "x2"),
    make=_checkerboard,
    classes=_named("black", "white"),
)

CLASSES: tuple[Made, ...] = (CIRCLES, MOONS, SPIRALS, XOR, GAUSSIANS, CHECKERBOARD)
