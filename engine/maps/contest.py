"""What a tournament is about: problems, those who enter, rates, seeds, and the budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from engine.experiment import Experiment, RunSettings, new_run
from engine.maps.axes import Axis
from engine.maps.sweep import MOST_POINTS, MOST_SEEDS, subject_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.maps.trial import Subject
    from engine.networks.settings import NetworkExperiment, TrainingRun

    Problem = Experiment | NetworkExperiment
    Entry = str | RunSettings | TrainingRun

RATES = Axis(name="learning_rate", low=1e-4, high=10.0, scale="log")
#: How far seeds move a start on a surface, as a share of the view.
SCATTER = 0.05
#: The part of the way from the start to the best loss of all that a solved problem may leave.
LEFT = 1e-3


@dataclass(frozen=True)
class Contest:
    """What a tournament is about.

    Parameters
    ----------
    problems : experiments; what stands in their runs does not count.
    entries : names of optimizers, or runs with all their settings but the rate.
    axis : the rates that all choose from, and how many of them.
    seeds : how often each is tried; a seed draws start, noise, batches and first weights.
    budget : evaluations of the gradient; 0 for as many as a problem has steps.
    scatter : how far seeds move the start on a surface, as a share of the view.
    left : the part of the way from the start to the best loss of all that a solved one may leave.
    """

    problems: tuple[Problem, ...]
    entries: tuple[Entry, ...]
    axis: Axis = RATES
    points: int = 16
    seeds: int = 5
    budget: int = 0
    scatter: float = SCATTER
    left: float = LEFT

    def __post_init__(self) -> None:
        """Raise ValueError, with the fix, for a contest that cannot be held."""
        if not self.problems:
            raise ValueError("There is no problem to compare on; give an experiment.")
        if not self.entries:
            raise ValueError("There is nothing to compare; give the names of optimizers.")
        if not 1 <= self.points <= MOST_POINTS:
            raise ValueError(f"points is {self.points}; give 1 to {MOST_POINTS:,}, such as 16.")
        if not 1 <= self.seeds <= MOST_SEEDS:
            raise ValueError(f"seeds is {self.seeds}; give 1 to {MOST_SEEDS:,}, such as 5.")
        if self.budget < 0:
            raise ValueError(f"budget is {self.budget}; give 0 or more evaluations.")
        if not 0.0 < self.left < 1.0:
            raise ValueError(f"left is {self.left:g}; give a share between 0 and 1, such as 0.001.")
        for problem in self.problems:
            if not (self.budget or problem.steps):
                raise ValueError("An experiment has 0 steps and no budget is given; give one.")


def subject_in(problem: Problem, contest: Contest) -> Subject:
    """Return a problem with the contest's entries as its runs."""
    runs = as_runs(problem, contest.entries)
    for run in runs:
        if run.maximize:
            raise ValueError(f"{run.optimizer} is set to climb; all must lower the loss.")
    scatter = contest.scatter if isinstance(problem, Experiment) else 0.0
    return subject_of(msgspec.structs.replace(problem, runs=runs), scatter)


def as_runs(problem: Problem, entries: Sequence[Entry]) -> tuple[Any, ...]:
    """Return names of optimizers, or runs of either kind of problem, as runs of this one."""
    make = _surface_run if isinstance(problem, Experiment) else _training_run
    return tuple(make(entry) for entry in entries)


def _surface_run(entry: Entry) -> RunSettings:
    if isinstance(entry, str):
        return new_run(entry)
    return entry if isinstance(entry, RunSettings) else _as(RunSettings, entry)


def _training_run(entry: Entry) -> TrainingRun:
    from engine.networks.settings import TrainingRun, new_training_run

    if isinstance(entry, str):
        return new_training_run(entry)
    return entry if isinstance(entry, TrainingRun) else _as(TrainingRun, entry)


def _as(kind: type[Any], entry: Any) -> Any:
    """Return a run's settings as those of another kind of problem, as far as it has them."""
    lost = getattr(entry, "sharpness", 0.0)
    if lost and "sharpness" not in kind.__struct_fields__:
        raise ValueError(f"sharpness is {lost:g}, but on surfaces there is no SAM; give 0.")
    names = set(kind.__struct_fields__) & set(entry.__struct_fields__)
    return kind(**{name: getattr(entry, name) for name in names})


def told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Return names of which no two are alike."""
    found: list[str] = []
    for name in names:
        same = sum(other == name for other in names[: len(found)])
        found.append(f"{name} ({same + 1})" if same else name)
    return tuple(found)
