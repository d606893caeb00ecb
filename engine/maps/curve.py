"""What became of one run at each learning rate and seed of a sweep."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.maps.outcomes import VERDICTS
from engine.maps.trial import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.maps.sweep_limits import Limits
    from engine.maps.trial import Trial

    Array = NDArray[np.float64]

#: The verdict where no run has been made yet.
UNKNOWN = len(VERDICTS)


@dataclass(frozen=True)
class Advice:
    """Which rate to use, None if none is to be advised, and why, in one sentence."""

    rate: float | None = None
    sentence: str = "Nothing has been run yet."


@dataclass(frozen=True, eq=False)
class Curve:
    """One run at n rates with s seeds; all arrays are (n, s), NaN or `UNKNOWN` where not yet run.

    Parameters
    ----------
    run : its settings; those of the rate do not count.
    label : its name.
    target : the loss that counts as reached, NaN where none is known.
    first : loss at the start.
    loss : loss at the end, inf or NaN if it ended there.
    best : the best finite loss on the way.
    steps : int64, steps to the target; −1 if it was not reached.
    verdict : uint8, an index into `engine.maps.outcomes.VERDICTS`.
    factor : what each step multiplied the error by at the end, NaN if that cannot be told.
    ended : int64, the step at which the run converged or broke off, else its last.
    trains : whether it neither broke off nor ended where it began or worse.
    limits : the largest rate, once it has been looked for.
    advice : which rate to use, and why.
    """

    run: Any
    label: str
    target: float
    first: Array
    loss: Array
    best: Array
    steps: NDArray[np.int64]
    verdict: NDArray[np.uint8]
    factor: Array
    ended: NDArray[np.int64]
    trains: NDArray[np.bool_]
    sense: float = 1.0
    precision: str = "float64"
    limits: Limits | None = None
    advice: Advice = Advice()

    @property
    def seeds(self) -> int:
        """How many seeds it was tried with."""
        return int(self.loss.shape[1])

    @property
    def done(self) -> NDArray[np.bool_]:
        """At which rates all seeds have been run, (n,)."""
        return np.asarray((self.verdict != UNKNOWN).all(axis=1))

    @property
    def share(self) -> Array:
        """The share of seeds that train at each rate, (n,)."""
        return np.asarray(self.trains.mean(axis=1))

    @property
    def trained(self) -> NDArray[np.bool_]:
        """At which rates more than half of the seeds train, (n,)."""
        return self.share > 0.5

    def quantiles(self, *shares: float, of: str = "loss") -> Array:
        """Return quantiles over the seeds, (shares, n); what is no number counts as worst.

        `of` is ``"loss"``, ``"best"`` or ``"steps"``, where a target not reached is infinite.
        """
        worst = np.inf if of == "steps" else self.sense * np.inf
        values = getattr(self, of).astype(np.float64)
        values = np.where(np.isnan(values) | ((of == "steps") & (values == NEVER)), worst, values)
        ordered = np.sort(self.sense * values if of != "steps" else values, axis=1)
        # Between a number and infinity there is no middle: the one that is at least that bad.
        places = [int(np.ceil(share * (self.seeds - 1))) for share in shares]
        found = np.array([ordered[:, place] for place in places])
        found = found if of == "steps" else self.sense * found
        return np.where(self.done, found, np.nan)

    def best_place(self) -> int | None:
        """Return the place of the rate that does best, None if at no rate a run trains.

        Where most seeds train, the fewest steps to the target count, then the lowest loss.
        """
        known = self.done & self.trained
        if not known.any():
            return None
        (steps,), (loss,) = self.quantiles(0.5, of="steps"), self.quantiles(0.5)
        order = np.lexsort((self.sense * loss, steps, -self.share, ~known))
        return int(order[0])

    def write(self, place: int, seed: int, trial: Trial) -> None:
        """Write what became of one run; its arrays are written."""
        at = place, seed
        self.first[at], self.loss[at], self.best[at] = trial.losses[0], trial.loss, trial.best
        self.steps[at] = trial.steps_to(self.target)
        self.verdict[at], self.factor[at], self.ended[at] = trial.verdict, trial.factor, trial.ended
        self.trains[at] = trial.trains

    def copy(self) -> Curve:
        """Return one with arrays of its own."""
        arrays = {name: getattr(self, name).copy() for name in _ARRAYS}
        return replace(self, **arrays)


_ARRAYS = ("first", "loss", "best", "steps", "verdict", "factor", "ended", "trains")


def empty_curve(
    run: Any, label: str, target: float, points: int, seeds: int, precision: str
) -> Curve:
    """Return a curve of which nothing is known yet."""
    shape = points, seeds
    return Curve(
        run=run, label=label, target=target,
        first=np.full(shape, np.nan), loss=np.full(shape, np.nan), best=np.full(shape, np.nan),
        steps=np.full(shape, NEVER, np.int64), verdict=np.full(shape, UNKNOWN, np.uint8),
        factor=np.full(shape, np.nan), ended=np.zeros(shape, np.int64),
        trains=np.zeros(shape, bool), sense=-1.0 if run.maximize else 1.0, precision=precision,
    )  # fmt: skip
