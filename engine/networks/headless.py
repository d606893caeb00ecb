"""``overshoot train``: networks without a screen; see `engine.headless`."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.atomic import check_writable
from engine.commands import BAD, DONE, INTERRUPTED, STDOUT, UNWRITTEN, bad, guarded
from engine.networks.experiment_file import read
from engine.terminal import complain, interruptible, readers_may_leave, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.networks.history import History
    from engine.networks.session import Progress
    from engine.networks.settings import NetworkExperiment

    Show = Callable[[float, float], None]

#: The share of the work that is training, where its steps are written besides.
TRAINING = 0.9


@dataclass(frozen=True)
class Files:
    """Where every step goes: a CSV, a Parquet file, or neither; with the weights or without."""

    csv: Path | None = None
    parquet: Path | None = None
    weights: bool = False

    @property
    def named(self) -> tuple[Path, ...]:
        """The files that are asked for."""
        return tuple(path for path in (self.csv, self.parquet) if path is not None)

    def mistake(self) -> str:
        """Return in a sentence what is wrong with them, whatever is trained; empty if nothing."""
        if self.weights and not self.named:
            return "--weights adds columns to a file: give --csv FILE or --parquet FILE, too."
        if self.parquet == STDOUT:
            return "A Parquet file does not go to standard output; give it a name."
        if len({file.resolve() for file in self.named}) < len(self.named):
            return "The CSV and the Parquet file have one name; give them two."
        if self.parquet is not None:
            from engine.networks.history_parquet import check_pyarrow

            try:
                check_pyarrow()
            except ValueError as error:
                return str(error)
        return ""


def train_experiment(path: Path, files: Files | None = None, show: Show | None = None) -> int:
    """Train the networks of a file, write their steps if asked for, and say what became of each.

    The first Ctrl+C ends the training: what there is by then is written, and said.

    Parameters
    ----------
    path : a TOML file.
    files : where every step goes.
    show : called with the share that is done, 0 to 1, and the seconds that remain, NaN if unknown.

    Returns
    -------
    int : an exit code, see `engine.commands`. Sentences about failures go to standard error.
    """
    return guarded(lambda: _train(path, files or Files(), show or _silent))


def _silent(share: float, remaining: float) -> None:
    """Show no progress."""


def _train(path: Path, files: Files, show: Show) -> int:
    stop = np.zeros(1, np.uint8)
    wrong = files.mistake()
    if wrong:
        complain(wrong)
        return BAD
    try:
        experiment = read(path)
        _check(experiment, path, files)
        for file in files.named:
            if file != STDOUT:
                # Before the work: a mistake in the name should not cost an hour.
                check_writable(file)
        with interruptible(lambda: stop.fill(1)):
            histories = _histories(experiment, files, stop, show)
    except ValueError as error:
        return bad(path, error)
    # What has been computed is told, also where the file for it cannot be written.
    code = _write(files, histories, show) if files.named else DONE
    say(_verdicts(histories), sys.stderr if files.csv == STDOUT else None)
    for note in dict.fromkeys(note for history in histories for note in history.notes):
        complain(note)
    if stop[0]:
        complain("Interrupted; the runs reach as far as they had come.")
        return INTERRUPTED
    return code


def _check(experiment: NetworkExperiment, path: Path, files: Files) -> None:
    if not experiment.runs:
        raise ValueError("it has no runs; add a [[runs]] table with an optimizer.")
    for file in files.named:
        for other, what in ((path, "experiment"), (Path(experiment.data.source), "data")):
            if file.exists() and other.exists() and file.samefile(other):
                raise ValueError(f"{file} would replace the {what}; give it another name.")


def _histories(
    experiment: NetworkExperiment, files: Files, stop: np.ndarray[tuple[int], np.dtype[np.uint8]],
    show: Show,
) -> tuple[History, ...]:  # fmt: skip
    # Numba takes half a second to load: a file with a mistake is answered sooner.
    from engine.networks.answer import train_all
    from engine.networks.history_columns import check_cells
    from engine.networks.network import bind

    network = bind(experiment)
    if files.weights:
        check_cells(len(experiment.runs) * (experiment.steps + 1), network.model.size)
    part = TRAINING if files.named else 1.0

    def report(progress: Progress) -> None:
        show(part * progress.share, progress.remaining)

    return train_all(experiment, stop, report, network)


def _write(files: Files, histories: tuple[History, ...], show: Show) -> int:
    def report(share: float) -> None:
        show(TRAINING + (1 - TRAINING) * (done + share) / len(files.named), math.nan)

    done = 0
    try:
        if files.csv is not None:
            from engine.networks.history_csv import write_csv

            target = sys.stdout.buffer if files.csv == STDOUT else files.csv
            with readers_may_leave():
                write_csv(target, histories, weights=files.weights, progress=report)
            done += 1
        if files.parquet is not None:
            from engine.networks.history_parquet import write_parquet

            write_parquet(files.parquet, histories, weights=files.weights, progress=report)
    except OSError as error:
        complain(str(error))
        return UNWRITTEN
    return DONE


def _verdicts(histories: tuple[History, ...]) -> list[str]:
    from engine.networks.verdict import judge

    return [f"{history.label}: {judge(history).sentence}" for history in histories]
