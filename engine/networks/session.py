"""All runs of an experiment in training, side by side, as somebody who watches them wants it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING

import msgspec

from engine.networks.matching import looking_like, matched, takes_same_steps
from engine.networks.memory import check_memory
from engine.networks.moments import Moments
from engine.networks.network import bind
from engine.networks.settings import MOST_RUNS
from engine.networks.training import Training, label_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from engine.networks.history import History
    from engine.networks.network import Network
    from engine.networks.settings import NetworkExperiment, TrainingRun

    Stop = NDArray[np.uint8]

#: How long a round of all runs takes, about.
ROUND_SECONDS = 0.01
#: A moment holds the weights and at most so many copies besides.
COPIES = 8


@dataclass(frozen=True)
class Progress:
    """How far a session is.

    Parameters
    ----------
    step : of the run that is furthest.
    share : what is done, 0 to 1; a run that has ended is done.
    remaining : seconds until all are done, at the speed so far; NaN before the first step.
    """

    step: int
    share: float
    remaining: float


@dataclass
class _Course:
    """A run on its way, with the moments behind it and the time it took, looks at data too."""

    training: Training
    moments: Moments = field(init=False)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.moments = Moments(COPIES * self.training.network.start.nbytes)
        self.moments.keep(self.training.moment())

    def advance_to(self, step: int, stop: Stop | None) -> None:
        start = perf_counter()
        self.training.advance(step - self.training.step, stop)
        self.seconds += perf_counter() - start
        if not self.training.over and self.moments.due(self.training.step):
            self.moments.keep(self.training.moment())

    def go_back_to(self, step: int, stop: Stop | None) -> None:
        moment = self.moments.before(step)
        self.moments.forget_after(moment.step)
        self.training.go_back_to(moment)
        self.training.advance(step - moment.step, stop)

    def change(self, run: TrainingRun) -> None:
        self.training.change(run)
        self.moments.keep(self.training.moment(), pinned=True)

    @property
    def remaining(self) -> float:
        """Seconds until it is done."""
        training = self.training
        left = 0 if training.over else training.steps - training.step
        if not left:
            return 0.0
        return self.seconds / training.step * left if training.step else float("nan")


class Session:
    """All runs of an experiment on their way: a round at a time, forth and back, with changes.

    What it does depends on nothing but the experiment and the changes, however the rounds fall
    (the rule of seconds excepted). It is not for several threads at once.

    Parameters
    ----------
    experiment : data, network, runs.
    network : the same, bound already; None binds it.

    Raises
    ------
    ValueError : data, network and memory do not go together (a plain sentence).
    """

    def __init__(self, experiment: NetworkExperiment, network: Network | None = None) -> None:
        self.network = network or bind(experiment)
        self.paused = False
        self._experiment = experiment
        self._count = 1
        check_memory(self.network, len(experiment.runs), experiment.steps)
        self._courses = [self._course(run) for run in experiment.runs]
        self._looks = experiment.runs

    @property
    def experiment(self) -> NetworkExperiment:
        """The experiment with the settings that hold now."""
        runs = tuple(course.training.run for course in self._courses)
        return msgspec.structs.replace(self._experiment, runs=runs)

    @property
    def step(self) -> int:
        """The step of the run that is furthest."""
        return max((course.training.step for course in self._courses), default=0)

    @property
    def over(self) -> bool:
        """Whether no run has a step left."""
        return all(course.training.over for course in self._courses)

    @property
    def progress(self) -> Progress:
        """How far it is."""
        trainings = [course.training for course in self._courses]
        done = [1.0 if t.over else t.step / t.steps for t in trainings]
        return Progress(
            step=self.step,
            share=sum(done) / len(done) if done else 1.0,
            remaining=sum(course.remaining for course in self._courses),
        )

    def histories(self) -> tuple[History, ...]:
        """Return what each run has recorded so far."""
        pairs = zip(self._courses, self._looks, strict=True)
        return tuple(self._history(course, looks) for course, looks in pairs)

    def reached(self, until: int | None = None) -> bool:
        """Return whether no run has a step left, or none before the step `until`."""
        return all(
            course.training.over or (until is not None and course.training.step >= until)
            for course in self._courses
        )

    def advance(self, stop: Stop | None = None, until: int | None = None) -> bool:
        """Take steps of all runs for about 10 ms and return whether any are left.

        Runs that are behind go first, and none goes further than to the step `until`. While
        `paused` nothing happens, and False is returned.

        Raises
        ------
        engine.descent.Cancelled : `stop` was set; the steps taken until then count.
        """
        if self.paused or self.reached(until):
            return False
        start = perf_counter()
        self.take(self._count, stop, until)
        wanted = int(self._count * ROUND_SECONDS / (perf_counter() - start))
        self._count = min(max(wanted, 1), 4 * self._count)
        return not self.reached(until)

    def take(self, steps: int = 1, stop: Stop | None = None, until: int | None = None) -> None:
        """Take so many steps of the runs that are furthest behind; raises as `advance` does."""
        going = [course for course in self._courses if not course.training.over]
        target = min((course.training.step for course in going), default=0) + steps
        target = target if until is None else min(target, until)
        for course in going:
            if course.training.step < target:
                course.advance_to(target, stop)

    def go_back(self, steps: int = 1, stop: Stop | None = None) -> None:
        """Be where all runs were so many steps ago; changes since then have not happened.

        A run that ended earlier stays as it is. Raises as `advance` does.
        """
        target = max(0, self.step - steps)
        for course in self._courses:
            if course.training.step > target:
                course.go_back_to(target, stop)

    def change(self, index: int, run: TrainingRun) -> None:
        """Have other settings hold for a run from its present step on."""
        self._courses[index].change(run)
        self._looks = (*self._looks[:index], run, *self._looks[index + 1 :])

    def restart(self, index: int, run: TrainingRun) -> None:
        """Have a run begin anew with these settings, from the same weights as all."""
        self._courses[index] = self._course(run)
        self._looks = (*self._looks[:index], run, *self._looks[index + 1 :])

    def add(self, run: TrainingRun) -> None:
        """Add a run, which begins at step 0; ValueError for one too many."""
        count = len(self._courses) + 1
        if count > MOST_RUNS:
            raise ValueError(f"There are {MOST_RUNS} runs, and no more are trained; remove one.")
        check_memory(self.network, count, self._experiment.steps)
        self._courses.append(self._course(run))
        self._looks = (*self._looks, run)

    def remove(self, index: int) -> None:
        """Remove a run."""
        del self._courses[index]
        self._looks = (*self._looks[:index], *self._looks[index + 1 :])

    def match(self, runs: Sequence[TrainingRun], keep: bool = False) -> None:
        """Have these runs instead of the present ones.

        Runs with the same settings keep what they recorded, whatever their place and looks. With
        `keep` a run with other settings, which its slot tells, goes on from its present step; all
        others begin anew.

        Raises
        ------
        ValueError : settings do not go together with the network (a plain sentence).
        """
        check_memory(self.network, len(runs), self._experiment.steps)
        present = [course.training.run for course in self._courses]
        courses = [
            self._courses[old] if old is not None else self._course(run)
            for old, run in zip(matched(present, runs, keep), runs, strict=True)
        ]
        for course, run in zip(courses, runs, strict=True):
            if not takes_same_steps(course.training.run, run):
                course.change(run)
        self._courses, self._looks = courses, tuple(runs)

    def end(self, reason: str) -> None:
        """End all runs where they are; the reason is a clause."""
        for course in self._courses:
            course.training.end(reason)

    def _course(self, run: TrainingRun) -> _Course:
        experiment = self._experiment
        return _Course(
            Training(
                self.network, run, experiment.steps, experiment.stop, experiment.curvature_every
            )
        )

    def _history(self, course: _Course, looks: TrainingRun) -> History:
        history = course.training.history()
        run = looking_like(history.run, looks)
        label = label_of(looking_like(course.training.run, looks))
        return replace(history, run=run, label=label, experiment=self._alone(run))

    def _alone(self, run: TrainingRun) -> NetworkExperiment:
        return msgspec.structs.replace(self._experiment, runs=(run,))
