"""Asks the engine for the picture of one curve plot: at once if it is quick, else in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QObject, Signal

from gui.theme import PATH_WIDTH, THEME, dash

if TYPE_CHECKING:
    from engine.drawing.curve_picture import Line, Picture, Prepared
    from engine.experiment import RunSettings
    from gui.state import Results, State, Submit
    from gui.views.curve_axis import StepAxis

#: Up to this many points (all visible runs together) are drawn within a few milliseconds.
QUICK_POINTS = 400_000
SELECTED_WIDTH = 1.4 * PATH_WIDTH
LOUD = ("diverged", "nan")


def _engine() -> Any:
    """Import the drawing code, and with it Numba; only in a thread or when it is loaded."""
    from engine.drawing import curve_picture

    return curve_picture


class CurveDrawing(QObject):
    """One plot's quantity and scale, and the latest picture of it.

    Signals
    -------
    drawn : a newer picture is there.
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
        self._state, self._submit, self._axis = state, submit, axis
        self._closed = False

    def close(self) -> None:
        """Take no pictures any more: one may still be on its way when its plot is removed."""
        self._closed = True

    @property
    def runs(self) -> tuple[RunSettings, ...]:
        """The settings of the runs that are drawn, as they are now where that is known."""
        return _runs(self._state, self.shown) if self.shown else ()

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
        results = self._state.results
        if results is None:
            return
        current = self.prepared is not None and self.prepared.quantity == self.quantity
        prepared = self.prepared if current and self.shown is results else None
        quantity = self.quantity
        visible = [i for i, run in enumerate(_runs(self._state, results)) if run.visible]
        blow_up = self._state.experiment.display.blow_up
        look = (self._axis.low, self._axis.high, width, height, self.scale, blow_up)
        # The selected run comes last, so that no other covers it.
        visible.sort(key=lambda index: index == self._state.selected)
        styles = [_style(self._state, results, i, ratio) for i in visible]

        def work() -> tuple[Results, Prepared, Picture]:
            engine = _engine()
            known = prepared or engine.prepare(
                results.trajectories, [s.kind not in LOUD for s in results.statuses], quantity
            )
            lines: tuple[Line, ...] = tuple(engine.Line(*style) for style in styles)
            return results, known, engine.draw(known, engine.View(*look, lines))

        points = len(results.trajectories) * (results.experiment.steps + 1)
        if points <= QUICK_POINTS and CurveDrawing._ready:
            self._on_done(work())
        else:
            self._submit(f"curves {id(self)}", work, self._on_done)

    def _on_done(self, found: tuple[Results, Prepared, Picture]) -> None:
        CurveDrawing._ready = True
        results, prepared, picture = found
        if prepared.quantity == self.quantity and not self._closed:
            self.shown, self.prepared, self.picture = results, prepared, picture
            self.drawn.emit()


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
