"""Maps to begin with: around a run of another half, or one of the presets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication

from engine.maps.colouring import ColouringSettings
from engine.maps.map_experiment import MapExperiment
from engine.maps.trainability_presets import PRESETS
from gui.session import NETWORK

if TYPE_CHECKING:
    from engine.maps.axes import Axis
    from engine.maps.trainability import AxisName
    from gui.subjects import Subjects

translate = QCoreApplication.translate
#: What stands across from the learning rate if an optimizer has no number of its own.
BESIDE = ("start_scale", "gain")


def around_run(subjects: Subjects, name: str, *, starts: bool = False) -> MapExperiment:
    """Return a map around the selected run of SURFACE or NETWORK.

    `starts` maps the start points of one on a surface, else its learning rate and what is first
    besides.

    Raises ValueError, with a sentence, if there is no such run or it cannot be mapped.
    """
    if name == NETWORK:
        return _around_training(subjects)
    from engine.maps.surface_axes import names

    experiment, selected = subjects.surface, subjects.selected(name)
    if not experiment.runs:
        raise ValueError(translate("map", "There is no run on the surface; add an optimizer."))
    one = replace(experiment, runs=(experiment.runs[selected],), story=type(experiment.story)())
    found = names(one)
    if starts:
        x, y = _axis(found, "x"), _axis(found, "y")
        colouring = ColouringSettings(by="basin")
        return MapExperiment(x=x, y=y, surface=one, colouring=colouring)
    return MapExperiment(x=_axis(found, "learning_rate"), y=_beside(found), surface=one)


def preset(name: str) -> MapExperiment:
    """Return one of the presets."""
    found = PRESETS[name]
    return MapExperiment(x=found.x, y=found.y, trainability=found.task, title=found.title)


def _around_training(subjects: Subjects) -> MapExperiment:
    from engine.maps.network_axes import names

    experiment, selected = subjects.network, subjects.selected(NETWORK)
    if not experiment.runs:
        raise ValueError(translate("map", "There is no run on networks; add an optimizer."))
    one = replace(experiment, runs=(experiment.runs[selected],), story=type(experiment.story)())
    found = names(one)
    return MapExperiment(x=_axis(found, "learning_rate"), y=_beside(found), network=one)


def _axis(found: tuple[AxisName, ...], name: str) -> Axis:
    return next(entry.axis for entry in found if entry.name == name)


def _beside(found: tuple[AxisName, ...]) -> Axis:
    own = (entry.axis for entry in found if entry.name.startswith("hyperparameters."))
    return next(own, None) or next(entry.axis for entry in found if entry.name in BESIDE)
