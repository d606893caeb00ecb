"""Compiling apart: stages, progress, and a second session that compiles nothing."""

import gc
import os
import subprocess
import sys

import pytest

from engine import cache_folder, stages, warm_up
from engine.stages import units_of
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
from engine.answer import answer
from engine.stages import opening_experiment, units_of
assert all(map(warm_up.is_warm, warm_up.AWAITED))
answer(opening_experiment())
for stage in warm_up.AWAITED:
    for unit in units_of(stage):
        unit.build()
of_networks = {unit.what for unit in units_of("networks")}
for module in pkgutil.iter_modules(engine.drawing.__path__):
    if f"drawing.{module.name}" not in of_networks:
        importlib.import_module(f"engine.drawing.{module.name}")
print(compiled)
"""
#: Builds what two processes share, in some order; prints which unit loads which kernels.
LOADED_BY = """
import sys

from numba.core.dispatcher import Dispatcher

from engine import warm_up
from engine.stages import units_of

units = [unit for stage in warm_up.AWAITED for unit in units_of(stage)]
for unit in units[:: int(sys.argv[1])]:
    before = set(sys.modules)
    unit.build()
    for name in sorted(set(sys.modules) - before):
        # What has its types at once is compiled with its module.
        whole = [
            kernel for kernel in vars(sys.modules[name]).values()
            if isinstance(kernel, Dispatcher) and not kernel._can_compile
        ]
        if name.startswith("engine.") and whole:
            print(name, "by", unit.what)
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
    first = python("-m", "engine.warm_up", *warm_up.AWAITED)
    assert first.returncode == 0, first.stderr
    second = python("-c", SESSION)
    assert second.returncode == 0, second.stderr
    assert second.stdout.strip() == "[]"


def test_units_do_not_load_each_others_kernels():
    # Two processes would compile at once what both load.
    forth, back = (python("-c", LOADED_BY, order) for order in ("1", "-1"))
    assert (forth.stderr, back.stderr) == ("", "")
    assert sorted(forth.stdout.splitlines()) == sorted(back.stdout.splitlines())
    assert "engine.norms by norms" in forth.stdout


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

    names = [unit.what for unit in units_of(precision)]
    assert {o.title for o in OPTIMIZERS} | {s.title for s in SURFACES} <= set(names)


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_with_an_optimizer_what_follows_its_gains_is_compiled(precision, monkeypatch):
    from engine import optimizers

    asked = []
    monkeypatch.setattr("engine.descent.path_kernel", lambda *key: asked.append(("path", *key)))
    monkeypatch.setattr("engine.gains.replay_kernel", lambda *key: asked.append(("gains", *key)))
    titles = {rule.title for rule in optimizers.CATALOGUE}
    for unit in units_of(precision):
        if unit.what in titles:
            unit.build()
    rules = [("path", rule) for rule in optimizers.CATALOGUE]
    rules += [("gains", rule) for rule in optimizers.CATALOGUE if rule.stability.gain is not None]
    assert sorted(asked) == sorted((kind, rule.name, precision) for kind, rule in rules)


def test_training_waits_for_no_more_than_its_own_kernels():
    from engine.networks.experiment_file import parse

    path = warm_up.working_folder() / "resources" / "experiments" / "opening_network.toml"
    experiment = parse(path.read_text(encoding="utf-8"))
    rules = [f"{run.optimizer} on a network" for run in experiment.runs]
    assert [unit.what for unit in units_of("training")] == ["a network's gradient", *rules]
    assert experiment.precision == "float32"


def test_explaining_compiles_every_module_that_has_kernels():
    root = warm_up.working_folder()
    folders = [*(root / "engine" / "explanation").glob("*.py"), root / "engine" / "curvature.py"]
    with_kernels = {path.stem for path in folders if "@jit(" in path.read_text(encoding="utf-8")}
    modules = {unit.what.rpartition(".")[2] for unit in units_of("explaining")}
    assert modules == with_kernels


@pytest.fixture
def work(tmp_path, monkeypatch):
    """Replace the opening's units by three that only note that they were done."""
    done = []
    units = [(what, lambda what=what: done.append(what)) for what in "abc"]
    monkeypatch.setattr(cache_folder, "CACHE_FOLDER", tmp_path)
    monkeypatch.setitem(stages.WORKS, "opening", lambda: units)
    return done


def test_a_stage_is_warm_when_its_units_are_done(work):
    assert not warm_up.is_warm("opening")
    assert list(warm_up.compile_stage("opening")) == ["a", "b", "c"]
    assert warm_up.is_warm("opening")
    assert work == ["a", "b", "c"]


def test_a_killed_process_is_carried_on(work):
    begun = warm_up.compile_stage("opening")
    next(begun)
    begun.close()
    assert not warm_up.is_warm("opening")
    assert list(warm_up.compile_stage("opening")) == ["b", "c"]
    assert work == ["a", "b", "c"]


@pytest.mark.skipif(sys.platform == "win32", reason="only Linux and macOS lock")
def test_two_processes_share_the_work(work):
    forwards = warm_up.compile_stage("opening")
    backwards = warm_up.compile_stage("opening", backwards=True)
    shared = [next(forwards), next(backwards), *forwards, *backwards]
    assert sorted(shared) == sorted(work) == ["a", "b", "c"]
    list(warm_up.compile_stage("opening"))
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


def test_both_processes_count_what_both_have_done(work, capsys, monkeypatch):
    monkeypatch.setattr(gc, "set_threshold", lambda number: None)
    # This one stops after its first unit, as if it were still at work on its second.
    next(warm_up.compile_stage("opening"))
    assert warm_up.main(["--backwards", "opening"]) == 0
    said = [Progress.parse(line) for line in capsys.readouterr().out.splitlines()]
    assert said == [Progress(2, 3, "c"), Progress(3, 3, "b")]
    assert warm_up.is_warm("opening")


def test_a_stage_is_warm_before_its_last_unit_is_said(work):
    for what in warm_up.compile_stage("opening"):
        assert warm_up.is_warm("opening") == (what == "c")


class Dead:
    """A second process that was killed at its first unit."""

    def wait(self):
        return -9


def test_what_a_killed_second_process_left_is_compiled(work, monkeypatch):
    monkeypatch.setattr(warm_up, "AWAITED", ("opening",))
    monkeypatch.setattr(os, "nice", lambda number: None)
    assert list(warm_up._shared(["opening"], Dead())) == ["a", "b", "c"]


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
