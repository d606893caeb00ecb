"""Which line is which, and what the axis counts: one row below the curves of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from gui.networks.views.training_curves_drawing import (
    BATCH_WIDTH,
    CORE_WIDTH,
    HOLLOW_WIDTH,
    batch_colour,
)
from gui.theme import PATH_WIDTH, RHYTHM, THEME
from gui.views.curve_choice import QuietChoice
from gui.views.curve_text import small

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from gui.networks.state import NetworkState, Trained
    from gui.networks.views.training_curves_look import CurvesLook

SAMPLE_PX, GAP_PX, HEIGHT_PX = 20, 4, 24
#: Heights of a batch's line, as shares of the sample's.
ZIGZAG = (0.62, 0.3, 0.7, 0.34, 0.6, 0.42)


class Entry(QAbstractButton):
    """A sample of a line and its name; one that can be switched off is faint while it is."""

    def __init__(self, kind: str, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self.setText(name)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setFont(small(self.font()))
        self.setCheckable(kind != "training")
        self.setFocusPolicy(
            Qt.FocusPolicy.TabFocus if kind != "training" else Qt.FocusPolicy.NoFocus
        )
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        THEME.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return room for sample and name."""
        width = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(SAMPLE_PX + 3 * GAP_PX + width, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Return room for the sample."""
        return QSize(SAMPLE_PX + 2 * GAP_PX, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, sample and name."""
        colours, painter = THEME.colours, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked() or not self.isCheckable()
        painter.setPen(QColor(colours.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
        hot = self.underMouse() and self.isCheckable()
        painter.setBrush(QColor(colours.raised) if hot else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 1.5, -0.5, -1.5), 4, 4)
        if on:
            sample = QRectF(GAP_PX, self.height() / 2 - 5, SAMPLE_PX, 10)
            _paint_sample(painter, sample, self._kind, QColor(colours.text))
        painter.setPen(QColor(colours.faint))
        area = self.rect().adjusted(SAMPLE_PX + 2 * GAP_PX, 0, 0, 0)
        name = QFontMetricsF(self.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, area.width()
        )
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), name)
        if not on:
            middle = self.height() / 2
            painter.drawLine(QPointF(GAP_PX, middle), QPointF(self.width() - GAP_PX, middle))


def _paint_sample(painter: QPainter, area: QRectF, kind: str, colour: QColor) -> None:
    left, right = QPointF(area.left(), area.center().y()), QPointF(area.right(), area.center().y())
    if kind == "batch":
        painter.setPen(QPen(batch_colour(colour), BATCH_WIDTH))
        apart = area.width() / (len(ZIGZAG) - 1)
        painter.drawPolyline(
            [QPointF(area.left() + k * apart, area.top() + share * area.height())
             for k, share in enumerate(ZIGZAG)]
        )  # fmt: skip
        return
    painter.setPen(QPen(colour, HOLLOW_WIDTH if kind == "validation" else PATH_WIDTH))
    painter.drawLine(left, right)
    if kind == "validation":
        painter.setPen(QPen(QColor(THEME.colours.base), CORE_WIDTH))
        painter.drawLine(left, right)


class CurvesLegend(QWidget):
    """Names the lines, switches those of batches and validation, chooses steps or epochs."""

    def __init__(
        self, state: NetworkState, look: CurvesLook, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        tr = self.tr
        training = Entry("training", tr("training"), tr("All training rows, seen now and then"))
        self.batch = Entry("batch", tr("batch"), tr("The rows that each step sees"))
        tip = tr("Rows that no step sees, to tell learning from remembering")
        self.validation = Entry("validation", tr("validation"), tip)
        self.unit = QuietChoice({"step": tr("by step"), "epoch": tr("by epoch")}, tr("Axis"))
        self.unit.setFont(small(self.font()))
        self.unit.setToolTip(tr("Count steps, or how often the data have been seen"))
        row = QHBoxLayout(self)
        row.setContentsMargins(RHYTHM // 2, 0, RHYTHM // 2, 0)
        row.setSpacing(0)
        for entry in (training, self.batch, self.validation):
            row.addWidget(entry)
        row.addStretch(1)
        row.addWidget(self.unit)
        self.batch.clicked.connect(lambda on: look.set("batch", on))
        self.validation.clicked.connect(lambda on: look.set("validation", on))
        self.unit.chosen.connect(lambda key: look.set("by_epoch", key == "epoch"))
        look.changed.connect(self._show_look)
        state.trained_changed.connect(self._show_trained)
        self._show_look()
        self._show_trained(state.trained)

    def _show_look(self) -> None:
        self.batch.setChecked(self._look.batch)
        self.validation.setChecked(self._look.validation)
        self.unit.set_key("epoch" if self._look.by_epoch else "step")

    def _show_trained(self, trained: Trained | None) -> None:
        """Name only what there is."""
        network = trained.network if trained else None
        whole = network is not None and network.order.full and network.model.dropout == 0
        self.batch.setVisible(not whole)
        self.validation.setVisible(network is not None and network.validation.count > 0)
        self.unit.setVisible(network is not None and network.order.per_epoch > 1)
