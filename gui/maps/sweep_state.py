"""What a sweep is asked, and what was found so far."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from engine.maps.axes import Axis
from gui.session import SURFACE

if TYPE_CHECKING:
    from engine.experiment import Experiment
    from engine.maps.range_test import RangeTest
    from engine.maps.sweep import Sweep
    from engine.networks.settings import NetworkExperiment

    AnyExperiment = Experiment | NetworkExperiment

Quantity = Literal["loss", "best", "steps"]
MOST_POINTS, MOST_SEEDS = 10_000, 1_000
#: What does not change a sweep: a run's own rate is swept away.
_OF_RUNS = {"learning_rate": 0.0, "visible": True, "slot": 0}


class SweepSettings(Struct, frozen=True):
    """Whose runs are swept, and how.

    Parameters
    ----------
    source : the half whose runs are swept.
    low, high : the rates; None for around the runs' own.
    scatter : on surfaces, how far seeds move the start, as a share of the view.
    target : the loss whose steps are counted; None for one near the lowest that is known.
    """

    source: str = SURFACE
    low: float | None = None
    high: float | None = None
    scale: Literal["log", "linear"] = "log"
    points: int = 49
    seeds: int = 1
    scatter: float = 0.0
    target: float | None = None

    def __post_init__(self) -> None:
        """Raise ValueError, with the fix, for what cannot be swept."""
        if not 1 <= self.points <= MOST_POINTS:
            raise ValueError(f"A sweep has 1 to {MOST_POINTS:,} rates, not {self.points:,}.")
        if not 1 <= self.seeds <= MOST_SEEDS:
            raise ValueError(f"A sweep takes 1 to {MOST_SEEDS:,} seeds, not {self.seeds:,}.")
        if not 0.0 <= self.scatter < math.inf:
            raise ValueError("The scatter of the start is 0 (off) or more, such as 0.05.")
        if self.low is not None and self.high is not None:
            Axis(name="learning_rate", low=self.low, high=self.high, scale=self.scale)


class Asked(Struct, frozen=True):
    """What is swept: an experiment with those runs that can be, and the places of these."""

    experiment: AnyExperiment
    rows: tuple[int, ...]
    settings: SweepSettings
    axis: Axis

    @property
    def runs(self) -> tuple[Any, ...]:
        """The settings of the runs that are swept."""
        return self.experiment.runs

    def same_sweep(self, other: Asked | None) -> bool:
        """Return whether another one leads to the same curves."""
        if other is None or (self.axis, self.settings) != (other.axis, other.settings):
            return False
        return bare(self.experiment) == bare(other.experiment)


class Swept(Struct, frozen=True, eq=False):
    """What a sweep has found so far."""

    asked: Asked
    sweep: Sweep


class SweepState(QObject):
    """Settings and findings of the page Sweep.

    Signals
    -------
    changed : (old settings, new settings).
    swept_changed : (Swept or None), while it grows, about ten times a second.
    tested_changed : (RangeTest or None), of the selected run.
    working_changed : (bool), whether something is computed now.
    message : (str), one plain sentence for the user.
    """

    changed = Signal(object, object)
    swept_changed = Signal(object)
    tested_changed = Signal(object)
    working_changed = Signal(bool)
    message = Signal(str)

    def __init__(self, settings: SweepSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or SweepSettings()
        self.swept: Swept | None = None
        self.tested: RangeTest | None = None
        self.working = False

    def update(self, **fields: Any) -> None:
        """Replace settings. Raises ValueError, changing nothing, if not allowed."""
        old, new = self.settings, replace(self.settings, **fields)
        if new != old:
            self.settings = new
            self.changed.emit(old, new)

    def set_swept(self, swept: Swept | None) -> None:
        """Take what was found so far."""
        self.swept = swept
        self.swept_changed.emit(swept)

    def set_tested(self, tested: RangeTest | None) -> None:
        """Take a range test."""
        self.tested = tested
        self.tested_changed.emit(tested)

    def set_working(self, working: bool) -> None:
        """Note whether something is computed."""
        if working != self.working:
            self.working = working
            self.working_changed.emit(working)

    def say(self, sentence: str) -> None:
        """Show one plain sentence to the user."""
        self.message.emit(sentence)


def bare(experiment: AnyExperiment) -> AnyExperiment:
    """Return an experiment without what does not change a sweep of it."""
    runs = tuple(replace(run, **_OF_RUNS) for run in experiment.runs)
    found = replace(experiment, runs=runs)
    return replace(found, display=type(found.display)()) if hasattr(found, "display") else found


def asked_of(experiment: AnyExperiment, settings: SweepSettings, before: Asked | None) -> Asked:
    """Return what is to be swept.

    Rates that follow the runs' own stay as they were `before` while these lie among them: who
    tries one of them does not want another axis.

    Raises ValueError, with the fix, where no run can be swept or the range is none.
    """
    runs = experiment.runs
    rows = tuple(i for i, run in enumerate(runs) if not getattr(run, "recorded", ""))
    if not rows:
        raise ValueError("There is no run to sweep; add an optimizer where the runs are.")
    kept = replace(experiment, runs=tuple(runs[row] for row in rows))
    return Asked(kept, rows, settings, _axis(kept, settings, before))


def given_axis(settings: SweepSettings) -> Axis | None:
    """Return the axis that somebody has asked for; None where rates follow the runs' own."""
    if settings.low is None or settings.high is None:
        return None
    return Axis(name="learning_rate", low=settings.low, high=settings.high, scale=settings.scale)


def _axis(experiment: AnyExperiment, settings: SweepSettings, before: Asked | None) -> Axis:
    from engine.maps.sweep import axis_around

    usual = axis_around(experiment)
    if before is not None and _still_holds(before, experiment, settings):
        usual = before.axis
    return Axis(
        name="learning_rate",
        low=usual.low if settings.low is None else settings.low,
        high=usual.high if settings.high is None else settings.high,
        scale=settings.scale,
    )


def _still_holds(before: Asked, experiment: AnyExperiment, settings: SweepSettings) -> bool:
    ends = settings.low, settings.high, settings.scale, settings.source
    then = before.settings
    if ends != (then.low, then.high, then.scale, then.source):
        return False
    rates = [run.learning_rate for run in experiment.runs]
    same = [run.optimizer for run in experiment.runs] == [
        run.optimizer for run in before.experiment.runs
    ]
    return same and all(before.axis.low <= rate <= before.axis.high for rate in rates)
