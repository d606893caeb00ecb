"""Curves of training runs: the run's own line, behind it its batches, beside it validation rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from gui.networks.state import Trained
from gui.numbers import show
from gui.theme import PATH_WIDTH, THEME, dash
from gui.views.curve_drawing import QUICK_POINTS, CurveDrawing, Wanted, run_style
from gui.views.curve_head import mixed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.drawing.curve_picture import Exit
    from engine.drawing.curve_series import Prepared
    from engine.networks.settings import TrainingRun
    from gui.networks.state import NetworkState
    from gui.networks.views.training_curves_look import CurvesLook
    from gui.state import Submit
    from gui.views.curve_axis import StepAxis
    from gui.views.curve_drawing import Style

#: More lines than this take too long for a frame in which everything else follows as well.
QUICK_LINES = 16
#: Quantities that all rows have besides the batches.
OF_ALL_ROWS = ("loss", "accuracy")
#: Those that looks at curvature find.
OF_CURVATURE = ("stability", "sharpness")
#: A batch's line is thin, and keeps this share of its run's colour over the ground.
BATCH_WIDTH, BATCH_SHARE = 0.5 * PATH_WIDTH, 0.42
#: What jumps from batch to batch is drawn so much narrower.
NOISY_SHARE = 0.6
#: Validation is a line with a hollow core.
HOLLOW_WIDTH, CORE_WIDTH = 1.75 * PATH_WIDTH, 0.75 * PATH_WIDTH


class TrainingDrawing(CurveDrawing):
    """A quantity of the runs that are trained."""

    def __init__(
        self, state: NetworkState, submit: Submit, look: CurvesLook, axis: StepAxis, quantity: str
    ) -> None:
        super().__init__(state, submit, axis, quantity)
        self._state, self._look = state, look

    @property
    def shown(self) -> Trained | None:
        """What is drawn."""
        return self._source if isinstance(self._source, Trained) else None

    @property
    def runs(self) -> Sequence[TrainingRun]:
        """The settings of the runs that are drawn, as they are now where that is known."""
        return _runs(self._state, self.shown) if self.shown else ()

    def label(self, index: int) -> str:
        """Return a run's name on screen."""
        return self.shown.histories[index].label if self.shown else ""

    def value(self, index: int, step: int) -> float | None:
        """Return a run's value at a step; None where it is not drawn, as one just added is not."""
        # Behind the runs' first lines stand their other ones.
        return super().value(index, step) if index < len(self.runs) else None

    def is_loud(self, index: int) -> bool:
        """Return whether a run diverged."""
        return self.prepared is not None and not self.prepared.series[index].calm

    @property
    def heads(self) -> tuple[str, ...]:
        """The names of the lines, if a run has several."""
        names = tuple(name for name, _ in self._lines())
        return names if len(names) > 1 else ()

    def columns(self, index: int, step: int) -> tuple[str, ...]:
        """Return what each line of a run has at a step, or had when all rows were last seen."""
        lines = self._lines()
        values = [super(TrainingDrawing, self).value(first + index, step) for _, first in lines]
        if len(lines) < 2 and self.quantity != "accuracy":
            return ()
        return tuple("–" if value is None else self.text(value) for value in values)

    def text(self, value: float, digits: int = 3) -> str:
        """Return a value as it is written."""
        return show(value, digits) + ("\u202f%" if self.quantity == "accuracy" else "")

    def sentence(self, index: int, step: int) -> str:
        """Return all that a run has at a step, with the names of the lines."""
        names = (name for name, _ in self._lines())
        texts = self.columns(index, step)
        return ", ".join(f"{n} {t}" for n, t in zip(names, texts, strict=bool(texts)))

    def why_empty(self) -> str:
        """Return why no visible run has a value, or an empty string."""
        trained = self.shown
        if trained is None:
            return ""
        if self.quantity == "accuracy" and trained.network.model.task == "regression":
            return _tr("Accuracy is for classes; the target of these data is a number.")
        if trained.step == 0:
            return _tr("No step has been taken yet.")
        if self.quantity in OF_CURVATURE:
            return self._why_no_curvature(trained)
        return ""

    @property
    def limit(self) -> float | None:
        """The method's own limit, in the plot that is measured against it."""
        prepared = self.prepared
        measured = prepared is not None and prepared.quantity == "stability" and prepared.always
        return prepared.always[0] if prepared is not None and measured else None

    def words(self, index: int, step: int) -> str:
        """Return how often a run's load went into its limit, with the limit."""
        trained, value = self.shown, self.value(index, step)
        if self.quantity != "stability" or trained is None or value is None:
            return ""
        found = trained.histories[index].curvature
        if found is None or not len(found.steps):
            return ""
        limit = float(found.limits[max(0, int((found.steps <= step).sum()) - 1)])
        if math.isnan(value) or math.isnan(limit):
            return _tr("not known here")
        text = _tr("{factor} × the limit {limit}")
        return text.format(factor=show(value), limit=show(limit))

    def _why_no_curvature(self, trained: Trained) -> str:
        if not trained.experiment.curvature_every:
            return _tr("Nobody looks at curvature: choose how often under Batches and steps.")
        prepared = self.prepared
        if prepared is None or prepared.quantity != self.quantity:
            return ""
        reasons: dict[str, list[str]] = {}
        for index in self.visible:
            if index < len(prepared.reasons) and prepared.reasons[index]:
                reasons.setdefault(prepared.reasons[index], []).append(self.label(index))
        return "\n".join(f"{'; '.join(runs)}: {reason}" for reason, runs in reasons.items())

    @property
    def exits(self) -> Sequence[Exit]:
        """Where runs leave the plot first, whichever of their lines does."""
        from engine.drawing.curve_picture import Exit

        found: dict[tuple[int, bool], Exit] = {}
        for each in super().exits:
            run = each.index % max(1, len(self.runs))
            known = found.get((run, each.upwards))
            if known is None or each.step < known.step:
                found[run, each.upwards] = Exit(run, each.step, each.upwards)
        return list(found.values())

    def _lines(self) -> list[tuple[str, int]]:
        """Return the name of each line that is drawn, and where its series begin."""
        count, prepared = len(self.runs), self.prepared
        lines = [(_tr("training"), 0)]
        if prepared is None or prepared.quantity not in OF_ALL_ROWS:
            return lines
        further = (
            # In narrow tables the last ones are left out.
            (_tr("validation"), 2, self._look.validation),
            (_tr("batch"), 1, self._look.batch),
        )
        for name, place, wanted in further:
            series = prepared.series[place * count : (place + 1) * count]
            if wanted and any(len(each.values) for each in series):
                lines.append((name, place * count))
        return lines

    def _wanted(self, ratio: float) -> Wanted | None:
        trained, quantity, selected = self._state.trained, self.quantity, self.selected
        if trained is None:
            return None
        runs = _runs(self._state, trained)
        # The selected run comes last, so that no other covers it.
        visible = sorted((i for i, r in enumerate(runs) if r.visible), key=lambda i: i == selected)
        points = sum(history.last_step + 1 for history in trained.histories)
        styles = self._styles(runs, visible, ratio, trained.network.order.full)
        prepare = _Preparation(trained, quantity)
        quick = points <= QUICK_POINTS and len(styles) <= QUICK_LINES
        return Wanted(trained, prepare, styles, quick)

    def _styles(
        self, runs: Sequence[TrainingRun], visible: list[int], ratio: float, full: bool
    ) -> list[Style]:
        count, selected = len(runs), self.selected
        behind: list[Style] = []
        front: list[Style] = []
        calm = full or self.quantity in (*OF_ALL_ROWS, *OF_CURVATURE, "learning_rate")
        for index in visible:
            slot = runs[index].slot
            if self.quantity in OF_ALL_ROWS and self._look.batch:
                behind.append(_batch_style(count + index, slot, ratio))
            if self.quantity in OF_ALL_ROWS and self._look.validation:
                front += _hollow_styles(2 * count + index, slot, ratio)
            own = run_style(index, slot, index == selected, ratio)
            front.append(own if calm else _thin(own))
        return behind + front

    @property
    def _blows_up(self) -> bool:
        return self._look.blow_up

    def _takes(self, source: object) -> bool:
        return self._state.trained is not None


