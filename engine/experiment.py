"""Everything needed to reproduce what is on screen, as one frozen value.

Structs are declarative; `engine.experiment_file` reads and writes them as TOML.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

import msgspec

from engine.formula import parse
from engine.optimizers import optimizer_named
from engine.parameter import Parameter, complete
from engine.schedules import schedule_named
from engine.surfaces import surface_named
from engine.surfaces.surface import Surface

FORMAT = 1
MOST_RUNS = 32
MOST_STEPS = 10_000_000
#: Numbers kept per step and run, in bytes: point, loss, gradient, norms (float64).
BYTES_PER_STEP = 80

Precision = Literal["float32", "float64"]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all settings: frozen, compared by value, strict about unknown keys."""


def _finite(name: str, value: float) -> None:
    if not math.isfinite(value):
        raise ValueError(f"{name} is {value}; give a finite number such as 0.1.")


def _file_name(name: str, value: str) -> None:
    if "\0" in value:
        raise ValueError(f"{name} holds a zero character; give the name of a file.")


class DataSettings(Settings, frozen=True):
    """Which table a data-driven surface reads and how.

    ``table`` is a bundled table's name or the path of a CSV file; empty columns mean "the
    table's first two numeric ones"; the target is divided by ``target_scale`` (classes stay 0
    and 1); ``batch_size`` 0 means the full batch.
    """

    table: str = "line"
    feature: str = ""
    target: str = ""
    standardise: bool = False
    target_scale: float = 1.0
    reduction: Literal["mean", "sum"] = "mean"
    batch_size: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError for an impossible file name, scale, batch size or seed."""
        _file_name("table", self.table)
        _finite("target_scale", self.target_scale)
        if self.target_scale <= 0:
            raise ValueError(
                f"target_scale is {self.target_scale:g}; give a number above 0, such as 10."
            )
        if self.batch_size < 0:
            raise ValueError(
                f"batch_size is {self.batch_size}; give 0 for the full batch, or 1 and more."
            )
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; give a whole number of 0 or more.")


class SurfaceSettings(Settings, frozen=True):
    """Which surface, with which parameter values; ``formula`` only for the name "formula"."""

    name: str = "bowl"
    formula: str = ""
    parameters: dict[str, float] = {}
    data: DataSettings | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for an unknown surface or a parameter that is not allowed."""
        if self.name == "formula":
            if not self.formula:
                raise ValueError('formula is empty; type one such as "x^2 + 10*y^2".')
            for key, value in self.parameters.items():
                _finite(f"parameters.{key}", value)
            return
        complete(surface_named(self.name).parameters, self.parameters)
        if self.formula:
            raise ValueError(
                f'formula is given, but name is "{self.name}"; write name = "formula" to use it.'
            )


class ScheduleSettings(Settings, frozen=True):
    """Which learning-rate schedule, with which parameter values."""

    name: str = "constant"
    parameters: dict[str, float] = {}
    warm_up_steps: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError for an unknown schedule or a parameter that is not allowed."""
        complete(schedule_named(self.name).parameters, self.parameters)
        if self.warm_up_steps < 0:
            raise ValueError(f"warm_up_steps is {self.warm_up_steps}; give 0 or more.")


class RunSettings(Settings, frozen=True):
    """One optimizer with its settings. ``start`` None means the experiment's shared start.

    ``slot`` chooses colour and dash, so that removing a run does not recolour the others.
    ``recorded`` is the path of a trajectory CSV: then the path is read from it (its run number
    ``recorded_run``) instead of being walked.
    """

    optimizer: str = "sgd"
    learning_rate: float = 0.01
    hyperparameters: dict[str, float] = {}
    schedule: ScheduleSettings = ScheduleSettings()
    weight_decay: float = 0.0
    decoupled: bool = False
    clip_value: float = 0.0
    clip_norm: float = 0.0
    noise: float = 0.0
    seed: int = 0
    maximize: bool = False
    start: tuple[float, float] | None = None
    visible: bool = True
    label: str = ""
    slot: int = 0
    recorded: str = ""
    recorded_run: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError, naming the field and the fix, for what is not allowed."""
        complete(optimizer_named(self.optimizer).parameters, self.hyperparameters)
        for name in ("learning_rate", "weight_decay", "clip_value", "clip_norm", "noise"):
            _finite(name, getattr(self, name))
        for name in ("clip_value", "clip_norm", "noise"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name):g}; give 0 (off) or more.")
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; give a whole number of 0 or more.")
        _file_name("recorded", self.recorded)
        if self.recorded_run < 0:
            raise ValueError(f"recorded_run is {self.recorded_run}; give 0 for the first run.")
        if not 0 <= self.slot < MOST_RUNS:
            raise ValueError(f"slot is {self.slot}; give 0 to {MOST_RUNS - 1}.")
        for value in self.start or ():
            _finite("start", value)


