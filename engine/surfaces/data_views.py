"""Where to look and start on a data-driven surface: that depends on the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.surfaces.data_blocks import problem_of
from engine.surfaces.line_fits import curvatures, mean_and_deviation

if TYPE_CHECKING:
    from engine.experiment import DataSettings
    from engine.surfaces.data_blocks import Problem
    from engine.surfaces.surface import Surface


class Suggestion(NamedTuple):
    """A view (x low, x high, y low, y high), a start (x, y) and a learning rate for a table."""

    view: tuple[float, float, float, float]
    start: tuple[float, float]
    learning_rate: float


def default_data(surface: Surface) -> DataSettings:
    """Return the table on which a data-driven surface teaches most."""
    from engine.experiment import DataSettings

    if surface.name == "logistic_regression":
        return DataSettings(table="challenger", standardise=True)
    if surface.name == "absolute_regression":
        return DataSettings(table="anscombe", target="y3")
    return DataSettings(table="line")


def suggest(surface: Surface, settings: DataSettings) -> Suggestion:
    """Return view, start and learning rate that suit the table.

    The view is centred on the minimum and holds weights of zero, which is where training usually
    starts. The rate lets plain gradient descent on all rows overshoot at each step and yet settle.
    Raises ValueError as `engine.surfaces.data_blocks.payload` does.
    """
    problem = problem_of(surface, settings)
    slope, intercept = problem.minima[0, :2].tolist() if len(problem.minima) else (0.0, 0.0)
    wide, high = _reach(surface, problem)
    wide, high = max(1.5 * abs(slope), wide), max(1.5 * abs(intercept), high)
    start = (0.0, 0.0)
    if abs(slope) < 0.1 * wide and abs(intercept) < 0.1 * high:
        start = (_short(slope - 0.7 * wide), _short(intercept + 0.7 * high))
    view = (slope - wide, slope + wide, intercept - high, intercept + high)
    return Suggestion(
        (_short(view[0]), _short(view[1]), _short(view[2]), _short(view[3])),
        start,
        _short(_rate(surface, problem, wide)),
    )


def _reach(surface: Surface, problem: Problem) -> tuple[float, float]:
    """Return half the width and height within which slope and intercept matter."""
    _, across = mean_and_deviation(problem.pair.x)
    if surface.name == "logistic_regression":
        # σ goes from 2 % to 98 % within ±4; in between lies a threshold at any of the rows.
        return 8.0 / across, 4.0 + 4.0 * float(np.abs(problem.pair.x).max()) / across
    _, up = mean_and_deviation(problem.pair.y)
    up = up or max(1.0, abs(float(problem.pair.y[0])))
    return 2.0 * up / across, 2.0 * up


def _rate(surface: Surface, problem: Problem, wide: float) -> float:
    x = problem.pair.x
    if not surface.smooth:
        return 0.05 * wide / (problem.scale * float(np.abs(x).mean()))
    mean, deviation = mean_and_deviation(x)
    # A logistic model's curvature is at most an eighth of the squared error's.
    share = 0.125 if surface.name == "logistic_regression" else 1.0
    return 1.8 / (share * curvatures(mean, deviation, problem.scale)[1])


def _short(value: float) -> float:
    """Return the value to three significant digits."""
    return float(f"{value:.3g}")
