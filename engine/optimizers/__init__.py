"""Every optimizer, in the order in which the picker shows them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from engine.optimizers.adabelief import ADABELIEF
from engine.optimizers.adadelta import ADADELTA
from engine.optimizers.adafactor import ADAFACTOR
from engine.optimizers.adagrad import ADAGRAD
from engine.optimizers.adam import ADAM, ADAMW
from engine.optimizers.adamax import ADAMAX
from engine.optimizers.adan import ADAN
from engine.optimizers.amsgrad import AMSGRAD
from engine.optimizers.asgd import ASGD
from engine.optimizers.backtracking import BACKTRACKING
from engine.optimizers.bfgs import BFGS
from engine.optimizers.damped_newton import DAMPED_NEWTON
from engine.optimizers.lion import LION
from engine.optimizers.nadam import NADAM
from engine.optimizers.nesterov import NESTEROV
from engine.optimizers.polyak import POLYAK
from engine.optimizers.quasi_hyperbolic import QUASI_HYPERBOLIC
from engine.optimizers.radam import RADAM
from engine.optimizers.rmsprop import RMSPROP
from engine.optimizers.rprop import RPROP
from engine.optimizers.sgd import HEAVY_BALL, SGD
from engine.optimizers.signsgd import SIGNSGD
from engine.optimizers.yogi import YOGI

if TYPE_CHECKING:
    from engine.optimizers.optimizer import Optimizer

CATALOGUE: tuple[Optimizer, ...] = (
    SGD,
    HEAVY_BALL,
    NESTEROV,
    QUASI_HYPERBOLIC,
    SIGNSGD,
    LION,
    ADAGRAD,
    RMSPROP,
    ADADELTA,
    ADAM,
    AMSGRAD,
    ADAMW,
    ADAMAX,
    NADAM,
    RADAM,
    ADABELIEF,
    YOGI,
    ADAN,
    ADAFACTOR,
    RPROP,
    ASGD,
    POLYAK,
    BACKTRACKING,
    DAMPED_NEWTON,
    BFGS,
)

_BY_NAME = {optimizer.name: optimizer for optimizer in CATALOGUE}


def optimizer_named(name: str) -> Optimizer:
    """Return the optimizer called `name`; raise ValueError with near names for an unknown one."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    near = get_close_matches(name, _BY_NAME, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(_BY_NAME)}."
    raise ValueError(f"There is no optimizer {name!r}; {hint}")
