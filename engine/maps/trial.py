"""One run at one learning rate and seed, and what is swept: a surface's runs or a network's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from engine.maps.outcomes import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.maps.theory import Theory

    Stop = NDArray[np.uint8] | None

MOVING, DIVERGED, NOT_A_NUMBER = (VERDICTS.index(kind) for kind in ("moving", "diverged", "nan"))
#: What `steps_to` returns for a target that was not reached.
NEVER = -1


@dataclass(frozen=True, eq=False)
class Trial:
    """What became of one run.

    Parameters
    ----------
    at : (m,) int64, the steps before which the loss on all data is known, rising from 0.
    losses : (m,) float64, that loss.
    evaluations : (m,) float64, gradients, or what costs as much, asked for until then.
    verdict : an index into `engine.maps.outcomes.VERDICTS`.
    ended : the step at which it converged or broke off, else the last one.
    factor : what each step multiplied the error by at the end, NaN if that cannot be told.
    sense : −1 for a run that climbs: what it lowers is `sense` times the loss.
    """

    at: NDArray[np.int64]
    losses: NDArray[np.float64]
    evaluations: NDArray[np.float64]
    verdict: int
    ended: int
    factor: float = np.nan
    sense: float = 1.0

    @property
    def loss(self) -> float:
        """The loss at the end: inf or NaN if the run ended there."""
        return float(self.losses[-1])

    @property
    def broke(self) -> bool:
        """Whether it diverged or ended at what is no number."""
        return self.verdict in (DIVERGED, NOT_A_NUMBER)

    @property
    def trains(self) -> bool:
        """Whether it neither broke off nor ended where it began, or worse."""
        return not self.broke and self.sense * self.loss < self.sense * float(self.losses[0])

    @cached_property
    def best(self) -> float:
        """The best finite loss on the way, NaN if there is none."""
        finite = self.losses[np.isfinite(self.losses)]
        return self.sense * float((self.sense * finite).min()) if len(finite) else np.nan

    def row_at(self, target: float) -> int:
        """Return the first row whose loss is at least as good as a target, or `NEVER`."""
        with np.errstate(invalid="ignore"):
            reached = np.flatnonzero(self.sense * self.losses <= self.sense * target)
        return int(reached[0]) if len(reached) else NEVER

    def steps_to(self, target: float) -> int:
        """Return after how many steps a target was reached, or `NEVER`."""
        row = self.row_at(target)
        return NEVER if row == NEVER else int(self.at[row])

    def cost_of(self, target: float) -> float:
        """Return how many evaluations it took to reach a target; inf if it was not reached."""
        row = self.row_at(target)
        return np.inf if row == NEVER else float(self.evaluations[row])

    def within(self, budget: float) -> Trial:
        """Return the part of it that so many evaluations pay for."""
        rows = max(1, int(np.searchsorted(self.evaluations, budget, side="right")))
        if rows >= len(self.at):
            return self
        end = int(self.at[rows - 1])
        # What happened later has not happened.
        verdict = self.verdict if self.ended <= end else MOVING
        return Trial(
            self.at[:rows], self.losses[:rows], self.evaluations[:rows], verdict,
            min(self.ended, end), self.factor, self.sense,
        )  # fmt: skip


class Subject(Protocol):
    """An experiment whose runs are tried at other rates; seed 0 is the experiment's own."""

    @property
    def runs(self) -> tuple[Any, ...]:
        """The runs' settings."""

    @property
    def steps(self) -> int:
        """Steps of a run."""

    @property
    def precision(self) -> str:
        """``"float32"`` or ``"float64"``."""

    @property
    def part(self) -> float:
        """How near the two ends of a bisection come to each other, as a part of the rate."""

    @property
    def title(self) -> str:
        """What is lowered, in a few words."""

    def label(self, run: Any) -> str:
        """Return a run's own label, or its optimizer's title."""

    def random(self, run: Any) -> bool:
        """Return whether seeds make a difference to a run."""

    def target(self, run: Any) -> float:
        """Return the loss that counts as reached where none is given, NaN where none is known."""

    def trial(
        self, run: Any, rate: float, seed: int, stop: Stop = None, *, budget: int = 0
    ) -> Trial:
        """Return what becomes of a run at a rate.

        With a `budget` it takes so many steps at most, and evaluations are counted; without one
        they are those of one a step. Raises `engine.descent.Cancelled` once `stop` is set.
        """

    def settles(self, run: Any, stop: Stop = None) -> Callable[[float], bool]:
        """Return what says of a rate whether a run at it stays below its limit (seed 0)."""

    def theory(self, run: Any, stop: Stop = None) -> Theory:
        """Return what theory says about a run's limit, along the path at its own rate (seed 0)."""

    def ramp(self, run: Any, steps: int, stop: Stop = None) -> tuple[NDArray[np.float64], float]:
        """Return the losses that a run's steps saw, (steps + 1,) or fewer, and their floor."""


def with_rate(run: Any, rate: float) -> Any:
    """Return a run at another base rate."""
    from msgspec.structs import replace

    return replace(run, learning_rate=float(rate))
