"""Surfaces that no formula can express: regression on data, and a recurrent network's cliff."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.parameter import Parameter
from engine.surfaces.data_blocks import payload
from engine.surfaces.data_views import Suggestion, default_data, suggest
from engine.surfaces.surface import Surface

if TYPE_CHECKING:
    from collections.abc import Mapping

LINEAR_REGRESSION = Surface(
    name="linear_regression",
    title="Linear regression",
    group="Machine learning",
    kernel="linear_regression",
    latex=r"\frac{1}{n}\sum_{i=1}^{n} (x\, u_i + y - v_i)^2",
    teaches=(
        "A feature far from zero ties slope and intercept together in a narrow valley: the steep "
        "direction caps the learning rate, the flat one then creeps; standardising cures it."
    ),
    source="Legendre 1805; with mini-batches: Robbins & Monro 1951",
    axes=("slope x", "intercept y"),
    view=(-2.0, 6.0, -5.0, 7.0),
    start=(0.0, 0.0),
    learning_rate=0.076,
    uses_data=True,
)

LOGISTIC_REGRESSION = Surface(
    name="logistic_regression",
    title="Logistic regression",
    group="Machine learning",
    kernel="logistic_regression",
    latex=(
        r"\frac{1}{n}\sum_{i=1}^{n} \left[\ln\left(1 + e^{z_i}\right) - v_i z_i\right],"
        r"\quad z_i = x\, u_i + y"
    ),
    teaches=(
        "Slopes are bounded, so a rate that is too large bounces between two sides instead of "
        "overflowing; where a threshold separates the classes the minimum lies at infinity."
    ),
    source="Cox 1958; torch.nn.BCEWithLogitsLoss",
    axes=("slope x", "intercept y"),
    view=(-8.0, 8.0, -8.0, 8.0),
    start=(0.0, 0.0),
    learning_rate=1.0,
    uses_data=True,
)

ABSOLUTE_REGRESSION = Surface(
    name="absolute_regression",
    title="Absolute regression",
    group="Machine learning",
    kernel="absolute_regression",
    latex=r"\frac{1}{n}\sum_{i=1}^{n} \left|x\, u_i + y - v_i\right|",
    teaches=(
        "The slope does not shrink near the minimum, so a constant learning rate never settles; "
        "in return one outlier cannot pull the line."
    ),
    source="Boscovich 1757; torch.nn.L1Loss",
    axes=("slope x", "intercept y"),
    view=(-2.0, 6.0, -5.0, 7.0),
    start=(0.0, 0.0),
    learning_rate=0.05,
    smooth=False,
    uses_data=True,
)


def _recurrent_minima(parameters: Mapping[str, float]) -> tuple[tuple[float, float, float], ...]:
    """Return one of a whole curve of minima, the one with w = 4: its b by bisection."""
    weight, target = 4.0, math.log(0.7 / 0.3)
    low, high = -4.0, 1.0
    while low < (middle := 0.5 * (low + high)) < high:
        z = 0.5
        for _ in range(int(parameters["steps"])):
            z = weight / (1.0 + math.exp(-z)) + middle
        # The last state rises with b, for any w above 0.
        low, high = (middle, high) if z < target else (low, middle)
    return ((weight, middle, 0.0),)


RECURRENT_CLIFF = Surface(
    name="recurrent_cliff",
    title="Recurrent cliff",
    group="Machine learning",
    kernel="recurrent_cliff",
    latex=(
        r"\left(\sigma(z_T) - 0.7\right)^2,\quad z_t = x\,\sigma(z_{t-1}) + y,\quad"
        r" z_0 = \tfrac{1}{2}"
    ),
    teaches=(
        "The same weight applied fifty times makes a wall between two plains: a step onto it is "
        "thrown far out of the view, unless the gradient is clipped."
    ),
    source="Pascanu, Mikolov, Bengio 2013, figure 6",
    parameters=(
        Parameter(
            "steps",
            "T",
            50.0,
            1.0,
            200.0,
            "How often the unit feeds its output back to itself; more steps, steeper wall.",
            kind="integer",
            minimum=1.0,
            maximum=1000.0,
        ),
    ),
    minima=_recurrent_minima,
    axes=("weight x", "bias y"),
    view=(3.0, 7.0, -4.5, -0.5),
    start=(6.0, -2.0),
    learning_rate=0.3,
)

SURFACES: tuple[Surface, ...] = (
    LINEAR_REGRESSION,
    LOGISTIC_REGRESSION,
    ABSOLUTE_REGRESSION,
    RECURRENT_CLIFF,
)

__all__ = ["SURFACES", "Suggestion", "default_data", "payload", "suggest"]
