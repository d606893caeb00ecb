"""What an optimizer declares that needs whole tensors: norms, products, eigenvectors, closures.

Steps are plain NumPy and work in the precision of the tensors: float32 state stays float32,
because everything that is not an array is a Python float, which NumPy never lets widen one.
A step's gradients are what the loop made of them (clipping); its kind of weight decay is handled
by `engine.networks.matrix_rules.advance`, except where the paper puts it inside the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from engine.parameter import Parameter

Array: TypeAlias = NDArray[np.floating[Any]]
Tensors: TypeAlias = Sequence[Array]
Numbers: TypeAlias = tuple[float, ...]

#: (tensors, h) -> state: nested lists, dataclasses, arrays of the tensors' precision and numbers;
#: copy.deepcopy keeps it for a step back.
Start: TypeAlias = Callable[[Tensors, Numbers], Any]
#: theta (P,) -> (loss, gradient (P,)) on the rows of this step. The gradient's memory may be
#: used again by the next call: a rule copies what it keeps.
Evaluate: TypeAlias = Callable[[Array], tuple[float, Array]]
#: (tensors, gradients, state, t, rate, h, evaluate, decay) -> None. Tensors and state are written;
#: t = 0 at the first step; decay is 0 unless the rule has it `inside`.
Step: TypeAlias = Callable[[Tensors, Tensors, Any, int, float, Numbers, Evaluate, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixOptimizer:
    """An update rule of whole tensors, with its hyperparameters and its source.

    Parameters
    ----------
    name : identifier, e.g. ``"muon"``.
    title : name on screen.
    help : one sentence: what it does and when it matters.
    latex : the update rule, one displayed line each.
    source : paper with equation, or "torch.optim.Muon".
    learning_rate : default learning rate.
    start, step : see `Start`, `Step`.
    parameters : hyperparameters in the order in which they stand in ``h``.
    weight_decay, decoupled : default weight decay, and whether it multiplies the weights or is
        added to the gradient.
    inside : whether weight decay of the kind that `decoupled` names stands within the rule.
    full_batch : whether the rule compares losses and gradients of different steps, so that all of
        them must be of the same rows.
    """

    name: str
    title: str
    help: str
    latex: tuple[str, ...]
    source: str
    learning_rate: float
    start: Start
    step: Step
    parameters: tuple[Parameter, ...] = ()
    weight_decay: float = 0.0
    decoupled: bool = False
    inside: bool = False
    full_batch: bool = False
