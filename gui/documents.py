"""Opening, saving, exporting and importing: files on one side, the state on the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from engine.experiment_file import ExperimentError, read, write
from gui import session
from gui.editing import Document
from gui.recorded import with_recorded

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.experiment import Experiment
    from engine.python_export import Flavour
    from engine.trajectory import Trajectory
    from gui.message_line import MessageLine
    from gui.runner import Runner
    from gui.state import State

EXPERIMENT_FILTER = "Experiments (*.toml);;All files (*)"
CSV_FILTER = "Trajectories (*.csv);;All files (*)"


class Documents(QObject):
    """The file that is open, and everything that reads or writes files.

    Signals
    -------
    changed : path or modified mark of the open experiment has changed.
    """

    changed = Signal()

    def __init__(self, state: State, runner: Runner, line: MessageLine, window: QWidget) -> None:
        super().__init__(window)
        self._state = state
        self._runner = runner
        self._line = line
        self._window = window
        self._abandon_export: Callable[[], None] | None = None
        state.changed.connect(lambda *_: self.changed.emit())

    @property
    def path(self) -> Path | None:
        """The open file; undoing its opening leads back to the file before."""
        return self._state.document.path

    @property
    def modified(self) -> bool:
        """Whether there is something that the open file does not hold."""
        document = self._state.document
        return document.path is not None and self._state.experiment != document.saved

    def open(self) -> None:
        """Ask for an experiment and open it."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Open experiment"), self._folder(),
            f"{EXPERIMENT_FILTER};;{CSV_FILTER}",
        )  # fmt: skip
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        """Open an experiment or a trajectory CSV; what is on screen stays if it cannot be read."""
        if path.suffix.lower() == ".csv":
            self.import_csv(path)
            return
        try:
            experiment = read(path)
        except ExperimentError as error:
            self._state.say(str(error))
            return
        self._state.say("")
        self._state.set_experiment(experiment, document=Document(path, experiment))
        self._took(path)

    def save(self) -> None:
        """Save to the open file, or ask for one."""
        if self.path is None:
            self.save_as()
        else:
            self.save_path(self.path)

    def save_as(self) -> None:
        """Ask for a file and save the experiment there."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save experiment"),
            str(self.path or Path(self._folder()) / "experiment.toml"), EXPERIMENT_FILTER,
        )  # fmt: skip
        if name:
            self.save_path(_with_suffix(name, ".toml"))

    def save_path(self, path: Path) -> None:
        """Save the experiment; if that fails the old file is whole and a sentence says why."""
        try:
            write(path, self._state.experiment)
        except OSError as error:
            self._state.say(str(error))
            return
        document = self._state.document
        document.path, document.saved = path, self._state.experiment
        self._state.say(self.tr("Saved {path}.").format(path=path))
        self._took(path)

    def new(self) -> None:
        """Go back to the opening experiment."""
        self.open_example(session.opening())

    def open_example(self, experiment: Experiment) -> None:
        """Show an experiment that belongs to no file of the user's."""
        self._state.set_experiment(experiment, document=Document())
        self.changed.emit()

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
            path = _with_suffix(name, ".csv")
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

    def close(self) -> None:
        """Abandon an export that is at work; the file that was there stays."""
        if self._abandon_export is not None:
            self._abandon_export()

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

    def copy_as_python(self, flavour: Flavour) -> None:
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

    def _exported(self, path: Path, whole: bool) -> None:
        self._line.finish_progress()
        text = self.tr("Exported {path}.") if whole else self.tr("Export to {path} was cancelled.")
        self._state.say(text.format(path=path))

    def _failed(self, sentence: str) -> None:
        self._line.finish_progress()
        self._state.say(sentence)

    def _took(self, path: Path) -> None:
        session.remember(path)
        self.changed.emit()

    def _folder(self) -> str:
        return str(self.path.parent if self.path else Path.home())


def _with_suffix(name: str, suffix: str) -> Path:
    path = Path(name)
    return path if path.suffix else path.with_suffix(suffix)
