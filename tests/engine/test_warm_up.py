"""Compiling apart: stages, progress, and a second session that compiles nothing."""

import os
import subprocess
import sys

import pytest

from engine import compile as kernels
from engine import warm_up
from engine.warm_up import Progress

#: Answers the opening experiment and prints what Numba compiled for it.
SESSION = """
from numba.core import event
compiled = []

class Listener(event.Listener):
    def on_start(self, happening):
        compiled.append(happening.data["dispatcher"].py_func.__qualname__)
    def on_end(self, happening):
        pass

event.register("numba:compile", Listener())
from engine import warm_up
assert warm_up.is_warm("opening") and warm_up.is_warm("drawing")
for stage in ("opening", "drawing"):
    for _ in warm_up.compile_stage(stage):
        pass
print(compiled)
"""
ONE_KERNEL = """
from numba import float64
from engine.compile import CACHE_FOLDER, jit

def double(x):
    return 2.0 * x

kernel = jit(float64(float64))(double)
assert kernel(21.0) == 42.0
print(sum(kernel.stats.cache_hits.values()))
"""


def python(*arguments, **environment):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=warm_up.working_folder(), env=os.environ | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_second_session_compiles_nothing():
    first = python("-m", "engine.warm_up", "opening", "drawing")
    assert first.returncode == 0, first.stderr
    assert warm_up.is_warm("opening")
    second = python("-c", SESSION)
    assert second.returncode == 0, second.stderr
    assert second.stdout.strip() == "[]"


def test_progress_is_said_line_by_line():
    done = python("-m", "engine.warm_up", "opening", "drawing")
    progress = [Progress.parse(line) for line in done.stdout.splitlines()]
    assert [p.done for p in progress] == list(range(1, progress[0].total + 1))
    assert all(p.what for p in progress)


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b""])
def test_a_cut_off_cache_file_is_compiled_again(tmp_path, damage):
    # Numba caches only what stands in a file.
    script = tmp_path / "one_kernel.py"
    script.write_text(ONE_KERNEL, encoding="utf-8")
    places = {
        "OVERSHOOT_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": str(warm_up.working_folder()),
    }
    assert python(str(script), **places).stdout == "0\n"
    assert python(str(script), **places).stdout == "1\n"
    files = list((tmp_path / "cache").rglob("*.nb[ci]"))
    assert len(files) == 2
    for path in files:
        path.write_bytes(damage(path.read_bytes()))
    healed = python(str(script), **places)
    assert (healed.stdout, healed.stderr) == ("0\n", "")
    assert python(str(script), **places).stdout == "1\n"


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_each_stage_holds_the_whole_catalogue(precision):
    from engine.optimizers import CATALOGUE as OPTIMIZERS
    from engine.surfaces import CATALOGUE as SURFACES

    names = [name for name, _ in warm_up._UNITS[precision]()]
    assert {o.title for o in OPTIMIZERS} | {s.title for s in SURFACES} <= set(names)


def test_no_stamp_before_the_stage_is_done(tmp_path, monkeypatch):
    def fail():
        raise RuntimeError("the compiler fell asleep")

    monkeypatch.setattr(kernels, "CACHE_FOLDER", tmp_path)
    monkeypatch.setitem(warm_up._UNITS, "opening", lambda: [("a", str), ("b", fail)])
    with pytest.raises(RuntimeError):
        list(warm_up.compile_stage("opening"))
    assert not warm_up.is_warm("opening")
    monkeypatch.setitem(warm_up._UNITS, "opening", lambda: [("a", str)])
    assert list(warm_up.compile_stage("opening")) == ["a"]
    assert warm_up.is_warm("opening")


def test_the_process_ends_with_the_one_that_started_it():
    process = warm_up.start()
    process.stdin.close()
    process.stdout.read()
    process.stdout.close()
    assert process.wait(60) == 0


def test_unknown_stages_are_refused():
    with pytest.raises(ValueError, match="no stage 'noon'; known: opening"):
        warm_up.is_warm("noon")


@pytest.mark.parametrize("line", ["", "hello", "3 of 4", "a/b c"])
def test_other_output_is_no_progress(line):
    with pytest.raises(ValueError, match="invalid literal"):
        Progress.parse(line)


def test_progress_survives_its_line():
    assert Progress.parse(Progress(3, 12, "Adam in float64").line() + "\n") == Progress(
        3, 12, "Adam in float64"
    )
