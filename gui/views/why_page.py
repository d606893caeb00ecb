"""What all pages of the surfaces' "Why" panel share: what is known of the selected run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.state import is_same_ground
from gui.views.explaining_page import ExplainingPage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.explanation.explanation import Explanation
    from gui.state import State, Submit


class WhyPage(ExplainingPage):
    """One page about the selected run on a surface."""

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(state, submit, parent)
        self._state: State = state

    @property
    def explanation(self) -> Explanation | None:
        """What is known about the selected run, or None.

        What was known before a change of a number stays until the new is there, so that nothing
        flickers; of another surface or another optimizer it would be wrong.
        """
        explained, at = self._state.explained, self._state.selected
        if explained is None or not 0 <= at < len(explained.explanations):
            return None
        now, then = self._state.experiment, explained.results.experiment
        if at >= len(now.runs) or not is_same_ground(now.surface, then.surface):
            return None
        same = now.runs[at].optimizer == then.runs[at].optimizer
        return explained.explanations[at] if same else None

    @property
    def reason(self) -> str:
        """Why there is no explanation: a sentence for the empty page."""
        explained, at = self._state.explained, self._state.selected
        if not self._state.experiment.runs:
            return self.tr("Add an optimizer: here will stand why its loss falls or rises.")
        reasons = explained.reasons if explained is not None else ()
        reason = reasons[at] if at < len(reasons) else ""
        return reason or self.tr("The explanation follows as soon as the path is there.")

    @property
    def step(self) -> int:
        """The step that leaves the row under the play head; past the end the last finite one."""
        explanation, head = self.explanation, self._state.head
        if explanation is None or explanation.rows < 2:
            return 0
        from engine.explanation.last_told import last_step

        return head if head <= explanation.rows - 2 else last_step(explanation)
