"""What showing recorded trajectories means for an experiment. Pure functions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication

from engine.experiment import MOST_RUNS, SurfaceSettings, surface_of
from engine.surface_text import encoded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.experiment import Experiment, RunSettings
    from engine.trajectory import Trajectory


def with_recorded(
    experiment: Experiment, found: Sequence[Trajectory], path: Path
) -> tuple[Experiment, str]:
    """Return the experiment with the trajectories of a file as its runs, and a sentence about it.

    They are shown on the surface that they were recorded on, as far as the file tells it.
    """
    found = found[:MOST_RUNS]
    runs = tuple(_run(trajectory, index, path) for index, trajectory in enumerate(found))
    surface, note = _surface(found, experiment.surface)
    display = replace(experiment.display, view=None)
    if _text(surface) != _text(experiment.surface):
        one = surface_of(surface).one_variable
        display = replace(display, blow_up=False, landscape="curve" if one else "contour")
    what = _tr("One run") if len(runs) == 1 else _tr("{count} runs").format(count=len(runs))
    return (
        replace(
            experiment, runs=runs, surface=surface, display=display,
            steps=max(trajectory.steps for trajectory in found),
        ),
        _tr("{what} from {path}{note}.").format(what=what, path=path.name, note=note),
    )  # fmt: skip


def _run(trajectory: Trajectory, index: int, path: Path) -> RunSettings:
    x, y = (float(c) for c in trajectory.points[0])
    return replace(
        trajectory.run, label=trajectory.label, slot=index, visible=True,
        recorded=str(path.resolve()), recorded_run=index,
        start=(x, y) if math.isfinite(x) and math.isfinite(y) else None,
    )  # fmt: skip


def _surface(found: Sequence[Trajectory], present: SurfaceSettings) -> tuple[SurfaceSettings, str]:
    """Return the surface of the first trajectory, and what is to be said about it."""
    settings = found[0].surface_settings
    if settings is None:
        return _untold(found[0].surface, present)
    note = ""
    if _text(settings) == _text(present):
        settings = present
    else:
        note = _tr(", recorded on the surface {title}").format(title=surface_of(settings).title)
    if {_text(each.surface_settings) for each in found} - {_text(settings)}:
        note += _tr("; some of them ran on another surface, which is not shown")
    return settings, note


def _untold(name: str, present: SurfaceSettings) -> tuple[SurfaceSettings, str]:
    """Return what to show for a file that at most names its surface."""
    if not name:
        return present, _tr("; the file does not name the surface")
    settings = present
    if name not in (present.name, "formula"):
        try:
            settings = SurfaceSettings(name=name)
        except ValueError:
            return present, _tr("; there is no surface {name} here").format(name=name)
    surface = surface_of(settings)
    if settings.name == name and not (surface.parameters or surface.uses_data or settings.formula):
        return settings, ""
    return settings, _tr("; the file does not tell the surface's formula, parameters or data")


def _text(settings: SurfaceSettings | None) -> str:
    try:
        return encoded(settings)
    except ValueError:
        # The formula on screen may be one that cannot be read.
        return ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("recorded", text)
