"""What is swept: whose runs, over which rates, with how many seeds, to which target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from gui.maps.sweep_state import MOST_POINTS, MOST_SEEDS
from gui.networks.panels.labels import Row, close, sentence
from gui.numbers import count
from gui.panels.choice import Choice
from gui.panels.fields import CheckBox
from gui.panels.number_box import NumberBox
from gui.panels.scale import Scale
from gui.session import NETWORK, SURFACE
from gui.theme import RHYTHM, make_heading

if TYPE_CHECKING:
    from gui.maps.sweep_state import SweepState
    from gui.subjects import Subjects

RATES = Scale(1e-8, 1e3, log=True)
LOSSES = Scale(1e-12, 1e6, log=True)


class SweepPanel(QWidget):
    """The settings of a sweep; each change is swept at once."""

    def __init__(
        self, state: SweepState, subjects: Subjects, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._subjects = state, subjects
        self.source = Choice(
            ((SURFACE, self.tr("Surface")), (NETWORK, self.tr("Network"))),
            self.tr("Whose runs are swept"),
        )
        self.what = sentence()
        self.low, self.high = NumberBox(RATES), NumberBox(RATES)
        self.scale = Choice(
            (("log", self.tr("log")), ("linear", self.tr("linear"))), self.tr("Axis of the rates")
        )
        self.own = QPushButton(self.tr("&Around the runs' own rates"))
        self.points = NumberBox(Scale(2, MOST_POINTS, log=True, whole=True))
        self.seeds = NumberBox(Scale(1, MOST_SEEDS, log=True, whole=True))
        self.scatter = NumberBox(Scale(0.0, 1.0))
        self.has_target = CheckBox(self.tr("&Target loss"))
        self.target = NumberBox(LOSSES)
        self._explain()
        self._lay_out()
        self._connect()
        self._refresh()

    def _explain(self) -> None:
        told = (
            (self.low, self.tr("Lowest rate"), self.tr("The lowest learning rate that is tried")),
            (self.high, self.tr("Highest rate"), self.tr("The highest learning rate")),
            (self.points, self.tr("Number of rates"), self.tr("How many rates, coarse to fine")),
            (self.seeds, self.tr("Number of seeds"), self.tr(
                "Each seed draws other noise, batches and first weights; bands show their spread")),
            (self.scatter, self.tr("Scatter of the start"), self.tr(
                "On surfaces: how far seeds move the start, as a share of the view; 0 is off")),
            (self.target, self.tr("Target loss"), self.tr(
                "Steps are counted until this loss; without it until one near the lowest known")),
        )  # fmt: skip
        for box, name, tip in told:
            box.setAccessibleName(name)
            box.setToolTip(tip)
        self.has_target.setToolTip(self.target.toolTip())
        self.own.setToolTip(
            self.tr("From a thousandth of the lowest to a hundred times the highest")
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(RHYTHM)
        heading = sentence(self.tr("Sweep of the learning rate"))
        make_heading(heading)
        close(column, heading, self.source, self.what)
        close(
            column, Row(self.tr("&From"), (self.low,)), Row(self.tr("t&o"), (self.high,)),
            Row(self.tr("Axis"), (self.scale,)), self.own,
        )  # fmt: skip
        close(
            column, Row(self.tr("&Rates"), (self.points,)), Row(self.tr("S&eeds"), (self.seeds,)),
            Row(self.tr("S&catter"), (self.scatter,)),
        )  # fmt: skip
        close(column, self.has_target, Row("", (self.target,)))
        column.addStretch(1)

    def _connect(self) -> None:
        self.source.chosen.connect(lambda key: self._change(source=key, low=None, high=None))
        self.low.edited.connect(lambda value: self._change(low=value, high=self.high.number()))
        self.high.edited.connect(lambda value: self._change(low=self.low.number(), high=value))
        self.scale.chosen.connect(lambda key: self._change(scale=key))
        self.own.clicked.connect(lambda: self._change(low=None, high=None))
        self.points.edited.connect(lambda value: self._change(points=int(value)))
        self.seeds.edited.connect(lambda value: self._change(seeds=int(value)))
        self.scatter.edited.connect(lambda value: self._change(scatter=value))
        self.has_target.clicked.connect(self._on_target_wanted)
        self.target.edited.connect(lambda value: self._change(target=value))
        for box in (self.low, self.high, self.points, self.seeds, self.scatter, self.target):
            box.refused.connect(self._state.say)
        self._state.changed.connect(lambda *_: self._refresh())
        self._state.swept_changed.connect(lambda _: self._refresh())
        self._subjects.changed.connect(lambda _: self._show_what())

    def _on_target_wanted(self, on: bool) -> None:
        self._change(target=self.target.number() if on else None)

    def _change(self, **fields: Any) -> None:
        try:
            self._state.update(**fields)
        except ValueError as error:
            self._state.say(str(error))
            self._refresh()

    def _refresh(self) -> None:
        settings, swept = self._state.settings, self._state.swept
        self.source.set_key(settings.source)
        self.scale.set_key(settings.scale)
        same = swept is not None and swept.asked.settings == settings
        axis = swept.asked.axis if swept is not None and same else None
        for box, value in (
            (self.low, axis.low if axis else settings.low),
            (self.high, axis.high if axis else settings.high),
            (self.points, settings.points), (self.seeds, settings.seeds),
            (self.scatter, settings.scatter), (self.target, self._target()),
        ):  # fmt: skip
            if value is not None and box.number() != value:
                box.set_value(value)
        for box in (self.low, self.high):
            box.setEnabled(axis is not None or settings.low is not None)
        self.own.setEnabled(settings.low is not None or settings.high is not None)
        self.scatter.setEnabled(settings.source == SURFACE)
        self.has_target.setChecked(settings.target is not None)
        self.target.setEnabled(settings.target is not None)
        self._show_what()

    def _target(self) -> float | None:
        """Return the target in force: the one that was typed, else the first run's."""
        settings, swept = self._state.settings, self._state.swept
        if settings.target is not None:
            return settings.target
        curves = swept.sweep.curves if swept is not None else ()
        known = [curve.target for curve in curves if curve.target == curve.target]
        return known[0] if known else None

    def _show_what(self) -> None:
        source = self._state.settings.source
        experiment = getattr(self._subjects, source)
        if not experiment.runs:
            text = self.tr("There are no runs; add an optimizer in that part of the window.")
        else:
            text = self.tr("Runs: {runs}, of {steps} steps each, as they are set there.")
        self.what.setText(
            text.format(runs=count(len(experiment.runs)), steps=count(experiment.steps))
        )
