"""Files of maps: experiments as TOML, pictures that carry theirs, numbers, films."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from engine.maps.map_experiment import MapExperiment, read, write
from gui.files import PICTURE, ExperimentFiles, half_of, with_suffix
from gui.maps import session
from gui.maps.exporting import Exporting, Filming
from gui.session import MAPS

if TYPE_CHECKING:
    from gui.maps.state import MapState

EXPORT_FILTER = (
    "Pictures (*.png);;NumPy arrays (*.npy);;CSV (*.csv);;Zarr folders (*.zarr);;All files (*)"
)
FILM_FILTER = "MP4 (*.mp4);;GIF (*.gif)"
#: The topic of exports; maps wait until the engine answers.
EXPORT = "map export"


class MapDocuments(ExperimentFiles):
    """The file that is open, and everything that reads or writes files."""

    also = "Pictures of maps (*.png)"
    suffixes = (".toml", PICTURE)

    _state: MapState

    def save_path(self, path: Path) -> None:
        """Save the map as TOML; as a picture it is exported."""
        if path.suffix.lower() == PICTURE:
            self.export_path(path)
        else:
            super().save_path(path)

    def export(self) -> None:
        """Ask for a file and write what is shown, as large as the map says."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Export map"), str(Path(self._folder()) / "map.png"),
            EXPORT_FILTER,
        )  # fmt: skip
        if name:
            self.export_path(with_suffix(name, PICTURE))

    def export_path(self, path: Path) -> None:
        """Compute the map as large as it says, and write it; it appears whole or not at all."""
        self._submit(path, Exporting(self._runner.tile_pool, self._state.experiment, path))

    def export_film(self) -> None:
        """Ask for a file and write a film from the whole map into what is shown."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Export zoom as video"),
            str(Path(self._folder()) / "zoom.mp4"), FILM_FILTER,
        )  # fmt: skip
        if name:
            self.export_film_path(with_suffix(name, ".mp4"))

    def export_film_path(self, path: Path) -> None:
        """Write the film, with progress."""
        experiment, whole = self._state.experiment, self._state.whole
        x, y = whole
        present = experiment.x, experiment.y
        if [axis.name for axis in whole] != [axis.name for axis in present] or whole == present:
            self._state.say(
                self.tr("Zoom in first: the film goes from the whole map to what is shown.")
            )
            return
        self._submit(path, Filming(self._runner.tile_pool, experiment, (x, y), path))

    def _submit(self, path: Path, work: Exporting) -> None:
        self._abandon_export = work.abandon
        self._line.show_progress(lambda: work.share, work.abandon)

        def done(whole: bool) -> None:
            self._exported(path, whole)

        self._runner.submit_mapping(EXPORT, work, lambda _: None, done, self._failed)

    def _takes(self, path: Path) -> bool:
        return half_of(path) == MAPS

    def _read(self, path: Path) -> MapExperiment:
        return read(path)

    def _write(self, path: Path, experiment: MapExperiment) -> None:
        write(path, experiment)

    def _opening(self) -> MapExperiment:
        return session.opening()
