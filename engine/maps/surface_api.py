"""What a notebook calls to map where runs on a surface go."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from engine.experiment import Experiment
from engine.maps.axes import Axis
from engine.maps.outcomes import Outcomes
from engine.maps.surface_axes import names
from engine.maps.surface_task import Basins, SurfaceMap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment import RunSettings
    from engine.landscape import Landscape

#: Pixels that one call of a task computes: long enough to hide the call, short enough to share.
AT_ONCE = 16384


def basins(
    surface: str | Landscape | Experiment,
    optimizer: str | RunSettings = "sgd",
    view: tuple[float, float, float, float] | None = None,
    size: int | tuple[int, int] = 256,
    *,
    x: Axis | None = None,
    y: Axis | None = None,
    threads: int = 2,
    stop: NDArray[np.uint8] | None = None,
    **settings: Any,
) -> Outcomes:
    """Walk a surface from every pixel of a map and return where the runs go.

    Parameters
    ----------
    surface, optimizer : as in `engine.descend`; or an experiment with one run, which then has
        all settings.
    view : (x low, x high, y low, y high) of the starts; the surface's own if left out.
    size : pixels across, or (across, down).
    x, y : axes of other settings (`engine.maps.surface_axes.names`) instead of the start.
    threads : tasks that run at once.
    stop : (1,) another thread may set it to 1.
    settings : as in `engine.descend`: ``steps``, ``learning_rate``, ``parameters``, …

    Returns
    -------
    Outcomes, each array of shape (down, across); row 0 has the lowest value of y.

    Raises
    ------
    ValueError : an unknown name, or a value that is not allowed (a plain sentence).
    engine.descent.Cancelled : `stop` was set.
    """
    experiment = _experiment(surface, optimizer, settings)
    width, height = (size, size) if isinstance(size, int) else size
    if width < 1 or height < 1:
        raise ValueError(f"size is {width} × {height}; give at least one pixel each way.")
    task, across, down = _task(experiment, view, x, y)
    xs, ys = np.meshgrid(across.at(np.arange(width), width), down.at(np.arange(height), height))
    flag = np.zeros(1, np.uint8) if stop is None else stop
    begins = range(0, width * height, AT_ONCE)
    pieces = [(a.ravel()[n : n + AT_ONCE], b.ravel()[n : n + AT_ONCE])
              for n in begins for a, b in [(xs, ys)]]  # fmt: skip
    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(lambda piece: task.run(piece[0], piece[1], flag), pieces))
    return Outcomes(
        *(np.concatenate(arrays).reshape(height, width) for arrays in zip(*parts, strict=True))
    )


def _experiment(
    surface: str | Landscape | Experiment, optimizer: str | RunSettings, settings: dict[str, Any]
) -> Experiment:
    if not isinstance(surface, Experiment):
        from engine.api import descend

        # No step need be walked to learn what the settings mean.
        steps = settings.pop("steps", 500)
        found = descend(surface, optimizer, steps=0, **settings).experiment
        assert found is not None
        return msgspec.structs.replace(found, steps=steps)
    if settings:
        raise ValueError(f"{next(iter(settings))} is given beside an experiment; set it there.")
    return surface


def _task(
    experiment: Experiment,
    view: tuple[float, float, float, float] | None,
    x: Axis | None,
    y: Axis | None,
) -> tuple[Basins | SurfaceMap, Axis, Axis]:
    sensible = {found.name: found.axis for found in names(experiment)}
    if view is not None:
        sensible["x"] = Axis(name="x", low=view[0], high=view[1])
        sensible["y"] = Axis(name="y", low=view[2], high=view[3])
    across, down = x or sensible["x"], y or sensible["y"]
    if (across.name, down.name) == ("x", "y"):
        return Basins(experiment=experiment), across, down
    return SurfaceMap(experiment=experiment, x=across.name, y=down.name), across, down
