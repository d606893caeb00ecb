"""Compiles everything into the cache folder, in a process of its own, so that no window waits.

``python -m engine.warm_up`` compiles all stages; the window starts it at the first start ever::

    process = warm_up.start()        # stdout: one line per finished unit, see `Progress`
    warm_up.is_warm("opening")       # true as soon as the opening experiment costs no compiling

The process ends when its standard input closes, so it never outlives the window. What is done is
recorded by empty files beside the compiled code, hence per version of the sources and per
processor; a lock per unit lets several processes share the work, or two windows start at once.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import importlib.resources
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.experiment import Experiment

#: In this order: what is on screen first comes first.
STAGES = ("opening", "drawing", "explaining", "float64", "float32")
#: The window waits for these, so two processes share them; for the others it goes first.
AWAITED = ("opening", "drawing")
NICENESS = 10
#: The compiler makes many objects and few cycles: collecting at the usual pace costs a sixth.
COLLECT_AFTER = 200_000
#: The modules with kernels, none of which imports another's.
DRAWING = ("paths", "pixel_paths", "contours", "curves", "curve_corners", "curve_strokes")

Work = tuple[str, Callable[[], object]]


class Unit(NamedTuple):
    """One thing to compile."""

    stage: str
    number: int
    what: str
    build: Callable[[], object]


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


def command(stages: Sequence[str] = STAGES, *options: str) -> list[str]:
    """Return the command line of the compiling process; run it in `working_folder`."""
    return [sys.executable, "-m", "engine.warm_up", "--until-stdin-closes", *options, *stages]


def working_folder() -> Path:
    """Return the folder in which ``python -m engine.warm_up`` finds the engine."""
    return Path(__file__).parents[1]


def start(stages: Sequence[str] = STAGES, *options: str) -> subprocess.Popen[str]:
    """Start the compiling process. It ends by itself, or when its ``stdin`` is closed."""
    return subprocess.Popen(
        command(stages, *options),
        cwd=working_folder(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def compile_stages(stages: Sequence[str], *, backwards: bool = False) -> Iterator[str]:
    """Compile what nobody has compiled or is compiling, yielding the name of each unit.

    Afterwards the stages are warm, unless another process is still at work on one of their units.
    """
    units = [unit for stage in stages for unit in _units(stage)]
    for unit in reversed(units) if backwards else units:
        with _claim(unit) as free:
            if free and not _mark(unit).exists():
                unit.build()
                _mark(unit).touch()
                yield unit.what
    for stage in stages:
        if all(_mark(unit).exists() for unit in units if unit.stage == stage):
            _stamp(stage).touch()


def _folder() -> Path:
    import llvmlite.binding

    from engine.cache_folder import CACHE_FOLDER

    folder = CACHE_FOLDER / "warm" / str(llvmlite.binding.get_host_cpu_name())
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _stamp(stage: str) -> Path:
    if stage not in STAGES:
        raise ValueError(f"There is no stage {stage!r}; known: {', '.join(STAGES)}.")
    return _folder() / stage


def _mark(unit: Unit) -> Path:
    return _folder() / f"{unit.stage}-{unit.number}"


@contextlib.contextmanager
def _claim(unit: Unit) -> Iterator[bool]:
    """Hold a unit's lock, if it is free; the system frees the lock of a process that dies."""
    if sys.platform == "win32":
        yield True
        return
    import fcntl

    with open(_mark(unit).with_suffix(".lock"), "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _units(stage: str) -> list[Unit]:
    works = _WORKS[stage]()
    return [Unit(stage, number, what, build) for number, (what, build) in enumerate(works)]


def _opening() -> list[Work]:
    return [("the opening experiment", _answer_opening)]


def _opening_experiment() -> Experiment:
    from engine.experiment_file import parse

    folder = importlib.resources.files("resources") / "experiments"
    return parse((folder / "opening.toml").read_text(encoding="utf-8"), "opening.toml")


def _answer_opening() -> None:
    from engine.answer import answer

    answer(_opening_experiment())


def _ask(precision: str) -> None:
    """Compile what evaluates a surface at points, as the window does for ground and pointer."""
    from engine.answer import landscape_of

    landscape_of(_opening_experiment(), precision).hessian((0.0, 0.0))


def _drawing() -> list[Work]:
    # Kernels with explicit signatures are compiled when their module is imported.
    return [
        ("values at points", partial(_ask, "float64")),
        *(
            (f"drawing {name}", partial(importlib.import_module, f"engine.drawing.{name}"))
            for name in DRAWING
        ),
    ]


def _precision(precision: str) -> list[Work]:
    from engine import optimizers, surfaces
    from engine.descent import path_kernel
    from engine.landscape import kernels

    return [
        (f"values at points in {precision}", partial(_ask, precision)),
        *((s.title, partial(kernels, s, precision)) for s in surfaces.CATALOGUE),
        *((o.title, partial(path_kernel, o.name, precision)) for o in optimizers.CATALOGUE),
    ]


def _explaining() -> list[Work]:
    return [
        (f"explaining: {what}", partial(importlib.import_module, module))
        for what, module in (
            ("curvature", "engine.curvature"),
            ("steps", "engine.explanation.along"),
        )
    ]


_WORKS: dict[str, Callable[[], list[Work]]] = {
    "opening": _opening,
    "drawing": _drawing,
    "explaining": _explaining,
    "float64": partial(_precision, "float64"),
    "float32": partial(_precision, "float32"),
}


def _end_with_stdin() -> None:
    """End this process when the one that started it is gone."""

    def watch() -> None:
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def main(arguments: Sequence[str] | None = None) -> int:
    """Compile the stages named on the command line (default: all) and return 0."""
    parser = argparse.ArgumentParser(prog="python -m engine.warm_up", description=__doc__)
    parser.add_argument("stages", nargs="*", choices=[*STAGES, []])
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the starter")
    parser.add_argument("--backwards", action="store_true", help="say nothing, begin at the end")
    options = parser.parse_args(arguments)
    if options.until_stdin_closes:
        _end_with_stdin()
    gc.set_threshold(COLLECT_AFTER)
    stages = [stage for stage in STAGES if stage in (options.stages or STAGES)]
    if options.backwards:
        list(compile_stages(stages, backwards=True))
        return 0
    awaited = [stage for stage in stages if stage in AWAITED]
    # Before anything here imports Numba, so that both processes do so at once.
    second = start(awaited, "--backwards") if awaited else None
    total = sum(len(_units(stage)) for stage in stages)
    for what in _shared(stages, second):
        done = sum(_mark(unit).exists() for stage in stages for unit in _units(stage))
        sys.stdout.write(Progress(done, total, what).line() + "\n")
        sys.stdout.flush()
    from engine.cache_folder import forget_old_versions

    forget_old_versions()
    return 0


def _shared(stages: Sequence[str], second: subprocess.Popen[str] | None) -> Iterator[str]:
    """Compile stages; the awaited ones while a second process begins at the other end."""
    if second is not None:
        awaited = [stage for stage in stages if stage in AWAITED]
        yield from compile_stages(awaited)
        _wait_for(second)
        yield from compile_stages(awaited)
        # The second process's last unit counts, too.
        yield "what the window waits for"
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    for stage in stages:
        if not is_warm(stage):
            yield from compile_stages([stage])


def _wait_for(process: subprocess.Popen[str]) -> None:
    """Wait until a process has ended by itself: closing its input earlier would cut it off."""
    with process:
        assert process.stdout is not None
        process.stdout.read()


if __name__ == "__main__":
    sys.exit(main())
