"""Losses of one variable: the smallest places where a learning rate can be too large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.parameter import Parameter
from engine.surfaces.minima import ORIGIN, fixed
from engine.surfaces.surface import Surface

if TYPE_CHECKING:
    from collections.abc import Mapping


def _square_minima(parameters: Mapping[str, float]) -> tuple[tuple[float, float, float], ...]:
    return ((0.0, 0.0, 0.0),) if parameters["curvature"] > 0 else ()


def _cosine_minima(parameters: Mapping[str, float]) -> tuple[tuple[float, float, float], ...]:
    return ((0.0, 0.0, 0.0),) if abs(parameters["epsilon"]) < 1 else ()


SQUARE = Surface(
    name="square",
    title="x²",
    group="One variable",
    formula="curvature/2*x^2",
    latex=r"\frac{\lambda}{2}\, x^2",
    teaches="Gradient descent lands in one step at η = 1/λ, bounces forever at 2/λ and diverges "
    "above.",
    source="Goh 2017, Why momentum really works",
    parameters=(
        Parameter(
            "curvature", "λ", 2.0, 0.1, 100.0, "Second derivative; 2 makes the loss x².", log=True
        ),
    ),
    minima=_square_minima,
    view=(-4.0, 4.0, -3.0, 3.0),
    start=(-3.0, 0.0),
    learning_rate=0.95,
    one_variable=True,
)

ABSOLUTE = Surface(
    name="absolute",
    title="|x|",
    group="One variable",
    formula="abs(x)",
    latex=r"\left|x\right|",
    teaches="The slope never shrinks, so a constant learning rate ends in a 2-cycle of width η "
    "however small it is.",
    source="Boyd, Xiao, Mutapcic 2003, Subgradient methods",
    minima=ORIGIN,
    view=(-4.0, 4.0, -3.0, 3.0),
    start=(-3.1, 0.0),
    learning_rate=0.5,
    smooth=False,
    one_variable=True,
)

QUARTIC = Surface(
    name="quartic",
    title="Quartic, x⁴",
    group="One variable",
    formula="x^4/4",
    latex=r"\frac{x^4}{4}",
    teaches="The curvature is zero at the minimum and grows outside: a step from |x| > √(2/η) "
    "diverges, one from inside creeps.",
    source="Folklore; curvature 3x²",
    minima=ORIGIN,
    view=(-3.0, 3.0, -2.25, 2.25),
    start=(1.6, 0.0),
    learning_rate=0.75,
    one_variable=True,
)

DOUBLE_WELL = Surface(
    name="double_well",
    title="Double well",
    group="One variable",
    formula="(x^2-1)^2/4",
    latex=r"\frac{(x^2-1)^2}{4}",
    teaches="Above η = 1 the minima let go: 2-cycles, 4-cycles and chaos that stays bounded, all "
    "before it diverges.",
    source="Folklore; the step x - η(x³ - x) is a cubic map",
    minima=fixed((-1.0, 0.0, 0.0), (1.0, 0.0, 0.0)),
    view=(-2.0, 2.0, -1.5, 1.5),
    start=(0.3, 0.0),
    learning_rate=1.3,
    one_variable=True,
)

EXPONENTIAL = Surface(
    name="exponential",
    title="Exponential wall",
    group="One variable",
    formula="exp(x)-x",
    latex=r"e^x - x",
    teaches="One step on the steep side throws the point far to the flat side, from where each "
    "step is at most η.",
    source="Folklore; curvature eˣ",
    minima=fixed((0.0, 0.0, 1.0)),
    view=(-8.0, 4.0, -4.5, 4.5),
    start=(2.8, 0.0),
    learning_rate=0.5,
    one_variable=True,
)

QUADRATIC_COSINE = Surface(
    name="quadratic_cosine",
    title="Quadratic plus cosine",
    group="One variable",
    formula="x^2*(1+epsilon*cos(2*pi*x/width))",
    latex=r"x^2 \left(1 + \varepsilon \cos\frac{2\pi x}{w}\right)",
    teaches="Whether a learning rate converges depends on it so finely that the boundary is a "
    "fractal, already in one dimension.",
    source="Liu 2024, Complex fractal trainability boundary can arise from trivial non-convexity",
    parameters=(
        Parameter("epsilon", "ε", 0.2, 0.0, 0.9, "Depth of the ripples relative to the bowl."),
        Parameter(
            "width", "w", 0.5, 0.05, 2.0, "Distance between ripples.", log=True, minimum=1e-6
        ),
    ),
    minima=_cosine_minima,
    view=(-2.0, 2.0, -1.5, 1.5),
    start=(1.3, 0.0),
    learning_rate=0.6,
    one_variable=True,
)

SURFACES = (SQUARE, ABSOLUTE, QUARTIC, DOUBLE_WELL, EXPONENTIAL, QUADRATIC_COSINE)
