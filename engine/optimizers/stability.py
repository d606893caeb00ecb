"""What an optimizer declares about its own limit: the linear filter that it is on a quadratic.

A method whose step is x − gain · Q(gradients), with a linear filter Q and a gain per coordinate,
obeys on each eigenvector z − (1 − ηw) + s Q(z) = 0. Here s is an eigenvalue of √gain (H + c) √gain
(ηλ where every gain is η), w the decoupled and c the coupled weight decay. The motion decays as
long as every root z lies inside the unit circle; see `engine.explanation.limits`.

Source: Goh, "Why Momentum Really Works", Distill 2017; Cohen et al. 2022 (arXiv:2207.14484), §2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.optimizers.optimizer import Numbers

#: (h) -> (numerator, denominator) of Q(z), coefficients in descending powers of z.
Filter = Callable[["Numbers"], tuple["Numbers", "Numbers"]]
#: (rate, state before, state after, k) -> gain of one coordinate; compiled into the loop.
Gain = Callable[[Any, Any, Any, Any], Any]
#: (η, h) -> half the width of the cycle in which the method ends.
Amplitude = Callable[[float, "Numbers"], float]


def plain(_h: Numbers) -> tuple[Numbers, Numbers]:
    """Return Q = 1: the present gradient and nothing else."""
    return (1.0,), (1.0,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """How a method answers to curvature.

    Parameters
    ----------
    filter : Q(z), once transients such as bias corrections have died; None where no linear
        theory applies, which `reason` then says in one clause.
    reason : e.g. ``"its line search accepts no step that raises the loss"``.
    gain : gain of one coordinate, for preconditioned methods; None where the gain is η.
    measured : whether the gain is to be read off the step itself, −Δ / g: for rules without
        memory in their direction whose gain couples the coordinates.
    decay : (h) -> a decoupled weight decay that the rule has of its own.
    amplitude : half the width of the cycle of a method whose steps are bounded by η.
    proportional : whether a step, all that went before being equal, is proportional to η.
    limit : the limit on s in the field's notation, LaTeX, e.g. ``r"2(1+\\beta)"``.
    source : where the limit comes from.
    """

    filter: Filter | None = None
    reason: str = ""
    gain: Gain | None = None
    measured: bool = False
    decay: Callable[[Numbers], float] | None = None
    amplitude: Amplitude | None = None
    proportional: bool = True
    limit: str = ""
    source: str = ""

    @property
    def preconditioned(self) -> bool:
        """Whether the limit is on the preconditioned curvature."""
        return self.gain is not None or self.measured
