"""What a training run's optimizer declares about its own limit, and the gains of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.descent import hyperparameter_array
from engine.explanation.limits import limit
from engine.networks.matrix_rules.rule import MatrixOptimizer
from engine.networks.settings import rule_named
from engine.optimizers.stability import Stability
from engine.parameter import complete

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.networks.settings import TrainingRun
    from engine.optimizers.optimizer import Numbers

    Array = NDArray[np.float64]


def linear_of(run: TrainingRun) -> tuple[Stability, Numbers]:
    """Return the run's optimizer as a linear filter, with its hyperparameters in declared order.

    Where there is none, its reason says so.
    """
    rule = rule_named(run.optimizer)
    if isinstance(rule, MatrixOptimizer):
        return Stability(reason=f"no limit is known for {rule.title}, a rule of whole tensors"), ()
    if run.sharpness > 0:
        return Stability(reason="SAM takes each gradient at another place than the weights"), ()
    return rule.stability, tuple(complete(rule.parameters, run.hyperparameters).values())


def gains_rule(run: TrainingRun) -> Callable[[int, float, Any, Any], Array] | None:
    """Return what gives the gains of a step, or None where they are the learning rate.

    It is called as (step, rate, before, after): the optimizer's own count of its steps, and the
    snapshots of `engine.networks.steps.CompiledSteps` around the step. It returns what each
    filtered gradient was multiplied by, (W,), padding included.
    """
    rule, (stability, _) = rule_named(run.optimizer), linear_of(run)
    gain = stability.gain
    if gain is None or isinstance(rule, MatrixOptimizer):
        return None
    values = complete(rule.parameters, run.hyperparameters)
    h = tuple(hyperparameter_array(rule, values).tolist())

    def gains(step: int, rate: float, before: Any, after: Any) -> Array:
        (theta, old, carry), (_, new, _) = before, after
        _, k = rule.per_step(step, rate, h, tuple(carry.tolist()))
        with np.errstate(all="ignore"):
            found = gain(tuple(old.astype(np.float64)), tuple(new.astype(np.float64)), k)
        return np.broadcast_to(np.asarray(found, np.float64), theta.shape)

    return gains


def coupled_decay(run: TrainingRun) -> float:
    """Return the weight decay that joins the gradient, and so adds to every curvature."""
    return 0.0 if run.decoupled else run.weight_decay


def why_silent(run: TrainingRun) -> str:
    """Return why no limit applies to a run, in one clause, or ""."""
    stability, _ = linear_of(run)
    if stability.filter is None:
        return stability.reason
    return "" if run.learning_rate > 0 else "without a learning rate above 0 nothing is stable"


def limit_of(run: TrainingRun, rate: float) -> float:
    """Return the largest stable load at a learning rate; NaN where no limit applies.

    It varies with the rate only where there is decoupled weight decay.
    """
    if why_silent(run):
        return float("nan")
    stability, h = linear_of(run)
    own = stability.decay(h) if stability.decay is not None else 0.0
    kept = (1.0 - rate * (run.weight_decay if run.decoupled else 0.0)) * (1.0 - rate * own)
    return limit(stability, h, 1.0 - kept)
