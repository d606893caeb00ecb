"""What the maps' thread does: computes a frame, coarse to fine, and tells of its pictures."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import replace

from engine.maps.colouring import colours, scale_of
from engine.maps.dimension import dimension
from engine.maps.map_experiment import MapExperiment, computed_as, task_of
from engine.maps.outcomes import Outcomes
from engine.maps.picture import Picture, processors
from gui.maps.mosaic import Mosaic, is_same_map
from gui.maps.state import Shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from engine.maps.colouring import Scale
    from engine.maps.dimension import Dimension

#: Pictures are shown this far apart while one grows.
SHOW_SECONDS = 0.06
#: Shades are chosen anew after this long, and whenever a picture gets finer.
SHADE_SECONDS = 2.0
#: Pixels of frames that are kept, so that going back to one costs nothing: about 160 MB.
KEPT_PIXELS = 3_000_000


class Painting:
    """Computes what is wished; the UI thread sets `wish` and cancels, one worker calls it.

    Parameters
    ----------
    executor : who computes tiles.
    """

    def __init__(self, executor: Executor, wish: MapExperiment) -> None:
        self._executor = executor
        self.wish = wish
        self._last: Mosaic | None = None
        self._cost: tuple[MapExperiment, float] | None = None
        self._kept: OrderedDict[str, Mosaic] = OrderedDict()
        self._picture: Picture | None = None

    def cancel(self) -> None:
        """End what is at work at once; what was computed is kept."""
        if self._picture is not None:
            self._picture.cancel()

    def __call__(self, stop: NDArray[np.uint8], tell: Callable[[Shown], None]) -> Shown:
        """Paint the frame that is wished; returns the last picture, whole unless cancelled.

        Raises ValueError, with a sentence, for a map that cannot be.
        """
        wish = self.wish
        task = task_of(wish)
        mosaic = self._mosaic(wish)
        picture = Picture(
            task, wish.x, wish.y, wish.width, wish.height, cost=self._known_cost(wish),
            known=mosaic.exact,
        )  # fmt: skip
        self._picture = picture
        brush = _Brush(wish, mosaic, picture)
        if mosaic.full:
            # The frame before, stretched, also where it cannot be computed any more.
            self._last = mosaic
            tell(brush.shown())
        if not stop[0]:
            self._compute(mosaic, picture, brush, tell)
        return brush.shown(over=True)

    def _compute(
        self, mosaic: Mosaic, picture: Picture, brush: _Brush, tell: Callable[[Shown], None]
    ) -> None:
        told = 0.0
        try:
            with closing(picture.tiles(self._executor, processors())) as tiles:
                for tile in tiles:
                    brush.paint(mosaic.take(tile), tile.spacing)
                    now = time.monotonic()
                    if now - told > SHOW_SECONDS and brush.covers:
                        told, self._last = now, mosaic
                        tell(brush.shown())
        finally:
            self._keep(mosaic, picture)

    def _mosaic(self, wish: MapExperiment) -> Mosaic:
        plain = replace(wish, title="")
        kept = self._kept.get(_key(plain))
        mosaic = Mosaic(plain) if kept is None else kept
        last = self._last
        if last is not None and last is not mosaic and is_same_map(last.experiment, plain):
            mosaic.lay_over(last)
        return mosaic

    def _keep(self, mosaic: Mosaic, picture: Picture) -> None:
        if picture.cost is not None:
            self._cost = mosaic.experiment, picture.cost
        if mosaic.full:
            self._last = mosaic
        key = _key(mosaic.experiment)
        self._kept[key] = mosaic
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and sum(m.spacing.size for m in self._kept.values()) > (
            KEPT_PIXELS
        ):
            self._kept.popitem(last=False)

    def _known_cost(self, wish: MapExperiment) -> float | None:
        if self._cost is not None and is_same_map(self._cost[0], wish):
            return self._cost[1]
        return None


class _Brush:
    """Colours a mosaic, piece by piece."""

    def __init__(self, experiment: MapExperiment, mosaic: Mosaic, picture: Picture) -> None:
        self._experiment, self._mosaic, self._picture = experiment, mosaic, picture
        self._scale: Scale | None = None
        self._spacing, self._shaded = math.inf, 0.0
        self._pixels = np.zeros((experiment.height, experiment.width, 4), np.uint8)
        self.covers = mosaic.full
        if self.covers:
            self._shade()

    def paint(self, place: tuple[slice, slice], spacing: int) -> None:
        """Colour a piece that has changed."""
        if not self.covers:
            self.covers = self._mosaic.full
        anew = spacing != self._spacing or time.monotonic() - self._shaded > SHADE_SECONDS
        self._spacing = spacing
        if not self.covers:
            return
        if anew or self._scale is None:
            self._shade()
        else:
            rows, columns = place
            height = self._experiment.height
            part = Outcomes._make(field[place] for field in self._mosaic.outcomes)
            self._pixels[height - rows.stop : height - rows.start, columns] = self._coloured(part)

    def shown(self, *, over: bool = False) -> Shown:
        """Return the picture as it is now."""
        mosaic, progress = self._mosaic, self._picture.progress
        if over and self.covers:
            self._shade()
        return Shown(
            self._experiment, self._pixels.copy(), mosaic.outcomes, mosaic.spacing, progress,
            self._dimension() if over else None, over,
        )  # fmt: skip

    def _dimension(self) -> Dimension | None:
        mosaic = self._mosaic
        if not self.covers:
            return None
        if self._picture.complete:
            return dimension(mosaic.exact)
        from engine.maps.dimension import of_mask

        return of_mask(mosaic.outcomes.measure >= 0, complete=False)

    def _shade(self) -> None:
        self._scale = scale_of(self._mosaic.outcomes, self._experiment.colouring)
        self._shaded = time.monotonic()
        self._pixels[:] = self._coloured(self._mosaic.outcomes)

    def _coloured(self, outcomes: Outcomes) -> NDArray[np.uint8]:
        found: Any = colours(outcomes, self._experiment.colouring, self._scale)
        found[found[..., 3] == 0] = 0
        return np.asarray(found[::-1])


def _key(experiment: MapExperiment) -> str:
    return f"{experiment.width} {experiment.height} {computed_as(experiment)}"
