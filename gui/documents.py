"""Files of surfaces: experiments, trajectories, scripts on one side, the state on the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication, QFileDialog

from engine.experiment_file import read, write
from gui import session
from gui.files import RunFiles, half_of, with_suffix
from gui.recorded import with_recorded
from gui.session import SURFACE

if TYPE_CHECKING:
    from engine.experiment import Experiment
    from engine.trajectory import Trajectory
    from gui.state import State

CSV_FILTER = "Trajectories (*.csv);;All files (*)"


class Documents(RunFiles):
    """The file that is open, and everything that reads or writes files."""

    also = CSV_FILTER
    suffixes = (".toml", ".csv")

    _state: State

    def open_path(self, path: Path) -> None:
        """Open an experiment or a trajectory CSV; what is on screen stays if it cannot be read."""
        if path.suffix.lower() == ".csv":
            self.import_csv(path)
        else:
            super().open_path(path)

    def export(self, *, selected_only: bool, explained: bool = False) -> None:
        """Ask for a file and write the trajectories of all runs, or of the selected one.

        `explained` adds what explains each step: budget, curvature, load and limit.
        """
        if self._state.results is None or not self._state.results.trajectories:
            self._state.say(self.tr("There is no trajectory to export yet; add an optimizer."))
            return
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Export trajectories"),
            str(Path(self._folder()) / "trajectories.csv"), CSV_FILTER,
        )  # fmt: skip
        if name:
            path = with_suffix(name, ".csv")
            self.export_path(path, selected_only=selected_only, explained=explained)

    def export_path(self, path: Path, *, selected_only: bool, explained: bool = False) -> None:
        """Write trajectories in a thread, with progress; the file appears whole or not at all."""
        results = self._state.results
        assert results is not None
        pairs = list(zip(results.trajectories, results.statuses, strict=True))
        if selected_only:
            pairs = pairs[self._state.selected : self._state.selected + 1]
        progress = [0.0, 0.0]

        def work() -> bool:
            from engine.explanation.explain import explain
            from engine.trajectory_csv import write_csv

            write_csv(
                path, [p[0] for p in pairs], [p[1] for p in pairs],
                progress=lambda fraction: progress.__setitem__(0, fraction),
                cancelled=lambda: bool(progress[1]),
                explain=(lambda t: explain(t, results.experiment)) if explained else None,
            )  # fmt: skip
            return not progress[1]

        self._abandon_export = lambda: progress.__setitem__(1, 1.0)
        self._line.show_progress(lambda: progress[0], self._abandon_export)
        self._runner.submit("export", work, lambda whole: self._exported(path, whole), self._failed)

    def import_csv(self, path: Path) -> None:
        """Show the trajectories of a CSV written by Overshoot."""

        def work() -> list[Trajectory]:
            from engine.trajectory_csv import read_csv

            return list(read_csv(path))

        self._line.show_progress(lambda: -1.0)
        self._runner.submit("import", work, lambda found: self._imported(path, found), self._failed)

    def import_dialog(self) -> None:
        """Ask for a trajectory CSV and show it."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Import trajectories"), self._folder(), CSV_FILTER
        )
        if name:
            self.import_csv(Path(name))

    def copy_as_python(self, flavour: Any) -> None:
        """Put the selected run on the clipboard as a script for "numpy" or "torch"."""
        experiment, index = self._state.experiment, self._state.selected

        def work() -> str:
            from engine.python_export import as_python

            return as_python(experiment, index, flavour)

        def done(script: Any) -> None:
            QApplication.clipboard().setText(script)
            self._state.say(
                self.tr("The run is on the clipboard as a {flavour} script.").format(
                    flavour={"numpy": "NumPy", "torch": "PyTorch"}[flavour]
                )
            )

        self._runner.submit("copy", work, done)

    def _imported(self, path: Path, found: Any) -> None:
        self._line.finish_progress()
        experiment, sentence = with_recorded(self._state.experiment, found, path)
        self._state.set_experiment(experiment)
        self._state.say(sentence)
        session.remember(path)

    def _takes(self, path: Path) -> bool:
        return half_of(path) == SURFACE

    def _read(self, path: Path) -> Experiment:
        return read(path)

    def _write(self, path: Path, experiment: Experiment) -> None:
        write(path, experiment)

    def _opening(self) -> Experiment:
        return session.opening()
