"""Asks the engine for the picture of one curve plot: at once if it is quick, else in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from PySide6.QtCore import QObject, Signal

from gui.theme import PATH_WIDTH, THEME, dash
from gui.views.curve_text import mark_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import SignalInstance

    from engine.drawing.curve_picture import Exit, Picture
    from engine.drawing.curve_series import Mark, Prepared
    from gui.state import Submit
    from gui.views.curve_axis import StepAxis

    #: Index of a series, colour, width and dash in pixels: see `engine.drawing.curve_picture.Line`.
    Style = tuple[int, tuple[int, int, int], float, tuple[float, ...]]

#: Up to this many points (all visible runs together) are drawn within a few milliseconds.
QUICK_POINTS = 400_000
SELECTED_WIDTH = 1.4 * PATH_WIDTH


class Looking(Protocol):
    """Where one looks: the selected run, and the step under the play head."""

    selected: int
    head: int

    @property
    def head_changed(self) -> SignalInstance:
        """Carry the step."""

    @property
    def selected_changed(self) -> SignalInstance:
        """Carry the index of the run."""

    def select(self, index: int) -> None:
        """Select a run."""

    def set_head(self, step: int) -> None:
        """Move the play head."""


class Run(Protocol):
    """What a plot needs of a run's settings."""

    @property
    def slot(self) -> int:
        """Its place among the colours and dashes."""

    @property
    def visible(self) -> bool:
        """Whether it is shown."""


class Wanted(NamedTuple):
    """What is to be drawn.

    Parameters
    ----------
    source : what it is drawn from; the same one needs no preparing again.
    prepare : collects the quantity. It imports Numba: only in a thread or when that is loaded.
    styles : the lines in drawing order.
    quick : whether all of it may be done at once, if the drawing code is loaded.
    """

    source: object
    prepare: Callable[[], Prepared]
    styles: Sequence[Style]
    quick: bool


class CurveDrawing(QObject):
    """One plot's quantity and scale, and the latest picture of it.

    Signals
    -------
    drawn : a newer picture is there, or none any more.
    """

    drawn = Signal()
    #: Whether the drawing code is loaded: until then not even a quick picture is made here.
    _ready: ClassVar[bool] = False

    def __init__(self, looking: Looking, submit: Submit, axis: StepAxis, quantity: str) -> None:
        super().__init__()
        self.quantity = quantity
        self.scale = "log"
        self.prepared: Prepared | None = None
        self.picture: Picture | None = None
        self._source: object = None
        self._looking, self._submit, self._axis = looking, submit, axis
        self._closed = False

    def close(self) -> None:
        """Take no pictures any more: one may still be on its way when its plot is removed."""
        self._closed = True

    @property
    def selected(self) -> int:
        """Index of the selected run."""
        return self._looking.selected

    @property
    def runs(self) -> Sequence[Run]:
        """The settings of the runs that are drawn, as they are now where that is known."""
        raise NotImplementedError

    @property
    def visible(self) -> list[int]:
        """Indices of the visible runs."""
        return [i for i, run in enumerate(self.runs) if run.visible]

    def label(self, index: int) -> str:
        """Return a run's name on screen."""
        raise NotImplementedError

    def is_loud(self, index: int) -> bool:
        """Return whether a run diverged."""
        raise NotImplementedError

    def value(self, index: int, step: int) -> float | None:
        """Return a run's value at a step; None if it has none there."""
        if self.prepared is None or not 0 <= index < len(self.prepared.series):
            return None
        return self.prepared.series[index].value(step)

    def words(self, index: int, step: int) -> str:
        """Return what is said of a run's value instead of the number; empty for the number."""
        return ""

    def columns(self, index: int, step: int) -> tuple[str, ...]:
        """Return all that is said of a run at a step where that is several numbers."""
        return ()

    @property
    def heads(self) -> tuple[str, ...]:
        """The headings of the columns."""
        return ()

    def mark_text(self, index: int, mark: Mark) -> str:
        """Return what is said where a run stops being finite."""
        return mark_text(mark.value, mark.step, mark.last_finite)

    def why_empty(self) -> str:
        """Return why no visible run has a value, or an empty string."""
        return ""

    @property
    def limit(self) -> float | None:
        """The value that the others are measured against, if there is one."""
        return None

    @property
    def exits(self) -> Sequence[Exit]:
        """Where runs leave the plot; `index` is that of the run."""
        return self.picture.exits if self.picture is not None else ()

    def request(self, width: int, height: int, ratio: float) -> None:
        """Draw `width` × `height` device pixels; `drawn` follows, perhaps at once."""
        wanted = self._wanted(ratio)
        if wanted is None:
            self._forget()
            return
        source, prepare, styles, quick = wanted
        prepared = self.prepared if self._is_prepared(source) else None
        axis = self._axis
        look = (axis.low, axis.high, width, height, self._kind_of_scale, self._blows_up)

        def work() -> tuple[object, Prepared, Picture]:
            from engine.drawing.curve_picture import Line, View, draw

            known = prepared or prepare()
            lines = tuple(Line(*style) for style in styles)
            return source, known, draw(known, View(*look, lines))

        if quick and CurveDrawing._ready:
            self._on_done(work())
        else:
            self._submit(f"curves {id(self)}", work, self._on_done)

    def _wanted(self, ratio: float) -> Wanted | None:
        """Return what is to be drawn with so many device pixels a pixel; None for nothing yet."""
        raise NotImplementedError

    @property
    def _kind_of_scale(self) -> str:
        return self.scale

    @property
    def _blows_up(self) -> bool:
        """Whether the axis shows all that is finite."""
        raise NotImplementedError

    def _is_prepared(self, source: object) -> bool:
        known = self.prepared
        return known is not None and known.quantity == self.quantity and self._source is source

    def _forget(self) -> None:
        """Show nothing rather than curves of another surface, or of another quantity."""
        if self.prepared is not None:
            self._source = self.prepared = self.picture = None
            self.drawn.emit()

    def _on_done(self, found: tuple[Any, Prepared, Picture]) -> None:
        CurveDrawing._ready = True
        source, prepared, picture = found
        if prepared.quantity == self.quantity and not self._closed and self._takes(source):
            self._source, self.prepared, self.picture = source, prepared, picture
            self.drawn.emit()

    def _takes(self, source: object) -> bool:
        """Return whether a picture drawn from this is still to be shown."""
        return True


def run_style(index: int, slot: int, selected: bool, ratio: float) -> Style:
    """Return how a run's own line is drawn."""
    width = SELECTED_WIDTH if selected else PATH_WIDTH
    pen = THEME.path_colour(slot)
    colour = (pen.red(), pen.green(), pen.blue())
    return index, colour, width * ratio, tuple(length * ratio for length in dash(slot))
