"""What the network half shows at the start, and what is kept for the next one."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from engine.experiment_file import ExperimentError
from engine.networks.experiment_file import parse, read, write
from gui.session import EXPERIMENTS, last_session_path, put_aside

if TYPE_CHECKING:
    from pathlib import Path

    from engine.networks.settings import NetworkExperiment


def opening() -> NetworkExperiment:
    """Return the experiment of the very first look at networks."""
    text = (files("resources") / EXPERIMENTS / "opening_network.toml").read_text(encoding="utf-8")
    return parse(text, "opening_network.toml")


def restored() -> tuple[NetworkExperiment, str]:
    """Return what was trained last, or the opening, and a sentence to show with it."""
    path = _path()
    if not path.exists():
        return opening(), ""
    try:
        return read(path), ""
    except ExperimentError as error:
        aside = put_aside(path)
        return opening(), f"The last session could not be restored: {error}{aside}"


def keep(experiment: NetworkExperiment) -> None:
    """Keep what is trained for the next start; a full disk is no reason to stop."""
    path = _path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, experiment)
    except OSError:
        return


def _path() -> Path:
    return last_session_path().with_name("last-network.toml")
