"""Contestants run in turn, so that noise disturbs them alike; only ratios are reported."""

import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine import warm_up

ROOT = Path(__file__).parents[2]
#: Lines of the table printed at the end.
RATIOS = []


@dataclass(frozen=True)
class Finding:
    what: str
    value: str
    wanted: str


@pytest.fixture(scope="session")
def warm():
    """Compile everything beforehand: what is measured is a window as it is every day."""
    stages = (*warm_up.AWAITED, "basins", "float64")
    subprocess.run([sys.executable, "-m", "engine.warm_up", *stages], cwd=ROOT, check=True)


@pytest.fixture
def report():
    """Return a function that adds a line (what, value, wanted) to the table."""
    return lambda what, value, wanted="": RATIOS.append(Finding(what, value, wanted))


@pytest.fixture
def race(benchmark):
    """Return a function that times named contestants in turn and returns their median seconds."""

    def run(contestants, rounds):
        seconds = {name: [] for name in contestants}

        def one_round():
            for name, contestant in contestants.items():
                started = time.perf_counter()
                contestant()
                seconds[name].append(time.perf_counter() - started)

        benchmark.pedantic(one_round, rounds=rounds, warmup_rounds=1)
        medians = {name: statistics.median(times[1:]) for name, times in seconds.items()}
        benchmark.extra_info.update(medians)
        return medians

    return run


def pytest_terminal_summary(terminalreporter):
    if not RATIOS:
        return
    terminalreporter.section("ratios")
    width = max(len(finding.what) for finding in RATIOS)
    for finding in RATIOS:
        wanted = f"   (wanted: {finding.wanted})" if finding.wanted else ""
        terminalreporter.write_line(f"{finding.what:<{width}}  {finding.value:>12}{wanted}")
