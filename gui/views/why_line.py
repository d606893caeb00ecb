"""The step microscope: the loss along the line of one step, and which rate lands where."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.numbers import show
from gui.theme import FAINT, THEME
from gui.views.curve_text import step_text
from gui.views.line_plot import LinePlot
from gui.views.why_page import WhyPage, bold

if TYPE_CHECKING:
    from engine.explanation.explanation import Explanation
    from engine.explanation.microscope import StepLine
    from gui.state import State, Submit


class LinePage(WhyPage):
    """The plot, what stands at its handle, and a button that takes over the rate."""

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(state, submit, parent)
        self.heading, self.reading, self.words = QLabel(), QLabel(), QLabel()
        self.plot = LinePlot()
        self.button = QPushButton()
        self._asked: tuple[Explanation, int] | None = None
        self._shown: tuple[Explanation, int] | None = None
        self._rate: float | None = None
        self._lay_out()
        self.outdated.connect(self.refresh)
        self.plot.moved.connect(self._on_moved)
        self.button.clicked.connect(self._use)

    def refresh(self) -> None:
        """Ask for the line of the step that leaves the play head."""
        explanation = self.explanation
        if explanation is None or explanation.rows < 2:
            self._show_nothing(
                self.reason if explanation is None else self.tr("No step was taken.")
            )
            return
        asked = (explanation, self.step)
        if self._asked is not None and self._asked[0] is explanation and self._asked == asked:
            self._dress()
            return
        self._asked = asked

        def work() -> StepLine | None:
            from engine.explanation.microscope import microscope

            return microscope(*asked)

        self._submit("microscope", work, lambda line: self._on_line(asked, line))

    def _on_line(self, asked: tuple[Explanation, int], line: StepLine | None) -> None:
        if asked[0] is not self.explanation:
            return
        if line is None:
            self._show_nothing(self.tr("This step ends where nothing is finite."))
            return
        from engine.explanation.line_view import loss_range, verdict

        self._shown = asked
        self._show_body()
        step = asked[1]
        self.heading.setText(self.tr("Step {} → {}").format(step_text(step), step_text(step + 1)))
        self.words.setText(verdict(line, asked[0].trajectory.run))
        self._dress()
        self.plot.show_line(line, loss_range(line))
        self._on_moved(1.0)

    def _dress(self) -> None:
        if self._shown is not None:
            slot = self._shown[0].trajectory.run.slot
            self.plot.set_colour(THEME.path_colour(slot))

    def _on_moved(self, s: float) -> None:
        """Say what stands at the handle, and which rate would land there."""
        from engine.explanation.line_view import values_at
        from engine.explanation.objective import lowered

        line = self.plot.line
        assert line is not None
        assert self._shown is not None
        true, model = values_at(*self._shown, line, s)
        self.plot.set_loss(true)
        rate = line.learning_rate_at(s)
        where = f"η {show(rate)}" if rate is not None else self.tr("{} of the step").format(show(s))
        self.reading.setText(
            self.tr("{where}: {loss} {true}, model {model}").format(
                where=where,
                loss=lowered(self._shown[0].trajectory.run),
                true=show(true, 4),
                model=show(model, 4),
            )
        )
        self._rate = self._offer(line, rate)
        self.button.setEnabled(self._rate is not None and s != 1.0)

    def _offer(self, line: StepLine, rate: float | None) -> float | None:
        """Name the setting that gives this step the rate: a schedule multiplies the setting."""
        assert self._shown is not None
        run = self._shown[0].trajectory.run
        if rate is None or not line.learning_rate or not math.isfinite(rate):
            self.button.setText(self.tr("Set the learning rate"))
            self.button.setToolTip(
                self.tr("Not here: {}.").format(line.reason or self.tr("η is 0"))
            )
            return None
        setting = float(f"{run.learning_rate * rate / line.learning_rate:.4g}")
        self.button.setText(self.tr("Set η to {}").format(show(setting, 4)))
        self.button.setToolTip(
            self.tr("Give the run the learning rate that puts this step here; its path starts anew")
        )
        return setting

    def _use(self) -> None:
        if self._rate is not None:
            try:
                self._state.update_run(self._state.selected, learning_rate=self._rate)
            except ValueError as error:
                self._state.say(str(error))

    def _show_nothing(self, reason: str) -> None:
        self._asked = self._shown = None
        super()._show_nothing(reason)

    def _lay_out(self) -> None:
        bold(self.heading)
        self.words.setWordWrap(True)
        self.reading.setForegroundRole(FAINT)
        header = QHBoxLayout()
        header.addWidget(self.heading)
        header.addStretch(1)
        header.addWidget(self.button)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(header)
        column.addWidget(self.plot, 1)
        column.addWidget(self.reading)
        column.addWidget(self.words)
        self._place(body)
