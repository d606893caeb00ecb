"""A picture is the same whatever computes it, in whatever pieces; coarse first, ended at once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

import numpy as np
import pytest

from engine.maps import tiles
from engine.maps.axes import Axis
from engine.maps.outcomes import Outcomes
from engine.maps.picture import LostError, Picture

X, Y = Axis(name="x", low=-2.0, high=2.0), Axis(name="y", low=1e-3, high=10.0, scale="log")


@dataclass(frozen=True)
class Waves:
    """A cheap task: outcomes are numbers of the settings."""

    def run(self, xs, ys, stop):
        loss = np.sin(37.0 * xs) * ys
        return Outcomes(
            loss, xs * ys, (1000 * ys).astype(np.int32), (loss > 0).astype(np.uint8),
            np.floor(xs).astype(np.int16),
        )  # fmt: skip


@dataclass(frozen=True)
class Counting(Waves):
    """Counts how often each pixel is asked for, and how much in a piece."""

    seen: Counter = field(default_factory=Counter)
    sizes: list = field(default_factory=list)

    def run(self, xs, ys, stop):
        self.seen.update(zip(xs.tolist(), ys.tolist(), strict=True))
        self.sizes.append(xs.size)
        return super().run(xs, ys, stop)


class AtOnce(Executor):
    """Does the work when it is handed over."""

    def submit(self, fn, /, *args):
        future = Future()
        future.set_result(fn(*args))
        return future


class Shuffling(ThreadPoolExecutor):
    """Hands results back in an order of its own."""

    def __init__(self):
        super().__init__(1)
        self.chance = np.random.default_rng(3)
        self.ready = []

    def submit(self, fn, /, *args):
        future = Future()
        self.ready.append((future, fn(*args)))
        super().submit(self.release)
        return future

    def release(self):
        future, result = self.ready.pop(self.chance.integers(len(self.ready)))
        future.set_result(result)


def expected(width, height, x=X, y=Y):
    xs, ys = np.meshgrid(x.at(np.arange(width), width), y.at(np.arange(height), height))
    flat = Waves().run(xs.ravel(), ys.ravel(), None)
    return Outcomes(*(part.reshape(height, width) for part in flat))


def same(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("size", [(1, 1), (7, 1), (1, 300), (64, 64), (131, 97)])
@pytest.mark.parametrize("cost", [None, 1e-9, 1e-5, 1.0])
@pytest.mark.parametrize("progressive", [True, False])
def test_all_pixels_once(size, cost, progressive):
    task = Counting()
    picture = Picture(task, X, Y, *size, cost=cost)
    list(picture.tiles(AtOnce(), 1, progressive=progressive))
    assert picture.complete
    assert picture.progress.share == 1.0
    same(picture.outcomes, expected(*size))
    assert set(task.seen.values()) == {1}
    assert len(task.seen) == size[0] * size[1]


@pytest.mark.parametrize("seconds", [1e-4, 0.03, 5.0])
@pytest.mark.parametrize("workers", [1, 3])
def test_threads_and_tile_sizes_change_nothing(seconds, workers):
    picture = Picture(Waves(), X, Y, 203, 150, cost=1e-6)
    list(picture.tiles(workers=workers, seconds=seconds))
    same(picture.outcomes, expected(203, 150))


def test_order_changes_nothing():
    picture = Picture(Waves(), X, Y, 101, 99, cost=1e-4)
    with Shuffling() as executor:
        list(picture.tiles(executor, 2, progressive=False, focus=(1.0, 0.0)))
    same(picture.outcomes, expected(101, 99))


def test_processes():
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        found = Picture(Waves(), X, Y, 90, 60).run(pool, 2)
    same(found, expected(90, 60))


def test_coarse_whole_picture_comes_first_and_centre_before_corners():
    picture = Picture(Waves(), X, Y, 256, 256, cost=4e-5)
    pieces = list(picture.tiles(AtOnce(), 1))
    spacings = [piece.spacing for piece in pieces]
    assert spacings == sorted(spacings, reverse=True)
    # 0.1 s are 2500 pixels of this cost, of which some are left for what is around them.
    assert spacings[0] == 8
    assert spacings[-1] == 1
    last = [piece for piece in pieces if piece.spacing == 1]
    off = [np.hypot((p.left + p.right) / 2 - 128, (p.top + p.bottom) / 2 - 128) for p in last]
    assert off == sorted(off)


def test_first_piece_measures_when_no_cost_is_known():
    task = Counting()
    list(Picture(task, X, Y, 512, 512).tiles(AtOnce(), 1))
    assert task.sizes[0] <= tiles.PILOT < task.sizes[-1]


def test_shown_fills_unknown_pixels_from_the_coarser_picture():
    picture = Picture(Waves(), X, Y, 64, 64, cost=1.0)
    iterator = picture.tiles(AtOnce(), 1)
    assert np.isnan(picture.shown().loss).all()
    for piece in iterator:
        if piece.spacing == 8:
            break
    iterator.close()
    full, shown = expected(64, 64), picture.shown()
    assert np.isfinite(shown.loss).all()
    known = picture.known
    assert 0 < np.count_nonzero(known) < known.size
    np.testing.assert_array_equal(shown.loss[known], full.loss[known])


def test_stand_ins_are_the_nearest_samples():
    known = np.zeros((32, 48), bool)
    rows, columns = tiles.sampled(0, 32, 4, 32), tiles.sampled(0, 48, 4, 48)
    known[np.ix_(rows, columns)] = True
    stands = tiles.stand_ins(known)
    at = np.indices(known.shape)
    off_rows, off_columns = np.abs(stands // 48 - at[0]), np.abs(stands % 48 - at[1])
    # At the far ends the grid may begin almost a spacing away.
    assert off_rows.max() < 4
    assert off_columns.max() < 4
    assert off_rows[4:-4, 4:-4].max() <= 2
    assert (stands[known] == np.flatnonzero(known)).all()


class Slow(Waves):
    """Waits for its end, as a long run does."""

    def __init__(self):
        self.begun = threading.Event()

    def run(self, xs, ys, stop):
        self.begun.set()
        while not stop[0]:
            time.sleep(0)
        raise RuntimeError("stopped")


def test_cancel_ends_at_once():
    task = Slow()
    picture = Picture(task, X, Y, 512, 512)

    def cancel():
        task.begun.wait()
        picture.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    assert list(picture.tiles(workers=2)) == []
    thread.join()
    assert picture.cancelled
    assert not picture.complete


def test_leaving_early_keeps_what_is_there_and_another_goes_on():
    task = Counting()
    picture = Picture(task, X, Y, 128, 128, cost=1e-3)
    iterator = picture.tiles(AtOnce(), 2)
    for _ in range(4):
        next(iterator)
    iterator.close()
    known = picture.known.copy()
    assert 0 < known.sum() == picture.progress.done < known.size
    other = Counting()
    again = Picture(other, X, Y, 128, 128, known=picture.outcomes)
    again.run(AtOnce(), 1)
    same(again.outcomes, expected(128, 128))
    assert len(other.seen) == known.size - known.sum()


class Failing(Waves):
    def run(self, xs, ys, stop):
        raise ValueError("No such surface.")


def test_a_task_that_fails_says_so():
    with pytest.raises(ValueError, match="No such surface"):
        list(Picture(Failing(), X, Y, 64, 64).tiles(workers=2))


class Deadly(Waves):
    def run(self, xs, ys, stop):
        import os

        os._exit(1)


def test_a_killed_process_is_a_sentence():
    picture = Picture(Deadly(), X, Y, 64, 64)
    with (
        ProcessPoolExecutor(1, get_context("spawn")) as pool,
        pytest.raises(LostError, match="is kept"),
    ):
        list(picture.tiles(pool, 1))


@pytest.mark.parametrize("size", [(0, 5), (5, -1), (100_000, 100_000)])
def test_impossible_sizes(size):
    with pytest.raises(ValueError, match=r"give (1 pixel|at most)"):
        Picture(Waves(), X, Y, *size)


def test_progress_counts_and_rates():
    picture = Picture(Waves(), X, Y, 64, 64, cost=1e-4)
    assert np.isnan(picture.progress.rate)
    for _ in picture.tiles(workers=1):
        now = picture.progress
        assert 0 < now.done <= now.pixels
        assert now.rate > 0
    assert picture.progress.remaining == 0.0
