"""Made-up regression with one input: a line, a sine, a Chebyshev polynomial."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.networks.data.made import Made, count, jittered, noise, size
from engine.parameter import Parameter

if TYPE_CHECKING:
    from engine.networks.data.draws import Draws
    from engine.networks.data.made import Array, Values

UP_AND_DOWN = "How far rows stray from the curve, as a standard deviation."


def _line(values: Values, draws: Draws) -> tuple[Array, Array]:
    centre, reach = values["centre"], values["reach"]
    x = draws.uniform(int(values["size"]), 1, low=centre - reach, high=centre + reach)
    return x, jittered(values["slope"] * x + values["intercept"], values, draws)


def _sine(values: Values, draws: Draws) -> tuple[Array, Array]:
    x = draws.uniform(int(values["size"]), 1, low=-1.0)
    return x, jittered(np.sin(np.pi * values["waves"] * x), values, draws)


def _chebyshev(values: Values, draws: Draws) -> tuple[Array, Array]:
    """Return T_k by its recurrence, T_k = 2x T_{k-1} − T_{k-2}."""
    x = draws.uniform(int(values["size"]), 1, low=-1.0)
    last, now = x, np.ones_like(x)
    for _ in range(int(values["degree"])):
        last, now = now, 2.0 * x * now - last
    return x, jittered(now, values, draws)


LINE = Made(
    name="noisy_line",
    title="Noisy line",
    help="What one neuron without activation learns exactly; far from zero, x makes it hard.",
    task="regression",
    parameters=(
        size(100),
        noise(0.1, 2.0, UP_AND_DOWN),
        Parameter("slope", "a", 2.0, -10.0, 10.0, "Slope of the line."),
        Parameter("intercept", "b", 1.0, -10.0, 10.0, "Height of the line at x = 0."),
        Parameter("centre", "c", 0.0, -100.0, 100.0, "Middle of x."),
        Parameter(
            "reach", "r", 1.0, 0.01, 100.0, "How far x goes to either side of its middle.",
            log=True, minimum=0.0,
        ),
    ),
    features=("x",),
    make=_line,
)  # fmt: skip

SINE = Made(
    name="sine",
    title="Sine",
    help="Smooth and curved: more waves need more units, and longer training.",
    task="regression",
    parameters=(
        size(),
        noise(0.1, 1.0, UP_AND_DOWN),
        Parameter("waves", "k", 1.0, 0.25, 8.0, "Full waves between x = −1 and 1.", minimum=0.0),
    ),
    features=("x",),
    make=_sine,
)

CHEBYSHEV = Made(
    name="chebyshev",
    title="Chebyshev polynomial",
    help="Swings between −1 and 1 ever faster towards the ends: networks learn slow parts first.",
    task="regression",
    parameters=(
        size(),
        noise(0.0, 1.0, UP_AND_DOWN),
        count("degree", "k", 5, 0, 30, "Degree of the polynomial; it has as many zeros."),
    ),
    features=("x",),
    make=_chebyshev,
)

CURVES: tuple[Made, ...] = (LINE, SINE, CHEBYSHEV)
