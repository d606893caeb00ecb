"""What the commands without a window have in common: exit codes, options, how they fail.

Exit codes: 0 done; 1 a fault in Overshoot itself; 2 wrong usage or an experiment that cannot be
run; 3 the results or a file of them could not be written; 130 interrupted (Ctrl+C, SIGTERM).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.experiment_file import ExperimentError
from engine.terminal import complain, terminable

if TYPE_CHECKING:
    from collections.abc import Callable

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


def add_command(
    subparsers: argparse._SubParsersAction[Any], name: str, summary: str, description: str
) -> argparse.ArgumentParser:
    """Add a command that reads an experiment to a parser of commands, and return its parser."""
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


def silent(share: float) -> None:
    """Show no progress."""


def guarded(work: Callable[[], int]) -> int:
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


def bad(path: Path, error: ValueError) -> int:
    """Say what is wrong with an experiment and return the exit code for it."""
    # What comes from the file names it already.
    complain(str(error) if isinstance(error, ExperimentError) else f"{path}: {error}")
    return BAD
