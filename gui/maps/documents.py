"""Files of maps: experiments as TOML, pictures that carry theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.maps.map_experiment import MapExperiment, read, write
from gui.files import PICTURE, ExperimentFiles, half_of
from gui.maps import session
from gui.session import MAPS

if TYPE_CHECKING:
    from pathlib import Path

    from gui.maps.state import MapState


class MapDocuments(ExperimentFiles):
    """The file that is open, and everything that reads or writes files."""

    also = "Pictures of maps (*.png)"
    suffixes = (".toml", PICTURE)

    _state: MapState

    def _takes(self, path: Path) -> bool:
        return half_of(path) == MAPS

    def _read(self, path: Path) -> MapExperiment:
        return read(path)

    def _write(self, path: Path, experiment: MapExperiment) -> None:
        write(path, experiment)

    def _opening(self) -> MapExperiment:
        return session.opening()
