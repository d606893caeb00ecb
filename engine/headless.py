"""``overshoot run``, ``explain`` and ``train``: an experiment without a screen.

Exit codes are those of `engine.commands`. Diverged runs are results, not failures. Whatever
happens, an existing CSV is either replaced as a whole or left as it was.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.atomic import check_writable
from engine.commands import BAD, DONE, STDOUT, UNWRITTEN, add_command, bad, guarded, silent
from engine.experiment_file import read
from engine.networks import train_command
from engine.progress_bar import ProgressBar
from engine.terminal import complain, readers_may_leave, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    from engine.answer import Answer
    from engine.experiment import Experiment
    from engine.explanation.explanation import Explanation
    from engine.trajectory import Trajectory


def add_arguments(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the commands without a window to a parser of commands."""
    from engine.maps.map_arguments import add_map
    from engine.maps.sweep_headless import add_arguments as add_sweeps

    _add_run(subparsers)
    _add_explain(subparsers)
    train_command.add_arguments(subparsers)
    add_sweeps(subparsers)
    add_map(subparsers)


def _add_run(subparsers: argparse._SubParsersAction[Any]) -> None:
    run = add_command(
        subparsers,
        "run",
        "run an experiment without a window",
        "Run an experiment without a window: one line per run says what became of it.",
    )
    run.add_argument(
        "--csv",
        type=Path,
        metavar="FILE",
        help="write every step to this CSV; - is standard output",
    )
    run.add_argument(
        "--explain",
        action="store_true",
        help="add to the CSV why the loss changed: the budget of each step, the curvature at each "
        "row, and the load beside its limit",
    )


def _add_explain(subparsers: argparse._SubParsersAction[Any]) -> None:
    explain = add_command(
        subparsers,
        "explain",
        "say why each run of an experiment went as it did",
        "Say in a paragraph for each run of an experiment why it went as it did, and what other "
        "settings would do: each is run before it is named.",
    )
    explain.add_argument(
        "--quick", action="store_true", help="run no other settings; speak of these runs alone"
    )


def run(arguments: argparse.Namespace) -> int:
    """Carry out a command with parsed arguments and return its exit code."""
    shown = arguments.progress or sys.stderr.isatty()
    progress = ProgressBar(sys.stderr).show if shown else None
    if arguments.command == "map":
        from engine.maps.map_headless import run_map

        return run_map(arguments)
    if arguments.command in ("sweep", "compare"):
        from engine.maps.sweep_headless import run as run_sweeps

        return run_sweeps(arguments, progress)
    if arguments.command == "train":
        return train_command.run(arguments, progress)
    if arguments.command == "explain":
        return explain_experiment(arguments.experiment, not arguments.quick, progress)
    if arguments.explain and arguments.csv is None:
        complain("--explain adds columns to a CSV: give --csv FILE, too, or call explain.")
        return BAD
    return run_experiment(arguments.experiment, arguments.csv, progress, arguments.explain)


def run_experiment(
    path: Path,
    csv_path: Path | None = None,
    progress: Callable[[float], None] | None = None,
    explained: bool = False,
) -> int:
    """Run the experiment of a file, write its CSV if asked for, and say what became of each run.

    Parameters
    ----------
    path : a TOML file.
    csv_path : where every step goes; None writes none.
    progress : called with the share that is done, 0 to 1.
    explained : whether the CSV has the columns that explain each step.

    Returns
    -------
    int : an exit code, see `engine.commands`. Sentences about failures go to standard error.
    """
    return guarded(lambda: _run(path, csv_path, progress or silent, explained))


def explain_experiment(
    path: Path, checked: bool = True, progress: Callable[[float], None] | None = None
) -> int:
    """Run the experiment of a file and say of each run why it went as it did.

    Parameters
    ----------
    path : a TOML file.
    checked : whether other settings are run as well, to say what they would do.
    progress : called with the share that is done, 0 to 1.

    Returns
    -------
    int : an exit code, see `engine.commands`. Sentences about failures go to standard error.
    """
    return guarded(lambda: _explain(path, checked, progress or silent))


def _run(
    path: Path, csv_path: Path | None, report: Callable[[float], None], explained: bool
) -> int:
    try:
        experiment = read(path)
        _check(experiment, path, csv_path)
        if csv_path not in (None, STDOUT):
            # Before the work: a mistake in the name should not cost an hour.
            check_writable(csv_path)
        answered = _answer(experiment, report, 0.5 if csv_path else 1.0)
    except ValueError as error:
        return bad(path, error)
    # What has been computed is told, also where the file for it cannot be written.
    code = DONE if csv_path is None else _write(csv_path, answered, report, explained)
    say(_verdicts(answered), sys.stderr if csv_path == STDOUT else None)
    return code


def _verdicts(answered: Answer) -> list[str]:
    pairs = zip(answered.trajectories, answered.statuses, strict=True)
    return [f"{trajectory.label}: {status.sentence}" for trajectory, status in pairs]


def _explain(path: Path, checked: bool, report: Callable[[float], None]) -> int:
    try:
        experiment = read(path)
        _check(experiment, path)
        answered = _answer(experiment, report, 0.5)
        lines = []
        for done, trajectory in enumerate(answered.trajectories, 1):
            lines.append(f"{trajectory.label}: {_verdict(trajectory, experiment, checked)}")
            report(0.5 + 0.5 * done / len(answered.trajectories))
    except ValueError as error:
        return bad(path, error)
    say(lines)
    return DONE


def _verdict(trajectory: Trajectory, experiment: Experiment, checked: bool) -> str:
    from engine.explanation.diagnose import diagnose
    from engine.explanation.explain import explain

    found = explain(trajectory, experiment)
    verdict = diagnose(found, experiment, checked=checked)
    return " ".join(filter(None, (f"{verdict.title}.", verdict.paragraph, found.note)))


def _check(experiment: Experiment, path: Path, csv_path: Path | None = None) -> None:
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


def _write(
    csv_path: Path, answered: Answer, report: Callable[[float], None], explained: bool
) -> int:
    from engine.trajectory_csv import write_csv

    def explain_run(trajectory: Trajectory) -> Explanation:
        from engine.explanation.explain import explain

        found = explain(trajectory, answered.experiment)
        if found.note:
            complain(f"{trajectory.label}: {found.note}")
        return found

    try:
        with readers_may_leave():
            write_csv(
                sys.stdout.buffer if csv_path == STDOUT else csv_path,
                answered.trajectories,
                answered.statuses,
                explain=explain_run if explained else None,
                progress=lambda share: report(0.5 + 0.5 * share),
            )
    except OSError as error:
        complain(str(error))
        return UNWRITTEN
    return DONE
