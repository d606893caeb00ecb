"""The file of an experiment: opening, saving, and whether all is saved. Of each half."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.experiment_file import ON_NETWORKS, ExperimentError
from gui import session
from gui.editing import Document
from gui.session import MAPS, NETWORK, SURFACE

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.editing import Editing
    from gui.message_line import MessageLine
    from gui.runner import Runner

#: Pictures of maps carry their experiments.
PICTURE = ".png"
#: Tables that only maps have: a misspelt map is still said to be one.
ON_MAPS = frozenset({"x", "y", "basins", "trainability"})
#: How tables of runs on surfaces begin.
TRAJECTORY_BEGIN = b"run,label,surface,"
EXPERIMENT_FILTER = "Experiments (*.toml);;All files (*)"


class ExperimentFiles(QObject):
    """The file that is open in one half of the window.

    Signals
    -------
    changed : path or modified mark of the open experiment has changed.
    elsewhere : (Path), a file is to be opened that belongs to another half.
    """

    changed = Signal()
    elsewhere = Signal(object)

    #: What else can be opened, as a filter of file dialogs, and all suffixes of what can be.
    also = ""
    suffixes: tuple[str, ...] = (".toml",)

    def __init__(self, state: Editing, runner: Runner, line: MessageLine, window: QWidget) -> None:
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
            f"{EXPERIMENT_FILTER};;{self.also}",
        )  # fmt: skip
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        """Open a file; what is on screen stays if it cannot be read."""
        if not self._takes(path):
            self.elsewhere.emit(path)
            return
        try:
            experiment = self._read(path)
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
            self.save_path(with_suffix(name, ".toml"))

    def save_path(self, path: Path) -> None:
        """Save the experiment; if that fails the old file is whole and a sentence says why."""
        try:
            self._write(path, self._state.experiment)
        except OSError as error:
            self._state.say(str(error))
            return
        document = self._state.document
        document.path, document.saved = path, self._state.experiment
        self._state.say(self.tr("Saved {path}.").format(path=path))
        self._took(path)

    def new(self) -> None:
        """Go back to the opening experiment."""
        self.open_example(self._opening())

    def open_example(self, experiment: Any) -> None:
        """Show an experiment that belongs to no file of the user's."""
        self._state.set_experiment(experiment, document=Document())
        self.changed.emit()

    def close(self) -> None:
        """Abandon an export that is at work; the file that was there stays."""
        if self._abandon_export is not None:
            self._abandon_export()

    @abstractmethod
    def _takes(self, path: Path) -> bool:
        """Return whether a file belongs to this half."""

    @abstractmethod
    def _read(self, path: Path) -> Any:
        """Return the experiment in a file; ExperimentError if it cannot be read."""

    @abstractmethod
    def _write(self, path: Path, experiment: Any) -> None:
        """Write an experiment; OSError if it cannot be written."""

    @abstractmethod
    def _opening(self) -> Any:
        """Return the experiment that one begins with."""

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


class RunFiles(ExperimentFiles):
    """The file of an experiment with runs, which can be exported."""

    @abstractmethod
    def export(self, *, selected_only: bool) -> None:
        """Ask for a file and write what all runs, or the selected one, recorded."""

    @abstractmethod
    def copy_as_python(self, flavour: str) -> None:
        """Put the selected run on the clipboard as a script."""


def with_suffix(name: str, suffix: str) -> Path:
    """Return a path that has the suffix unless it has one already."""
    path = Path(name)
    return path if path.suffix else path.with_suffix(suffix)


def is_trajectory(path: Path) -> bool:
    """Return whether a file is a table of runs on a surface, as far as it can be read."""
    try:
        with open(path, "rb") as file:
            return file.readline(1000).startswith(TRAJECTORY_BEGIN)
    except OSError:
        return False


def half_of(path: Path) -> str:
    """Return to which half of the window a file belongs, as far as it can be read."""
    import tomllib

    if path.suffix.lower() == PICTURE:
        return MAPS
    try:
        with open(path, "rb") as file:
            keys = set(tomllib.load(file))
    except (OSError, ValueError, RecursionError):
        return SURFACE
    if keys & ON_MAPS:
        return MAPS
    return NETWORK if keys & ON_NETWORKS else SURFACE
