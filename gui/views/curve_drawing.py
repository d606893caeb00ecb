"""Asks the engine for the picture of one curve plot: at once if it is quick, else in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QObject, Signal

from gui.theme import PATH_WIDTH, THEME, dash

if TYPE_CHECKING:
    from engine.drawing.curve_picture import Picture
    from engine.drawing.curve_series import Prepared
    from engine.experiment import RunSettings
    from gui.state import Explained, Results, State, Submit
    from gui.views.curve_axis import StepAxis

    #: What was drawn from, the results it belongs to, and what came of it.
    _Drawn = tuple[Results | Explained, Results, Prepared, Picture]

#: Up to this many points (all visible runs together) are drawn within a few milliseconds.
QUICK_POINTS = 400_000
SELECTED_WIDTH = 1.4 * PATH_WIDTH
LOUD = ("diverged", "nan")
#: Quantities that are read from explanations, which follow the paths.
EXPLAINED = ("stability", "load", "sharpness")
#: How thin a run's own limit is beside its curve, and its dash in pixels.
LIMIT_WIDTH, LIMIT_DASH = 0.5 * PATH_WIDTH, (4.0, 4.0)


class CurveDrawing(QObject):
    """One plot's quantity and scale, and the latest picture of it.

    Signals
    -------
    drawn : a newer picture is there, or none any more.
    """

    drawn = Signal()
    #: Whether the drawing code is loaded: until then not even a quick picture is made here.
    _ready: ClassVar[bool] = False

    def __init__(self, state: State, submit: Submit, axis: StepAxis, quantity: str) -> None:
        super().__init__()
        self.quantity = quantity
        self.scale = "log"
        self.prepared: Prepared | None = None
        self.picture: Picture | None = None
        self.shown: Results | None = None
        self._source: Results | Explained | None = None
        self._state, self._submit, self._axis = state, submit, axis
        self._closed = False

    def close(self) -> None:
        """Take no pictures any more: one may still be on its way when its plot is removed."""
        self._closed = True

    @property
    def explains(self) -> bool:
        """Whether the quantity is read from explanations."""
        return self.quantity in EXPLAINED

    @property
    def runs(self) -> tuple[RunSettings, ...]:
        """The settings of the runs that are drawn, as they are now where that is known."""
        return _runs(self._state, self.shown) if self.shown else ()

    @property
    def selected(self) -> int:
        """Index of the selected run."""
        return self._state.selected

    @property
    def visible(self) -> list[int]:
        """Indices of the visible runs."""
        return [i for i, run in enumerate(self.runs) if run.visible]

    def label(self, index: int) -> str:
        """Return a run's name on screen."""
        return self.shown.trajectories[index].label if self.shown else ""

    def is_loud(self, index: int) -> bool:
        """Return whether a run diverged."""
        return self.shown is not None and self.shown.statuses[index].kind in LOUD

    def value(self, index: int, step: int) -> float | None:
        """Return a run's value at a step; None if it has none there."""
        if self.prepared is None or not 0 <= index < len(self.prepared.series):
            return None
        values = self.prepared.series[index].values
        return float(values[step]) if 0 <= step < len(values) else None

    def request(self, width: int, height: int, ratio: float) -> None:
        """Draw `width` × `height` device pixels; `drawn` follows, perhaps at once."""
        explained = self._state.explained if self.explains else None
        results = self._state.results if explained is None else explained.results
        if results is None or self._waits:
            self._forget()
            return
        source, quantity = explained or results, self.quantity
        current = self.prepared is not None and self.prepared.quantity == quantity
        prepared = self.prepared if current and self._source is source else None
        visible = [i for i, run in enumerate(_runs(self._state, results)) if run.visible]
        blow_up = self._state.experiment.display.blow_up
        look = (self._axis.low, self._axis.high, width, height, self.scale, blow_up)
        # The selected run comes last, so that no other covers it.
        visible.sort(key=lambda index: index == self._state.selected)
        styles = [_style(self._state, results, i, ratio) for i in visible]
        if quantity == "load":
            styles = [*(_limit_style(s, len(results.trajectories), ratio) for s in styles), *styles]

        def work() -> _Drawn:
            from engine.drawing.curve_picture import Line, View, draw

            known = prepared or _prepare(results, explained, quantity)
            lines = tuple(Line(*style) for style in styles)
            return source, results, known, draw(known, View(*look, lines))

        points = len(results.trajectories) * (results.experiment.steps + 1)
        # What explains follows the frame: collecting it may not hold up the next one.
        quick = points <= QUICK_POINTS and not (self.explains and prepared is None)
        if quick and CurveDrawing._ready:
            self._on_done(work())
        else:
            self._submit(f"curves {id(self)}", work, self._on_done)

    @property
    def _waits(self) -> bool:
        """Whether what the quantity is read from is not known yet."""
        return self.explains and self._state.explained is None

    def _forget(self) -> None:
        """Show nothing rather than curves of another surface, or of another quantity."""
        if self.prepared is not None:
            self._source = self.shown = self.prepared = self.picture = None
            self.drawn.emit()

    def _on_done(self, found: _Drawn) -> None:
        CurveDrawing._ready = True
        source, results, prepared, picture = found
        if prepared.quantity == self.quantity and not self._closed and not self._waits:
            self._source = source
            self.shown, self.prepared, self.picture = results, prepared, picture
            self.drawn.emit()


def _prepare(results: Results, explained: Explained | None, quantity: str) -> Prepared:
    """Collect the quantity. It imports Numba: only in a thread or when that is loaded."""
    calm = [status.kind not in LOUD for status in results.statuses]
    if explained is None:
        from engine.drawing.curve_series import prepare

        return prepare(results.trajectories, calm, quantity)
    from engine.drawing.curve_loads import prepare_loads

    return prepare_loads(explained.explanations, explained.reasons, calm, quantity)


def _runs(state: State, results: Results) -> tuple[RunSettings, ...]:
    now = state.experiment.runs
    if len(now) == len(results.trajectories):
        return now
    return tuple(t.run for t in results.trajectories)


def _style(state: State, results: Results, index: int, ratio: float) -> tuple[Any, ...]:
    slot = _runs(state, results)[index].slot
    width = SELECTED_WIDTH if index == state.selected else PATH_WIDTH
    pen = THEME.path_colour(slot)
    colour = (pen.red(), pen.green(), pen.blue())
    return index, colour, width * ratio, tuple(length * ratio for length in dash(slot))


def _limit_style(style: tuple[Any, ...], runs: int, ratio: float) -> tuple[Any, ...]:
    """Return how a run's limit is drawn; limits stand behind all the runs' own curves."""
    index, colour, *_ = style
    return runs + index, colour, LIMIT_WIDTH * ratio, tuple(length * ratio for length in LIMIT_DASH)
