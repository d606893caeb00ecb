"""Compiles everything into the cache folder, in a process of its own, so that no window waits.

``python -m engine.warm_up`` compiles all stages; the window starts it at the first start ever::

    process = warm_up.start()        # stdout: one line per finished unit, see `Progress`
    warm_up.is_warm("opening")       # true as soon as the opening experiment costs no compiling

The process ends when its standard input closes, so it never outlives the window. Stages are
recorded by stamp files beside the compiled code, hence per version of the sources and per
processor. Two such processes take turns by a lock; what one has compiled the other only loads.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.resources
import os
import pkgutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: In this order: what is on screen first comes first.
STAGES = ("opening", "drawing", "float64", "float32")
#: Beyond the opening, the window's own work goes first.
NICENESS = 10

Unit = tuple[str, Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Progress:
    """One line of the process's output: `done` of `total` units, the last one being `what`."""

    done: int
    total: int
    what: str

    def line(self) -> str:
        """Return the line that `parse` reads."""
        return f"{self.done}/{self.total} {self.what}"

    @classmethod
    def parse(cls, line: str) -> Progress:
        """Read a line of the process's output. Raises ValueError for anything else."""
        numbers, _, what = line.strip().partition(" ")
        done, _, total = numbers.partition("/")
        return cls(int(done), int(total), what)


def is_warm(stage: str) -> bool:
    """Return whether a stage has been compiled by these sources on this processor."""
    return _stamp(stage).exists()


def command(stages: Sequence[str] = STAGES) -> list[str]:
    """Return the command line of the compiling process; run it in `working_folder`."""
    return [sys.executable, "-m", "engine.warm_up", "--until-stdin-closes", *stages]


def working_folder() -> Path:
    """Return the folder in which ``python -m engine.warm_up`` finds the engine."""
    return Path(__file__).parents[1]


def start(stages: Sequence[str] = STAGES) -> subprocess.Popen[str]:
    """Start the compiling process. It ends by itself, or when its ``stdin`` is closed."""
    return subprocess.Popen(
        command(stages),
        cwd=working_folder(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def compile_stage(stage: str) -> Iterator[str]:
    """Compile what a stage needs, yielding the name of each unit, and record that it is done."""
    for what, build in _UNITS[stage]():
        build()
        yield what
    stamp = _stamp(stage)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.touch()


def _stamp(stage: str) -> Path:
    import llvmlite.binding

    from engine.compile import CACHE_FOLDER

    if stage not in STAGES:
        raise ValueError(f"There is no stage {stage!r}; known: {', '.join(STAGES)}.")
    return CACHE_FOLDER / "warm" / f"{stage}-{llvmlite.binding.get_host_cpu_name()}"


def _opening() -> list[Unit]:
    return [("the opening experiment", _answer_opening)]


def _answer_opening() -> None:
    from engine.answer import answer
    from engine.experiment_file import parse

    folder = importlib.resources.files("resources") / "experiments"
    answer(parse((folder / "opening.toml").read_text(encoding="utf-8"), "opening.toml"))


def _drawing() -> list[Unit]:
    import engine.drawing

    # Kernels with explicit signatures are compiled when their module is imported.
    return [
        (f"drawing {name}", partial(importlib.import_module, f"engine.drawing.{name}"))
        for _, name, _ in pkgutil.iter_modules(engine.drawing.__path__)
    ]


def _precision(precision: str) -> list[Unit]:
    from engine import optimizers, surfaces
    from engine.descent import path_kernel
    from engine.landscape import kernels

    return [
        *((s.title, partial(kernels, s, precision)) for s in surfaces.CATALOGUE),
        *((o.title, partial(path_kernel, o.name, precision)) for o in optimizers.CATALOGUE),
    ]


_UNITS: dict[str, Callable[[], list[Unit]]] = {
    "opening": _opening,
    "drawing": _drawing,
    "float64": partial(_precision, "float64"),
    "float32": partial(_precision, "float32"),
}


@contextlib.contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Wait until no other process compiles into `folder`; the system frees a dead one's lock."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "warm-up.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _end_with_stdin() -> None:
    """End this process when the one that started it is gone."""

    def watch() -> None:
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def main(arguments: Sequence[str] | None = None) -> int:
    """Compile the stages named on the command line (default: all) and return 0."""
    parser = argparse.ArgumentParser(prog="python -m engine.warm_up", description=__doc__)
    parser.add_argument("stages", nargs="*", choices=[*STAGES, []], default=list(STAGES))
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the starter")
    options = parser.parse_args(arguments)
    if options.until_stdin_closes:
        _end_with_stdin()
    from engine.compile import CACHE_FOLDER, forget_old_versions

    total = sum(len(_UNITS[stage]()) for stage in options.stages)
    done = 0
    with _turn(CACHE_FOLDER):
        for stage in options.stages:
            for what in compile_stage(stage):
                done += 1
                sys.stdout.write(Progress(done, total, what).line() + "\n")
                sys.stdout.flush()
            if hasattr(os, "nice"):
                os.nice(NICENESS - os.nice(0))
    forget_old_versions()
    return 0


if __name__ == "__main__":
    sys.exit(main())
