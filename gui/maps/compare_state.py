"""What is compared, on which problems, and what was found so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from engine.experiment import MOST_STEPS, Experiment, SurfaceSettings
from engine.maps.axes import Axis
from engine.networks.settings import NetworkExperiment
from gui.panels.surface_actions import with_surface
from gui.session import NETWORK, SURFACE

if TYPE_CHECKING:
    from engine.maps.contest import Contest
    from engine.maps.tournament import Standing, Tournament
    from gui.subjects import Subjects

    AnyExperiment = Experiment | NetworkExperiment

MOST_POINTS, MOST_SEEDS = 10_000, 1_000
#: What stands before the name of a surface, of data, and of what another half shows.
ON_SURFACE, ON_DATA, OWN = "surface:", "data:", "own:"


class CompareSettings(Struct, frozen=True):
    """Who enters and what is to be solved.

    Parameters
    ----------
    optimizers : names.
    problems : keys: ``"surface:"``, ``"data:"`` or ``"own:"`` with a name behind.
    low, high, points : the rates that all choose from.
    budget : gradients that each may ask for; 0 for as many as there are steps.
    steps : of a surface or of data; an experiment of one's own has its own.
    """

    optimizers: tuple[str, ...] = ("sgd", "heavy_ball", "adam")
    problems: tuple[str, ...] = ("surface:rosenbrock", "surface:himmelblau", "surface:beale")
    low: float = 1e-4
    high: float = 10.0
    points: int = 16
    seeds: int = 5
    budget: int = 0
    steps: int = 500

    def __post_init__(self) -> None:
        """Raise ValueError, with the fix, for what cannot be compared."""
        Axis(name="learning_rate", low=self.low, high=self.high, scale="log")
        if not 1 <= self.points <= MOST_POINTS:
            raise ValueError(f"Choose from 1 to {MOST_POINTS:,} rates, not {self.points:,}.")
        if not 1 <= self.seeds <= MOST_SEEDS:
            raise ValueError(f"A comparison takes 1 to {MOST_SEEDS:,} seeds, not {self.seeds:,}.")
        if not 0 <= self.budget <= MOST_STEPS:
            raise ValueError(f"A budget is 0 (as many as steps) to {MOST_STEPS:,} gradients.")
        if not 1 <= self.steps <= MOST_STEPS:
            raise ValueError(f"A run has 1 to {MOST_STEPS:,} steps, not {self.steps:,}.")

    @property
    def runs(self) -> int:
        """How many runs are tried, about."""
        return len(self.optimizers) * len(self.problems) * self.points * self.seeds


class Compared(Struct, frozen=True, eq=False):
    """A tournament as far as it has come; None while the first problem is tried."""

    contest: Contest
    share: float
    tournament: Tournament | None = None


class CompareState(QObject):
    """Settings and findings of the page Compare.

    Signals
    -------
    changed : (old settings, new settings).
    compared_changed : (Compared or None), while it goes on.
    working_changed : (bool), whether it goes on.
    message : (str), one plain sentence for the user.
    """

    changed = Signal(object, object)
    compared_changed = Signal(object)
    working_changed = Signal(bool)
    message = Signal(str)

    def __init__(self, settings: CompareSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or CompareSettings()
        self.compared: Compared | None = None
        self.working = False

    def update(self, **fields: Any) -> None:
        """Replace settings. Raises ValueError, changing nothing, if not allowed."""
        old, new = self.settings, replace(self.settings, **fields)
        if new != old:
            self.settings = new
            self.changed.emit(old, new)

    def set_compared(self, compared: Compared | None) -> None:
        """Take what was found so far."""
        self.compared = compared
        self.compared_changed.emit(compared)

    def set_working(self, working: bool) -> None:
        """Note whether it goes on."""
        if working != self.working:
            self.working = working
            self.working_changed.emit(working)

    def say(self, sentence: str) -> None:
        """Show one plain sentence to the user."""
        self.message.emit(sentence)


def contest_of(settings: CompareSettings, own: dict[str, AnyExperiment]) -> Contest:
    """Return what is to be held; ValueError, with the fix, for what cannot be.

    `own` holds what the other halves show, by their names.
    """
    from engine.maps.contest import Contest

    if not settings.problems:
        raise ValueError("There is no problem to compare on; tick a surface or data.")
    if not settings.optimizers:
        raise ValueError("There is nothing to compare; tick optimizers.")
    return Contest(
        problems=tuple(_problem(key, settings.steps, own) for key in settings.problems),
        entries=settings.optimizers,
        axis=Axis(name="learning_rate", low=settings.low, high=settings.high, scale="log"),
        points=settings.points,
        seeds=settings.seeds,
        budget=settings.budget,
    )


def own_experiments(subjects: Subjects, settings: CompareSettings) -> dict[str, AnyExperiment]:
    """Return those experiments of the other halves that are wanted."""
    names = [key.removeprefix(OWN) for key in settings.problems if key.startswith(OWN)]
    return {name: getattr(subjects, name) for name in names}


def _problem(key: str, steps: int, own: dict[str, AnyExperiment]) -> AnyExperiment:
    kind, _, name = key.partition(":")
    if f"{kind}:" == OWN:
        return replace(own[name], runs=())
    if f"{kind}:" == ON_DATA:
        from engine.networks.data.settings import NetworkDataSettings
        from gui.networks.panels.data_actions import with_source

        data = with_source(NetworkDataSettings(), name)
        return NetworkExperiment(data=data, steps=steps)
    blank = Experiment(surface=SurfaceSettings(name=name), start=(0.0, 0.0), steps=steps)
    return with_surface(blank, name)


def best_run(compared: Compared, number: int) -> tuple[str, AnyExperiment]:
    """Return the half, and the experiment there, that shows a standing's run at its best rate.

    Raises ValueError if it trains at no rate.
    """
    from engine.maps.contest import as_runs

    assert compared.tournament is not None
    standing = compared.tournament.standings[number]
    place, entry = divmod(number, len(compared.contest.entries))
    if standing.rate is None:
        raise ValueError(
            f"{standing.entry} trains at none of the rates on {standing.problem}; there is no "
            "best run to open."
        )
    problem = compared.contest.problems[place]
    (run,) = as_runs(problem, compared.contest.entries[entry : entry + 1])
    run = replace(run, learning_rate=standing.rate, slot=entry)
    name = SURFACE if isinstance(problem, Experiment) else NETWORK
    return name, replace(problem, runs=(run,))


def slot_of(compared: Compared, standing: Standing) -> int:
    """Return the colour of a standing's optimizer."""
    assert compared.tournament is not None
    return compared.tournament.entries.index(standing.entry)
