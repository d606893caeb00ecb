"""What is on screen at the start, and what is kept for the next one."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QStandardPaths

from engine.experiment_file import ExperimentError, parse, read, write

if TYPE_CHECKING:
    from engine.experiment import Experiment

MOST_RECENT = 10
EXPERIMENTS = "experiments"
#: All that a newcomer is told.
HINT = "Drag the ring. Then drag η."


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


def restored() -> tuple[Experiment, str]:
    """Return what was on screen last, or the opening, and a sentence to show with it."""
    path = last_session_path()
    if not path.exists():
        return opening(), HINT
    try:
        return read(path), ""
    except ExperimentError as error:
        return opening(), f"The last session could not be restored: {error}"


def keep(experiment: Experiment) -> None:
    """Keep what is on screen for the next start; a full disk is no reason to stop."""
    path = last_session_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, experiment)
    except OSError:
        return


def recent() -> list[str]:
    """Return the paths of recent files, newest first."""
    value = settings().value("recent", [], type=list)
    return [str(path) for path in value] if isinstance(value, list) else []


def remember(path: Path) -> None:
    """Put a file at the top of the recent ones."""
    name = str(path.resolve())
    names = [name, *(other for other in recent() if other != name)]
    settings().setValue("recent", names[:MOST_RECENT])
