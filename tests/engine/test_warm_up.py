"""Compiling apart: stages, progress, and a second session that compiles nothing."""

import gc
import os
import subprocess
import sys

import pytest

from engine import cache_folder, warm_up
from engine.warm_up import Progress

#: Answers the opening experiment and prints what Numba compiled for it.
SESSION = """
import importlib
import pkgutil

import engine.drawing
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
for unit in warm_up._units("opening") + warm_up._units("drawing"):
    unit.build()
for module in pkgutil.iter_modules(engine.drawing.__path__):
    importlib.import_module(f"engine.drawing.{module.name}")
print(compiled)
"""
#: Prints which drawing units an import finds loaded by another one.
LOADED_BEFORE = """
import importlib
import sys

names = ["engine.drawing." + name for name in sys.argv[1:]]
for name in names:
    if name in sys.modules:
        print(name)
    importlib.import_module(name)
"""
#: Ends with 3 if its input closes while it is at work.
WORKING = """
import os
import sys
import threading

def watch():
    sys.stdin.read()
    os._exit(3)

threading.Thread(target=watch, daemon=True).start()
sum(range(5_000_000))
os._exit(0)
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
    second = python("-c", SESSION)
    assert second.returncode == 0, second.stderr
    assert second.stdout.strip() == "[]"


@pytest.mark.parametrize("order", [warm_up.DRAWING, warm_up.DRAWING[::-1]], ids=["forth", "back"])
def test_drawing_units_do_not_load_each_other(order):
    # Two processes would compile at once what both load.
    found = python("-c", LOADED_BEFORE, *order)
    assert (found.stdout, found.stderr) == ("", "")


def test_waiting_cuts_no_process_off():
    process = subprocess.Popen(
        [sys.executable, "-c", WORKING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    warm_up._wait_for(process)
    assert process.returncode == 0


def test_cut_off_cache_files_are_compiled_again(tmp_path):
    # Numba caches only what stands in a file.
    script = tmp_path / "one_kernel.py"
    script.write_text(ONE_KERNEL, encoding="utf-8")
    places = {
        "OVERSHOOT_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": str(warm_up.working_folder()),
    }
    assert python(str(script), **places).stdout == "0\n"
    for kind, kept in (("nbi", 7), ("nbc", 100)):
        (path,) = (tmp_path / "cache").rglob(f"*.{kind}")
        path.write_bytes(path.read_bytes()[:kept])
        healed = python(str(script), **places)
        assert (healed.stdout, healed.stderr) == ("0\n", "")


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_each_stage_holds_the_whole_catalogue(precision):
    from engine.optimizers import CATALOGUE as OPTIMIZERS
    from engine.surfaces import CATALOGUE as SURFACES

    names = [name for name, _ in warm_up._WORKS[precision]()]
    assert {o.title for o in OPTIMIZERS} | {s.title for s in SURFACES} <= set(names)


def test_explaining_compiles_every_module_that_has_kernels():
    root = warm_up.working_folder()
    folders = [*(root / "engine" / "explanation").glob("*.py"), root / "engine" / "curvature.py"]
    with_kernels = {path.stem for path in folders if "@jit(" in path.read_text(encoding="utf-8")}
    modules = [build.args[0] for _, build in warm_up._explaining()]
    assert {module.rpartition(".")[2] for module in modules} == with_kernels


@pytest.fixture
def work(tmp_path, monkeypatch):
    """Replace the opening's units by three that only note that they were done."""
    done = []
    units = [(what, lambda what=what: done.append(what)) for what in "abc"]
    monkeypatch.setattr(cache_folder, "CACHE_FOLDER", tmp_path)
    monkeypatch.setitem(warm_up._WORKS, "opening", lambda: units)
    return done


def test_a_stage_is_warm_when_its_units_are_done(work):
    assert not warm_up.is_warm("opening")
    assert list(warm_up.compile_stages(["opening"])) == ["a", "b", "c"]
    assert warm_up.is_warm("opening")
    assert work == ["a", "b", "c"]


def test_a_killed_process_is_carried_on(work):
    begun = warm_up.compile_stages(["opening"])
    next(begun)
    begun.close()
    assert not warm_up.is_warm("opening")
    assert list(warm_up.compile_stages(["opening"])) == ["b", "c"]
    assert work == ["a", "b", "c"]


@pytest.mark.skipif(sys.platform == "win32", reason="only Linux and macOS lock")
def test_two_processes_share_the_work(work):
    forwards = warm_up.compile_stages(["opening"])
    backwards = warm_up.compile_stages(["opening"], backwards=True)
    shared = [next(forwards), next(backwards), *forwards, *backwards]
    assert sorted(shared) == sorted(work) == ["a", "b", "c"]
    list(warm_up.compile_stages(["opening"]))
    assert warm_up.is_warm("opening")


def test_progress_counts_to_the_end(work, capsys, monkeypatch):
    monkeypatch.setattr(warm_up, "AWAITED", ())
    monkeypatch.setattr(warm_up, "STAGES", ("opening",))
    for module, name in ((os, "nice"), (gc, "set_threshold")):
        monkeypatch.setattr(module, name, lambda number: None)
    # Without a stage on the command line: all of them.
    assert warm_up.main([]) == 0
    said = [Progress.parse(line) for line in capsys.readouterr().out.splitlines()]
    assert said[-1] == Progress(3, 3, "c")


def test_the_folder_of_compiled_code_is_known_without_numba():
    found = python(
        "-c", "import sys; from engine import warm_up; warm_up.is_warm('opening'); "
        "print('numba' in sys.modules)",
    )  # fmt: skip
    assert found.stdout == "False\n", found.stderr


def test_what_the_second_process_did_is_said(work, monkeypatch):
    def waited(process):
        list(warm_up.compile_stages(["opening"], backwards=True))

    monkeypatch.setattr(warm_up, "_wait_for", waited)
    monkeypatch.setattr(os, "nice", lambda number: None)
    shared = warm_up._shared(["opening"], second=object())
    assert [next(shared) for _ in "abc"] == ["a", "b", "c"]
    assert next(shared) == "what the window waits for"


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
