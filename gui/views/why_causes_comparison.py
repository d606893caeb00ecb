"""One run before and after, side by side: two landscapes, both losses, the numbers that matter."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.numbers import show
from gui.theme import ALERT, FAINT, RHYTHM, THEME
from gui.views.curve_text import small
from gui.views.elided_label import ElidedLabel
from gui.views.explaining_page import bold
from gui.views.small_curves import SmallCurve, SmallCurves
from gui.views.small_landscape import SmallLandscape
from gui.views.status_chip import LOUD

if TYPE_CHECKING:
    from engine.explanation.comparison import Side
    from engine.explanation.comparison_view import Figure
    from gui.state import Submit
    from gui.views.why_causes_work import Compared

#: Pictures that stand below the switches leave them this part of the page's height.
PINNED_SHARE, SMALLEST_PX, LARGEST_PX = 0.28, 56, 160


class BeforeAfter(QWidget):
    """Both landscapes with what became of the run, and its numbers in one line."""

    def __init__(self, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found: Compared | None = None
        names = (self.tr("Before"), self.tr("After"))
        self.titles = tuple(QLabel(name) for name in names)
        self.statuses = (QLabel(), QLabel())
        self.pictures = tuple(
            SmallLandscape(submit, f"causes {side}") for side in ("before", "after")
        )
        self.numbers = ElidedLabel()
        self._lay_out()

    def show_comparison(self, found: Compared, head: int) -> None:
        """Show a run before and after, with the play head at a step."""
        self.found = found
        sides = (found.comparison.before, found.comparison.after)
        for label, picture, title, side, scene in zip(
            self.statuses, self.pictures, self.titles, sides, found.scenes, strict=True
        ):
            _show_status(label, side)
            picture.show_scene(scene, head)
            picture.setToolTip(side.status.sentence)
            picture.setAccessibleName(f"{title.text()}: {side.status.sentence}")
        figures = found.view.figures
        self.numbers.set_text(
            "  ·  ".join(f"{figure.name} {_change(figure)}" for figure in figures),
            strong=True,
            tip="\n".join(f"{figure.name}: {figure.help}" for figure in figures),
        )

    def set_head(self, head: int) -> None:
        """Move the play head in both pictures."""
        for picture in self.pictures:
            picture.set_head(head)

    def pin(self, height: int) -> None:
        """Keep to a part of a page of so many pixels; 0 takes all the room there is."""
        share = round(min(LARGEST_PX, max(SMALLEST_PX, PINNED_SHARE * height)))
        for picture in self.pictures:
            picture.setMinimumHeight(share if height else picture.minimumSizeHint().height())
            picture.setMaximumHeight(share if height else 16_777_215)
        self.numbers.setVisible(height > 0)

    def _lay_out(self) -> None:
        pictures = QGridLayout()
        pictures.setHorizontalSpacing(RHYTHM)
        pictures.setVerticalSpacing(2)
        for side, (title, status) in enumerate(zip(self.titles, self.statuses, strict=True)):
            bold(title)
            status.setFont(small(self.font()))
            # What is too long for a narrow picture is cut; the tooltip says it in full.
            status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            words = QHBoxLayout()
            words.setSpacing(RHYTHM)
            words.addWidget(title)
            words.addWidget(status, 1)
            pictures.addLayout(words, 0, side)
            pictures.addWidget(self.pictures[side], 1, side)
            pictures.setColumnStretch(side, 1)
        pictures.setRowStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(RHYTHM, 0, RHYTHM, 0)
        column.setSpacing(0)
        column.addLayout(pictures, 1)
        column.addWidget(self.numbers)


class ComparisonDetails(QWidget):
    """The numbers one below the other, both losses over the steps, and remarks.

    Signals
    -------
    stepped : (int), the step chosen on the plot of the losses.
    """

    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves, self.remarks = SmallCurves(), QLabel()
        self.figures: list[tuple[QLabel, QLabel]] = []
        self._found: Compared | None = None
        self.curves.setAccessibleName(self.tr("Loss before and after over the steps"))
        self.curves.stepped.connect(self.stepped)
        self._lay_out()
        THEME.changed.connect(self._dress)

    def show_comparison(self, found: Compared, head: int) -> None:
        """Show a comparison, with the play head at a step."""
        self._found = found
        self._show_figures(found.view.figures)
        self.remarks.setText(" ".join(found.remarks))
        self.remarks.setVisible(bool(found.remarks))
        self._show_curves(found, head)

    def set_head(self, head: int) -> None:
        """Move the play head over the losses."""
        if self._found is not None:
            self.curves.set_head(head)

    def _show_curves(self, found: Compared, head: int) -> None:
        view, run = found.view, found.comparison.after.trajectory.run
        before, after = view.curves
        self.curves.show_curves(
            [
                SmallCurve(self.tr("before"), before, QColor(THEME.colours.faint), width=1.2),
                SmallCurve(self.tr("loss after"), after, THEME.path_colour(run.slot), width=2.2),
            ],
            head,
            scale=view.scale,
        )

    def _show_figures(self, figures: tuple[Figure, ...]) -> None:
        while len(self.figures) < len(figures):
            pair = (QLabel(), QLabel())
            for column, label in enumerate(pair):
                self._grid.addWidget(label, len(self.figures), column)
            pair[0].setForegroundRole(FAINT)
            self.figures.append(pair)
        for row, (name, value) in enumerate(self.figures):
            shown = row < len(figures)
            name.setVisible(shown)
            value.setVisible(shown)
            if shown:
                figure = figures[row]
                name.setText(figure.name)
                value.setText(_change(figure))
                value.setAccessibleName(f"{figure.name}: {value.text()}")
                for label in (name, value):
                    label.setToolTip(figure.help)

    def _dress(self) -> None:
        if self._found is not None:
            self._show_curves(self._found, self.curves.head)

    def _lay_out(self) -> None:
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(2 * RHYTHM)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)
        self.remarks.setWordWrap(True)
        self.remarks.setForegroundRole(FAINT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(RHYTHM // 2)
        column.addLayout(self._grid)
        column.addWidget(self.curves, 1)
        column.addWidget(self.remarks)


def _show_status(label: QLabel, side: Side) -> None:
    from engine.explanation.comparison_view import brief

    label.setText(brief(side.status))
    label.setToolTip(side.status.sentence)
    label.setForegroundRole(ALERT if side.status.kind in LOUD else FAINT)


def _change(figure: Figure) -> str:
    return f"{_number(figure.before)} → {_number(figure.after)}"


def _number(value: float) -> str:
    return "–" if math.isnan(value) else show(value, 3)
