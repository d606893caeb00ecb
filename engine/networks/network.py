"""Data and model brought together: what all runs of an experiment share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.compile import REALS
from engine.networks.batches import BatchOrder
from engine.networks.data.prepare import prepare
from engine.networks.initialisation import initial
from engine.networks.plan import Plan, plan_of
from engine.networks.tiles import lanes_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.data.prepare import Prepared
    from engine.networks.initialisation import InitialSettings
    from engine.networks.model import Model
    from engine.networks.settings import NetworkExperiment

    Array = NDArray[Any]

#: Samples that are evaluated at once: more would only leave the cache.
BLOCK = 256


@dataclass(frozen=True, eq=False)
class Samples:
    """Rows as kernels read them: inputs (d, n), targets (k, n), of the run's precision."""

    inputs: Array
    targets: Array

    @property
    def count(self) -> int:
        """Number of rows."""
        return int(self.inputs.shape[1])


@dataclass(frozen=True, eq=False)
class Network:
    """A model with its data and its first weights, in one precision.

    Parameters
    ----------
    model : the network's shape and loss.
    prepared : the data with their scalings and names.
    training, validation : their rows for the kernels.
    order : which rows each step sees.
    start : (W,) first parameters, padded with zeros to whole vectors.
    precision : "float32" or "float64".
    """

    model: Model
    prepared: Prepared
    training: Samples
    validation: Samples
    order: BatchOrder
    start: Array
    precision: str

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said about data and batches, in sentences."""
        return (*self.prepared.notes, *filter(None, [self.order.note]))

    @property
    def sees_all(self) -> bool:
        """Whether every step sees all training rows and all units."""
        return self.order.full and self.model.dropout == 0

    @cached_property
    def block_plan(self) -> Plan:
        """The plan for evaluating a block of samples."""
        return plan_of(self.model, BLOCK, self.precision)

    def vector(self, parameters: Array) -> Array:
        """Return parameters (P,) in the run's precision, padded to whole vectors."""
        lanes = lanes_of(self.precision)
        found = np.zeros(-(-self.model.size // lanes) * lanes, REALS[self.precision])
        found[: self.model.size] = parameters
        return found


def bind(experiment: NetworkExperiment) -> Network:
    """Load and prepare the data and draw the first weights.

    Raises
    ------
    ValueError : data, model or weights do not go together (a plain sentence).
    """
    prepared = prepare(experiment.data)
    data, precision = prepared.data, experiment.precision
    model = experiment.model.model(len(data.feature_names), data.outputs, data.task)
    network = Network(
        model=model,
        prepared=prepared,
        training=_samples(prepared.inputs, prepared.targets, model, precision),
        validation=_samples(
            prepared.validation_inputs, prepared.validation_targets, model, precision
        ),
        order=BatchOrder(len(prepared.inputs), experiment.batches),
        start=np.empty(0),
        precision=precision,
    )
    start = network.vector(initial(model.tensors, experiment.initial))
    object.__setattr__(network, "start", start)
    return network


def begun_anew(network: Network, settings: InitialSettings) -> Network:
    """Return the same network with other first weights; ValueError if they do not fit."""
    return replace(network, start=network.vector(initial(network.model.tensors, settings)))


def in_float64(network: Network) -> Network:
    """Return the same network in float64, with data and first weights as its precision has them."""
    if network.precision == "float64":
        return network
    training, validation = (
        Samples(*(a.astype(np.float64) for a in (rows.inputs, rows.targets)))
        for rows in (network.training, network.validation)
    )
    wide = replace(network, training=training, validation=validation, precision="float64")
    return replace(wide, start=wide.vector(network.start[: network.model.size]))


def _samples(inputs: Array, targets: Array, model: Model, precision: str) -> Samples:
    real = REALS[precision]
    with np.errstate(over="ignore"):
        across = np.ascontiguousarray(inputs.T, real)
        if model.task == "classes":
            wanted = np.zeros((model.sizes[-1], len(targets)), real)
            wanted[targets, np.arange(len(targets))] = 1
        else:
            columns = np.asarray(targets).reshape(len(targets), model.sizes[-1])
            wanted = np.ascontiguousarray(columns.T, real)
    return Samples(across, wanted)
