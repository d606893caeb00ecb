"""What a notebook calls for a whole map, of whichever kind.

The calls of one kind each are `engine.basins`, `engine.trainability`, `engine.sweep` and
`engine.compare`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.maps.map_experiment import MapExperiment, read, task_of
from engine.maps.map_files import write_map
from engine.maps.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from engine.maps.outcomes import Outcomes
    from engine.maps.picture import Progress


def compute_map(
    experiment: MapExperiment | str | Path,
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Outcomes:
    """Compute a map and return what became of each run.

    Parameters
    ----------
    experiment : a map, or the name of its .toml file or of a .png that carries it.
    executor : any `concurrent.futures.Executor`, such as a Dask client's ``get_executor()``; two
        runs of the same map are the same bit for bit, whoever computes them. Threads if left out.
    workers : how many work at a time; as many as there are processors if left out.
    out : a .png, .npy or .csv to write it to.
    progress : called after each tile.

    Returns
    -------
    Outcomes, each array of shape (height, width); row 0 has the lowest value of y.

    Raises
    ------
    ValueError : for an experiment that makes no map (a plain sentence).
    OSError : if the file cannot be written (a plain sentence).
    """
    if not isinstance(experiment, MapExperiment):
        experiment = read(experiment)
    picture = Picture(
        task_of(experiment), experiment.x, experiment.y, experiment.width, experiment.height
    )
    for _ in picture.tiles(executor, workers, progressive=False):
        if progress is not None:
            progress(picture.progress)
    if out is not None:
        write_map(Path(out), experiment, picture.outcomes)
    return picture.outcomes
