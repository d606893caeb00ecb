"""Descent on loss surfaces, in numbers; knows no screen and is pleasant in a notebook.

>>> import engine
>>> run = engine.descend("rosenbrock", "adam", start=(-1.5, 2.0), steps=10_000, learning_rate=1e-3)
>>> run.points.shape, run.loss[-1]

Names are loaded when first asked for: declarations need no Numba, only walking does.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.api import OPTIMIZERS, SCHEDULES, SURFACES, descend, explain, surface
    from engine.experiment import DataSettings, RunSettings, ScheduleSettings
    from engine.experiment_file import read as read_experiment
    from engine.status import judge
    from engine.trajectory_reader import read_csv

_HOMES = {
    "DataSettings": ("engine.experiment", "DataSettings"),
    "OPTIMIZERS": ("engine.api", "OPTIMIZERS"),
    "RunSettings": ("engine.experiment", "RunSettings"),
    "SCHEDULES": ("engine.api", "SCHEDULES"),
    "ScheduleSettings": ("engine.experiment", "ScheduleSettings"),
    "SURFACES": ("engine.api", "SURFACES"),
    "descend": ("engine.api", "descend"),
    "explain": ("engine.api", "explain"),
    "judge": ("engine.status", "judge"),
    "read_csv": ("engine.trajectory_reader", "read_csv"),
    "read_experiment": ("engine.experiment_file", "read"),
    "surface": ("engine.api", "surface"),
}

__all__ = [
    "OPTIMIZERS",
    "SCHEDULES",
    "SURFACES",
    "DataSettings",
    "RunSettings",
    "ScheduleSettings",
    "descend",
    "explain",
    "judge",
    "read_csv",
    "read_experiment",
    "surface",
]


def __getattr__(name: str) -> Any:
    """Load a public name on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    value = getattr(importlib.import_module(module), attribute)
    globals()[name] = value
    return value
