"""Files of networks on one side, the state on the other: experiments, tables, runs, scripts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QFileDialog

from engine.networks.experiment_file import read, write
from engine.networks.frameworks import FRAMEWORKS
from gui.files import RunFiles, half_of, is_trajectory, with_suffix
from gui.networks import session
from gui.session import NETWORK

if TYPE_CHECKING:
    from engine.networks.frameworks import Framework
    from engine.networks.history import History
    from engine.networks.settings import NetworkExperiment
    from gui.networks.state import NetworkState

EXPORT_FILTER = "CSV (*.csv);;Parquet (*.parquet)"
SCRIPT_FILTER = "Python scripts (*.py)"
#: Files that are tables to learn from.
TABLES = (".csv", ".tsv", ".txt", ".parquet")


class NetworkDocuments(RunFiles):
    """The file that is open, and everything that reads or writes files.

    Signals
    -------
    table_wanted : (str), the path of a table to learn from.
    """

    table_wanted = Signal(str)

    also = "Tables to learn from (*.csv *.tsv *.txt *.parquet)"
    suffixes = (".toml", *TABLES)

    _state: NetworkState

    def open_path(self, path: Path) -> None:
        """Open an experiment, or learn from a table; what is on screen stays if neither can be."""
        if path.suffix.lower() in TABLES and not is_trajectory(path):
            self.table_wanted.emit(str(path.resolve()))
        else:
            super().open_path(path)

    def export(self, *, selected_only: bool, weights: bool = False) -> None:
        """Ask for a file and write what all runs, or the selected one, recorded.

        `weights` adds a column for each weight, filled at the steps at which they were kept.
        """
        histories = self._histories(selected_only)
        if not histories:
            self._state.say(self.tr("There is nothing to export yet; add an optimizer."))
            return
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Export trajectories"),
            str(Path(self._folder()) / "training.csv"), EXPORT_FILTER,
        )  # fmt: skip
        if name:
            self.export_path(with_suffix(name, ".csv"), histories, weights=weights)

    def export_path(
        self, path: Path, histories: tuple[History, ...], *, weights: bool = False
    ) -> None:
        """Write histories in a thread, with progress; the file appears whole or not at all."""
        progress = [0.0, 0.0]

        def note(fraction: float) -> None:
            progress[0] = fraction
            if progress[1]:
                raise _AbandonedError

        def work() -> bool:
            from engine.networks.history_csv import write_csv
            from engine.networks.history_parquet import write_parquet

            write_table = write_parquet if path.suffix.lower() == ".parquet" else write_csv
            try:
                write_table(path, histories, weights=weights, progress=note)
            except _AbandonedError:
                return False
            return True

        self._abandon_export = lambda: progress.__setitem__(1, 1.0)
        self._line.show_progress(lambda: progress[0], self._abandon_export)
        self._runner.submit("export", work, lambda whole: self._exported(path, whole), self._failed)

    def copy_as_python(self, flavour: Any) -> None:
        """Put the selected run on the clipboard as a script for "torch", "keras" or "jax"."""
        experiment, index = self._state.experiment, self._state.selected

        def work() -> str:
            from engine.networks.export.files import SCRIPTS

            return SCRIPTS[flavour](experiment, index)

        def done(script: Any) -> None:
            QApplication.clipboard().setText(script)
            text = self.tr(
                "The run is on the clipboard as a {framework} script; saved as a file, it gets the "
                "arrays that it reads beside it."
            )
            self._state.say(text.format(framework=FRAMEWORKS[flavour]) + self._left_out())

        self._runner.submit("copy", work, done)

    def save_script(self, framework: Framework) -> None:
        """Ask for a file and write the selected run as a script, with its arrays beside it."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save run as a script"),
            str(Path(self._folder()) / f"train_{framework}.py"), SCRIPT_FILTER,
        )  # fmt: skip
        if name:
            self.save_script_path(Path(name), framework)

    def save_script_path(self, path: Path, framework: Framework) -> None:
        """Write the selected run as a script, and beside it what it reads."""
        experiment, index = self._state.experiment, self._state.selected

        def work() -> tuple[Path, Path]:
            from engine.networks.export.files import write_script

            return write_script(path, experiment, index, framework)

        def done(written: Any) -> None:
            script, arrays = written
            text = self.tr("Saved {script} and {arrays}.")
            self._state.say(text.format(script=script, arrays=arrays.name) + self._left_out())

        self._runner.submit("script", work, done)

    def _histories(self, selected_only: bool) -> tuple[History, ...]:
        trained = self._state.trained
        histories = trained.histories if trained is not None else ()
        at = self._state.selected
        return histories[at : at + 1] if selected_only else histories

    def _left_out(self) -> str:
        """Say that a script does not know of changes made while the run was trained."""
        if any(history.changes for history in self._histories(selected_only=True)):
            return self.tr(" Its settings hold from the first step on, as if never changed.")
        return ""

    def _takes(self, path: Path) -> bool:
        return half_of(path) == NETWORK

    def _read(self, path: Path) -> NetworkExperiment:
        return read(path)

    def _write(self, path: Path, experiment: NetworkExperiment) -> None:
        write(path, experiment)

    def _opening(self) -> NetworkExperiment:
        return session.opening()


class _AbandonedError(Exception):
    """Somebody has cancelled the export."""
