"""A small picture of a surface with one run's path, its start, its head and arrows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import PATH_WIDTH, THEME, dash
from gui.views.curve_text import small
from gui.views.landscape_frame import Frame
from gui.views.landscape_ground import ground_colours
from gui.views.landscape_marks import paint_end, paint_head, paint_minima, paint_start
from gui.views.landscape_runs import last_finite
from gui.views.small_landscape_work import Wish, draw_scene

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from gui.state import Submit
    from gui.views.small_landscape_work import Drawn, Scene

HEAD_ANGLE, HEAD_PX = 0.45, 6.0
SHORTEST_PX, FAINT_PX, ARROW_PX = 2.0, 1.1, 2.2


class SmallLandscape(QWidget):
    """Shows a scene as soon as a worker has drawn it; until then the one before stays."""

    def __init__(self, submit: Submit, topic: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._submit, self._topic = submit, topic
        self.scene: Scene | None = None
        self.drawn: Drawn | None = None
        self._asked: tuple[Scene, Wish] | None = None
        self._ground, self._path = QImage(), QImage()
        self._head = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        THEME.changed.connect(self._ask)

    def sizeHint(self) -> QSize:
        """Return the size of a picture that can be read."""
        return QSize(180, 130)

    def minimumSizeHint(self) -> QSize:
        """Return the least that shows a path."""
        return QSize(96, 84)

    def show_scene(self, scene: Scene | None, head: int = -1) -> None:
        """Show a scene with the play head at a row of its path; None shows that there is none."""
        self.scene, self._head = scene, head
        if scene is None:
            self.drawn = self._asked = None
        self._ask()
        self.update()

    def set_head(self, head: int) -> None:
        """Move the play head."""
        if head != self._head:
            self._head = head
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for a sharp picture; the old one is stretched until it comes."""
        super().resizeEvent(event)
        self._ask()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the newest picture and what lies on it."""
        painter = QPainter(self)
        area = QRectF(self.rect())
        painter.fillRect(area, QColor(THEME.colours.base))
        if self.drawn is None:
            if self.scene is None:
                painter.setPen(QColor(THEME.colours.faint))
                painter.setFont(small(self.font()))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(area, int(flags), self.tr("Nothing finite to draw."))
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, self._ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scene, frame = self.drawn.scene, Frame(self.drawn.scene.view, area)
        if scene.minima:
            paint_minima(painter, frame, scene.landscape.minima)
        painter.drawImage(area, self._path)
        self._paint_marks(painter, frame, scene)

    def _paint_marks(self, painter: QPainter, frame: Frame, scene: Scene) -> None:
        colour, places = THEME.path_colour(scene.slot), scene.points
        if not scene.ways:
            paint_start(painter, frame.pixel(*places[0].tolist()), colour, focused=False, own=True)
        finite = None if scene.ways else last_finite(scene.points)
        if finite is not None and frame.plot.contains(frame.pixel(*finite)):
            paint_end(painter, frame.pixel(*finite), scene.slot, alert=scene.broken)
        head = min(self._head, len(places) - 1)
        if head >= 0:
            x, y = places[head].tolist()
            at = frame.pixel(x, y)
            if math.isfinite(x) and math.isfinite(y) and frame.plot.contains(at):
                paint_head(painter, at, scene.slot, chosen=False)
        # On top: what they say of a short step must not lie under its ends.
        for ink, way in scene.ways:
            _paint_arrow(painter, frame, scene.points[0].tolist(), way.tolist(), self._pen(ink))

    def _pen(self, ink: str) -> QPen:
        """Return the pen of an arrow: the run's colour, the strong one, or a faint one."""
        assert self.drawn is not None
        colours, slot = THEME.colours, self.drawn.scene.slot
        inks = {"path": THEME.path_colour(slot), "text": QColor(colours.text)}
        pen = QPen(inks.get(ink, QColor(colours.faint)), FAINT_PX if ink == "faint" else ARROW_PX)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        return pen

    def _ask(self) -> None:
        if self.scene is None or self.width() < 8 or self.height() < 8:
            return
        scene, wish = self.scene, self._wish(self.scene)
        if self._asked == (scene, wish):
            return
        self._asked = (scene, wish)
        self._submit(self._topic, lambda: draw_scene(scene, wish), self._on_drawn)

    def _wish(self, scene: Scene) -> Wish:
        ratio = self.devicePixelRatioF()
        ink = THEME.path_colour(scene.slot)
        return Wish(
            size=(round(self.width() * ratio), round(self.height() * ratio)),
            ratio=ratio,
            colours=ground_colours(THEME.colours),
            ink=(ink.red(), ink.green(), ink.blue()),
            width=PATH_WIDTH * ratio,
            dash=tuple(length * ratio for length in dash(scene.slot)),
        )

    def _on_drawn(self, drawn: Drawn) -> None:
        if self.scene is None:
            return
        self.drawn = drawn
        width, height = drawn.wish.size
        self._ground = QImage(
            drawn.ground.data, width, height, 4 * width, QImage.Format.Format_RGB32
        )
        self._path = QImage(
            drawn.path.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied
        )
        self.update()


def _paint_arrow(
    painter: QPainter, frame: Frame, start: list[float], way: list[float], pen: QPen
) -> None:
    (x, y), (dx, dy) = start, way
    if not (math.isfinite(dx) and math.isfinite(dy)):
        return
    tail, tip = frame.pixel(x, y), frame.pixel(x + dx, y + dy)
    length = math.hypot(tip.x() - tail.x(), tip.y() - tail.y())
    if length < SHORTEST_PX:
        return
    turn = math.atan2(tip.y() - tail.y(), tip.x() - tail.x())
    size = min(HEAD_PX, 0.5 * length)
    lines = [QLineF(tail, tip)]
    for side in (-HEAD_ANGLE, HEAD_ANGLE):
        back = QPointF(math.cos(turn + side), math.sin(turn + side)) * size
        lines.append(QLineF(tip, tip - back))
    painter.setPen(pen)
    painter.drawLines(lines)
