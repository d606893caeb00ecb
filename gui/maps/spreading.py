"""Trials over several threads, where that is worth it."""

from __future__ import annotations

from itertools import chain
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Executor

#: Shorter trials are mostly Python, for which threads would only wait for each other and for the
#: window.
WORTH_SECONDS = 0.003


def spread_over(pool: Executor) -> Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]:
    """Return a ``map`` that hands long pieces of work to a pool, and does short ones itself."""

    def spread(work: Callable[[Any], Any], jobs: Iterable[Any]) -> Iterable[Any]:
        waiting = iter(jobs)
        first = next(waiting, waiting)
        if first is waiting:
            return ()
        began = perf_counter()
        done = work(first)
        long = perf_counter() - began > WORTH_SECONDS
        return chain([done], (pool.map if long else map)(work, waiting))

    return spread
