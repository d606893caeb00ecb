"""Beside the map: how rough its border is, and the run that was clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from engine.maps.outcomes import VERDICTS
from gui.maps.base import axis_names
from gui.maps.views.map_words import verdict_texts
from gui.maps.views.pixel_plot import PixelPlot
from gui.networks.panels.labels import sentence
from gui.numbers import count, show
from gui.theme import RHYTHM, make_heading

if TYPE_CHECKING:
    from gui.maps.pixel import PixelRun
    from gui.maps.state import MapState, Shown


class MapDetails(QWidget):
    """The dimension with its limits, and the loss of one pixel's run."""

    def __init__(self, state: MapState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.border = QLabel(self.tr("Border"))
        self.dimension = sentence()
        self.run = QLabel(self.tr("Run"))
        self.words = sentence()
        self.plot = PixelPlot()
        column = QVBoxLayout(self)
        column.setContentsMargins(RHYTHM, RHYTHM, RHYTHM, RHYTHM)
        column.setSpacing(RHYTHM)
        for heading in (self.border, self.run):
            make_heading(heading)
        for widget in (self.border, self.dimension, self.run, self.words):
            column.addWidget(widget)
        column.addWidget(self.plot, 1)
        column.addStretch(1)
        self.plot.hide()
        state.shown_changed.connect(self._on_shown)
        state.changed.connect(self._on_changed)
        self._on_shown(state.shown)
        self._forget()

    def show_run(self, found: PixelRun) -> None:
        """Show the run behind a pixel."""
        outcome, steps = found.run.outcome, int(found.run.outcome.steps[0])
        titles = {entry.name: entry.title for entry in axis_names(found.experiment)}
        lines = [
            f"{titles.get(name, name)} {show(value, 6)}"
            for name, value in (
                (found.experiment.x.name, found.x), (found.experiment.y.name, found.y),
            )
        ]  # fmt: skip
        ending = self.tr("{verdict}, {steps} steps, loss at the end {loss}").format(
            verdict=verdict_texts()[VERDICTS[int(outcome.verdict[0])]], steps=count(steps),
            loss=show(float(outcome.loss[0]), 4),
        )  # fmt: skip
        self.words.setText("\n".join([*lines, ending[0].upper() + ending[1:]]))
        self.plot.show_losses(found.run.losses)
        self.plot.show()

    def _on_shown(self, shown: Shown | None) -> None:
        if shown is None or shown.dimension is None:
            text = self.tr("How rough the border is follows when the picture is complete.")
        else:
            text = shown.dimension.sentence
        if text != self.dimension.text():
            self.dimension.setText(text)

    def _on_changed(self, old: object, new: object) -> None:
        if getattr(old, "trainability", None) != getattr(new, "trainability", None):
            self._forget()

    def _forget(self) -> None:
        self.plot.hide()
        text = self.tr("Click the map: the run there opens in its own part of the window.")
        if self._state.experiment.trainability is not None:
            text = self.tr("Click the map: the loss of the run there appears here.")
        self.words.setText(text)
