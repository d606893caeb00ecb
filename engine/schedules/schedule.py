"""What a learning-rate schedule declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from engine.parameter import Parameter

#: (base rate, steps, parameter values) -> the rate of each step, float64, shape (steps,), or
#: (1,) when it never changes.
Rates = Callable[[float, int, Mapping[str, float]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How the learning rate changes from step to step.

    Parameters
    ----------
    name : identifier, e.g. ``"cosine"``.
    title : name on screen.
    help : one sentence.
    latex : the rate η_t of step t = 0, 1, … as mathematics, one displayed line each.
    rates : the closed form.
    parameters : what can be set; a whole number of kind ``"integer"``.
    torch : the torch.optim.lr_scheduler constructor call, to be stepped after each step of the
        ``optimizer``, with ``{base}``, ``{steps}`` and each parameter by name; empty when no
        scheduler is needed.
    """

    name: str
    title: str
    help: str
    latex: tuple[str, ...]
    rates: Rates
    parameters: tuple[Parameter, ...] = ()
    torch: str = ""


def numbered(steps: int) -> NDArray[np.float64]:
    """Return the step numbers 0, 1, …, steps − 1 as float64."""
    return np.arange(steps, dtype=np.float64)
