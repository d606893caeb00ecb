"""``overshoot sweep`` and ``overshoot compare``: which learning rate, and which optimizer.

Exit codes are those of `engine.commands`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.atomic import check_writable, write_text
from engine.commands import DONE, STDOUT, UNWRITTEN, add_command, bad, guarded, silent
from engine.experiment_file import ON_NETWORKS, read, tables, text_of
from engine.terminal import complain, readers_may_leave, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from engine.experiment import Experiment
    from engine.maps.contest import Contest
    from engine.maps.sweep import Sweep
    from engine.maps.tournament import Tournament
    from engine.networks.settings import NetworkExperiment

    Show = Callable[[float], None]


@dataclass(frozen=True)
class Range:
    """The rates and seeds that a command line asks for; None is the usual."""

    low: float | None = None
    high: float | None = None
    points: int = 49
    seeds: int = 1


def add_arguments(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the commands ``sweep`` and ``compare`` to a parser of commands."""
    sweep = add_command(
        subparsers,
        "sweep",
        "try learning rates and say which to use, and why",
        "Run each run of an experiment, on a surface or of a network, at many learning rates: one "
        "line per run says which to use and why, with the largest one found by bisection beside "
        "what theory says.",
    )
    _add_range(sweep, points=49, seeds=1)
    sweep.add_argument("--target", type=float, metavar="LOSS", help="count the steps to this loss")
    compare = add_command(
        subparsers,
        "compare",
        "compare the optimizers of an experiment, each at its own best learning rate",
        "Compare the runs of the first experiment, on its problem and those of the others: each "
        "at its own best learning rate, within the same budget of gradients, line searches and "
        "SAM included.",
    )
    compare.add_argument(
        "others", type=Path, nargs="*", help="more experiments, whose problems count as well"
    )
    _add_range(compare, points=16, seeds=5)
    compare.add_argument(
        "--budget", type=int, default=0, help="gradients that each may ask for; default: the steps"
    )
    compare.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write the tables as Markdown to this file"
    )


def _add_range(parser: argparse.ArgumentParser, points: int, seeds: int) -> None:
    parser.add_argument("--low", type=float, metavar="RATE", help="the smallest learning rate")
    parser.add_argument("--high", type=float, metavar="RATE", help="the largest learning rate")
    parser.add_argument(
        "--points", type=int, default=points, help=f"how many rates; default: {points}"
    )
    parser.add_argument(
        "--seeds", type=int, default=seeds, help=f"how often each is tried; default: {seeds}"
    )
    parser.add_argument(
        "--csv", type=Path, metavar="FILE", help="write the numbers; - is standard output"
    )


def run(arguments: argparse.Namespace, progress: Show | None = None) -> int:
    """Carry out ``sweep`` or ``compare`` with parsed arguments and return the exit code."""
    asked = Range(arguments.low, arguments.high, arguments.points, arguments.seeds)
    show = progress or silent
    if arguments.command == "sweep":
        target, table = arguments.target, arguments.csv
        return guarded(lambda: _sweep(arguments.experiment, asked, target, table, show))
    paths = (arguments.experiment, *arguments.others)
    files = (arguments.csv, arguments.markdown)
    return guarded(lambda: _compare(paths, asked, arguments.budget, files, show))


def read_either(path: Path) -> Experiment | NetworkExperiment:
    """Return the experiment in a file, on a surface or with a network."""
    if ON_NETWORKS & set(tables(text_of(path), str(path))):
        from engine.networks.experiment_file import read as read_network

        return read_network(path)
    return read(path)


def _sweep(
    path: Path, asked: Range, target: float | None, table: Path | None, show: Show
) -> int:  # fmt: skip
    try:
        experiment = read_either(path)
        _check(experiment, (path,), (table,))
        found = _found(_growing(experiment, asked, target), show)
    except ValueError as error:
        return bad(path, error)
    code = DONE if table is None else _write(table, lambda: _sweep_csv(found))
    say(_advice(found), sys.stderr if table == STDOUT else None)
    if found.note:
        complain(found.note)
    return code


def _growing(
    experiment: Experiment | NetworkExperiment, asked: Range, target: float | None
) -> Iterator[Sweep]:
    # Numba takes half a second to load: a file with a mistake is answered sooner.
    from engine.maps.sweep import axis_around, growing_sweep
    from engine.maps.sweep_api import axis_of

    axis = axis_of(axis_around(experiment), asked.low, asked.high, "log")
    return growing_sweep(experiment, axis, points=asked.points, seeds=asked.seeds, target=target)


def _found(steps: Iterator[Any], show: Show) -> Any:
    for found in steps:
        show(found.share)
    return found


def _advice(found: Sweep) -> list[str]:
    return [f"{curve.label}: {curve.advice.sentence}" for curve in found.curves]


def _sweep_csv(found: Sweep) -> bytes:
    from engine.maps.sweep_table import sweep_lines

    return b"".join(sweep_lines(found))


def _compare(
    paths: tuple[Path, ...], asked: Range, budget: int, files: tuple[Path | None, ...], show: Show
) -> int:
    path = paths[0]
    try:
        experiments = []
        for path in paths:
            experiments.append(read_either(path))
        path = paths[0]
        _check(experiments[0], paths, files)
        found = _held(_contest(experiments, asked, budget), show)
    except ValueError as error:
        return bad(path, error)
    table, text = files
    code = DONE if table is None else _write(table, lambda: _csv_of(found))
    if text is not None:
        write_text(text, found.to_markdown())
    say([found.to_markdown().rstrip()], sys.stderr if table == STDOUT else None)
    return code


def _contest(
    experiments: list[Experiment | NetworkExperiment], asked: Range, budget: int
) -> Contest:
    from engine.maps.contest import RATES, Contest
    from engine.maps.sweep_api import axis_of

    return Contest(
        problems=tuple(experiments),
        entries=experiments[0].runs,
        axis=axis_of(RATES, asked.low, asked.high, "log"),
        points=asked.points,
        seeds=asked.seeds,
        budget=budget,
    )


def _held(contest: Contest, show: Show) -> Tournament:
    from engine.maps.tournament import hold

    *_, found = hold(contest, progress=show)
    return found


def _csv_of(found: Tournament) -> bytes:
    from engine.maps.tournament_tables import csv_of

    return csv_of(found)


def _check(
    experiment: Experiment | NetworkExperiment, paths: tuple[Path, ...],
    files: tuple[Path | None, ...],
) -> None:  # fmt: skip
    if not experiment.runs:
        raise ValueError("it has no runs; add a [[runs]] table with an optimizer.")
    for file in files:
        if file is None or file == STDOUT:
            continue
        for path in paths:
            if file.exists() and path.exists() and file.samefile(path):
                raise ValueError(f"{file} would replace the experiment; give it another name.")
        # Before the work: a mistake in the name should not cost an hour.
        check_writable(file)


def _write(path: Path, content: Callable[[], bytes]) -> int:
    from engine.atomic import replacing

    try:
        with readers_may_leave():
            if path == STDOUT:
                sys.stdout.buffer.write(content())
                sys.stdout.buffer.flush()
            else:
                with replacing(path) as file:
                    file.write(content())
    except OSError as error:
        complain(str(error))
        return UNWRITTEN
    return DONE
