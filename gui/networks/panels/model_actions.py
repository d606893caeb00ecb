"""What changing the layers means for an experiment. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from engine.networks.settings import NetworkExperiment

FIRST_UNITS = 16


def with_units(experiment: NetworkExperiment, layer: int, units: int) -> NetworkExperiment:
    """Return the experiment with so many units in a hidden layer. ValueError if not allowed."""
    hidden = list(experiment.model.hidden)
    hidden[layer] = units
    return replace(experiment, model=replace(experiment.model, hidden=tuple(hidden)))


def with_layer(experiment: NetworkExperiment, at: int) -> NetworkExperiment:
    """Return the experiment with one hidden layer more, as wide as the one before it.

    ValueError if there are as many as are allowed. Where each layer has a gain of its own, the new
    one has 1.
    """
    hidden, gains = list(experiment.model.hidden), list(experiment.initial.layer_gains)
    hidden.insert(at, hidden[max(at - 1, 0)] if hidden else FIRST_UNITS)
    if gains:
        gains.insert(at, 1.0)
    return _with(experiment, hidden, gains)


def without_layer(experiment: NetworkExperiment, at: int) -> NetworkExperiment:
    """Return the experiment without a hidden layer and its gain."""
    hidden, gains = list(experiment.model.hidden), list(experiment.initial.layer_gains)
    del hidden[at]
    if gains:
        del gains[at]
    return _with(experiment, hidden, gains)


def with_layer_gain(experiment: NetworkExperiment, layer: int, gain: float) -> NetworkExperiment:
    """Return the experiment with a gain for one layer of weights; none at all if all are 1."""
    layers = len(experiment.model.hidden) + 1
    gains = list(experiment.initial.layer_gains) or [1.0] * layers
    gains[layer] = gain
    kept = () if all(one == 1.0 for one in gains) else tuple(gains)
    return replace(experiment, initial=replace(experiment.initial, layer_gains=kept))


def _with(
    experiment: NetworkExperiment, hidden: list[int], gains: list[float]
) -> NetworkExperiment:
    return replace(
        experiment,
        model=replace(experiment.model, hidden=tuple(hidden)),
        initial=replace(experiment.initial, layer_gains=tuple(gains)),
    )
