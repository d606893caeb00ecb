"""First paint, first start ever, event-loop gaps and memory, each in processes of their own."""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ROUNDS = 9


def measured(script, *arguments, **environment):
    """Run a script that is told when it was started, and return what it prints."""
    done = subprocess.run(
        [sys.executable, str(HERE / script), str(time.monotonic()), *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def home(warm, tmp_path):
    """Return the environment of someone who has used the program before."""
    places = {f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "STATE")}
    # Python has kept the bytecode of that, whatever the environment of the tests says.
    places |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(tmp_path / "bytecode")}
    measured("session.py", "alive", **places)
    return places


def test_first_paint(race, report, home):
    times = {"ours": [], "bare": []}

    def ours():
        times["ours"].append(measured("session.py", "painted", **home))

    def bare():
        times["bare"].append(measured("bare_window.py", **home))

    race({"ours": ours, "bare": bare}, ROUNDS)
    for key, what in (("painted", "wall"), ("painted_cpu", "processor")):
        ours_s, bare_s = (statistics.median(t[key] for t in times[name]) for name in times)
        label = f"first paint against a bare plot window, {what} time"
        report(label, f"{ours_s / bare_s:.2f} ×", f"≤ 1.3 ×; {ours_s:.2f} s")


def test_first_start_ever(benchmark, report, tmp_path):
    caches = iter(range(100))
    found = []

    def start():
        place = {"OVERSHOOT_CACHE": str(tmp_path / f"cache-{next(caches)}")}
        found.append(measured("session.py", "complete", **place))

    benchmark.pedantic(start, rounds=3)
    for goal, what, wanted in (
        ("painted", "window painted", ""),
        ("alive", "opening experiment alive", "≤ 5 s"),
        ("complete", "its curves, too", ""),
    ):
        seconds = statistics.median(f[goal] for f in found)
        report(f"empty cache: {what}", f"{seconds:.1f} s", wanted)


def test_scripted_session(benchmark, report, home):
    found = []
    benchmark.pedantic(lambda: found.append(measured("session.py", "script", **home)), rounds=3)
    worst = statistics.median(f["gaps_ms"][0][0] for f in found)
    what = ", ".join(f"{f['gaps_ms'][0][1]} {f['gaps_ms'][0][0]:.0f}" for f in found)
    report("largest gap of the event loop", f"{worst:.0f} ms", f"≤ 50 ms; {what}")
    peak = statistics.median(f["peak_mb"] for f in found)
    report("peak memory of that session", f"{peak:.0f} MB")
    alive = statistics.median(measured("session.py", "alive", **home)["peak_mb"] for _ in range(3))
    report("peak memory of a default session", f"{alive:.0f} MB", "≤ 350 MB")
