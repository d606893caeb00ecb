"""Saddles, plateaus and cliffs: where the gradient misleads or vanishes."""

from __future__ import annotations

import math

from engine.parameter import Parameter
from engine.surfaces.minima import ORIGIN, fixed
from engine.surfaces.surface import Surface

SADDLE = Surface(
    name="saddle",
    title="Saddle",
    group="Saddles and plateaus",
    formula="x^2-y^2",
    teaches="The distance from y = 0 grows by 1 + 2η a step, so the time to leave depends on the "
    "logarithm of where one starts.",
    source="Dauphin et al. 2014, Identifying and attacking the saddle point problem",
    view=(-4.0, 4.0, -3.0, 3.0),
    start=(-3.0, 0.001),
    learning_rate=0.1,
)

MONKEY_SADDLE = Surface(
    name="monkey_saddle",
    title="Monkey saddle",
    group="Saddles and plateaus",
    formula="x^3-3*x*y^2",
    teaches="The Hessian vanishes at the saddle: approach and escape are slower than any geometric "
    "rate.",
    source="Hilbert, Cohn-Vossen 1932, Anschauliche Geometrie",
    view=(-2.0, 2.0, -1.5, 1.5),
    start=(1.6, 0.02),
    learning_rate=0.05,
)

SADDLE_WELLS = Surface(
    name="saddle_wells",
    title="Saddle between two wells",
    group="Saddles and plateaus",
    formula="x^2/2+y^4/4-y^2/2",
    teaches="A start near y = 0 rests at the saddle first; the sign of a tiny y, or of noise, "
    "chooses the well.",
    source="Folklore; Nesterov 2004, Introductory lectures, example 1.2.2",
    minima=fixed((0.0, -1.0, -0.25), (0.0, 1.0, -0.25)),
    view=(-2.4, 2.4, -1.8, 1.8),
    start=(-2.0, 0.0001),
    learning_rate=0.3,
)

PLATEAU = Surface(
    name="plateau",
    title="Plateau with a well",
    group="Saddles and plateaus",
    formula="1-exp(-(x^2+y^2)/(2*width^2))",
    latex=r"1 - e^{-(x^2+y^2)/(2w^2)}",
    teaches="Far from the well the gradient is almost zero: gradient descent stands still, and "
    "methods that normalise the gradient walk.",
    source="Folklore; an inverted Gaussian",
    parameters=(
        Parameter("width", "w", 0.8, 0.3, 3.0, "Width of the well.", log=True, minimum=1e-6),
    ),
    minima=ORIGIN,
    view=(-4.0, 4.0, -3.0, 3.0),
    start=(-1.8, 1.2),
    learning_rate=0.5,
)

EASOM = Surface(
    name="easom",
    title="Easom",
    group="Saddles and plateaus",
    formula="-cos(x)*cos(y)*exp(-(x-pi)^2-(y-pi)^2)",
    teaches="One narrow well in a plain where the gradient underflows: without a gradient there is "
    "nothing to follow.",
    source="Easom 1990, A survey of global optimization techniques",
    minima=fixed((math.pi, math.pi, -1.0)),
    view=(-1.0, 7.0, 0.0, 6.0),
    start=(1.8, 2.0),
    learning_rate=0.3,
)

CLIFF = Surface(
    name="cliff",
    title="Cliff",
    group="Saddles and plateaus",
    formula="(x+2)^2/20+y^2/10+5*sigmoid(steepness*(x-1))",
    latex=r"\frac{(x+2)^2}{20} + \frac{y^2}{10} + 5\,\sigma\left(s\,(x-1)\right)",
    teaches="One step that starts on the wall is thrown far beyond the minimum; clipping the "
    "gradient keeps it close.",
    source="After Goodfellow, Bengio, Courville 2016, Deep Learning, section 8.2.4",
    parameters=(
        Parameter(
            "steepness", "s", 20.0, 10.0, 200.0, "Steepness of the wall.", log=True, minimum=10.0
        ),
    ),
    minima=fixed((-2.0, 0.0, 0.0)),
    view=(-10.0, 6.0, -6.0, 6.0),
    start=(4.0, 3.0),
    learning_rate=0.5,
)

SURFACES = (SADDLE, MONKEY_SADDLE, SADDLE_WELLS, PLATEAU, EASOM, CLIFF)
