"""The step microscope: the loss along the line of one step, and which rate lands where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.views.line_page import AnyLinePage
from gui.views.why_page import WhyPage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.explanation.explanation import Explanation
    from engine.explanation.microscope import StepLine
    from gui.state import State, Submit


class LinePage(AnyLinePage, WhyPage):
    """The line of a step on a surface."""

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(state, submit, parent)
        self._asked: tuple[Explanation, int] | None = None
        self._shown: tuple[Explanation, int] | None = None

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
        self._shown = asked
        self._show_line(line, asked[1], asked[0].trajectory.run, "surface")

    def _values_at(self, line: StepLine, s: float) -> tuple[float, float]:
        from engine.explanation.line_view import values_at

        assert self._shown is not None
        return values_at(*self._shown, line, s)

    def _tip(self) -> str:
        return self.tr(
            "Give the run the learning rate that puts this step here; its path starts anew"
        )

    def _show_nothing(self, reason: str) -> None:
        self._asked = self._shown = None
        super()._show_nothing(reason)
