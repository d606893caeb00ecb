"""The first start: paths when they are compiled, curves and explanations when those are, too."""

import platform
import subprocess
import sys

import pytest

from engine import warm_up
from gui.engine_start import EngineStart
from gui.message_line import MessageLine
from gui.runner import Runner

#: Stands for the compiling process: what it is told to finish is a stage.
COMPILER = """
import os
import sys
from pathlib import Path

folder, *stages = sys.argv[1:]
for done, stage in enumerate(stages, 1):
    while not Path(folder, "may-" + stage).exists():
        if Path(folder, "exits").exists():
            sys.exit(1)
        if Path(folder, "kill-" + stage).exists():
            os.kill(os.getpid(), 9)
    Path(folder, stage).touch()
    print(f"{done}/{len(stages)} {stage}", flush=True)
"""

#: Makes and drops the arrays of eight runs as a drag does; prints the page faults of a late frame.
DRAG = """
import resource
import sys
import numpy as np
from gui.engine_start import keep_memory

if sys.argv[1] == "kept":
    keep_memory()
faults = []
for frame in range(20):
    arrays = [np.ones(50_000) for run in range(8)]
    faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
    del arrays
print(faults[-1] - faults[-2])
"""


@pytest.fixture
def start(qtbot, tmp_path, monkeypatch):
    """Begin with an empty cache; stages are compiled as soon as a file `may-STAGE` allows it."""
    monkeypatch.setattr(warm_up, "is_warm", lambda stage: (tmp_path / stage).exists())
    monkeypatch.setattr(
        warm_up, "command", lambda stages: [sys.executable, "-c", COMPILER, str(tmp_path), *stages]
    )
    monkeypatch.setattr("engine.preload.preload", lambda *_: seen.append("preloaded"))
    seen = []
    runner, line = Runner(), MessageLine()
    qtbot.addWidget(line)
    engine = EngineStart(runner, line, lambda: seen.append("ready"), runner)
    runner.open()
    engine.begin()
    qtbot.waitUntil(lambda: bool(line.label.text()))
    for topic in ("curves 1", "explain"):
        runner.submit(topic, lambda: None, lambda _, topic=topic: seen.append(topic))
    yield lambda: (seen, line, tmp_path)
    engine.close()
    runner.close()


def test_what_is_compiled_is_used_at_once(start, qtbot):
    seen, line, folder = start()
    for stage, what in (("opening", "ready"), ("curves", "curves 1"), ("explaining", "explain")):
        assert what not in seen
        (folder / f"may-{stage}").touch()
        qtbot.waitUntil(lambda what=what: seen[-1:] == [what], timeout=20_000)
        assert line.label.text() or stage != "opening"
    qtbot.waitUntil(lambda: not line.label.text())
    for stage in ("networks", "basins", "float64", "float32", "maps"):
        (folder / f"may-{stage}").touch()
    qtbot.waitUntil(lambda: seen[-1:] == ["preloaded"], timeout=20_000)


def test_without_a_compiling_process_everything_goes_on(start, qtbot):
    seen, line, folder = start()
    (folder / "exits").touch()
    qtbot.waitUntil(lambda: "preloaded" in seen and len(seen) == 4, timeout=20_000)
    assert set(seen) == {"ready", "curves 1", "explain", "preloaded"}
    assert not line.label.text()


def test_a_compiling_process_that_is_killed_ends_once(start, qtbot):
    seen, _, folder = start()
    (folder / "kill-opening").touch()
    qtbot.waitUntil(lambda: set(seen) >= {"ready", "curves 1", "explain"}, timeout=20_000)
    for stage in ("networks", "basins", "float64"):
        (folder / f"may-{stage}").touch()
    qtbot.waitUntil((folder / "float64").exists, timeout=20_000)
    assert "preloaded" not in seen
    for stage in ("float32", "maps"):
        (folder / f"may-{stage}").touch()
    qtbot.waitUntil(lambda: seen[-1:] == ["preloaded"], timeout=20_000)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries keep otherwise")
def test_the_memory_of_dropped_paths_is_used_again():
    faults = {
        how: int(subprocess.check_output([sys.executable, "-c", DRAG, how])) for how in ("", "kept")
    }
    assert faults["kept"] < 10 < 100 < faults[""]
