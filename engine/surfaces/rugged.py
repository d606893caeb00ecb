"""Countless minima: what a gradient alone cannot find."""

from __future__ import annotations

import itertools
import math

from engine.parameter import Parameter
from engine.surfaces.minima import ORIGIN, fixed
from engine.surfaces.surface import Surface

_SURVEY = "Jamil, Yang 2013, A literature survey of benchmark functions"
_MISHRA = "Mishra 2006, Some new test functions for global optimization"
_TRAY = 1.3494066171539107
_HOLDER = (8.055023475736563, 9.664590019241272)
_SCHAFFER4 = (1.2531318314637332, 0.29257863203598056)
#: Where Σ i·cos((i+1)x + i) is lowest and highest in one period.
_SHUBERT_LOW, _SHUBERT_HIGH = -1.425128428319761, -0.8003211004719731
_SHUBERT_VALUE = -12.870885497725684 * 14.508007927195033
_SHUBERT_FACTOR = "(" + "+".join(f"{i}*cos({i + 1}*{{0}}+{i})" for i in range(1, 6)) + ")"

RASTRIGIN = Surface(
    name="rastrigin",
    title="Rastrigin",
    group="Many minima",
    formula="2*amplitude+x^2-amplitude*cos(2*pi*x)+y^2-amplitude*cos(2*pi*y)",
    latex=r"2A + x^2 - A\cos 2\pi x + y^2 - A\cos 2\pi y",
    teaches="A minimum in every unit square, all with λ₁ ≈ 397: the rate that lets one leave them "
    "does not settle in the best.",
    source="Rastrigin 1974, Systems of extremal control",
    parameters=(
        Parameter("amplitude", "A", 10.0, 0.0, 20.0, "Depth of the ripples.", minimum=0.0),
    ),
    minima=ORIGIN,
    view=(-5.12, 5.12, -5.12, 5.12),
    start=(-3.4, 2.6),
    learning_rate=0.004,
)

ACKLEY = Surface(
    name="ackley",
    title="Ackley",
    group="Many minima",
    formula="-20*exp(-0.2*hypot(x,y)/sqrt(2))-exp((cos(2*pi*x)+cos(2*pi*y))/2)+20+e",
    latex=r"-20\,e^{-0.2\sqrt{(x^2+y^2)/2}} - e^{(\cos 2\pi x + \cos 2\pi y)/2}"
    r" + 20 + e",
    teaches="A cone with ripples: far away the slope is the ripples' alone, and the tip is a kink "
    "that no fixed rate settles in.",
    source="Ackley 1987, A connectionist machine for genetic hillclimbing",
    minima=ORIGIN,
    view=(-5.0, 5.0, -5.0, 5.0),
    start=(-3.3, 2.4),
    learning_rate=0.05,
    smooth=False,
)

GRIEWANK = Surface(
    name="griewank",
    title="Griewank",
    group="Many minima",
    formula="(x^2+y^2)/4000-cos(x)*cos(y/sqrt(2))+1",
    teaches="The bowl is so wide that in view only the ripples are left: descent stops at once, "
    "wherever it starts.",
    source="Griewank 1981, Generalized descent for global optimization",
    minima=ORIGIN,
    view=(-10.0, 10.0, -7.5, 7.5),
    start=(-7.5, 3.0),
    learning_rate=1.6,
)

CROSS_IN_TRAY = Surface(
    name="cross_in_tray",
    title="Cross-in-tray",
    group="Many minima",
    # The usual form, with exp(100 - …) taken out of the power: it overflows float32.
    formula=(
        "-0.0001*exp(abs(100-hypot(x,y)/pi)/10)"
        "*(abs(sin(x)*sin(y))+exp(-abs(100-hypot(x,y)/pi)))^0.1"
    ),
    latex=r"-10^{-4}\left(\left|\sin x \sin y\; e^{\left|100 - \sqrt{x^2+y^2}/\pi"
    r"\right|}\right| + 1\right)^{0.1}",
    teaches="Gentle wells between walls where the slope is infinite: the nearer to a wall, the "
    "farther the next step throws.",
    source=_MISHRA,
    minima=fixed(
        *((a, b, -2.062611870822737) for a, b in itertools.product((-_TRAY, _TRAY), repeat=2))
    ),
    view=(-8.0, 8.0, -6.0, 6.0),
    start=(0.4, 2.6),
    learning_rate=1.0,
    smooth=False,
)

DROP_WAVE = Surface(
    name="drop_wave",
    title="Drop-wave",
    group="Many minima",
    formula="-(1+cos(12*hypot(x,y)))/(0.5*(x^2+y^2)+2)",
    latex=r"-\frac{1 + \cos\left(12\sqrt{x^2+y^2}\right)}{0.5\,(x^2+y^2) + 2}",
    teaches="Ring-shaped valleys: the gradient points to the nearest ring, never around or through "
    "it.",
    source=_SURVEY,
    minima=fixed((0.0, 0.0, -1.0)),
    view=(-2.0, 2.0, -1.5, 1.5),
    start=(-1.3, 0.8),
    learning_rate=0.02,
)

EGGHOLDER = Surface(
    name="eggholder",
    title="Eggholder",
    group="Many minima",
    formula="-(y+47)*sin(sqrt(abs(x/2+y+47)))-x*sin(sqrt(abs(x-y-47)))",
    teaches="Folds hundreds wide, slopes of tens: rates near 1 are small here. The published "
    "−959.64 at (512, 404.23) is an edge of the domain, not a minimum.",
    source="Whitley et al. 1996, Evaluating evolutionary algorithms",
    minima=fixed(
        (482.3533104647884, 432.87899894548343, -956.9182316246655),
        (439.48099726945344, 453.97743475400256, -935.3379515605802),
        (-465.6941515451357, 385.71669978348035, -894.5789003905999),
        (-456.8858069167769, -382.62337342139966, -786.5259940788699),
    ),
    view=(-500.0, 500.0, -500.0, 500.0),
    start=(-400.0, 340.0),
    learning_rate=2.0,
    smooth=False,
)

