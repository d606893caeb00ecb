"""What an optimizer declares. Rules are plain Python; `engine.descent` compiles them.

A rule is written once and used by the compiled loop, by the exported numpy script and by the
tests, so its source must stand alone: it may use `np` and its arguments, nothing else.

Arithmetic in ``update`` runs in the run's precision (float32 or float64). A literal such as ``1``
or ``0.5`` would widen float32 to float64 there, so everything that is not state is computed in
float64 by ``per_step`` and arrives in the tuple ``k``, already in the run's precision. That is
where torch.optim does it too, and it keeps bias corrections out of the coordinate loop.

The rules are always called ``per_step``, ``update`` and ``step``: exported scripts rely on it.
What every loop can do to a gradient is not in a rule. In this order: noise, clipping by value,
clipping by norm, the sign of maximisation, coupled weight decay. Decoupled decay multiplies the
point by 1 − ηw before an elementwise rule, as torch does; for a coupled rule, which asks for
values and norms at the undecayed point, −ηw times the old point is added to its answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.optimizers.stability import Stability
    from engine.parameter import Parameter

Numbers = tuple[float, ...]

#: (t, lr, h, carry) -> (carry, k); float64; t = 0 at the first step; h = hyperparameters in order.
PerStep = Callable[[int, float, Numbers, Numbers], tuple[Numbers, Numbers]]
#: (x, g, state, k) -> (x, state); one coordinate.
Update = Callable[[Any, Any, Any, Any], tuple[Any, Any]]
#: (point, value, gradient, value_gradient, second_order, data, t, k, state, sense, decay)
#: -> (point, state). point and gradient are pairs, the gradient as the loop left it;
#: value_gradient(x, y, data, t) -> (f, gx, gy) and
#: second_order(x, y, data, t) -> (f, gx, gy, hxx, hxy, hyy) are the bare surface.
#: The objective to lower is sense·f + ½·decay·‖x‖²: sense is 1 or −1, decay the coupled decay.
Step = Callable[..., tuple[tuple[float, float], Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimizer:
    """An update rule with its hyperparameters and its source.

    Parameters
    ----------
    name : identifier, e.g. ``"adam"``.
    title : name on screen.
    help : one sentence: what it does and when it matters.
    latex : the update rule, one displayed line each.
    source : paper with equation, or "torch.optim.Adam".
    learning_rate : default learning rate.
    parameters : hyperparameters in the order in which they stand in ``h``; at most 12.
    per_step : what depends on the step alone.
    carry : initial value of what ``per_step`` carries from step to step (running products).
    update : one coordinate's step; leave out for a rule that couples the coordinates.
    state : one coordinate's initial state (elementwise), or the whole initial state (coupled).
    step : a coupled rule (norms, line search, second order); leave out for elementwise.
    weight_decay, decoupled : default weight decay, and whether it multiplies the weights
        (AdamW) or is added to the gradient.
    stability : how the rule answers to curvature, and where its limit is.
    torch : the torch.optim constructor call with ``{lr}``, ``{weight_decay}``, ``{maximize}``,
        each hyperparameter by name in braces; empty where torch has no such optimizer. Without
        ``{weight_decay}`` torch has none. With ``{decoupled}`` torch knows both kinds of decay,
        otherwise only the kind that `decoupled` names.
    """

    name: str
    title: str
    help: str
    latex: tuple[str, ...]
    source: str
    learning_rate: float
    per_step: PerStep
    stability: Stability
    parameters: tuple[Parameter, ...] = ()
    carry: Numbers = (0.0,)
    update: Update | None = None
    state: Numbers = (0.0,)
    step: Step | None = None
    weight_decay: float = 0.0
    decoupled: bool = False
    torch: str = ""
