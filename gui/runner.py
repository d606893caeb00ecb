"""The one file that knows threads: immutable request out, immutable result back.

Each topic has at most one request at work and one waiting; a newer one replaces the waiting one,
and ends the one at work if that has been long at it and can be stopped. Results arrive on the
UI thread in order.
"""

from __future__ import annotations

import logging
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QObject, Qt, Signal

from engine.maps.picture import processors
from gui.threads import ThreadPool

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

LOG = logging.getLogger("overshoot")
#: A request that has worked this long is ended when a newer one arrives.
PATIENCE_SECONDS = 0.25
#: Pools, by which their threads are called.
PATHS, VIEWS, TRAINING, MAPPING = "paths", "views", "training", "mapping"
#: Threads that hand out pieces of maps and of sweeps: they mostly wait.
MAPS_AT_ONCE = 4
#: How much later the threads of `tile_pool` have their turn than all others.
NICE = 5
QUIET_SECONDS = 1.0
#: Closing waits this long for all threads; what cannot be stopped is left behind.
CLOSE_SECONDS = 1.0
#: The UI thread gets the GIL back after this long while a worker runs Python code. One paint gives
#: it up dozens of times: at 0.001 a paint of 9 ms takes 25 ms beside such a worker, now 18 ms.
SWITCH_SECONDS = 0.0002


class _Request(Struct):
    topic: str
    work: Callable[..., Any]
    done: Callable[[Any], None]
    failed: Callable[[str], None] | None
    pool: str
    stop: NDArray[np.uint8]
    started: float = 0.0
    told: Callable[[Any], None] | None = None
    news: Any = None

    @property
    def stoppable(self) -> bool:
        return self.pool != VIEWS


class _Topic(Struct):
    running: _Request | None = None
    waiting: _Request | None = None


class _Outcome(Struct):
    request: _Request
    result: Any = None
    error: BaseException | None = None


