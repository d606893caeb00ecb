"""What a script cannot be expected to make again: first weights, data, order of the batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.networks.export.subject import tensor_name
from engine.networks.network import bind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.batches import BatchOrder
    from engine.networks.network import Network, Samples
    from engine.networks.settings import NetworkExperiment

    Array = NDArray[Any]

#: Numbers of rows that one file may hold, four bytes each.
MOST_ROWS = 250_000_000


def arrays(experiment: NetworkExperiment) -> dict[str, Array]:
    """Return the arrays that stand beside the scripts of all runs of an experiment.

    Returns
    -------
    ``layer1.weight`` (out, in), ``layer1.bias``, ``norm1.weight``, ``norm1.bias`` … : the first
        weights, in the layout and by the names of PyTorch; a norm's weight is the gain γ.
    ``inputs`` (n, d), ``targets`` : the training rows, scaled, in the run's precision; targets
        (n, k), or (n,) int64 for cross-entropy of several classes.
    ``validation_inputs``, ``validation_targets`` : likewise, perhaps without rows.
    ``rows`` (steps, batch) int32, ``counts`` (steps,) : which rows each step sees, the first
        ``counts`` of them; absent where every step sees all.

    Raises
    ------
    ValueError : data and model do not go together, or the order would take gigabytes.
    """
    network = bind(experiment)
    found = {
        tensor_name(tensor): values.copy()
        for tensor, values in zip(
            network.model.tensors,
            network.model.views(network.start[: network.model.size]),
            strict=True,
        )
    }
    for samples, prefix in ((network.training, ""), (network.validation, "validation_")):
        found[f"{prefix}inputs"] = np.ascontiguousarray(samples.inputs.T)
        found[f"{prefix}targets"] = _targets(samples, network)
    return found | _order(network.order, experiment.steps)


def _targets(samples: Samples, network: Network) -> Array:
    if network.model.task == "classes" and network.model.loss == "cross_entropy":
        numbers: Array = samples.targets.argmax(axis=0)
        return numbers
    return np.ascontiguousarray(samples.targets.T)


def _order(order: BatchOrder, steps: int) -> dict[str, Array]:
    if order.full:
        return {}
    if steps * order.size > MOST_ROWS:
        raise ValueError(
            f"steps is {steps:,} with batches of {order.size:,} rows, whose order would fill "
            f"{4e-9 * steps * order.size:.1f} GB beside the script; give fewer steps."
        )
    rows, counts = order.order(0, steps)
    return {"rows": rows.astype(np.int32), "counts": counts}
