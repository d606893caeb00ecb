"""Causes in how the data are prepared: scale of feature and target, reduction, batch size.

They change the surface, which all runs share. Where its coordinates move, every start is moved
so that it stays the same model.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec.structs import replace

from engine.experiment import surface_of
from engine.explanation.cause import Choice, Switch
from engine.numbers import short
from engine.surfaces.data_coordinates import rows_of, same_model, target_deviation
from engine.surfaces.data_driven import default_data

if TYPE_CHECKING:
    from typing import Any

    from engine.experiment import DataSettings, Experiment

    Offered = tuple[Choice, ...] | str

NO_DATA = "this surface is not made from data"


def data_of(experiment: Experiment) -> DataSettings | None:
    """Return the settings of the table that the surface reads, or None if it reads none."""
    surface = surface_of(experiment.surface)
    if not surface.uses_data:
        return None
    return experiment.surface.data or default_data(surface)


def _with_data(experiment: Experiment, **changes: Any) -> Experiment:
    """Return the experiment on data prepared otherwise, from the same models."""
    surface, old = surface_of(experiment.surface), data_of(experiment)
    if old is None:
        raise ValueError(f"The data cannot be changed: {NO_DATA}.")
    new = replace(old, **changes)
    settings = replace(experiment.surface, data=new)
    if {"standardise", "target_scale"}.isdisjoint(changes):
        return replace(experiment, surface=settings)
    return replace(
        experiment,
        surface=settings,
        start=same_model(surface, old, new, experiment.start),
        runs=tuple(
            replace(run, start=same_model(surface, old, new, run.start)) if run.start else run
            for run in experiment.runs
        ),
        # A view in the old coordinates shows nothing of the new ones.
        display=replace(experiment.display, view=None),
    )


def _standardise(experiment: Experiment, _index: int) -> Offered:
    data = data_of(experiment)
    if data is None:
        return NO_DATA
    if data.standardise:
        return "the feature is standardised already"
    return (Choice(1.0, "Standardised feature"),)


def _mean(experiment: Experiment, _index: int) -> Offered:
    data = data_of(experiment)
    if data is None:
        return NO_DATA
    if data.reduction == "mean":
        return "the loss is the mean over the rows already"
    return (Choice(1.0, "Mean instead of sum"),)


def _target(experiment: Experiment, _index: int) -> Offered:
    data, surface = data_of(experiment), surface_of(experiment.surface)
    if data is None:
        return NO_DATA
    if surface.name == "logistic_regression":
        return "its targets are classes, 0 and 1"
    smaller = Choice(10.0 * data.target_scale, "Target ÷ 10")
    deviation = target_deviation(data)
    if deviation in (0.0, data.target_scale) or not math.isfinite(deviation):
        return (smaller,)
    return (smaller, Choice(deviation, "Target of unit variance"))


def _batch(experiment: Experiment, _index: int) -> Offered:
    data, surface = data_of(experiment), surface_of(experiment.surface)
    if data is None:
        return NO_DATA
    rows = rows_of(surface, data)
    if not 0 < data.batch_size < rows:
        return "every step sees all the data already"
    larger = 4 * data.batch_size
    full = Choice(0.0, "Full batch")
    return (full, Choice(float(larger), f"Batch of {larger}")) if larger < rows else (full,)


SWITCHES: tuple[Switch, ...] = (
    Switch(
        "standardise",
        "Standardise the feature",
        "Shifts and scales the feature to mean 0 and variance 1, which makes the narrow valley "
        "round: one learning rate then suits slope and intercept.",
        _standardise,
        lambda experiment, _index, _amount: _with_data(experiment, standardise=True),
    ),
    Switch(
        "reduction",
        "Mean instead of sum",
        "A sum over n rows has n times the curvature of their mean, so it bears an n-th of the "
        "learning rate.",
        _mean,
        lambda experiment, _index, _amount: _with_data(experiment, reduction="mean"),
    ),
    Switch(
        "target",
        "Target scale",
        "Divides the target and with it the line, from the same model: this changes gradients "
        "but not the curvature of a squared error, so what it saves is overflow, not stability.",
        _target,
        lambda experiment, _index, amount: _with_data(experiment, target_scale=amount),
    ),
    Switch(
        "batch",
        "Batch size",
        "A larger batch is more like all the data: its curvature and its gradient vary less from "
        "step to step.",
        _batch,
        lambda experiment, _index, amount: _with_data(experiment, batch_size=_whole(amount)),
    ),
)


def _whole(amount: float) -> int:
    if amount != int(amount):
        raise ValueError(f"A batch of {short(amount)} rows is not possible; give a whole number.")
    return int(amount)
