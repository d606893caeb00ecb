"""What a notebook calls to map which networks train."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from engine.maps.network_task import NetworkMap
from engine.maps.outcomes import Outcomes
from engine.maps.trainability import Trainability
from engine.maps.trainability_presets import PRESETS
from engine.networks.settings import NetworkExperiment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.maps.axes import Axis

#: Pixels after which it is asked again whether somebody wants it to stop.
AT_ONCE = 4096


def trainability(
    networks: str | Trainability | NetworkMap | NetworkExperiment = "tanh",
    x: Axis | None = None,
    y: Axis | None = None,
    *,
    size: int | tuple[int, int] = 256,
    threads: int = 2,
    stop: NDArray[np.uint8] | None = None,
    **changes: Any,
) -> Outcomes:
    """Train a network for every pixel of a map and return what became of them.

    Parameters
    ----------
    networks : a name of `engine.maps.trainability_presets.PRESETS`, whose frame holds where none
        is given; a task; or a `NetworkExperiment` with one run, whose settings `x` and `y` name.
    x, y : the axes; their names replace those of the task.
    size : pixels across, or (across, down).
    threads : tasks that run at once.
    stop : (1,) another thread may set it to 1.
    changes : settings of `Trainability` that differ from the preset's (``width=32``).

    Returns
    -------
    Outcomes, each array of shape (down, across); row 0 has the lowest value of y.

    Raises
    ------
    ValueError : an unknown name, or a value that is not allowed (a plain sentence).
    engine.descent.Cancelled : `stop` was set.
    """
    task, across, down = task_of(networks, x, y, changes)
    width, height = (size, size) if isinstance(size, int) else size
    if width < 1 or height < 1:
        raise ValueError(f"size is {width} × {height}; give at least one pixel each way.")
    xs, ys = np.meshgrid(
        across.at(np.arange(width), width), down.at(np.arange(height), height)
    )  # fmt: skip
    flag = np.zeros(1, np.uint8) if stop is None else stop
    parts = _run(task, xs.ravel(), ys.ravel(), flag, threads)
    return Outcomes(
        *(np.concatenate(arrays).reshape(height, width) for arrays in zip(*parts, strict=True))
    )  # fmt: skip


def task_of(
    networks: str | Trainability | NetworkMap | NetworkExperiment,
    x: Axis | None = None,
    y: Axis | None = None,
    changes: dict[str, Any] | None = None,
) -> tuple[Trainability | NetworkMap, Axis, Axis]:
    """Return a task and its two axes; raises ValueError as `trainability` does."""
    if isinstance(networks, str):
        if networks not in PRESETS:
            raise ValueError(
                f"There is no map {networks!r}; give one of {', '.join(PRESETS)}, or a task."
            )
        preset = PRESETS[networks]
        networks, x, y = preset.task, x or preset.x, y or preset.y
    if x is None or y is None:
        raise ValueError(f"{'x' if x is None else 'y'} is not given; give an Axis.")
    if changes and not isinstance(networks, Trainability):
        raise ValueError(f"{next(iter(changes))} is given beside an experiment; set it there.")
    if isinstance(networks, NetworkExperiment):
        return NetworkMap(experiment=networks, x=x.name, y=y.name), x, y
    unknown = [name for name in changes or () if name not in networks.__struct_fields__]
    if unknown:
        known = ", ".join(networks.__struct_fields__)
        raise ValueError(f"There is no setting {unknown[0]!r}; known: {known}.")
    task = msgspec.structs.replace(networks, x=x.name, y=y.name, **(changes or {}))
    return task, x, y


def _run(
    task: Trainability | NetworkMap, xs: Any, ys: Any, stop: NDArray[np.uint8], threads: int
) -> list[Outcomes]:
    from concurrent.futures import ThreadPoolExecutor

    begins = range(0, len(xs), AT_ONCE if isinstance(task, Trainability) else 64)
    step = begins.step
    with ThreadPoolExecutor(threads) as pool:
        waiting = [
            pool.submit(task.run, xs[n : n + step], ys[n : n + step], stop) for n in begins
        ]  # fmt: skip
        try:
            return [each.result() for each in waiting]
        except BaseException:
            # Whatever ended it, the others need not go on.
            stop[0] = 1
            raise