HOLDER_TABLE = Surface(
    name="holder_table",
    title="Hölder table",
    group="Many minima",
    formula="-abs(sin(x)*cos(y)*exp(abs(1-hypot(x,y)/pi)))",
    latex=r"-\left|\sin x \cos y\; e^{\left|1 - \sqrt{x^2+y^2}/\pi\right|}\right|",
    teaches="Wells deepen outwards, so a larger rate that skips wells may end lower than a careful "
    "one.",
    source=_MISHRA,
    minima=fixed(
        *(
            (a * _HOLDER[0], b * _HOLDER[1], -19.208502567886732)
            for a, b in itertools.product((-1.0, 1.0), repeat=2)
        )
    ),
    view=(-10.0, 10.0, -10.0, 10.0),
    start=(7.2, 8.9),
    learning_rate=0.05,
    smooth=False,
)

MICHALEWICZ = Surface(
    name="michalewicz",
    title="Michalewicz",
    group="Many minima",
    formula="-sin(x)*sin(x^2/pi)^20-sin(y)*sin(2*y^2/pi)^20",
    teaches="Narrow trenches in a plain: off the trenches the gradient is nearly zero, inside them "
    "λ₁ = 81.",
    source="Michalewicz 1992, Genetic algorithms + data structures = evolution programs",
    minima=fixed(
        (2.2029055201726093, math.pi / 2, -1.8013034100985525),
        (2.2029055201726093, 2.7115714838430143, -1.2140595156208163),
    ),
    view=(0.0, math.pi, 0.0, math.pi),
    start=(2.0, 1.9),
    learning_rate=0.02,
)

SCHAFFER2 = Surface(
    name="schaffer2",
    title="Schaffer 2",
    group="Many minima",
    formula="1/2+(sin(x^2-y^2)^2-1/2)/(1+0.001*(x^2+y^2))^2",
    teaches="Ripples that narrow outwards: the farther out, the smaller the rate that follows one.",
    source="Schaffer et al. 1989, A study of control parameters affecting online performance",
    minima=ORIGIN,
    view=(-8.0, 8.0, -6.0, 6.0),
    start=(-1.2, 0.7),
    learning_rate=0.2,
)

SCHAFFER4 = Surface(
    name="schaffer4",
    title="Schaffer 4",
    group="Many minima",
    # The absolute value in the usual cos(sin|x² - y²|) changes nothing.
    formula="1/2+(cos(sin(x^2-y^2))^2-1/2)/(1+0.001*(x^2+y^2))^2",
    teaches="The minima lie on hyperbolas whose floor hardly slopes: descent falls into one and "
    "then seems to have converged.",
    source="Mishra 2006, Some new test functions for global optimization",
    minima=fixed(
        (0.0, _SCHAFFER4[0], _SCHAFFER4[1]),
        (0.0, -_SCHAFFER4[0], _SCHAFFER4[1]),
        (_SCHAFFER4[0], 0.0, _SCHAFFER4[1]),
        (-_SCHAFFER4[0], 0.0, _SCHAFFER4[1]),
    ),
    view=(-4.0, 4.0, -3.0, 3.0),
    start=(-1.9, 0.6),
    learning_rate=0.3,
)

SCHWEFEL = Surface(
    name="schwefel",
    title="Schwefel",
    group="Many minima",
    formula="837.9657745448674-x*sin(sqrt(abs(x)))-y*sin(sqrt(abs(y)))",
    teaches="The best minimum is far from the second best, and curvatures are near .25: rates that "
    "look absurd, such as 5, are right.",
    source="Schwefel 1981, Numerical optimization of computer models",
    minima=fixed((420.96874635998205, 420.96874635998205, 0.0)),
    view=(-500.0, 500.0, -500.0, 500.0),
    start=(400.0, 330.0),
    learning_rate=5.0,
    smooth=False,
)

SHUBERT = Surface(
    name="shubert",
    title="Shubert",
    group="Many minima",
    formula=_SHUBERT_FACTOR.format("x") + "*" + _SHUBERT_FACTOR.format("y"),
    latex=r"\sum_{i=1}^{5} i\cos\left((i+1)x+i\right)\,"
    r"\sum_{i=1}^{5} i\cos\left((i+1)y+i\right)",
    teaches="Eighteen global minima among hundreds, each with a curvature of thousands: only rates "
    "below .001 stay in any.",
    source="Shubert 1972, A sequential method seeking the global maximum of a function",
    minima=fixed(
        *(
            (a + 2.0 * math.pi * k, b + 2.0 * math.pi * m, _SHUBERT_VALUE)
            for a, b in ((_SHUBERT_LOW, _SHUBERT_HIGH), (_SHUBERT_HIGH, _SHUBERT_LOW))
            for k, m in itertools.product((-1, 0, 1), repeat=2)
        )
    ),
    view=(-10.0, 10.0, -10.0, 10.0),
    start=(-1.1, -0.3),
    learning_rate=0.0005,
)

SURFACES = (
    RASTRIGIN,
    ACKLEY,
    GRIEWANK,
    CROSS_IN_TRAY,
    DROP_WAVE,
    EGGHOLDER,
    HOLDER_TABLE,
    MICHALEWICZ,
    SCHAFFER2,
    SCHAFFER4,
    SCHWEFEL,
    SHUBERT,
)