class Runner(QObject):
    """Runs work on a few threads and hands results to the UI thread.

    Signals
    -------
    failed : (str), a plain sentence, for requests that have no `failed` of their own.
    """

    failed = Signal(str)
    _finished = Signal(object)
    _told = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._topics: dict[str, _Topic] = {}
        # Paths have a thread of their own, so that no drawing delays a drag; so have others.
        self._pools = {
            PATHS: ThreadPool(1, PATHS), VIEWS: ThreadPool(2, VIEWS),
            TRAINING: ThreadPool(1, TRAINING), MAPPING: ThreadPool(MAPS_AT_ONCE, MAPPING),
        }  # fmt: skip
        self.spread_pool = ThreadPool(2, "spread")
        #: Where the pieces of maps are computed, for all that are at work.
        self.tile_pool = ThreadPool(processors(), "tiles", niceness=NICE)
        self._last_request = time.monotonic()
        self._open = False
        self._held: set[str] = set()
        self._closed = False
        self._finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)
        sys.setswitchinterval(SWITCH_SECONDS)

    def submit(
        self,
        topic: str,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Run ``work()`` in a thread, then ``done(result)`` on the UI thread."""
        self._enqueue(_Request(topic, work, done, failed, VIEWS, self._flag()))

    def submit_stoppable(
        self,
        topic: str,
        work: Callable[[NDArray[np.uint8]], Any],
        done: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
        pool: str = PATHS,
    ) -> None:
        """Like `submit`, on the paths' thread; ``work(stop)`` ends soon when ``stop[0]`` is 1."""
        self._enqueue(_Request(topic, work, done, failed, pool, self._flag()))

    def submit_training(
        self,
        topic: str,
        work: Callable[[NDArray[np.uint8], Callable[[Any], None]], Any],
        told: Callable[[Any], None],
        done: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Run ``work(stop, tell)`` on the training's thread.

        ``tell(news)`` has ``told(news)`` called on the UI thread; what has not been taken there
        when newer news come is left out. The work ends soon when ``stop[0]`` is 1.
        """
        request = _Request(topic, work, done, failed, TRAINING, self._flag(), told=told)
        self._enqueue(request)

    def submit_mapping(
        self,
        topic: str,
        work: Callable[[NDArray[np.uint8], Callable[[Any], None]], Any],
        told: Callable[[Any], None],
        done: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Like `submit_training`, on a thread of the maps', which hands pieces to `tile_pool`."""
        request = _Request(topic, work, done, failed, MAPPING, self._flag(), told=told)
        self._enqueue(request)

    def open(self) -> None:
        """Begin to work; requests wait until then, so that nothing delays the first paint."""
        self._open = True
        for topic in self._topics.values():
            self._start_waiting(topic)

    def hold(self, kind: str) -> None:
        """Let requests of a kind, the first word of their topic, wait until `release`."""
        self._held.add(kind)

    def release(self, kind: str) -> None:
        """Begin with what was held."""
        self._held.discard(kind)
        for topic in self._topics.values():
            self._start_waiting(topic)

    def cancel(self, topic: str) -> None:
        """End the topic's work; no result arrives."""
        state = self._topics.get(topic)
        if state is not None:
            state.waiting = None
            if state.running is not None:
                state.running.stop[0] = 1

    @property
    def busy(self) -> bool:
        """Whether anything is at work."""
        return any(topic.running for topic in self._topics.values())

    def is_quiet(self) -> bool:
        """Return whether nothing has been asked for a while; for work that can wait."""
        return time.monotonic() - self._last_request > QUIET_SECONDS

    def close(self) -> None:
        """End all work; what does not end within `CLOSE_SECONDS` is left behind."""
        self._closed = True
        for topic in list(self._topics):
            self.cancel(topic)
        until = time.monotonic() + CLOSE_SECONDS
        pools = (*self._pools.values(), self.spread_pool, self.tile_pool)
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in pools:
            pool.join(until)

    @staticmethod
    def _flag() -> NDArray[np.uint8]:
        return np.zeros(1, np.uint8)

    def _enqueue(self, request: _Request) -> None:
        if self._closed:
            return
        self._last_request = time.monotonic()
        topic = self._topics.setdefault(request.topic, _Topic())
        topic.waiting = request
        running = topic.running
        if running is None:
            self._start_waiting(topic)
        elif running.stoppable and time.monotonic() - running.started > PATIENCE_SECONDS:
            running.stop[0] = 1

    def _start_waiting(self, topic: _Topic) -> None:
        if not self._open or topic.running is not None or topic.waiting is None:
            return
        if topic.waiting.topic.partition(" ")[0] in self._held:
            return
        request = topic.running = topic.waiting
        topic.waiting = None
        request.started = time.monotonic()
        self._pools[request.pool].submit(self._perform, request)

    def _perform(self, request: _Request) -> None:
        outcome = _Outcome(request)
        try:
            outcome.result = request.work(*self._arguments(request))
        except BaseException as error:
            outcome.error = error
        if not self._closed:
            self._finished.emit(outcome)

    def _arguments(self, request: _Request) -> tuple[Any, ...]:
        if not request.stoppable:
            return ()
        if request.told is None:
            return (request.stop,)
        return request.stop, lambda news: self._tell(request, news)

    def _tell(self, request: _Request, news: Any) -> None:
        waits, request.news = request.news is not None, news
        if not waits and not self._closed:
            self._told.emit(request)

    def _on_told(self, request: _Request) -> None:
        news, request.news = request.news, None
        if news is not None and request.told and not (self._closed or request.stop[0]):
            request.told(news)

    def _on_finished(self, outcome: _Outcome) -> None:
        if self._closed:
            return
        request = outcome.request
        topic = self._topics[request.topic]
        topic.running = None
        self._start_waiting(topic)
        if outcome.error is not None:
            self._report(request, outcome.error)
        elif not request.stop[0]:
            request.done(outcome.result)

    def _report(self, request: _Request, error: BaseException) -> None:
        if request.stop[0]:
            return
        sentence = _sentence(error)
        if request.failed is not None:
            request.failed(sentence)
        else:
            self.failed.emit(sentence)


def _sentence(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "There is not enough memory for this; take fewer steps or runs."
    if isinstance(error, (ValueError, OSError)):
        return str(error)
    LOG.error("work failed", exc_info=error)
    return f"This could not be computed ({error}); the details are in the log file."
