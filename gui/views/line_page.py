"""The step microscope: the loss along the line of one step, on surfaces and on networks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.numbers import show
from gui.theme import FAINT, THEME
from gui.views.curve_text import step_text
from gui.views.explaining_page import ExplainingPage, bold
from gui.views.line_plot import LinePlot

if TYPE_CHECKING:
    from engine.experiment import RunSettings
    from engine.explanation.microscope import StepLine
    from engine.networks.settings import TrainingRun
    from gui.explaining import Explaining
    from gui.state import Submit


class AnyLinePage(ExplainingPage):
    """The plot, what stands at its handle, and a button that takes over the rate."""

    def __init__(self, state: Explaining, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(state, submit, parent)
        self.heading, self.reading, self.words = QLabel(), QLabel(), QLabel()
        self.plot = LinePlot()
        self.button = QPushButton()
        self._run: RunSettings | TrainingRun | None = None
        self._rate: float | None = None
        self._lay_out()
        self.outdated.connect(self.refresh)
        self.plot.moved.connect(self._on_moved)
        self.button.clicked.connect(self._use)

    def refresh(self) -> None:
        """Show the line of the step that leaves the play head."""
        raise NotImplementedError

    def _values_at(self, line: StepLine, s: float) -> tuple[float, float]:
        """Return (true loss, quadratic model's loss) at a place of the line."""
        raise NotImplementedError

    def _besides(self, s: float) -> str:
        """Return what else is to be said of a place of the line."""
        return ""

    def _tip(self) -> str:
        """Return what the button does."""
        raise NotImplementedError

    def _show_line(
        self, line: StepLine, step: int, run: RunSettings | TrainingRun, what: str,
        other: StepLine | None = None,
    ) -> None:  # fmt: skip
        """Show a step's line, along which `what` may bend, and another loss along it."""
        from engine.explanation.line_view import loss_range, verdict

        self._run = run
        self._show_body()
        self.heading.setText(self.tr("Step {} → {}").format(step_text(step), step_text(step + 1)))
        self.words.setText(verdict(line, run, what))
        self._dress()
        self.plot.show_line(line, loss_range(line, other), other)
        self._on_moved(1.0)

    def _dress(self) -> None:
        if self._run is not None:
            self.plot.set_colour(THEME.path_colour(self._run.slot))

    def _on_moved(self, s: float) -> None:
        """Say what stands at the handle, and which rate would land there."""
        from engine.explanation.objective import lowered

        line, run = self.plot.line, self._run
        assert line is not None
        assert run is not None
        true, model = self._values_at(line, s)
        self.plot.set_loss(true)
        rate = line.learning_rate_at(s)
        where = f"η {show(rate)}" if rate is not None else self.tr("{} of the step").format(show(s))
        self.reading.setText(
            self.tr("{where}: {loss} {true}, model {model}").format(
                where=where,
                loss=lowered(run),
                true=show(true, 4),
                model=show(model, 4),
            )
            + self._besides(s)
        )
        self._rate = self._offer(line, rate, run.learning_rate)
        self.button.setEnabled(self._rate is not None and s != 1.0)

    def _offer(self, line: StepLine, rate: float | None, setting: float) -> float | None:
        """Name the setting that gives this step the rate: a schedule multiplies the setting."""
        if rate is None or not line.learning_rate or not math.isfinite(rate):
            self.button.setText(self.tr("Set the learning rate"))
            self.button.setToolTip(
                self.tr("Not here: {}.").format(line.reason or self.tr("η is 0"))
            )
            return None
        setting = float(f"{setting * rate / line.learning_rate:.4g}")
        self.button.setText(self.tr("Set η to {}").format(show(setting, 4)))
        self.button.setToolTip(self._tip())
        return setting

    def _use(self) -> None:
        if self._rate is not None:
            try:
                self._state.update_run(self._state.selected, learning_rate=self._rate)
            except ValueError as error:
                self._state.say(str(error))

    def _show_nothing(self, reason: str) -> None:
        self._run = None
        super()._show_nothing(reason)

    def _lay_out(self) -> None:
        bold(self.heading)
        self.words.setWordWrap(True)
        self.reading.setForegroundRole(FAINT)
        self.reading.setWordWrap(True)
        header = QHBoxLayout()
        header.addWidget(self.heading)
        header.addStretch(1)
        header.addWidget(self.button)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addLayout(header)
        self._column.addWidget(self.plot, 1)
        self._column.addWidget(self.reading)
        self._column.addWidget(self.words)
        self._place(body)
