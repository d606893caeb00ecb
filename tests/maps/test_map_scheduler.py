"""Dask's workers give the same bits as this process; lost ones are made up for."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings

import numpy as np
import pytest

pytest.importorskip("distributed", reason="A scheduler is Dask's: pip install overshoot[dask]")

from engine.maps import scheduler as schedulers
from engine.maps.axes import Axis
from engine.maps.outcomes import Outcomes
from engine.maps.picture import LostError, Picture
from engine.maps.scheduler import SchedulerError, scheduler

pytestmark = pytest.mark.filterwarnings("default")
X, Y = Axis(name="x", low=-2.0, high=2.0), Axis(name="y", low=0.1, high=1.0, scale="log")


class Slopes:
    def run(self, xs, ys, stop):
        return Outcomes(
            np.sin(xs) + ys, xs * ys, np.full(xs.size, 3, np.int32), np.ones(xs.size, np.uint8),
            np.zeros(xs.size, np.int16),
        )  # fmt: skip


class DeadlyOnce(Slopes):
    """Kills the first worker that computes it."""

    def __init__(self, note):
        self.note = str(note)

    def run(self, xs, ys, stop):
        try:
            open(self.note, "x").close()
        except FileExistsError:
            return super().run(xs, ys, stop)
        os._exit(9)


def same(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture(scope="module")
def workers():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with scheduler("local") as found:
            yield found


def test_workers_give_the_same_bits(workers):
    picture = Picture(Slopes(), X, Y, 150, 120)
    tiles = list(picture.tiles(workers.executor, workers.count))
    assert len(tiles) > 1
    same(picture.outcomes, Picture(Slopes(), X, Y, 150, 120).run())


def test_a_killed_workers_tiles_are_computed_again(workers, tmp_path):
    task = DeadlyOnce(tmp_path / "note")
    picture = Picture(task, X, Y, 64, 64)
    list(picture.tiles(workers.executor, workers.count))
    assert (tmp_path / "note").exists()
    same(picture.outcomes, Picture(Slopes(), X, Y, 64, 64).run())


def test_a_scheduler_that_vanishes_is_a_sentence_and_tiles_are_kept():
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    program = [sys.executable, "-m", "distributed.cli"]
    scheduler_process = subprocess.Popen(
        [*program[:2], "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard",
         "--host", "127.0.0.1"],
        stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    worker = None
    try:
        address = next(
            line.split("at:")[1].strip() for line in scheduler_process.stderr if "tcp://" in line
        )
        worker = subprocess.Popen(
            [*program[:2], "distributed.cli.dask_worker", address, "--nthreads", "1",
             "--no-dashboard", "--no-nanny"],
            stderr=subprocess.DEVNULL, env=environment,
        )  # fmt: skip
        picture = Picture(Slopes(), X, Y, 256, 256, cost=1e-3)
        with scheduler(address) as found:
            iterator = picture.tiles(found.executor, found.count)
            next(iterator)
            scheduler_process.kill()
            with pytest.raises(LostError, match=r"gone.*is kept"):
                list(iterator)
        assert 0 < picture.progress.done < 256**2
    finally:
        for process in filter(None, (scheduler_process, worker)):
            process.kill()
            process.wait()
        scheduler_process.stderr.close()


def test_nobody_answers(monkeypatch):
    monkeypatch.setattr(schedulers, "PATIENCE", 0.2)
    with pytest.raises(SchedulerError, match="No Dask scheduler"), scheduler("tcp://127.0.0.1:9"):
        pass


@pytest.mark.parametrize("address", ["nonsense://here", "tcp://", "tcp://x:notaport"])
def test_an_address_that_is_none(address, monkeypatch):
    monkeypatch.setattr(schedulers, "PATIENCE", 0.2)
    with pytest.raises(SchedulerError, match="No Dask scheduler"), scheduler(address):
        pass


def test_other_versions_are_refused(workers, monkeypatch):
    real = schedulers.version
    monkeypatch.setattr(schedulers, "version", lambda name: real(name) + ".other")
    with pytest.raises(SchedulerError, match="Install the same versions"):
        schedulers._check_build(workers.executor._client)


def test_without_dask_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SchedulerError, match="pip install"), scheduler("local"):
        pass
