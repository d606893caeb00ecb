"""Descent on surfaces and in networks, in numbers; knows no screen and is pleasant in a notebook.

>>> import engine
>>> run = engine.descend("rosenbrock", "adam", start=(-1.5, 2.0), steps=10_000, learning_rate=1e-3)
>>> run.points.shape, run.loss[-1]
>>> history = engine.train("moons", "adam", hidden=(16, 16), steps=2000, learning_rate=0.01)
>>> history.loss.shape, history.validation_accuracy[-1]

Names are loaded when first asked for: declarations need no Numba, only walking does.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.api import OPTIMIZERS, SCHEDULES, SURFACES, descend, explain, surface
    from engine.experiment import DataSettings, RunSettings, ScheduleSettings
    from engine.experiment_file import read as read_experiment
    from engine.maps.api import compute_map
    from engine.maps.axes import Axis
    from engine.maps.map_experiment import MapExperiment
    from engine.maps.map_experiment import read as read_map
    from engine.maps.network_api import trainability
    from engine.maps.surface_api import basins
    from engine.maps.sweep_api import compare, range_test, sweep
    from engine.networks.api import (
        ACTIVATIONS,
        INITIALISATIONS,
        LOSSES,
        NETWORK_OPTIMIZERS,
        train,
    )
    from engine.networks.batches import BatchSettings
    from engine.networks.data.catalogue import DATASETS
    from engine.networks.data.settings import NetworkDataSettings
    from engine.networks.experiment_file import read as read_network_experiment
    from engine.networks.history_reader import read_history
    from engine.networks.initialisation import InitialSettings
    from engine.networks.settings import (
        ModelSettings,
        NetworkExperiment,
        StopSettings,
        TrainingRun,
    )
    from engine.status import judge
    from engine.trajectory_reader import read_csv

_HOMES = {
    "ACTIVATIONS": ("engine.networks.api", "ACTIVATIONS"),
    "Axis": ("engine.maps.axes", "Axis"),
    "BatchSettings": ("engine.networks.batches", "BatchSettings"),
    "basins": ("engine.maps.surface_api", "basins"),
    "compare": ("engine.maps.sweep_api", "compare"),
    "compute_map": ("engine.maps.api", "compute_map"),
    "DATASETS": ("engine.networks.data.catalogue", "DATASETS"),
    "DataSettings": ("engine.experiment", "DataSettings"),
    "descend": ("engine.api", "descend"),
    "explain": ("engine.api", "explain"),
    "INITIALISATIONS": ("engine.networks.api", "INITIALISATIONS"),
    "InitialSettings": ("engine.networks.initialisation", "InitialSettings"),
    "judge": ("engine.status", "judge"),
    "LOSSES": ("engine.networks.api", "LOSSES"),
    "MapExperiment": ("engine.maps.map_experiment", "MapExperiment"),
    "ModelSettings": ("engine.networks.settings", "ModelSettings"),
    "NETWORK_OPTIMIZERS": ("engine.networks.api", "NETWORK_OPTIMIZERS"),
    "NetworkDataSettings": ("engine.networks.data.settings", "NetworkDataSettings"),
    "NetworkExperiment": ("engine.networks.settings", "NetworkExperiment"),
    "OPTIMIZERS": ("engine.api", "OPTIMIZERS"),
    "range_test": ("engine.maps.sweep_api", "range_test"),
    "read_csv": ("engine.trajectory_reader", "read_csv"),
    "read_experiment": ("engine.experiment_file", "read"),
    "read_history": ("engine.networks.history_reader", "read_history"),
    "read_map": ("engine.maps.map_experiment", "read"),
    "read_network_experiment": ("engine.networks.experiment_file", "read"),
    "RunSettings": ("engine.experiment", "RunSettings"),
    "SCHEDULES": ("engine.api", "SCHEDULES"),
    "ScheduleSettings": ("engine.experiment", "ScheduleSettings"),
    "StopSettings": ("engine.networks.settings", "StopSettings"),
    "surface": ("engine.api", "surface"),
    "SURFACES": ("engine.api", "SURFACES"),
    "sweep": ("engine.maps.sweep_api", "sweep"),
    "train": ("engine.networks.api", "train"),
    "trainability": ("engine.maps.network_api", "trainability"),
    "TrainingRun": ("engine.networks.settings", "TrainingRun"),
}

__all__ = [
    "ACTIVATIONS",
    "DATASETS",
    "INITIALISATIONS",
    "LOSSES",
    "NETWORK_OPTIMIZERS",
    "OPTIMIZERS",
    "SCHEDULES",
    "SURFACES",
    "Axis",
    "BatchSettings",
    "DataSettings",
    "InitialSettings",
    "MapExperiment",
    "ModelSettings",
    "NetworkDataSettings",
    "NetworkExperiment",
    "RunSettings",
    "ScheduleSettings",
    "StopSettings",
    "TrainingRun",
    "basins",
    "compare",
    "compute_map",
    "descend",
    "explain",
    "judge",
    "range_test",
    "read_csv",
    "read_experiment",
    "read_history",
    "read_map",
    "read_network_experiment",
    "surface",
    "sweep",
    "train",
    "trainability",
]


def __getattr__(name: str) -> Any:
    """Load a public name on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    value = getattr(importlib.import_module(module), attribute)
    globals()[name] = value
    return value
