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

import numpy as np

if TYPE_CHECKING:
    from engine.optimizers.optimizer import Numbers

#: (h) -> (numerator, denominator) of Q(z), coefficients in descending powers of z.
Filter = Callable[["Numbers"], tuple["Numbers", "Numbers"]]
#: (state before, state after, k) -> gain of one coordinate; compiled by `engine.gains`, in k's
#: precision as `update` is, and with a source that stands alone.
Gain = Callable[[Any, Any, Any], Any]
#: (η, h) -> half the width of the method's smallest cycle.
Amplitude = Callable[[float, "Numbers"], float]


def plain(_h: Numbers) -> tuple[Numbers, Numbers]:
    """Return Q = 1: the present gradient and nothing else."""
    return (1.0,), (1.0,)


def averaged(h: Numbers) -> tuple[Numbers, Numbers]:
    """Return Q = (1 − β)z / (z − β): a running average whose memory β stands first in h."""
    return (1.0 - h[0], 0.0), (1.0, -h[0])


def at_flip(numbers: tuple[Numbers, Numbers]) -> float:
    """Return Q(−1), the answer to a gradient that turns its sign at each step."""
    numerator, denominator = numbers
    return float(np.polyval(numerator, -1.0) / np.polyval(denominator, -1.0))


def balanced(filter_: Filter) -> Amplitude:
    """Return the amplitude of a rule that divides by the gradient's own recent size.

    In a 2-cycle with gradients ±G the gain is η/G, so that the step is ηQ(−1) whatever λ is.
    """
    return lambda rate, h: 0.5 * rate * at_flip(filter_(h))


def half_step(rate: float, _h: Numbers) -> float:
    """Return η/2, the amplitude of a rule whose every step is η long."""
    return 0.5 * rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    r"""How a method answers to curvature.

    Parameters
    ----------
    filter : Q(z), once transients such as bias corrections have died; None where no linear
        theory applies, which `reason` then says in one clause.
    reason : e.g. ``"its line search accepts no step that raises the loss"``.
    gain : gain of one coordinate, for preconditioned methods; None where the gain is η.
    measured : whether the gain is to be read off the step itself, −Δ / g: for rules without
        memory in their direction whose gain couples the coordinates.
    own_rate : whether the gain is one rate for every coordinate, which the rule makes of η:
        the limit is then on the curvature as it is, not on a preconditioned one.
    decay : (h) -> a decoupled weight decay that the rule has of its own.
    amplitude : half the width of the smallest cycle of a method whose steps are bounded by η: it
        comes to rest no closer. Without memory it ends in this cycle; momentum, and a
        denominator that lags behind, make it swing several times as wide, in bursts.
    proportional : whether a step, all that went before being equal, is proportional to η.
    limit : the limit on s in the field's notation, LaTeX, e.g. ``2(1+\beta)``.
    source : where the limit comes from.
    """

    filter: Filter | None = None
    reason: str = ""
    gain: Gain | None = None
    measured: bool = False
    own_rate: bool = False
    decay: Callable[[Numbers], float] | None = None
    amplitude: Amplitude | None = None
    proportional: bool = True
    limit: str = ""
    source: str = ""

    @property
    def gains_vary(self) -> bool:
        """Whether gains are something else than the scheduled η."""
        return self.gain is not None or self.measured

    @property
    def preconditioned(self) -> bool:
        """Whether the limit is on the preconditioned curvature."""
        return self.gains_vary and not self.own_rate
