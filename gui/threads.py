"""Threads that do not keep the program from ending, behind the standard executor's interface."""

from __future__ import annotations

import os
import sys
import threading
import time
from concurrent.futures import Executor, Future
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Job = tuple[Future[Any], Callable[[], Any]]


class ThreadPool(Executor):
    """A few threads, begun when they are first needed.

    The standard library's pool makes the interpreter wait for its threads; typesetting and
    compiling cannot be stopped, and nobody should wait for them once the window is closed.

    Parameters
    ----------
    threads : the most there are.
    name : how their names begin.
    niceness : how much later than others they have their turn, where threads can be told apart;
        only for work that releases the GIL.
    """

    def __init__(self, threads: int, name: str, niceness: int = 0) -> None:
        self._most = threads
        self._niceness = niceness
        self._name = name
        self._threads: list[threading.Thread] = []
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._closed = False

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """Have ``work(*args, **named)`` done. Raises RuntimeError after `shutdown`."""
        if self._closed:
            raise RuntimeError("This pool takes no more work.")
        future: Future[Any] = Future()
        self._jobs.put((future, lambda: work(*args, **named)))
        if len(self._threads) < self._most:
            name = f"{self._name}_{len(self._threads)}"
            thread = threading.Thread(target=self._serve, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work; drop what waits if `cancel_futures`; wait for the rest if `wait`."""
        self._closed = True
        if cancel_futures:
            self._drop_waiting()
        for _ in self._threads:
            self._jobs.put(None)
        if wait:
            self.join(None)

    def join(self, until: float | None) -> bool:
        """Wait for all threads, at most until a `time.monotonic`; return whether they ended."""
        for thread in self._threads:
            thread.join(None if until is None else max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _drop_waiting(self) -> None:
        while True:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return
            if job is not None:
                job[0].cancel()

    def _serve(self) -> None:
        if self._niceness and sys.platform == "linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._niceness)
        while (job := self._jobs.get()) is not None:
            future, work = job
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work())
                except BaseException as error:
                    future.set_exception(error)
            # An idle thread must not keep the last result alive.
            del job, future, work
