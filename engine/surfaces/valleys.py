"""Curved valleys: where the direction of the gradient is not the direction to go."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.parameter import Parameter
from engine.surfaces.minima import ORIGIN, fixed
from engine.surfaces.surface import Surface

if TYPE_CHECKING:
    from collections.abc import Mapping

_SURVEY = "Jamil, Yang 2013, A literature survey of benchmark functions"


def _rosenbrock_minima(parameters: Mapping[str, float]) -> tuple[tuple[float, float, float], ...]:
    return ((1.0, 1.0, 0.0),) if parameters["b"] > 0 else ()


ROSENBROCK = Surface(
    name="rosenbrock",
    title="Rosenbrock",
    group="Valleys and bowls",
    formula="(1-x)^2+b*(y-x^2)^2",
    teaches="A curved valley whose walls limit the rate (λ₁ ≈ 1002 at the minimum) while its floor "
    "hardly slopes.",
    source="Rosenbrock 1960, An automatic method for finding the greatest or least value",
    parameters=(
        Parameter("b", "b", 100.0, 1.0, 1000.0, "Steepness of the walls.", log=True, minimum=0.0),
    ),
    minima=_rosenbrock_minima,
    view=(-2.2, 2.2, -1.0, 3.0),
    start=(-1.5, 2.0),
    learning_rate=0.0015,
)

BEALE = Surface(
    name="beale",
    title="Beale",
    group="Valleys and bowls",
    formula="(1.5-x+x*y)^2+(2.25-x+x*y^2)^2+(2.625-x+x*y^3)^2",
    teaches="Flat plains beside walls of sixth degree: the same rate crawls in one place and "
    "explodes in another.",
    source="Beale 1958, On an iterative method for finding a local minimum",
    minima=fixed((3.0, 0.5, 0.0)),
    view=(-4.5, 4.5, -3.375, 3.375),
    start=(1.0, 1.5),
    learning_rate=0.01,
)

DIXON_PRICE = Surface(
    name="dixon_price",
    title="Dixon–Price",
    group="Valleys and bowls",
    formula="(x-1)^2+2*(2*y^2-x)^2",
    teaches="A parabolic valley with two mirror minima: an overshoot across y = 0 changes which "
    "one is reached.",
    source="Dixon, Price 1989, The truncated Newton method",
    minima=fixed((1.0, math.sqrt(0.5), 0.0), (1.0, -math.sqrt(0.5), 0.0)),
    view=(-4.0, 6.0, -3.75, 3.75),
    start=(4.0, 0.3),
    learning_rate=0.04,
)

GOLDSTEIN_PRICE = Surface(
    name="goldstein_price",
    title="Goldstein–Price",
    group="Valleys and bowls",
    formula=(
        "(1+(x+y+1)^2*(19-14*x+3*x^2-14*y+6*x*y+3*y^2))"
        "*(30+(2*x-3*y)^2*(18-32*x+12*x^2+48*y-36*x*y+27*y^2))"
    ),
    teaches="Values from 3 to a million: plain gradient descent needs η near 1e-4, which a method "
    "that rescales the gradient does not.",
    source="Goldstein, Price 1971, On descent from local minima",
    minima=fixed((0.0, -1.0, 3.0), (-0.6, -0.4, 30.0), (1.8, 0.2, 84.0), (1.2, 0.8, 840.0)),
    view=(-2.0, 2.0, -2.0, 1.5),
    start=(-1.0, -1.2),
    learning_rate=0.0001,
)

MCCORMICK = Surface(
    name="mccormick",
    title="McCormick",
    group="Valleys and bowls",
    formula="sin(x+y)+(x-y)^2-1.5*x+2.5*y+1",
    teaches="Steep across the diagonal, waves along it: λ = 4 across sets the limit for both.",
    source="McCormick 1976, Computability of global solutions to factorable nonconvex programs",
    minima=fixed(
        (-0.5471975511965977, -1.5471975511965979, -1.9132229549810364),
        (2.5943951023931957, 1.5943951023931955, 1.2283696986087569),
    ),
    view=(-1.5, 4.0, -3.0, 4.0),
    start=(1.0, 3.5),
    learning_rate=0.4,
)

RAVINE = Surface(
    name="ravine",
    title="Winding ravine",
    group="Valleys and bowls",
    formula="25*(y-sin(x))^2+x^2/10",
    teaches="The walls turn, so momentum gathered in one bend runs up the next.",
    source="Born here; a valley along y = sin x",
    minima=ORIGIN,
    view=(-6.0, 6.0, -4.5, 4.5),
    start=(-5.0, 3.0),
    learning_rate=0.018,
)

SURFACES = (ROSENBROCK, BEALE, DIXON_PRICE, GOLDSTEIN_PRICE, MCCORMICK, RAVINE)
