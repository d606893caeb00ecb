"""A strip in the landscape's corner: whose basins these are, how many end how, how strong."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui.panels.scale import Scale
from gui.panels.slider import Slider
from gui.theme import RHYTHM, THEME
from gui.views.landscape_axes import small_font

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF

    from gui.state import State
    from gui.views.landscape_basins_work import DrawnBasins

SLIDER_PX = 10 * RHYTHM
STRENGTHS = Scale(0.0, 1.0)


def strength_slider(state: State, parent: QWidget) -> Slider:
    """Return a slider that says how strongly basins colour the ground."""
    slider = Slider(STRENGTHS, parent)
    slider.setAccessibleName(slider.tr("Strength of the basins"))
    slider.setToolTip(slider.tr("How strongly the basins colour the ground."))
    slider.set_value(state.experiment.display.basins_strength)
    slider.moved.connect(
        lambda value: state.update_display("basins strength", basins_strength=value)
    )
    state.changed.connect(lambda _, new: slider.set_value(new.display.basins_strength))
    return slider


class BasinsBar(QWidget):
    """Stands in the plot's lower right corner while basins are wished for."""

    def __init__(self, state: State, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setAccessibleName(self.tr("Basins"))
        self.slider = strength_slider(state, self)
        self.slider.setFixedWidth(SLIDER_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(RHYTHM, 0, RHYTHM // 2, 0)
        row.setSpacing(RHYTHM)
        row.addWidget(self.label)
        row.addWidget(self.slider)
        self.setAutoFillBackground(True)
        self.label.setFont(small_font(self.label.font()))
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.restyle()
        self.hide()

    def restyle(self) -> None:
        """Take the colours of the theme."""
        palette = QPalette(self.palette())
        ground = QColor(THEME.colours.base)
        ground.setAlphaF(0.88)
        palette.setColor(QPalette.ColorRole.Window, ground)
        palette.setColor(QPalette.ColorRole.WindowText, QColor(THEME.colours.text))
        self.setPalette(palette)

    def say(self, text: str) -> None:
        """Show a text."""
        if text != self.label.text():
            self.label.setText(text)

    def place(self, plot: QRectF) -> None:
        """Stand in a plot's corner, as far as it has room; show there what fits."""
        wished = self._state.experiment.display.basins
        self.label.setVisible(bool(self.label.text()))
        self.adjustSize()
        if self.width() + 2 * RHYTHM > plot.width():
            self.label.hide()
            self.adjustSize()
        self.setVisible(wished and self.width() + 2 * RHYTHM <= plot.width())
        self.move(
            round(plot.right()) - self.width() - RHYTHM,
            round(plot.bottom()) - self.height() - RHYTHM,
        )


def shares_text(drawn: DrawnBasins) -> str:
    """Return whose basins these are, and how many of the starts in sight end how."""
    from engine.answer import label_of

    tr = partial(QCoreApplication.translate, "landscape")
    words = {
        "converged": tr("{share} converge"), "moving": tr("{share} still move"),
        "oscillating": tr("{share} oscillate"), "diverged": tr("{share} diverge"),
        "nan": tr("{share} end in NaN"), "still": tr("{share} stay"),
    }  # fmt: skip
    found = sorted(drawn.shares.items(), key=lambda pair: -pair[1])
    parts = [words[kind].format(share=_percent(share)) for kind, share in found if share > 0.0]
    return f"{label_of(drawn.wish.experiment.runs[0])}: {', '.join(parts)}"


def _percent(share: float) -> str:
    if share >= 0.995 and share < 1.0:
        return ">99 %"
    return f"{100 * share:.0f} %" if share >= 0.01 else "<1 %"
