"""One straight line in the coordinates of two ways to prepare the same table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.surfaces.data_blocks import MOST_SUMMED, target_scale
from engine.surfaces.line_fits import mean_and_deviation
from engine.tables import load

if TYPE_CHECKING:
    from engine.experiment import DataSettings
    from engine.surfaces.surface import Surface

    Point = tuple[float, float]


def same_model(surface: Surface, old: DataSettings, new: DataSettings, point: Point) -> Point:
    """Return the slope and intercept that mean under `new` what `point` means under `old`.

    Both settings read the same columns. A feature z = (u − m) / d and a target v / c make the line
    w z + b of v / c the line c (w / d) u + c (b − w m / d) of v; the map is linear.
    Raises ValueError as `engine.tables.load` does, or for a feature that cannot be standardised.
    """
    slope, intercept = point
    mean, deviation, scale = _preparation(surface, old)
    slope, intercept = scale * slope / deviation, scale * (intercept - slope * mean / deviation)
    mean, deviation, scale = _preparation(surface, new)
    return slope * deviation / scale, (intercept + slope * mean) / scale


def _preparation(surface: Surface, settings: DataSettings) -> tuple[float, float, float]:
    """Return what the feature is shifted and divided by, and what the target is divided by."""
    scale = target_scale(surface, settings)
    if not settings.standardise:
        return 0.0, 1.0, scale
    pair = load(settings.table).pair(settings.feature, settings.target)
    mean, deviation = mean_and_deviation(pair.x)
    if deviation == 0:
        raise ValueError(f"{pair.feature} is {mean:g} in every row and cannot be standardised.")
    return mean, deviation, scale


def rows_of(surface: Surface, settings: DataSettings) -> int:
    """Return how many rows the surface sums over; raises ValueError for an unusable table."""
    rows = len(load(settings.table).pair(settings.feature, settings.target).x)
    return rows if surface.name == "linear_regression" else min(rows, MOST_SUMMED)


def target_deviation(settings: DataSettings) -> float:
    """Return the standard deviation of the raw target; raises ValueError for an unusable table."""
    return mean_and_deviation(load(settings.table).pair(settings.feature, settings.target).y)[1]
