"""Compiles everything into the cache folder, in a process of its own, so that no window waits.

``python -m engine.warm_up`` compiles all stages; the window starts it at the first start ever::

    process = warm_up.start()        # stdout: one line per finished unit, see `Progress`
    warm_up.is_warm("opening")       # true as soon as the opening's paths cost no compiling

The process ends when its standard input closes, so it never outlives the window. What is done is
recorded by empty files beside the compiled code, hence per version of the sources and per
processor; a lock per unit lets several processes share the work, or two windows start at once.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.stages import STAGES, units_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.stages import Unit

#: The window waits for these, so two processes share them; for the others it goes first.
AWAITED = ("opening", "curves", "explaining")
NICENESS = 10
#: The compiler makes many objects and few cycles: collecting at the usual pace costs a sixth.
COLLECT_AFTER = 200_000


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


def compile_stage(stage: str, *, backwards: bool = False) -> Iterator[str]:
    """Compile what nobody has compiled or is compiling, yielding the name of each unit.

    Afterwards the stage is warm, unless another process is still at work on one of its units.
    """
    units = units_of(stage)
    for unit in reversed(units) if backwards else units:
        with _claim(unit) as free:
            if free and not _mark(unit).exists():
                unit.build()
                _mark(unit).touch()
                _stamp_if_done(stage)
                yield unit.what
    _stamp_if_done(stage)


def _stamp_if_done(stage: str) -> None:
    if all(_mark(unit).exists() for unit in units_of(stage)):
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
    parser.add_argument("--backwards", action="store_true", help="what is awaited, from its end")
    options = parser.parse_args(arguments)
    if options.until_stdin_closes:
        _end_with_stdin()
    gc.set_threshold(COLLECT_AFTER)
    stages = [stage for stage in STAGES if stage in (options.stages or STAGES)]
    if options.backwards:
        _say(stages, _awaited(stages, backwards=True))
        return 0
    # Before anything here imports Numba, so that both processes do so at once.
    second = _start_second(stages) if set(stages) & set(AWAITED) else None
    _say(stages, _shared(stages, second))
    from engine.cache_folder import forget_old_versions

    forget_old_versions()
    return 0


def _say(stages: Sequence[str], finished: Iterator[str]) -> None:
    """Write a line for each finished unit; two processes may write to one output."""
    units = [unit for stage in stages for unit in units_of(stage)]
    for what in finished:
        done = sum(_mark(unit).exists() for unit in units)
        sys.stdout.write(Progress(done, len(units), what).line() + "\n")
        sys.stdout.flush()


def _start_second(stages: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start the process that begins at the other end; it has this one's output, to say so."""
    second = command(stages, "--backwards")
    return subprocess.Popen(second, cwd=working_folder(), stdin=subprocess.PIPE)


def _awaited(stages: Sequence[str], *, backwards: bool = False) -> Iterator[str]:
    for stage in stages:
        if stage in AWAITED:
            yield from compile_stage(stage, backwards=backwards)


def _shared(stages: Sequence[str], second: subprocess.Popen[bytes] | None) -> Iterator[str]:
    """Compile stages; the awaited ones while a second process begins at their other end."""
    if second is not None:
        yield from _awaited(stages)
        second.wait()
        # In case it died at work.
        yield from _awaited(stages)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    for stage in stages:
        if not is_warm(stage):
            yield from compile_stage(stage)


if __name__ == "__main__":
    # Numba loads SciPy where there is one, for linear algebra that no kernel uses: 0.25 s.
    sys.modules["scipy"] = None  # type: ignore[assignment]
    sys.exit(main())
