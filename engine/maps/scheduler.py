"""Dask computes a picture's tiles: on other machines by address, or in processes of this one."""

from __future__ import annotations

import logging
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from engine.maps.picture import processors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

#: The address of workers that are made for the purpose, on this machine.
LOCAL = "local"
#: How long to wait for a scheduler and its first worker, in seconds.
PATIENCE = 10
_SILENT = logging.CRITICAL + 1
_BUILD = ("overshoot", "numba", "llvmlite", "numpy")


class SchedulerError(ValueError):
    """Nobody there to compute tiles; the message is a sentence with what to do."""


@dataclass(frozen=True)
class Workers:
    """Who computes tiles, and how many of them there are."""

    executor: Executor
    count: int


@contextmanager
def scheduler(address: str) -> Iterator[Workers]:
    """Give workers for `engine.maps.picture.Picture.tiles` and leave them at the end.

    Lost workers' tiles are computed again by others, as Dask does it; should the scheduler
    itself vanish, the picture raises `engine.maps.picture.LostError`.

    Parameters
    ----------
    address : a Dask scheduler's, such as ``"tcp://10.0.0.5:8786"``, or ``"local"``: then a process
        for each processor is started, and ended afterwards.

    Raises
    ------
    SchedulerError : if Dask is not installed, if nobody answers there, or if the workers have
        another Overshoot or another compiler, whose last bits may differ.
    """
    distributed = _distributed()
    with ExitStack() as stack:
        stack.enter_context(_quietly())
        if address == LOCAL:
            where: Any = stack.enter_context(_local(distributed))
        else:
            where = address
        client = stack.enter_context(_client(distributed, where, direct=address == LOCAL))
        count = _count(client, address)
        _check_build(client)
        executor = client.get_executor(pure=False, retries=2)
        try:
            yield Workers(executor, count)
        finally:
            executor.shutdown(wait=False)


def _local(distributed: Any) -> Any:
    import dask

    # Looking a hundred times a second where a worker is costs it a tenth, and nobody asks.
    with dask.config.set({"distributed.worker.profile.enabled": False}):
        return distributed.LocalCluster(
            n_workers=processors(), threads_per_worker=1, processes=True, dashboard_address=None,
            silence_logs=_SILENT,
        )  # fmt: skip


@contextmanager
def _quietly() -> Iterator[None]:
    """Let Dask say nothing: what it has to say is said in a sentence, and would fill pages."""
    loggers = ("distributed", "distributed.client")
    handlers = [handler for name in loggers for handler in logging.getLogger(name).handlers]
    earlier = [handler.level for handler in handlers]
    for handler in handlers:
        handler.setLevel(_SILENT)
    try:
        yield
    finally:
        for handler, level in zip(handlers, earlier, strict=True):
            handler.setLevel(level)


@contextmanager
def _client(distributed: Any, where: Any, direct: bool) -> Iterator[Any]:
    try:
        client = distributed.Client(
            where, timeout=PATIENCE, set_as_default=False, direct_to_workers=direct
        )
    except (OSError, ValueError, TypeError) as error:
        raise SchedulerError(
            f"No Dask scheduler answers at {where}; start one with  dask scheduler  and give its "
            "address, such as tcp://127.0.0.1:8786."
        ) from error
    try:
        yield client
    finally:
        client.close(timeout=1)


def _count(client: Any, address: str) -> int:
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except (TimeoutError, OSError) as error:
        raise SchedulerError(
            f"The scheduler at {address} has no workers; start some with  dask worker {address}"
        ) from error
    return sum(client.nthreads().values())


def build() -> dict[str, str]:
    """Return the versions of what decides about a result's last bits, by name."""
    return {name: version(name) for name in _BUILD}


def _check_build(client: Any) -> None:
    try:
        builds = client.run(build)
    except Exception as error:
        raise SchedulerError(
            "The workers cannot load Overshoot "
            f"({type(error).__name__}); install Overshoot {version('overshoot')} for each of them."
        ) from error
    for worker, theirs in builds.items():
        for name, here in build().items():
            if theirs[name] != here:
                raise SchedulerError(
                    f"The worker {worker} has {name} {theirs[name]} and here is {here}: results "
                    "may differ in their last bits. Install the same versions."
                )


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise SchedulerError(
            'A scheduler needs Dask; install it with  pip install "overshoot[dask]".'
        ) from None
    return distributed
