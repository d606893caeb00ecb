"""``overshoot train --script``: a run as a script of another framework, without training it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.commands import BAD, DONE, bad, guarded
from engine.networks.experiment_file import read
from engine.networks.frameworks import FRAMEWORKS
from engine.terminal import complain, say

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Script:
    """What is to be written: framework, name of the file, and which run, counted from 1."""

    framework: str
    path: Path
    run: int = 1

    def mistake(self) -> str:
        """Return in a sentence what is wrong with it, whatever the experiment; empty if nothing."""
        if self.framework not in FRAMEWORKS:
            known = ", ".join(FRAMEWORKS)
            return f"There are no scripts for {self.framework!r}; give one of {known}."
        if self.path.suffix not in ("", ".py"):
            return f"{self.path} is no name for a script; give one that ends in .py."
        return ""


def write_script_of(path: Path, script: Script) -> int:
    """Write a run of the experiment in a file as a script, with its arrays beside it, and say so.

    Returns
    -------
    int : an exit code, see `engine.commands`. Sentences about failures go to standard error.
    """
    return guarded(lambda: _write(path, script))


def _write(path: Path, script: Script) -> int:
    wrong = script.mistake()
    if wrong:
        complain(wrong)
        return BAD
    try:
        experiment = read(path)
        count = len(experiment.runs)
        if not count:
            raise ValueError("it has no runs; add a [[runs]] table with an optimizer.")
        if not 1 <= script.run <= count:
            known = f"has {count}" if count > 1 else "has one alone"
            raise ValueError(f"there is no run {script.run}; the experiment {known}.")
        # Numba takes half a second to load: a file with a mistake is answered sooner.
        from engine.networks.export.files import write_script
        from engine.networks.training import label_of

        framework = next(name for name in FRAMEWORKS if name == script.framework)
        written, arrays = write_script(script.path, experiment, script.run - 1, framework)
    except ValueError as error:
        return bad(path, error)
    label = label_of(experiment.runs[script.run - 1])
    say([f"{label}: {written} is the run in {FRAMEWORKS[framework]}; it reads {arrays.name}."])
    return DONE
