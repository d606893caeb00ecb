"""What the maps show at the start, and what is kept for the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.experiment_file import ExperimentError
from engine.maps.map_experiment import MapExperiment, read, write
from engine.maps.trainability_presets import PRESETS
from gui.session import last_session_path, put_aside

if TYPE_CHECKING:
    from pathlib import Path

#: The quickest of the presets with a fractal border.
OPENING = "one_point"


def opening() -> MapExperiment:
    """Return the map of the very first look."""
    preset = PRESETS[OPENING]
    return MapExperiment(x=preset.x, y=preset.y, trainability=preset.task, title=preset.title)


def restored() -> tuple[MapExperiment, str]:
    """Return the map that was looked at last, or the opening, and a sentence to show with it."""
    path = _path()
    if not path.exists():
        return opening(), ""
    try:
        return read(path), ""
    except ExperimentError as error:
        aside = put_aside(path)
        return opening(), f"The last map could not be restored: {error}{aside}"


def keep(experiment: MapExperiment) -> None:
    """Keep what is mapped for the next start; a full disk is no reason to stop."""
    path = _path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, experiment)
    except OSError:
        return


def _path() -> Path:
    return last_session_path().with_name("last-map.toml")
