"""Curves of the paths on a surface, and of what explains them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from gui.state import Explained
from gui.theme import PATH_WIDTH
from gui.views.curve_drawing import QUICK_POINTS, CurveDrawing, Wanted, run_style
from gui.views.curve_load_text import end_text, load_words, reasons_left_out
from gui.views.curve_text import mark_text, tr

if TYPE_CHECKING:
    from engine.drawing.curve_series import Mark, Prepared
    from engine.experiment import RunSettings
    from gui.state import Results, State, Submit
    from gui.views.curve_axis import StepAxis
    from gui.views.curve_drawing import Style

LOUD = ("diverged", "nan")
#: Quantities that are read from explanations, which follow the paths.
EXPLAINED = ("stability", "load", "sharpness")
#: How thin a run's own limit is beside its curve, and its dash in pixels.
LIMIT_WIDTH, LIMIT_DASH = 0.5 * PATH_WIDTH, (4.0, 4.0)
#: An empty plot says of so many runs why they have no curve.
MOST_REASONS = 3


class PathDrawing(CurveDrawing):
    """A quantity of the paths that were computed last."""

    def __init__(self, state: State, submit: Submit, axis: StepAxis, quantity: str) -> None:
        super().__init__(state, submit, axis, quantity)
        self._state = state

    @property
    def explains(self) -> bool:
        """Whether the quantity is read from explanations."""
        return self.quantity in EXPLAINED

    @property
    def shown(self) -> Results | None:
        """The results that are drawn."""
        source = self._source
        return source.results if isinstance(source, Explained) else cast("Results | None", source)

    @property
    def runs(self) -> tuple[RunSettings, ...]:
        """The settings of the runs that are drawn, as they are now where that is known."""
        return _runs(self._state, self.shown) if self.shown else ()

    def label(self, index: int) -> str:
        """Return a run's name on screen."""
        return self.shown.trajectories[index].label if self.shown else ""

    def is_loud(self, index: int) -> bool:
        """Return whether a run diverged."""
        return self.shown is not None and self.shown.statuses[index].kind in LOUD

    def words(self, index: int, step: int) -> str:
        """Return what stands for ηλ and its limit."""
        return load_words(self, index, step)

    def mark_text(self, index: int, mark: Mark) -> str:
        """Return what is said where a run, or λ, stops being finite."""
        if self.explains and not math.isfinite(mark.value):
            return end_text(self, index, mark)
        return mark_text(mark.value, mark.step, mark.last_finite)

    def why_empty(self) -> str:
        """Return why no visible run has a value, or an empty string."""
        if self.prepared is None:
            return ""
        series = [self.prepared.series[i] for i in self.visible]
        if self.prepared.quantity == "distance" and any(len(s.values) for s in series):
            return tr("No minimum of this surface is known.")
        return "\n".join(reasons_left_out(self)[:MOST_REASONS])

    @property
    def limit(self) -> float | None:
        """The limit, in a plot that is measured against it."""
        always = self.prepared.always if self.prepared else ()
        return always[0] if always else None

    def _wanted(self, ratio: float) -> Wanted | None:
        explained = self._state.explained if self.explains else None
        results = self._state.results if explained is None else explained.results
        if results is None or self._waits:
            return None
        source, quantity, selected = explained or results, self.quantity, self.selected
        runs = _runs(self._state, results)
        # The selected run comes last, so that no other covers it.
        visible = sorted((i for i, r in enumerate(runs) if r.visible), key=lambda i: i == selected)
        styles = [run_style(i, runs[i].slot, i == selected, ratio) for i in visible]
        if quantity == "load":
            styles = [*(_limit_style(s, len(runs), ratio) for s in styles), *styles]
        points = len(results.trajectories) * (results.experiment.steps + 1)
        # What explains follows the frame: collecting it may not hold up the next one.
        quick = points <= QUICK_POINTS and not (self.explains and not self._is_prepared(source))
        return Wanted(source, lambda: _prepare(source, quantity), styles, quick)

    @property
    def _blows_up(self) -> bool:
        return self._state.experiment.display.blow_up

    @property
    def _waits(self) -> bool:
        """Whether what the quantity is read from is not known yet."""
        return self.explains and self._state.explained is None

    def _takes(self, source: object) -> bool:
        return not self._waits


def _results(source: Results | Explained) -> Results:
    return source.results if isinstance(source, Explained) else source


def _prepare(source: Results | Explained, quantity: str) -> Prepared:
    results = _results(source)
    calm = [status.kind not in LOUD for status in results.statuses]
    if not isinstance(source, Explained):
        from engine.drawing.curve_series import prepare

        return prepare(results.trajectories, calm, quantity)
    from engine.drawing.curve_loads import prepare_loads

    return prepare_loads(source.explanations, source.reasons, calm, quantity)


def _runs(state: State, results: Results) -> tuple[RunSettings, ...]:
    now = state.experiment.runs
    if len(now) == len(results.trajectories):
        return now
    return tuple(t.run for t in results.trajectories)


def _limit_style(style: Style, runs: int, ratio: float) -> Style:
    """Return how a run's limit is drawn; limits stand behind all the runs' own curves."""
    index, colour, *_ = style
    return runs + index, colour, LIMIT_WIDTH * ratio, tuple(length * ratio for length in LIMIT_DASH)
