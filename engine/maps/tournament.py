"""Tournaments: each optimizer at its own best learning rate, within the same budget.

The budget counts gradients, or what costs as much: a line search pays for each trial, SAM for two
gradients a step, Newton for its Hessian. All have the same rates to choose from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.maps.contest import subject_in, told_apart
from engine.maps.profiles import profiles
from engine.maps.sweep import rates_on
from engine.maps.trial import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.maps.contest import Contest
    from engine.maps.profiles import Profiles
    from engine.maps.trial import Stop, Subject, Trial

    Array = NDArray[np.float64]
    Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True, eq=False)
class Standing:
    """How one optimizer did on one problem, at its best rate.

    Parameters
    ----------
    entry, problem : their names.
    rate : its best learning rate; None if it trains at none, and then all else is of the lowest.
    loss, low, high : median and quartiles, over the seeds, of the best loss within the budget.
    cost : (seeds,) evaluations until the problem was solved, infinite where it was not.
    steps : (seeds,) steps until then, −1 where it was not.
    at_an_end : whether `rate` is the first or last that was tried.
    """

    entry: str
    problem: str
    rate: float | None
    loss: float
    low: float
    high: float
    cost: Array
    steps: NDArray[np.int64]
    at_an_end: bool = False

    @property
    def success(self) -> float:
        """The share of seeds with which it solved the problem."""
        return float(np.isfinite(self.cost).mean())

    @property
    def median_cost(self) -> float:
        """Evaluations until solved, the upper median over the seeds; infinite if most failed."""
        return float(np.sort(self.cost)[len(self.cost) // 2])

    @property
    def median_steps(self) -> int:
        """Steps until solved, for the seed with the median cost; −1 if most failed."""
        return int(self.steps[np.argsort(self.cost, kind="stable")[len(self.cost) // 2]])


@dataclass(frozen=True, eq=False)
class Tournament:
    """What a tournament has found so far: problems that all have tried.

    Parameters
    ----------
    entries, problems : names, in order.
    standings : one per problem and entry, problem by problem.
    profiles : of all problems so far, None without any.
    share : what is done, 0 to 1.
    """

    entries: tuple[str, ...]
    problems: tuple[str, ...]
    standings: tuple[Standing, ...] = ()
    profiles: Profiles | None = None
    share: float = 0.0

    def to_csv(self, path: str | Path) -> None:
        """Write a row per problem and optimizer; OSError with a sentence if it cannot be done."""
        from engine.maps.tournament_tables import write_csv

        write_csv(path, self)

    def to_markdown(self) -> str:
        """Return the table and the profiles as Markdown."""
        from engine.maps.tournament_tables import markdown

        return markdown(self)


def hold(
    contest: Contest,
    *,
    stop: Stop = None,
    spread: Map = map,
    progress: Callable[[float], None] | None = None,
) -> Iterator[Tournament]:
    """Yield the tournament so far, problem by problem; the last is the whole.

    Parameters
    ----------
    stop : one byte that another thread may set to 1 to end the work.
    spread : how trials are spread over threads, e.g. an executor's ``map``.
    progress : called with the share that is done, 0 to 1.

    Raises
    ------
    ValueError : an optimizer or a problem does not allow it (a plain sentence).
    engine.descent.Cancelled : `stop` was set; what was yielded before stays true.
    """
    subjects = [subject_in(problem, contest) for problem in contest.problems]
    problems = told_apart([subject.title for subject in subjects])
    entries = told_apart([subjects[0].label(run) for run in subjects[0].runs])
    standings: list[Standing] = []
    costs: list[Array] = []
    for number, subject in enumerate(subjects):

        def tell(share: float, before: int = number) -> None:
            if progress is not None:
                progress((before + share) / len(subjects))

        heat = _Heat(subject, contest, stop, spread, tell)
        found = heat.standings(entries, problems[number])
        standings += found
        costs.append(np.array([standing.cost for standing in found]))
        yield Tournament(
            entries, problems, tuple(standings), profiles(np.array(costs)),
            (number + 1) / len(subjects),
        )  # fmt: skip


class _Heat:
    """One problem, tried by all."""

    def __init__(
        self, subject: Subject, contest: Contest, stop: Stop, spread: Map,
        tell: Callable[[float], None],
    ) -> None:  # fmt: skip
        self.subject, self.contest = subject, contest
        self.stop, self.spread, self.tell = stop, spread, tell
        self.rates = rates_on(contest.axis, contest.points)
        self.budget = contest.budget or subject.steps

    def standings(self, entries: Sequence[str], problem: str) -> list[Standing]:
        """Return how each entry did."""
        rows, places, seeds = len(entries), len(self.rates), self.contest.seeds
        shape = rows, places, seeds
        firsts, values = np.full(shape, np.nan), np.full(shape, np.inf)
        jobs = list(np.ndindex(shape))
        for done, (job, trial) in enumerate(zip(jobs, self._all(jobs), strict=True), 1):
            firsts[job] = trial.losses[0]
            # What came before a run broke off is no use to anybody.
            values[job] = np.inf if trial.broke or math.isnan(trial.best) else trial.best
            self.tell(0.8 * done / len(jobs))
        targets = self._targets(firsts[0, 0], values)
        found = []
        for row, entry in enumerate(entries):
            found.append(self._standing(row, entry, problem, values[row], targets))
            self.tell(0.8 + 0.2 * (row + 1) / rows)
        return found

    def _all(self, jobs: list[tuple[int, ...]]) -> Iterable[Trial]:
        return self.spread(self._try, jobs)

    def _try(self, job: tuple[int, ...]) -> Trial:
        row, place, seed = job
        run, rate = self.subject.runs[row], float(self.rates[place])
        trial = self.subject.trial(run, rate, seed, self.stop, budget=self.budget)
        return trial.within(self.budget)

    def _targets(self, firsts: Array, values: Array) -> Array:
        """Return the loss that counts as solved for each seed, (seeds,)."""
        known = values[np.isfinite(values)]
        lowest = float(known.min()) if len(known) else math.nan
        return lowest + self.contest.left * (firsts - lowest)

    def _standing(
        self, row: int, entry: str, problem: str, values: Array, targets: Array
    ) -> Standing:
        place, trials = self._best(row, values, targets)
        pairs = list(zip(trials, targets.tolist(), strict=True))
        low, median, high = _quartiles(values[place])
        return Standing(
            entry=entry,
            problem=problem,
            rate=float(self.rates[place]) if any(trial.trains for trial in trials) else None,
            loss=median,
            low=low,
            high=high,
            cost=_costs(trials, targets),
            steps=np.array([NEVER if t.broke else t.steps_to(goal) for t, goal in pairs]),
            at_an_end=len(self.rates) > 1 and place in (0, len(self.rates) - 1),
        )

    def _best(self, row: int, values: Array, targets: Array) -> tuple[int, list[Trial]]:
        """Return the best rate's place, with its trials.

        Of the rates that solve the problem most often, the one that does so at least cost; where
        none solves it, the one whose median loss is the lowest.
        """
        solved = (values <= targets).mean(axis=1)
        middle = np.sort(values, axis=1)[:, values.shape[1] // 2]
        if not solved.max() > 0:
            place = int(middle.argmin())
            return place, self._trials(row, place)
        places = [int(place) for place in np.flatnonzero(solved == solved.max())]
        found = [(place, self._trials(row, place)) for place in places]
        return min(found, key=lambda pair: _mean(_costs(pair[1], targets)))

    def _trials(self, row: int, place: int) -> list[Trial]:
        jobs: list[tuple[int, ...]] = [(row, place, seed) for seed in range(self.contest.seeds)]
        return list(self._all(jobs))


def _costs(trials: list[Trial], targets: Array) -> Array:
    """Return what each trial paid for its target, (seeds,), infinite where it did not reach it.

    One that begins there has paid for the look.
    """
    pairs = zip(trials, targets.tolist(), strict=True)
    found = [math.inf if trial.broke else trial.cost_of(goal) for trial, goal in pairs]
    return np.maximum(np.array(found, np.float64), 1.0, dtype=np.float64)


def _mean(costs: Array) -> float:
    """Return the mean cost of the seeds that were solved."""
    solved = costs[np.isfinite(costs)]
    return float(solved.mean()) if len(solved) else math.inf


def _quartiles(values: Array) -> tuple[float, ...]:
    """Return lower quartile, median and upper quartile, each one of the values."""
    ordered, last = np.sort(values), len(values) - 1
    return tuple(float(ordered[math.ceil(share * last)]) for share in (0.25, 0.5, 0.75))
