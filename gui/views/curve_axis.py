"""The step axis that all curve plots share: which steps are shown, and which one is pointed at."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gui.numbers import show
from gui.views.curve_text import step_text, tr

#: Free room before the first and behind the last step, as a share of all steps.
ROOM = 0.012
FEWEST_STEPS = 4.0
#: Zooming out by what was zoomed in shows all steps again, in spite of rounding.
ROUNDING = 1e-9


class StepAxis(QObject):
    """Shown range, pointed step, and what is counted: `unit` is the steps of one epoch, or 1.

    Signals
    -------
    changed : the shown range changed.
    hovered_changed : (int), the step under the pointer, or -1.
    """

    changed = Signal()
    hovered_changed = Signal(int)

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps = steps
        self.hovered = -1
        self.unit = 1
        self.low, self.high = self._bounds()

    @property
    def fitted(self) -> bool:
        """Whether all steps are shown."""
        return (self.low, self.high) == self._bounds()

    def set_steps(self, steps: int) -> None:
        """Follow the number of steps; a fitted axis stays fitted."""
        if steps == self.steps:
            return
        fitted = self.fitted
        self.steps = steps
        self._show(*(self._bounds() if fitted else (self.low, self.high)))

    def set_unit(self, steps: int) -> None:
        """Count in epochs of so many steps; 1 counts steps."""
        if steps != self.unit:
            self.unit = steps
            self.changed.emit()

    def words(self, step: int) -> str:
        """Return the name of a step, with its epoch where these are counted."""
        words = tr("step {step}").format(step=step_text(step))
        if self.unit == 1:
            return words
        epoch = tr("epoch {number}").format(number=show(step / self.unit, 4))
        return f"{epoch}, {words}"

    def show_steps(self, low: float, high: float) -> None:
        """Show the steps from one to another, as far as there are any."""
        self._show(low, max(high, low + min(FEWEST_STEPS, self.steps + 1.0)))

    def fit(self) -> None:
        """Show all steps."""
        self._show(*self._bounds())

    def zoom(self, factor: float, at: float) -> None:
        """Show `factor` times as many steps, keeping the step `at` where it is."""
        first, last = self._bounds()
        width = self.high - self.low
        wanted = min(max(width * factor, min(FEWEST_STEPS, last - first)), last - first)
        share = (at - self.low) / width
        self._show(at - share * wanted, at + (1 - share) * wanted)

    def pan(self, steps: float) -> None:
        """Move the shown range by `steps`."""
        self._show(self.low + steps, self.high + steps)

    def hover(self, step: int) -> None:
        """Point at a step; -1 points at none."""
        if step != self.hovered:
            self.hovered = step
            self.hovered_changed.emit(step)

    def _bounds(self) -> tuple[float, float]:
        room = max(0.5, ROOM * self.steps)
        return -room, self.steps + room

    def _show(self, low: float, high: float) -> None:
        first, last = self._bounds()
        width = min(high - low, last - first)
        if width >= (last - first) * (1 - ROUNDING):
            low, high = first, last
        else:
            low = min(max(low, first), last - width)
            high = low + width
        if (low, high) != (self.low, self.high):
            self.low, self.high = low, high
            self.changed.emit()
