"""Convex bowls and their near kin: conditioning, kinks and bounded slopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.parameter import Parameter
from engine.surfaces.minima import ORIGIN, fixed
from engine.surfaces.surface import Surface

if TYPE_CHECKING:
    from collections.abc import Mapping

_SURVEY = "Jamil, Yang 2013, A literature survey of benchmark functions"


def _bowl_minima(parameters: Mapping[str, float]) -> tuple[tuple[float, float, float], ...]:
    return ((0.0, 0.0, 0.0),) if parameters["lambda1"] > 0 else ()


BOWL = Surface(
    name="bowl",
    title="Quadratic bowl",
    group="Valleys and bowls",
    formula=(
        "lambda1/2*(x*cos(pi*rotation/180)+y*sin(pi*rotation/180))^2"
        "+lambda1/(2*kappa)*(y*cos(pi*rotation/180)-x*sin(pi*rotation/180))^2"
    ),
    latex=r"\frac{\lambda_1}{2}\left(u^2 + \frac{v^2}{\kappa}\right),\quad "
    r"(x, y) = R_\theta\,(u, v)",
    teaches="The steepest direction sets the limit η < 2/λ₁, and along the flattest the loss then "
    "falls κ times more slowly.",
    source="Goh 2017, Why momentum really works",
    parameters=(
        Parameter("lambda1", "λ₁", 20.0, 0.5, 200.0, "Largest curvature.", log=True),
        Parameter(
            "kappa",
            "κ",
            10.0,
            1.0,
            1000.0,
            "Condition number: largest over smallest curvature.",
            log=True,
            minimum=1.0,
        ),
        Parameter("rotation", "θ", 30.0, -90.0, 90.0, "Angle of the steep direction, degrees."),
    ),
    minima=_bowl_minima,
    view=(-4.0, 4.0, -3.0, 3.0),
    start=(-3.0, 1.0),
    learning_rate=0.095,
)

SPHERE = Surface(
    name="sphere",
    title="Sphere",
    group="Valleys and bowls",
    formula="x^2+y^2",
    teaches="All directions are alike: gradient descent runs straight to the minimum and any "
    "preconditioning is wasted.",
    source=_SURVEY,
    minima=ORIGIN,
    view=(-4.0, 4.0, -3.0, 3.0),
    start=(-3.0, 2.0),
    learning_rate=0.9,
)

BOOTH = Surface(
    name="booth",
    title="Booth",
    group="Valleys and bowls",
    formula="(x+2*y-7)^2+(2*x+y-5)^2",
    teaches="A tilted quadratic with λ = 18 and 2: above η = 1/9 it diverges along the diagonal "
    "only.",
    source=_SURVEY,
    minima=fixed((1.0, 3.0, 0.0)),
    view=(-10.0, 10.0, -7.5, 7.5),
    start=(-7.0, -3.0),
    learning_rate=0.105,
)

MATYAS = Surface(
    name="matyas",
    title="Matyas",
    group="Valleys and bowls",
    formula="0.26*(x^2+y^2)-0.48*x*y",
    teaches="A flat diagonal trough, κ = 25: plain gradient descent drops into it and then crawls.",
    source=_SURVEY,
    minima=ORIGIN,
    view=(-10.0, 10.0, -7.5, 7.5),
    start=(-8.0, 5.0),
    learning_rate=1.8,
)

ZAKHAROV = Surface(
    name="zakharov",
    title="Zakharov",
    group="Valleys and bowls",
    formula="x^2+y^2+(x/2+y)^2+(x/2+y)^4",
    teaches="A quartic term makes far starts far steeper than the minimum: a rate that is safe "
    "near it throws a distant start away.",
    source=_SURVEY,
    minima=ORIGIN,
    view=(-6.0, 6.0, -4.5, 4.5),
    start=(-5.0, 4.0),
    learning_rate=0.05,
)

L1 = Surface(
    name="l1",
    title="|x| + |y|",
    group="Valleys and bowls",
    formula="abs(x)+abs(y)",
    teaches="Each coordinate ends in its own 2-cycle of width η; only a decaying learning rate "
    "settles.",
    source="Boyd, Xiao, Mutapcic 2003, Subgradient methods",
    minima=ORIGIN,
    view=(-4.0, 4.0, -3.0, 3.0),
    start=(-3.1, 1.7),
    learning_rate=0.4,
    smooth=False,
)

PSEUDO_HUBER = Surface(
    name="pseudo_huber",
    title="Pseudo-Huber bowl",
    group="Valleys and bowls",
    formula="delta^2*(sqrt(1+(x^2+10*y^2)/delta^2)-1)",
    teaches="The slope is bounded, so too large a rate ends in a 2-cycle instead of overflowing.",
    source="Charbonnier et al. 1997, Deterministic edge-preserving regularization",
    parameters=(
        Parameter(
            "delta",
            "δ",
            0.5,
            0.05,
            5.0,
            "Distance at which the bowl turns into a cone.",
            log=True,
            minimum=1e-6,
        ),
    ),
    minima=ORIGIN,
    view=(-4.0, 4.0, -3.0, 3.0),
    start=(-3.0, 2.0),
    learning_rate=0.3,
)

LOG_COSH = Surface(
    name="log_cosh",
    title="Log-cosh",
    group="Valleys and bowls",
    formula="softplus(2*x)-x+softplus(2*y)-y-2*ln(2)",
    latex=r"\ln\cosh x + \ln\cosh y",
    teaches="Curvature is largest at the minimum: above η = 2 a point approaches it, then bounces "
    "around it without ever diverging.",
    source="Folklore; the smooth form of |x| + |y|",
    minima=ORIGIN,
    view=(-8.0, 8.0, -6.0, 6.0),
    start=(-7.0, 4.0),
    learning_rate=2.5,
)

BUKIN = Surface(
    name="bukin6",
    title="Bukin 6",
    group="Valleys and bowls",
    # Not 0.01·x²: its rounding, under the root, would lift the minimum to 5e-7.
    formula="100*sqrt(abs(y-(x/10)^2))+0.01*abs(x+10)",
    latex=r"100\sqrt{\left|y - 0.01 x^2\right|} + 0.01\left|x + 10\right|",
    teaches="The slope grows without bound towards the crest of the valley: every fixed rate jumps "
    "across it forever.",
    source=_SURVEY,
    minima=fixed((-10.0, 1.0, 0.0)),
    view=(-15.0, 5.0, -5.0, 10.0),
    start=(-5.0, 4.0),
    learning_rate=0.001,
    smooth=False,
)

SURFACES = (BOWL, SPHERE, BOOTH, MATYAS, ZAKHAROV, L1, PSEUDO_HUBER, LOG_COSH, BUKIN)
