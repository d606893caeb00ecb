"""One run's verdict in one line: its stroke, its name, what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gui.theme import RHYTHM, THEME
from gui.views.curve_swatch import SWATCH_PX, paint_swatch

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from engine.status import Status

HEIGHT_PX = 24
LOUD = ("diverged", "nan")
#: The name gives way before the verdict does, but never below this share.
NAME_SHARE = 0.45


class StatusChip(QAbstractButton):
    """A button that selects its run; checked is the selected one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT_PX)
        self._slot, self._shown = 0, True
        self._name = self._verdict = ""
        self.loud = False
        THEME.changed.connect(self.update)

    def show_run(self, slot: int, name: str, status: Status, shown: bool) -> None:
        """Show a run and its verdict."""
        now = (slot, name, status.short, shown)
        if now == (self._slot, self._name, self._verdict, self._shown):
            return
        self._slot, self._name, self._verdict, self._shown = now
        self.loud = status.kind in LOUD
        self.setToolTip(f"{name}: {status.sentence}")
        self.setAccessibleName(f"{name}: {status.short}")
        self.setAccessibleDescription(status.sentence)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the width at which nothing is elided."""
        metrics = self.fontMetrics()
        words = metrics.horizontalAdvance(self._name) + metrics.horizontalAdvance(self._verdict)
        return QSize(words + int(SWATCH_PX) + 4 * RHYTHM, HEIGHT_PX)

    def texts(self) -> tuple[str, str]:
        """Return name and verdict as they are drawn, shortened to fit."""
        metrics = QFontMetricsF(self.font())
        room = self._words().width() - RHYTHM
        verdict = metrics.horizontalAdvance(self._verdict)
        mode = Qt.TextElideMode.ElideRight
        name = metrics.elidedText(self._name, mode, max(room - verdict, NAME_SHARE * room))
        rest = room - metrics.horizontalAdvance(name)
        return name, metrics.elidedText(self._verdict, mode, rest)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, stroke, name and verdict."""
        colours = THEME.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        raised = self.isChecked() or self.underMouse()
        painter.setPen(QColor(colours.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised) if raised else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 1.5, -0.5, -1.5), 4, 4)
        painter.setOpacity(1.0 if self._shown else 0.45)
        paint_swatch(painter, QRectF(RHYTHM, 0, SWATCH_PX, self.height()), self._slot)
        painter.setOpacity(1.0)
        name, verdict = self.texts()
        area, flags = self._words(), int(Qt.AlignmentFlag.AlignVCenter)
        painter.setPen(QColor(colours.text if self._shown else colours.faint))
        painter.drawText(area, flags, name)
        area.setLeft(area.left() + QFontMetricsF(self.font()).horizontalAdvance(name) + RHYTHM)
        painter.setPen(QColor(colours.alert if self.loud else colours.faint))
        painter.drawText(area, flags, verdict)

    def _words(self) -> QRectF:
        left = 2.0 * RHYTHM + SWATCH_PX
        return QRectF(left, 0, max(0.0, self.width() - left - RHYTHM), self.height())
