"""Every learning-rate schedule, in the order in which the picker shows them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.parameter import complete
from engine.schedules.constant import CONSTANT, CONSTANT_FACTOR
from engine.schedules.cosine import COSINE, COSINE_RESTARTS
from engine.schedules.cyclic import CYCLIC, CYCLIC_DECAYING, CYCLIC_HALVING
from engine.schedules.decay import (
    EXPONENTIAL,
    INVERSE_SQRT,
    LINEAR,
    MULTI_STEP,
    POLYNOMIAL,
    STEP,
)
from engine.schedules.one_cycle import ONE_CYCLE
from engine.schedules.warm_up import WARM_UP, warmed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.schedules.schedule import Schedule

CATALOGUE: tuple[Schedule, ...] = (
    CONSTANT,
    STEP,
    MULTI_STEP,
    EXPONENTIAL,
    POLYNOMIAL,
    LINEAR,
    CONSTANT_FACTOR,
    COSINE,
    COSINE_RESTARTS,
    CYCLIC,
    CYCLIC_HALVING,
    CYCLIC_DECAYING,
    ONE_CYCLE,
    WARM_UP,
    INVERSE_SQRT,
)

_BY_NAME = {schedule.name: schedule for schedule in CATALOGUE}


class Chosen(Protocol):
    """A schedule's name and values, such as `engine.experiment.ScheduleSettings`."""

    @property
    def name(self) -> str:
        """Name in the catalogue."""

    @property
    def parameters(self) -> Mapping[str, float]:
        """Values that are not at their defaults."""

    @property
    def warm_up_steps(self) -> int:
        """Length of the linear warm-up put before it; 0 for none."""


def schedule_named(name: str) -> Schedule:
    """Return the schedule called `name`; raise ValueError with near names for an unknown one."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    near = get_close_matches(name, _BY_NAME, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(_BY_NAME)}."
    raise ValueError(f"There is no schedule {name!r}; {hint}")


def rates_of(chosen: Chosen, base: float, steps: int) -> NDArray[np.float64]:
    """Return the learning rate of each step, float64: shape (steps,), or (1,) for a constant.

    Raises ValueError for an unknown schedule or a value that is not allowed.
    """
    schedule = schedule_named(chosen.name)
    values = complete(schedule.parameters, chosen.parameters)
    with np.errstate(over="ignore", invalid="ignore"):
        return warmed(schedule.rates(base, steps, values), chosen.warm_up_steps, steps)
