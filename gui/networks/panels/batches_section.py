"""Batches and steps: how many rows a step sees, in which order, and how long it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication

from engine.experiment import MOST_STEPS
from engine.networks.batches import BatchOrder
from engine.parameter import Parameter
from gui.networks.panels.batch_scale import BatchScale
from gui.networks.panels.changes import change
from gui.networks.panels.labels import Row, close, form, sentence
from gui.networks.panels.section import Section
from gui.networks.panels.seed_row import SeedRow
from gui.numbers import count, show
from gui.panels import icons
from gui.panels.choice import Choice
from gui.panels.fields import CheckBox
from gui.panels.icons import IconButton
from gui.panels.number_box import NumberBox
from gui.panels.scale import Scale
from gui.panels.slider import Slider

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.networks.settings import NetworkExperiment
    from gui.networks.panels.previews import Previews
    from gui.networks.state import NetworkState

STEPS = Scale(1, MOST_STEPS, log=True, whole=True)
STEPS_WIDTH_PX = 76
#: For the slider, as long as nobody knows how many rows there are.
USUAL_ROWS = 160
STOP = (
    Parameter(
        "loss_below", "Loss below", 0.0, 0.0, 1.0,
        "Ends a run once its loss is below this, on the validation rows if there are some; "
        "0 is off.", minimum=0.0,
    ),
    Parameter(
        "patience", "Patience", 0, 0, 1000,
        "Ends a run whose loss has not become better for so many steps; 0 is off.",
        kind="integer", minimum=0, maximum=MOST_STEPS,
    ),
    Parameter(
        "seconds", "Seconds", 0.0, 0.0, 600.0,
        "Ends a run that has trained for so long; 0 is off.", minimum=0.0,
    ),
    Parameter(
        "non_finite", "At the first NaN or inf", 0, 0, 1,
        "Ends a run at the first loss or gradient that is not finite; without it, once a weight "
        "is not.", kind="switch",
    ),
)  # fmt: skip
CURVATURE = Parameter(
    "curvature_every", "Curvature every", 0, 0, 100,
    "Looks at the largest curvature λ₁ every so many steps, for the curve Stability; 10 takes up "
    "to as long again as training alone, 0 is off.",
    kind="integer", minimum=0, maximum=MOST_STEPS,
)  # fmt: skip


class BatchesSection(Section):
    """Size, order, number of steps, precision, and what ends a run before."""

    def __init__(
        self, state: NetworkState, previews: Previews, parent: QWidget | None = None
    ) -> None:
        title = QCoreApplication.translate("BatchesSection", "Batches and steps")
        super().__init__("batches", title, is_open=False, parent=parent)
        self._state = state
        self._previews = previews
        scale = BatchScale(1, USUAL_ROWS, whole=True)
        self.slider = Slider(scale)
        self.size_box = NumberBox(scale)
        self.of_data = sentence()
        self.seed = SeedRow(
            self.tr("Seed"), self.tr("Seed of the order of rows"),
            self.tr("The same seed gives the same batches, for every optimizer"),
        )  # fmt: skip
        self.replacement = CheckBox(self.tr("With replacement"))
        self.steps = NumberBox(STEPS)
        self.epochs = sentence()
        self.precision = Choice(
            (("float32", "float32"), ("float64", "float64")), self.tr("Precision")
        )
        self.early = IconButton(icons.chevron, self.tr("Stop early"))
        self.early.setText(self.tr("Stop early"))
        self.early.setCheckable(True)
        self.stop, self.curvature = form(), form()
        self._explain()
        self._lay_out()
        self._connect()
        self._refresh()

    def _explain(self) -> None:
        size = self.tr("Rows that a step sees, drawn anew each epoch; 0 is all rows")
        for widget, name in (
            (self.slider, self.tr("Batch size slider")), (self.size_box, self.tr("Batch size")),
        ):  # fmt: skip
            widget.setAccessibleName(name)
            widget.setToolTip(size)
        self.replacement.setToolTip(
            self.tr("Draw each row anew, so that an epoch may see it twice or not at all")
        )
        self.steps.setMinimumWidth(STEPS_WIDTH_PX)
        self.steps.setAccessibleName(self.tr("Steps"))
        self.steps.setToolTip(self.tr("Number of steps of every run, up to 10 million"))
        self.precision.setToolTip(
            self.tr("Numbers of 32 bits, which overflow at 3.4e38 as in most training, or of 64")
        )
        self.early.setToolTip(self.tr("What ends a run before its last step"))

    def _lay_out(self) -> None:
        column = self.column
        size = Row(self.tr("Batch si&ze"), (self.slider, self.size_box))
        close(column, size, self.of_data, self.seed, self.replacement)
        steps = Row(self.tr("&Steps"), (self.steps, self.epochs))
        close(column, steps, Row(self.tr("Precision"), (self.precision,)))
        close(column, self.curvature, self.early, self.stop)

    def _connect(self) -> None:
        state = self._state
        self.slider.moved.connect(lambda size: self._change("size", size=int(size)))
        self.size_box.edited.connect(self._on_size_typed)
        self.seed.edited.connect(lambda seed, gesture: self._change(gesture, seed=seed))
        self.replacement.clicked.connect(lambda on: self._change(replacement=on))
        self.steps.edited.connect(lambda steps: self._change_own("steps", steps=int(steps)))
        self.precision.chosen.connect(lambda key: self._change_own(precision=key))
        self.early.toggled.connect(lambda _: self._show_stop())
        self.stop.changed.connect(self._on_stop_changed)
        self.curvature.changed.connect(
            lambda name, every: self._change_own(name, **{name: int(every)})
        )
        for widget in (self.size_box, self.seed, self.steps, self.stop, self.curvature):
            widget.refused.connect(state.say)
        state.changed.connect(self._on_changed)
        self._previews.ready.connect(lambda _: self._refresh())

    def _on_changed(self, old: NetworkExperiment, new: NetworkExperiment) -> None:
        fields = ("batches", "steps", "precision", "stop", "curvature_every")
        if any(getattr(old, name) != getattr(new, name) for name in fields):
            self._refresh()

    def _on_size_typed(self, size: float) -> None:
        if size > MOST_STEPS:
            words = self.tr("A batch of {size} rows is too large; give 0 for all rows there are.")
            self._state.say(words.format(size=show(size)))
            self.size_box.set_value(self._state.experiment.batches.size)
        else:
            self._change("size", size=int(size))

    def _on_stop_changed(self, name: str, value: float) -> None:
        kinds = {"patience": int, "non_finite": bool}
        if not change(self._state, "stop", name, **{name: kinds.get(name, float)(value)}):
            self._refresh()

    def _change(self, gesture: str = "", **fields: Any) -> None:
        if not change(self._state, "batches", gesture, **fields):
            self._refresh()

    def _change_own(self, gesture: str = "", **fields: Any) -> None:
        if not change(self._state, "", gesture, **fields):
            self._refresh()

    def _refresh(self) -> None:
        experiment, known = self._state.experiment, self._previews.shown
        batches = experiment.batches
        scale = BatchScale(1, known.training if known else USUAL_ROWS, whole=True)
        self.slider.set_scale(scale)
        self.slider.set_value(batches.size)
        self.size_box.set_scale(scale)
        if self.size_box.number() != batches.size:
            self.size_box.set_value(batches.size)
        self.seed.set_seed(batches.seed)
        self.replacement.setChecked(batches.replacement)
        if self.steps.number() != experiment.steps:
            self.steps.set_value(experiment.steps)
        self.precision.set_key(experiment.precision)
        every = float(experiment.curvature_every)
        self.curvature.refresh((CURVATURE,), {CURVATURE.name: every})
        if experiment.stop != type(experiment.stop)():
            self.early.setChecked(True)
        self._show_stop()
        self._show_words(BatchOrder(known.training, batches) if known else None)

    def _show_words(self, order: BatchOrder | None) -> None:
        experiment = self._state.experiment
        steps = self.tr("{} steps").format(count(experiment.steps))
        if order is None:
            self.heading.set_summary(steps)
            return
        # Every step sees all rows, so that no order is drawn.
        self.seed.setEnabled(not order.full)
        rows = count(order.rows)
        if order.full:
            of_data = self.tr("All {rows} rows at each step, in their order.").format(rows=rows)
        else:
            of_data = self.tr("{steps} steps go through the {rows} rows once.").format(
                steps=count(order.per_epoch), rows=rows
            )
        self.of_data.setText(order.note or of_data)
        epochs = show(order.epochs(experiment.steps))
        self.epochs.setText(self.tr("{} epochs").format(epochs))
        size = self.tr("1 row") if order.size == 1 else self.tr("{} rows").format(count(order.size))
        size = self.tr("all rows") if order.full else size
        self.heading.set_summary(f"{size}, {steps}, {experiment.precision}")

    def _show_stop(self) -> None:
        stop = self._state.experiment.stop
        self.stop.refresh(STOP, {p.name: float(getattr(stop, p.name)) for p in STOP})
        self.stop.setVisible(self.early.isChecked())
