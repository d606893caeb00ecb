"""What a run asks of an optimizer of whole tensors that does not fit: refused, or foretold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.networks.matrix_rules.rule import MatrixOptimizer
from engine.networks.settings import rule_named
from engine.parameter import complete

if TYPE_CHECKING:
    from engine.networks.network import Network
    from engine.networks.settings import TrainingRun


def refuse_misfits(rule: MatrixOptimizer, run: TrainingRun, size: int) -> None:
    """Raise ValueError, naming the field and the fix, for what is not defined or too large.

    Parameters
    ----------
    rule : the run's optimizer.
    run : its settings.
    size : number of the network's parameters.
    """
    if 0 < rule.most_parameters < size:
        raise ValueError(
            f"optimizer is {rule.name}, which works with a matrix of {size:,} × {size:,} numbers; "
            f"it takes networks of at most {rule.most_parameters:,} parameters: give fewer hidden "
            "units, or lbfgs, which needs no such matrix."
        )
    if not _searches(rule, run):
        return
    way_out = f"{rule.search_switch} 0" if rule.search_switch else "an optimizer without a search"
    if run.sharpness > 0:
        raise ValueError(
            f"sharpness is {run.sharpness:g}, but {rule.name} searches along a line by the loss, "
            f"whose slope SAM's gradient is not; give sharpness 0, or {way_out}."
        )
    if run.noise > 0 and rule.own_gradients:
        raise ValueError(
            f"noise is {run.noise:g}, but {rule.name} searches along a line by losses and slopes "
            f"that must belong together, and no loss has this noise; give noise 0, or {way_out}."
        )


def notes_of(network: Network, run: TrainingRun) -> tuple[str, ...]:
    """Return what is to be said beforehand about a run's optimizer and batches, in sentences."""
    rule = rule_named(run.optimizer)
    if not isinstance(rule, MatrixOptimizer) or not rule.on_batches:
        return ()
    causes, fixes = [], []
    if not network.order.full:
        causes.append("rows")
        fixes.append("batches of size 0, all rows")
    if network.model.dropout > 0:
        causes.append("units")
        fixes.append("dropout 0")
    if not causes:
        return ()
    return (
        f"{rule.title}: each step sees other {' and '.join(causes)}, {rule.on_batches}; "
        f"give {' and '.join(fixes)}.",
    )


def _searches(rule: MatrixOptimizer, run: TrainingRun) -> bool:
    values = complete(rule.parameters, run.hyperparameters)
    return rule.searches or bool(rule.search_switch and values[rule.search_switch])