def new_run(optimizer: str, **changes: object) -> RunSettings:
    """Return a run with the optimizer's own defaults."""
    rule = optimizer_named(optimizer)
    defaults = {
        "optimizer": optimizer,
        "learning_rate": rule.learning_rate,
        "weight_decay": rule.weight_decay,
        "decoupled": rule.decoupled,
    }
    return RunSettings(**{**defaults, **changes})  # type: ignore[arg-type]


class DisplaySettings(Settings, frozen=True):
    """How the experiment is looked at. ``view`` None means "fit" (x low, x high, y low, y high).

    ``basins`` lays where runs of the selected optimizer would go under the contour lines, as
    strongly as ``basins_strength`` says, from 0 to 1.
    """

    view: tuple[float, float, float, float] | None = None
    equal_aspect: bool = False
    colours: Literal["log", "linear"] = "log"
    landscape: Literal["contour", "curve"] = "contour"
    arrows: bool = False
    curvature: bool = False
    basins: bool = False
    basins_strength: float = 0.5
    curve: Literal[
        "loss", "distance", "gradient_norm", "step_norm", "learning_rate", "stability", "load",
        "sharpness",
    ] = "loss"  # fmt: skip
    scale: Literal["log", "linear", "symlog"] = "log"
    blow_up: bool = False
    speed: float = 1.0
    loop: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for a view that has no extent."""
        for value in self.view or ():
            _finite("view", value)
        if self.view and not (self.view[0] < self.view[1] and self.view[2] < self.view[3]):
            raise ValueError("view must be [x low, x high, y low, y high] with low below high.")
        if not 0 < self.speed <= 1e6:
            raise ValueError(f"speed is {self.speed:g}; give a number above 0, such as 1.")
        if not 0 <= self.basins_strength <= 1:
            raise ValueError(
                f"basins_strength is {self.basins_strength:g}; give a number from 0 to 1."
            )


class StorySettings(Settings, frozen=True):
    """What is told beside an experiment whose title is a question.

    ``text`` says what is seen and why, in a few sentences; each of the ``tries`` says in one line
    what to try and what will then be seen.
    """

    text: str = ""
    tries: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError for a line that says nothing."""
        for index, line in enumerate(self.tries):
            if not line.strip():
                raise ValueError(f"tries[{index}] is empty; write what to try or remove it.")


class Experiment(Settings, frozen=True):
    """A surface, a start, a number of steps, a precision and up to 32 runs."""

    format: int = FORMAT
    title: str = ""
    surface: SurfaceSettings = SurfaceSettings()
    start: tuple[float, float] = (-1.5, 2.0)
    steps: int = 500
    precision: Precision = "float64"
    runs: tuple[RunSettings, ...] = ()
    display: DisplaySettings = DisplaySettings()
    story: StorySettings = StorySettings()

    def __post_init__(self) -> None:
        """Raise ValueError, naming the field and the fix, for what is not allowed."""
        if self.format != FORMAT:
            raise ValueError(f"format is {self.format}; this version reads format {FORMAT}.")
        for value in self.start:
            _finite("start", value)
        if not 0 <= self.steps <= MOST_STEPS:
            raise ValueError(f"steps is {self.steps}; give 0 to {MOST_STEPS:,}.")
        if len(self.runs) > MOST_RUNS:
            raise ValueError(f"There are {len(self.runs)} runs; at most {MOST_RUNS} are shown.")


def start_of(experiment: Experiment, run: RunSettings) -> tuple[float, float]:
    """Return where a run starts: its own start or the shared one."""
    return run.start if run.start is not None else experiment.start


def surface_of(settings: SurfaceSettings) -> Surface:
    """Return the declared surface, or one made from the user's formula.

    Raises `engine.formula.FormulaError` for a formula that cannot be read.
    """
    if settings.name != "formula":
        return surface_named(settings.name)
    return _formula_surface(settings.formula)


@lru_cache(maxsize=64)
def _formula_surface(text: str) -> Surface:
    formula = parse(text)
    return Surface(
        name="formula",
        title="Your formula",
        group="Your own",
        teaches="Whatever you want to know: type it, then drag the ring.",
        source="typed",
        view=(-3.0, 3.0, -3.0, 3.0),
        start=(-1.5, 2.0),
        formula=text,
        parameters=tuple(
            Parameter(name, name, 1.0, -5.0, 5.0, f"The constant {name} of your formula.")
            for name in formula.constants
        ),
        smooth=formula.smooth,
        one_variable=not formula.depends_on_y,
    )
