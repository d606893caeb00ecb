"""Draws all visible runs' paths into one image, kept sharp while the view moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage

from gui.theme import PATH_WIDTH, THEME, dash
from gui.views import landscape_work as work
from gui.views.landscape_runs import BROKEN, DrawnRun, DrawnRuns

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

    from engine.drawing.paths import PathImage
    from engine.drawing.pixel_paths import PixelPath
    from engine.trajectory import Trajectory
    from gui.state import Results, Submit
    from gui.views.landscape_frame import Frame

#: Up to this many points in all are prepared at once, more of them in a worker.
AT_ONCE = 1_000_000
#: Length of all tangled paths together that one frame has time for, in pixels.
TANGLE_PX = 240_000.0
SELECTED_WIDTH = PATH_WIDTH * 1.4


class Prepared(Struct, frozen=True):
    """The runs' kept points, for the frame in which they were made; None for a hidden run."""

    source: DrawnRuns
    frame: Frame
    ratio: float
    paths: tuple[PixelPath | None, ...]


def plane_points(trajectory: Trajectory, curve: bool) -> NDArray[np.floating[Any]]:
    """Return what is drawn of a run: (x, y), or (x, loss) on the graph of one variable."""
    shown = slice(0, trajectory.last_step + 1)
    if not curve:
        return trajectory.points[shown]
    return np.column_stack([trajectory.points[shown, 0], trajectory.loss[shown]])


def drawn_runs(results: Results, curve: bool) -> DrawnRuns:
    """Return what is drawn of the runs on a surface."""
    return DrawnRuns(
        tuple(
            DrawnRun(t.label, t.run.slot, status.kind in BROKEN, plane_points(t, curve))
            if t.run.visible
            else None
            for t, status in zip(results.trajectories, results.statuses, strict=True)
        )
    )


def prepare(source: DrawnRuns, frame: Frame, ratio: float) -> Prepared:
    """Return every visible run's kept points in device pixels."""
    size = (frame.plot.width() * ratio, frame.plot.height() * ratio)
    paths = tuple(
        work.to_pixels(run.points, frame.view, size, diverged=run.broken) if run else None
        for run in source.runs
    )
    return Prepared(source, frame, ratio, paths)


class PathLayer:
    """Keeps prepared paths and their image up to date, doing only what has changed."""

    def __init__(self, submit: Submit) -> None:
        self._submit = submit
        self.prepared: Prepared | None = None
        self._version = 0
        self._image: PathImage | None = None
        self._picture = QImage()
        self._drawn: tuple[Any, ...] = ()
        self._waiting: tuple[Any, ...] = ()

    def update(self, source: DrawnRuns, frame: Frame, ratio: float, done: Any) -> None:
        """Prepare the paths for a frame: few points now, many in a worker, which calls `done`."""
        key = (id(source), frame, ratio)
        if self._fits(key) or key == self._waiting:
            return
        if sum(len(run.points) for run in source.runs if run) <= AT_ONCE:
            self._take(prepare(source, frame, ratio))
            return
        self._waiting = key

        def arrive(prepared: Prepared) -> None:
            self._waiting = ()
            self._take(prepared)
            done()

        self._submit("landscape paths", lambda: prepare(source, frame, ratio), arrive)

    def paint(self, painter: QPainter, frame: Frame, ratio: float, head: int, chosen: int) -> None:
        """Draw the image, with the play head at a step; made anew if anything has changed."""
        if self.prepared is None:
            return
        key = (self._version, frame, ratio, head, chosen, THEME.colours)
        if key != self._drawn:
            self._draw(frame, ratio, head, chosen)
            self._drawn = key
        assert self._image is not None
        left, top, right, bottom = self._image.touched
        if right > left:
            source = QRectF(left, top, right - left, bottom - top)
            corner = frame.plot.topLeft() + QPointF(left, top) / ratio
            target = QRectF(corner, source.size() / ratio)
            painter.drawImage(target, self._picture, source)

    def nearest(self, at: QPointF, frame: Frame, within: float) -> tuple[int, int] | None:
        """Return run and row of the kept point nearest to a pixel, if it is near enough."""
        if self.prepared is None or self.prepared.frame != frame:
            return None
        ratio = self.prepared.ratio
        place = np.array([at.x() - frame.plot.left(), at.y() - frame.plot.top()]) * ratio
        found, least = None, (within * ratio) ** 2
        for index, path in enumerate(self.prepared.paths):
            if path is None or not len(path.steps):
                continue
            gaps = ((path.xy - place.astype(np.float32)) ** 2).sum(axis=1)
            k = int(np.argmin(gaps))
            if gaps[k] < least:
                least, found = float(gaps[k]), (index, int(path.steps[k]))
        return found

    def _take(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self._version += 1

    def _fits(self, key: tuple[Any, ...]) -> bool:
        p = self.prepared
        return p is not None and (id(p.source), p.frame, p.ratio) == key

    def _draw(self, frame: Frame, ratio: float, head: int, chosen: int) -> None:
        assert self.prepared is not None
        width, height = round(frame.plot.width() * ratio), round(frame.plot.height() * ratio)
        if self._image is None or self._image.pixels.shape != (height, width):
            self._image = work.path_image(width, height)
            pixels = self._image.pixels
            self._picture = QImage(
                pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied
            )
        self._image.clear()
        placed = _placed(self.prepared, frame, ratio)
        shown = [i for i, path in enumerate(self.prepared.paths) if path is not None]
        # The selected run lies on top.
        for index in sorted(shown, key=lambda i: i == chosen):
            path = self.prepared.paths[index]
            run = self.prepared.source.runs[index]
            assert run is not None
            colour = THEME.path_colour(run.slot)
            pen = work.pen(
                (colour.red(), colour.green(), colour.blue()),
                (SELECTED_WIDTH if index == chosen and len(shown) > 1 else PATH_WIDTH) * ratio,
                tuple(length * ratio for length in dash(run.slot)),
                dots=True,
            )
            assert path is not None
            self._image.draw(path, pen, run.row(head), placed, TANGLE_PX / max(1, len(shown)))


def _placed(prepared: Prepared, frame: Frame, ratio: float) -> tuple[float, float, float, float]:
    """Return scale and offset of x and y from the prepared pixels to the present ones."""
    (sx, sy), (ox, oy) = frame.scale, prepared.frame.scale
    old, new = prepared.frame.view, frame.view
    share = ratio / prepared.ratio
    return (
        sx / ox * share, (old[0] - new[0]) * sx * ratio,
        sy / oy * share, (new[3] - old[3]) * sy * ratio,
    )  # fmt: skip
