"""A large map by two processes of Dask against two threads of one."""

import statistics
import time

import numpy as np
import pytest

pytest.importorskip("distributed", reason="A scheduler is Dask's: pip install overshoot[dask]")

from engine.maps.axes import Axis
from engine.maps.map_headless import TILE
from engine.maps.picture import Picture
from engine.maps.scheduler import scheduler
from engine.maps.trainability import Trainability

ACROSS, ROUNDS, WANTED = 2048, 2, 0.85
TASK = Trainability(activation="relu", width=8, inputs=8, points=8, steps=100)
X = Axis(name="input_rate", low=1e-3, high=1e6, scale="log")
Y = Axis(name="output_rate", low=1e-3, high=1e6, scale="log")


def drawn(across, executor, workers):
    picture = Picture(TASK, X, Y, across, across)
    started = time.perf_counter()
    for _ in picture.tiles(executor, workers, progressive=False, seconds=TILE):
        pass
    return time.perf_counter() - started, picture.outcomes


@pytest.mark.filterwarnings("default")
def test_two_processes_against_two_threads(benchmark, report, monkeypatch):
    from engine.maps import scheduler as schedulers

    monkeypatch.setattr(schedulers, "processors", lambda: 2)
    with scheduler("local") as workers:
        # Compiled and loaded beforehand, on both sides.
        for _ in range(2):
            drawn(256, workers.executor, 2)
            drawn(256, None, 2)
        pairs = []
        for _ in range(ROUNDS):
            here, one = drawn(ACROSS, None, 2)
            there, other = drawn(ACROSS, workers.executor, 2)
            pairs.append(here / there)
            for a, b in zip(one, other, strict=True):
                np.testing.assert_array_equal(a, b)
    benchmark.pedantic(lambda: None)
    report(
        f"map of {ACROSS}², two processes of Dask : two threads, throughput",
        f"{statistics.median(pairs):.2f}",
        f"at least {WANTED}",
    )
