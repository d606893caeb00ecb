"""``overshoot run`` and ``overshoot explain``: an experiment without a screen.

Exit codes: 0 done; 1 a fault in Overshoot itself; 2 wrong usage or an experiment that cannot be
run; 3 the results or the CSV could not be written; 130 interrupted (Ctrl+C, SIGTERM). Diverged
runs are results, not failures. Whatever happens, an existing CSV is either replaced as a whole or
left as it was.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.atomic import check_writable
from engine.experiment_file import ExperimentError, read
from engine.progress_bar import ProgressBar
from engine.terminal import complain, readers_may_leave, say, terminable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from engine.answer import Answer
    from engine.experiment import Experiment
    from engine.explanation.explanation import Explanation
    from engine.trajectory import Trajectory

DONE, FAULT, BAD, UNWRITTEN, INTERRUPTED = 0, 1, 2, 3, 130
#: The name by which a CSV goes to standard output.
STDOUT = Path("-")

_EPILOG = """\
exit codes:
  0    done; runs that diverged are results, too
  1    a fault in Overshoot
  2    wrong usage, or an experiment that cannot be run
  3    the results or the CSV could not be written
  130  interrupted, also by SIGTERM
"""


def add_arguments(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the commands ``run`` and ``explain`` and their options to a parser of commands."""
    run = _add_command(
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
    explain = _add_command(
        subparsers,
        "explain",
        "say why each run of an experiment went as it did",
        "Say in a paragraph for each run of an experiment why it went as it did, and what other "
        "settings would do: each is run before it is named.",
    )
    explain.add_argument(
        "--quick", action="store_true", help="run no other settings; speak of these runs alone"
    )


def _add_command(
    subparsers: argparse._SubParsersAction[Any], name: str, summary: str, description: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=summary,
        description=description,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command=name)
    parser.add_argument("experiment", type=Path, help="the experiment, a .toml file")
    parser.add_argument(
        "--progress",
        action="store_true",
        help="show progress also where standard error is no terminal",
    )
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Carry out a command with parsed arguments and return its exit code."""
    shown = arguments.progress or sys.stderr.isatty()
    progress = ProgressBar(sys.stderr).show if shown else None
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
    int : an exit code, see the module's text. Sentences about failures go to standard error.
    """
    return _guarded(lambda: _run(path, csv_path, progress or _silent, explained))


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
    int : an exit code, see the module's text. Sentences about failures go to standard error.
    """
    return _guarded(lambda: _explain(path, checked, progress or _silent))


def _silent(share: float) -> None:
    """Show no progress."""


def _guarded(work: Callable[[], int]) -> int:
    """Return the exit code of `work`, also where it cannot end."""
    try:
        with terminable():
            return work()
    except KeyboardInterrupt:
        complain("Interrupted; nothing was written.")
        return INTERRUPTED
    except MemoryError:
        complain("There is not enough memory for this experiment; take fewer steps or runs.")
        return BAD
    except OSError as error:
        complain(str(error))
        return UNWRITTEN
    except Exception as error:
        complain(f"Overshoot has a fault, please report it: {type(error).__name__}: {error}")
        return FAULT


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
        return _bad(path, error)
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
        return _bad(path, error)
    say(lines)
    return DONE


def _verdict(trajectory: Trajectory, experiment: Experiment, checked: bool) -> str:
    from engine.explanation.diagnose import diagnose
    from engine.explanation.explain import explain

    found = explain(trajectory, experiment)
    verdict = diagnose(found, experiment, checked=checked)
    return " ".join(filter(None, (f"{verdict.title}.", verdict.paragraph, found.note)))


def _bad(path: Path, error: ValueError) -> int:
    # What comes from the file names it already.
    complain(str(error) if isinstance(error, ExperimentError) else f"{path}: {error}")
    return BAD


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
