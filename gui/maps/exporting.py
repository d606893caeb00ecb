"""What the maps' thread does to write a map: computes it as large as it is wished."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from engine.maps.map_experiment import MapExperiment, computed_as, task_of
from engine.maps.picture import Picture, processors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from engine.maps.axes import Axis

ZARR = ".zarr"
#: Two seconds and a half.
FRAMES = 60
TILE_SECONDS = 0.2


class AbandonedError(Exception):
    """Somebody has cancelled the export."""


class Exporting:
    """Computes and writes a map; `share` says how far it is, 0 to 1.

    Parameters
    ----------
    executor : who computes tiles.
    experiment : what is mapped, and how large.
    path : its ending says as what.
    """

    def __init__(self, executor: Executor, experiment: MapExperiment, path: Path) -> None:
        self._executor, self._experiment, self._path = executor, experiment, path
        self.share = 0.0
        self._abandoned = False
        self._picture: Picture | None = None

    def abandon(self) -> None:
        """Write nothing; what was there before stays."""
        self._abandoned = True
        if self._picture is not None:
            self._picture.cancel()

    def __call__(self, stop: NDArray[np.uint8], tell: Callable[[Any], None]) -> bool:
        """Return whether it was written.

        Raises ValueError or OSError, with a sentence, if it cannot be.
        """
        del stop, tell
        experiment = self._experiment
        store = None
        if self._path.suffix.lower() == ZARR:
            from engine.maps.store import open_store

            size = experiment.width, experiment.height
            store = open_store(self._path, computed_as(experiment), *size)
        picture = Picture(
            task_of(experiment), experiment.x, experiment.y, experiment.width, experiment.height,
            known=None if store is None else store.outcomes,
        )  # fmt: skip
        self._picture = picture
        tiles = picture.tiles(self._executor, processors(), progressive=False, seconds=TILE_SECONDS)
        with closing(tiles):
            for tile in tiles:
                self.share = picture.progress.share
                if store is not None:
                    store.keep(tile)
                if self._abandoned:
                    break
        if store is not None:
            # What was computed is kept: the same export goes on from there.
            store.flush()
        elif picture.complete:
            from engine.maps.map_files import write_map

            write_map(self._path, experiment, picture.outcomes)
        return picture.complete


class Filming(Exporting):
    """Computes and writes a film into a map.

    Parameters
    ----------
    whole : the axes that it begins with; it ends with those of the experiment.
    """

    def __init__(
        self, executor: Executor, experiment: MapExperiment, whole: tuple[Axis, Axis], path: Path
    ) -> None:
        super().__init__(executor, experiment, path)
        self._whole = whole

    def __call__(self, stop: NDArray[np.uint8], tell: Callable[[Any], None]) -> bool:
        """Return whether it was written; raises as `Exporting` does."""
        from engine.maps.zoom import check_film, write_film

        del stop, tell
        check_film(self._path)
        try:
            write_film(self._path, self._frames())
        except AbandonedError:
            return False
        return True

    def _frames(self) -> Iterator[NDArray[np.uint8]]:
        from engine.maps.zoom import frames

        experiment = self._experiment
        x, y = experiment.x, experiment.y
        begin = replace(experiment, x=self._whole[0], y=self._whole[1])
        goal = (x.low, x.high), (y.low, y.high)
        found = frames(task_of(begin), begin, goal, FRAMES, self._executor, processors())
        for number, picture in enumerate(found, 1):
            if self._abandoned:
                raise AbandonedError
            self.share = number / FRAMES
            yield picture
