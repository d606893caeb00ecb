"""From choosing a surface and an optimizer for the first time to the path, as a window does it."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ROUNDS = 3


def test_choose_to_path(benchmark, report, warm):
    pytest.importorskip("jax")
    pytest.importorskip("optax")
    found = []

    def choose():
        done = subprocess.run(
            [sys.executable, str(HERE / "choose_to_path.py")],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found.extend(json.loads(done.stdout))

    benchmark.pedantic(choose, rounds=ROUNDS)
    for key, what, wanted in (
        ("first", "first choice in a running window", "50 ×"),
        ("again", "from memory", ""),
    ):
        ratio = statistics.median(seconds["jax"] / seconds[key] for seconds in found)
        ms = 1e3 * statistics.median(seconds[key] for seconds in found)
        label = f"choice to 10,000 steps against jax anew, {what}"
        report(label, f"{ratio:.0f} ×, {ms:.1f} ms", wanted)
