"""The command ``overshoot train``: what it can be asked for, and who does it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands import BAD, add_command
from engine.terminal import complain

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def add_arguments(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command ``train`` to a parser of commands."""
    train = add_command(
        subparsers,
        "train",
        "train the network of an experiment without a window",
        "Train a network with each optimizer of an experiment: one line per run says what became "
        "of it. Ctrl+C ends the training; what there is by then is written.",
    )
    train.add_argument(
        "--csv",
        type=Path,
        metavar="FILE",
        help="write every step to this CSV; - is standard output",
    )
    train.add_argument(
        "--parquet", type=Path, metavar="FILE", help="write the same to this Parquet file"
    )
    train.add_argument(
        "--weights",
        action="store_true",
        help="add to both a column per weight, filled at the steps at which they were kept",
    )
    train.add_argument(
        "--script",
        nargs=2,
        metavar=("FRAMEWORK", "FILE"),
        help="do not train, but write a run as a script for torch, jax or keras, which takes the "
        "same steps, and beside it an .npz with first weights, data and batches",
    )
    train.add_argument(
        "--run", type=int, default=1, metavar="N", help="which run becomes the script (default 1)"
    )


def run(arguments: argparse.Namespace, progress: Callable[..., None] | None) -> int:
    """Carry out the command with parsed arguments and return its exit code."""
    from engine.networks.headless import Files, train_experiment

    files = Files(arguments.csv, arguments.parquet, arguments.weights)
    if arguments.script is None:
        return train_experiment(arguments.experiment, files, progress)
    if files != Files():
        complain("--script writes a script and trains nothing: leave out --csv and the like.")
        return BAD
    from engine.networks.script_headless import Script, write_script_of

    framework, name = arguments.script
    return write_script_of(arguments.experiment, Script(framework, Path(name), arguments.run))
