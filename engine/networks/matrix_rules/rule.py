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
    from engine.optimizers.optimizer import Optimizer
    from engine.parameter import Parameter

Array: TypeAlias = NDArray[np.floating[Any]]
Tensors: TypeAlias = Sequence[Array]
Numbers: TypeAlias = tuple[float, ...]

#: (tensors, h) -> state: nested lists, dataclasses, arrays of the tensors' precision and numbers;
#: copy.deepcopy keeps it for a step back.
Start: TypeAlias = Callable[[Tensors, Numbers], Any]
#: (tensors, gradients, state, t, rate, h, evaluate, decay) -> None. Tensors and state are written;
#: t = 0 at the first step; decay is 0 unless the rule has it `inside`.
Step: TypeAlias = Callable[[Tensors, Tensors, Any, int, float, Numbers, "Evaluate", float], None]


@dataclass(frozen=True, slots=True)
class Evaluate:
    """What a rule may ask about the loss on the rows of this step, for any flat vector.

    Parameters
    ----------
    loss_and_gradient : theta (P,) -> (loss, gradient (P,)). The gradient's memory may be used
        again by the next call: a rule copies what it keeps.
    products : (theta (P,), directions (k, P)) -> (k, P), the Hessian times each direction.
    """

    loss_and_gradient: Callable[[Array], tuple[float, Array]]
    products: Callable[[Array, Array], Array]

    def __call__(self, theta: Array) -> tuple[float, Array]:
        """Return the loss and its gradient (P,)."""
        return self.loss_and_gradient(theta)


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
    own_gradients : whether the rule takes its gradients from `evaluate` alone, so that what is
        done to gradients (SAM, noise, clipping) must be done there. The others find the bare loss
        there, as on surfaces.
    searches, search_switch : whether a search along a line compares losses, always or where the
        hyperparameter of that name is on.
    most_parameters : the largest network that it is for; 0 sets no limit.
    on_batches : what comes of it where steps see other rows or units: a clause that begins with
        "so that"; empty for rules that are made for mini-batches.
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
    own_gradients: bool = False
    searches: bool = False
    search_switch: str = ""
    most_parameters: int = 0
    on_batches: str = ""


def as_on_surfaces(rule: Optimizer, start: Start, step: Step) -> MatrixOptimizer:
    """Return the declaration for tensors of a rule that couples two coordinates on surfaces."""
    return MatrixOptimizer(
        name=rule.name, title=rule.title, help=rule.help, latex=rule.latex, source=rule.source,
        learning_rate=rule.learning_rate, start=start, step=step, parameters=rule.parameters,
        weight_decay=rule.weight_decay, decoupled=rule.decoupled,
    )  # fmt: skip
