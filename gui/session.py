"""What is on screen at the start, and what is kept for the next one."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings, QStandardPaths, QTimer

from engine.experiment_file import ExperimentError, parse, read, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.experiment import Experiment
    from gui.editing import Editing
    from gui.state import Submit

MOST_RECENT = 10
EXPERIMENTS = "experiments"
#: All that a newcomer is told.
HINT = "Drag the ring. Then drag η."
#: A change is kept after this long, for the day on which the program does not end in order.
KEEP_MS = 5000
#: The halves of the window.
SURFACE, NETWORK, MAPS = HALVES = "surface", "network", "maps"


def settings() -> QSettings:
    """Return where window layout and recent files are kept."""
    return QSettings(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, "overshoot", "overshoot"
    )


def opening() -> Experiment:
    """Return the experiment of the very first start."""
    text = (files("resources") / EXPERIMENTS / "opening.toml").read_text(encoding="utf-8")
    return parse(text, "opening.toml")


def last_session_path() -> Path:
    """Return the file that keeps what was on screen."""
    location = QStandardPaths.StandardLocation.AppDataLocation
    return Path(QStandardPaths.writableLocation(location)) / "last.toml"


def half() -> str:
    """Return which half of the window was shown last."""
    name = settings().value("half", SURFACE, type=str)
    return str(name) if name in HALVES else SURFACE


class Hint:
    """What is said to somebody who has never moved a start or a learning rate."""

    def __init__(self) -> None:
        self._followed = bool(settings().value("hint_followed", False, type=bool))

    @property
    def text(self) -> str:
        """The sentence; empty once it has been followed."""
        return "" if self._followed else HINT

    def notice(self, old: Experiment, new: Experiment) -> bool:
        """Return whether the hint has been followed by now, and remember it for ever."""
        if not self._followed and _moves_start_or_rate(old, new):
            self._followed = True
            settings().setValue("hint_followed", True)
        return self._followed


def _moves_start_or_rate(old: Experiment, new: Experiment) -> bool:
    if old.surface != new.surface:
        return False
    runs = zip(old.runs, new.runs, strict=False)
    return old.start != new.start or any(
        (a.start, a.learning_rate) != (b.start, b.learning_rate) for a, b in runs
    )


def restored() -> tuple[Experiment, str]:
    """Return what was on screen last, or the opening, and a sentence to show with it."""
    path = last_session_path()
    if not path.exists():
        return opening(), ""
    try:
        return read(path), ""
    except ExperimentError as error:
        return opening(), f"The last session could not be restored: {error}{put_aside(path)}"


def keep(experiment: Experiment) -> None:
    """Keep what is on screen for the next start; a full disk is no reason to stop."""
    path = last_session_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, experiment)
    except OSError:
        return


class Keeper(QObject):
    """Keeps what is on screen a few seconds after each change."""

    def __init__(
        self,
        state: Editing,
        submit: Submit,
        parent: QObject,
        keep: Callable[[Any], None] = keep,
        topic: str = "session",
    ) -> None:
        super().__init__(parent)
        self._write, self._topic = keep, topic
        self._state = state
        self._submit = submit
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_MS)
        self._timer.timeout.connect(self._keep)
        state.changed.connect(self._on_changed)

    def _on_changed(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _keep(self) -> None:
        experiment = self._state.experiment
        # The disk may take longer than a frame.
        self._submit(self._topic, lambda: self._write(experiment), lambda _: None)


def put_aside(path: Path) -> str:
    """Move a file that cannot be read out of the way of the next one; return where it went."""
    aside = path.with_stem(f"{path.stem}-unreadable")
    try:
        path.replace(aside)
    except OSError:
        return ""
    return f" It is kept as {aside}."


def recent() -> list[str]:
    """Return the paths of recent files, newest first."""
    value = settings().value("recent", [], type=list)
    return [str(path) for path in value] if isinstance(value, list) else []


def remember(path: Path) -> None:
    """Put a file at the top of the recent ones."""
    name = str(path.resolve())
    names = [name, *(other for other in recent() if other != name)]
    settings().setValue("recent", names[:MOST_RECENT])
