"""Optimizers that need whole tensors, in the order in which the picker shows them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from engine.networks.matrix_rules.adafactor import ADAFACTOR
from engine.networks.matrix_rules.backtracking import BACKTRACKING
from engine.networks.matrix_rules.bfgs import BFGS
from engine.networks.matrix_rules.damped_newton import DAMPED_NEWTON
from engine.networks.matrix_rules.lamb import LAMB
from engine.networks.matrix_rules.lars import LARS
from engine.networks.matrix_rules.lbfgs import LBFGS
from engine.networks.matrix_rules.muon import MUON
from engine.networks.matrix_rules.polyak import POLYAK
from engine.networks.matrix_rules.shampoo import SHAMPOO

if TYPE_CHECKING:
    from engine.networks.matrix_rules.rule import MatrixOptimizer

MATRIX_CATALOGUE: tuple[MatrixOptimizer, ...] = (
    MUON,
    LARS,
    LAMB,
    SHAMPOO,
    ADAFACTOR,
    POLYAK,
    BACKTRACKING,
    DAMPED_NEWTON,
    BFGS,
    LBFGS,
)

_BY_NAME = {optimizer.name: optimizer for optimizer in MATRIX_CATALOGUE}


def matrix_optimizer_named(name: str) -> MatrixOptimizer:
    """Return the optimizer called `name`; raise ValueError with near names for an unknown one."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    near = get_close_matches(name, _BY_NAME, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(_BY_NAME)}."
    raise ValueError(f"There is no optimizer of matrices {name!r}; {hint}")