class _Preparation:
    """Collects a quantity of what was trained."""

    def __init__(self, trained: Trained, quantity: str) -> None:
        self._trained, self._quantity = trained, quantity

    def __call__(self) -> Prepared:
        from engine.drawing.curve_training import prepare_training

        network = self._trained.network
        full = network.order.full and network.model.dropout == 0
        return prepare_training(self._trained.histories, self._quantity, full)


def batch_colour(colour: QColor) -> QColor:
    """Return the faint colour of a batch's line."""
    return mixed(colour, QColor(THEME.colours.base), BATCH_SHARE)


def _batch_style(index: int, slot: int, ratio: float) -> Style:
    return index, _numbers(batch_colour(THEME.path_colour(slot))), BATCH_WIDTH * ratio, ()


def _hollow_styles(index: int, slot: int, ratio: float) -> list[Style]:
    lengths = tuple(length * ratio for length in dash(slot))
    outer, core = THEME.path_colour(slot), QColor(THEME.colours.base)
    return [
        (index, _numbers(outer), HOLLOW_WIDTH * ratio, lengths),
        (index, _numbers(core), CORE_WIDTH * ratio, lengths),
    ]


def _thin(style: Style) -> Style:
    """Return the style of what jumps from batch to batch: a broad line would be but a band."""
    index, colour, width, lengths = style
    return index, colour, NOISY_SHARE * width, lengths


def _numbers(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


def _runs(state: NetworkState, trained: Trained) -> Sequence[TrainingRun]:
    now = state.experiment.runs
    if len(now) == len(trained.histories):
        return now
    return tuple(history.run for history in trained.histories)


def _tr(text: str) -> str:
    return QCoreApplication.translate("training", text)
