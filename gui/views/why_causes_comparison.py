"""One run before and after, side by side: two pictures, both losses, the numbers that matter."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

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
    from engine.explanation.comparison_view import Figure
    from engine.verdict import Status
    from gui.state import Submit
    from gui.views.why_causes_work import Compared

#: Pictures that stand below the switches leave them this part of the page's height.
PINNED_SHARE, SMALLEST_PX, LARGEST_PX = 0.28, 56, 160


class AnySides(QWidget):
    """What became of the run before and after, above what shows it.

    Signals
    -------
    stepped : (int), the step chosen on a plot.
    """

    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found: Any = None
        names = (self.tr("Before"), self.tr("After"))
        self.titles = tuple(QLabel(name) for name in names)
        self.statuses = (QLabel(), QLabel())
        self.numbers = ElidedLabel()

    def show_comparison(self, found: Any, head: int) -> None:
        """Show a run before and after, with the play head at a step."""
        self.found = found
        sides = (found.comparison.before, found.comparison.after)
        for label, side in zip(self.statuses, sides, strict=True):
            _show_status(label, side.status)
        figures = found.view.figures
        self.numbers.set_text(
            "  ·  ".join(f"{figure.name} {_change(figure)}" for figure in figures),
            strong=True,
            tip="\n".join(f"{figure.name}: {figure.help}" for figure in figures),
        )

    def set_head(self, head: int) -> None:
        """Move the play head in what is shown."""
        raise NotImplementedError

    def pin(self, height: int) -> None:
        """Keep to a part of a page of so many pixels; 0 takes all the room there is."""
        self.numbers.setVisible(height > 0)

    def _lay_out(self, pictures: tuple[QWidget, ...]) -> None:
        """Lay out one picture for each side, or one that both share."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(RHYTHM)
        grid.setVerticalSpacing(2)
        for side, (title, status) in enumerate(zip(self.titles, self.statuses, strict=True)):
            bold(title)
            status.setFont(small(self.font()))
            # What is too long for a narrow picture is cut; the tooltip says it in full.
            status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            words = QHBoxLayout()
            words.setSpacing(RHYTHM)
            words.addWidget(title)
            words.addWidget(status, 1)
            grid.addLayout(words, 0, side)
            grid.setColumnStretch(side, 1)
        span = 2 // len(pictures)
        for place, picture in enumerate(pictures):
            grid.addWidget(picture, 1, place, 1, span)
        grid.setRowStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(RHYTHM, 0, RHYTHM, 0)
        column.setSpacing(0)
        column.addLayout(grid, 1)
        column.addWidget(self.numbers)


def pinned(height: int) -> int:
    """Return how high a picture is that keeps to its part of a page of so many pixels."""
    return round(min(LARGEST_PX, max(SMALLEST_PX, PINNED_SHARE * height)))


class BeforeAfter(AnySides):
    """Both landscapes with what became of the run, and its numbers in one line."""

    def __init__(self, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = tuple(
            SmallLandscape(submit, f"causes {side}") for side in ("before", "after")
        )
        self._lay_out(self.pictures)

    def show_comparison(self, found: Compared, head: int) -> None:
        """Show both paths, with the play head at a step."""
        super().show_comparison(found, head)
        sides = (found.comparison.before, found.comparison.after)
        for picture, title, side, scene in zip(
            self.pictures, self.titles, sides, found.scenes, strict=True
        ):
            picture.show_scene(scene, head)
            picture.setToolTip(side.status.sentence)
            picture.setAccessibleName(f"{title.text()}: {side.status.sentence}")

    def set_head(self, head: int) -> None:
        """Move the play head in both pictures."""
        for picture in self.pictures:
            picture.set_head(head)

    def pin(self, height: int) -> None:
        """Keep to a part of a page of so many pixels; 0 takes all the room there is."""
        super().pin(height)
        for picture in self.pictures:
            least = pinned(height) if height else picture.minimumSizeHint().height()
            picture.setMinimumHeight(least)
            picture.setMaximumHeight(pinned(height) if height else 16_777_215)


class ComparisonDetails(QWidget):
    """The numbers one below the other, both losses over the steps, and remarks.

    Parameters
    ----------
    curves : whether to show the losses.

    Signals
    -------
    stepped : (int), the step chosen on the plot of the losses.
    """

    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, curves: bool = True) -> None:
        super().__init__(parent)
        self.curves, self.remarks = SmallCurves(), QLabel()
        self.figures: list[tuple[QLabel, QLabel]] = []
        self._found: Any = None
        self._draws = curves
        self.curves.setAccessibleName(self.tr("Loss before and after over the steps"))
        self.curves.stepped.connect(self.stepped)
        self._lay_out()
        THEME.changed.connect(self._dress)

    def show_comparison(self, found: Any, head: int) -> None:
        """Show a comparison, with the play head at a step."""
        self._found = found
        self._show_figures(found.view.figures)
        self.remarks.setText(" ".join(found.remarks))
        self.remarks.setVisible(bool(found.remarks))
        self._show_curves(found, head)

    def set_head(self, head: int) -> None:
        """Move the play head over the losses."""
        if self._found is not None and self._draws:
            self.curves.set_head(head)

    def _show_curves(self, found: Any, head: int) -> None:
        if self._draws:
            show_losses(self.curves, found, head)

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
        self.curves.setVisible(self._draws)
        column.addWidget(self.curves, 1)
        column.addWidget(self.remarks)


def show_losses(curves: SmallCurves, found: Any, head: int) -> None:
    """Show the losses of a comparison, with the play head at a step."""
    before, after = found.view.curves
    curves.show_curves(
        [
            SmallCurve(curves.tr("before"), before, QColor(THEME.colours.faint), width=1.2),
            SmallCurve(curves.tr("loss after"), after, THEME.path_colour(found.slot), width=2.2),
        ],
        head,
        scale=found.view.scale,
        every=found.every,
    )


def _show_status(label: QLabel, status: Status) -> None:
    from engine.explanation.comparison_view import brief

    label.setText(brief(status))
    label.setToolTip(status.sentence)
    label.setForegroundRole(ALERT if status.kind in LOUD else FAINT)


def _change(figure: Figure) -> str:
    return f"{_number(figure.before)} → {_number(figure.after)}"


def _number(value: float) -> str:
    return "–" if math.isnan(value) else show(value, 3)
