"""Threads behind the standard executor's interface."""

import threading

import pytest

from gui.threads import ThreadPool


@pytest.fixture
def pool():
    pool = ThreadPool(2, "test")
    yield pool
    pool.shutdown(cancel_futures=True)


def test_it_maps_in_order(pool):
    assert list(pool.map(lambda x: x * x, range(10))) == [x * x for x in range(10)]


def test_a_failure_reaches_who_asked(pool):
    with pytest.raises(ZeroDivisionError):
        pool.submit(lambda: 1 / 0).result(10)


def test_no_more_threads_than_asked_for_and_none_keeps_the_program(pool):
    seen = set(pool.map(lambda _: threading.current_thread(), range(20)))
    assert len(seen) <= 2
    assert all(thread.daemon for thread in seen)


def test_shutting_down_drops_what_waits_and_ends_the_threads(pool):
    gate, started = threading.Event(), threading.Semaphore(0)

    def work():
        started.release()
        gate.wait(10)

    running = [pool.submit(work) for _ in range(2)]
    for _ in running:
        started.acquire(timeout=10)
    waiting = pool.submit(work)
    pool.shutdown(wait=False, cancel_futures=True)
    assert waiting.cancelled()
    assert not pool.join(0.0)
    gate.set()
    assert pool.join(None)
    with pytest.raises(RuntimeError):
        pool.submit(work)
