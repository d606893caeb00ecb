"""``overshoot run``: an experiment without a screen.

Exit codes: 0 done; 1 a fault in Overshoot itself; 2 wrong usage or an experiment that cannot be
run; 3 the CSV could not be written; 130 interrupted (Ctrl+C). Diverged runs are results, not
failures. Whatever happens, an existing CSV is either replaced as a whole or left as it was.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from engine.experiment_file import ExperimentError, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from engine.answer import Answer
    from engine.experiment import Experiment

DONE, FAULT, BAD, UNWRITTEN, INTERRUPTED = 0, 1, 2, 3, 130

_EPILOG = """\
exit codes:
  0    done; runs that diverged are results, too
  1    a fault in Overshoot
  2    wrong usage, or an experiment that cannot be run
  3    the CSV could not be written
  130  interrupted
"""


def add_arguments(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command ``run`` and its options to a parser of commands."""
    parser = subparsers.add_parser(
        "run",
        help="run an experiment without a window",
        description="Run an experiment without a window: one line per run says what became of it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("experiment", type=Path, help="the experiment, a .toml file")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write every step to this CSV")
    parser.add_argument(
        "--progress",
        action="store_true",
        help="show progress also where standard error is no terminal",
    )


def run(arguments: argparse.Namespace) -> int:
    """Carry out ``overshoot run`` with parsed arguments and return its exit code."""
    shown = arguments.progress or sys.stderr.isatty()
    bar = ProgressBar(sys.stderr) if shown else None
    return run_experiment(arguments.experiment, arguments.csv, bar.show if bar else None)


def run_experiment(
    path: Path, csv_path: Path | None = None, progress: Callable[[float], None] | None = None
) -> int:
    """Run the experiment of a file, write its CSV if asked for, and say what became of each run.

    Parameters
    ----------
    path : a TOML file.
    csv_path : where every step goes; None writes none.
    progress : called with the share that is done, 0 to 1.

    Returns
    -------
    int : an exit code, see the module's text. Sentences about failures go to standard error.
    """
    report = progress or (lambda share: None)
    try:
        return _run(path, csv_path, report)
    except KeyboardInterrupt:
        _complain("Interrupted; nothing was written.")
        return INTERRUPTED
    except MemoryError:
        _complain("There is not enough memory for this experiment; take fewer steps or runs.")
        return BAD
    except Exception as error:
        _complain(f"Overshoot has a fault, please report it: {type(error).__name__}: {error}")
        return FAULT


def _run(path: Path, csv_path: Path | None, report: Callable[[float], None]) -> int:
    try:
        experiment = read(path)
        _check(experiment, path, csv_path)
        answered = _answer(experiment, report, 0.5 if csv_path else 1.0)
    except ValueError as error:
        # What comes from the file names it already.
        _complain(str(error) if isinstance(error, ExperimentError) else f"{path}: {error}")
        return BAD
    if csv_path is not None:
        try:
            _write(csv_path, answered, report)
        except OSError as error:
            _complain(str(error))
            return UNWRITTEN
    _say(
        f"{trajectory.label}: {status.sentence}"
        for trajectory, status in zip(answered.trajectories, answered.statuses, strict=True)
    )
    return DONE


def _check(experiment: Experiment, path: Path, csv_path: Path | None) -> None:
    if not experiment.runs:
        raise ValueError("it has no runs; add a [[runs]] table with an optimizer.")
    if csv_path is not None and os.path.exists(csv_path) and csv_path.samefile(path):
        raise ValueError("the CSV would replace the experiment; give it another name.")


def _answer(experiment: Experiment, report: Callable[[float], None], share: float) -> Answer:
    # Numba takes half a second to load: a file with a mistake is answered sooner.
    from engine.answer import answer

    def one_by_one(work: Callable[[Any], Any], runs: Iterable[Any]) -> Iterator[Any]:
        for done, item in enumerate(runs, 1):
            yield work(item)
            report(share * done / len(experiment.runs))

    return answer(experiment, spread=one_by_one)


def _write(csv_path: Path, answered: Answer, report: Callable[[float], None]) -> None:
    from engine.trajectory_csv import write_csv

    write_csv(
        csv_path,
        answered.trajectories,
        answered.statuses,
        progress=lambda share: report(0.5 + 0.5 * share),
    )


def _say(lines: Iterable[str]) -> None:
    try:
        _write_line(sys.stdout, "\n".join(lines))
    except BrokenPipeError:
        # The reader, such as head, has seen enough; Python must not flush into it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(sentence: str) -> None:
    _write_line(sys.stderr, f"overshoot: {sentence}")


def _write_line(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    # A terminal without Greek letters shows question marks instead of failing.
    stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    stream.flush()


class ProgressBar:
    """A line of text that fills: redrawn on a terminal, a new line each tenth elsewhere."""

    WIDTH = 30
    SECONDS = 0.1

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._shown = -1
        self._time = 0.0

    def show(self, share: float) -> None:
        """Show the share that is done, 0 to 1."""
        percent = int(100 * share)
        now = time.monotonic()
        grain = 1 if self._terminal else 10
        early = self._terminal and now - self._time < self.SECONDS
        if percent // grain == self._shown or (early and share < 1):
            return
        self._shown, self._time = percent // grain, now
        filled = int(self.WIDTH * share)
        text = f"[{'#' * filled}{'-' * (self.WIDTH - filled)}] {percent:3d} %"
        end = "\n" if share >= 1 or not self._terminal else ""
        start = "\r" if self._terminal else ""
        self._stream.write(start + text + end)
        self._stream.flush()
