"""The verdict on the selected run: one paragraph, whose claims have been run before they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from gui.views.verdict_page import AnyVerdictPage
from gui.views.why_page import WhyPage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.explanation.diagnosis import Diagnosis
    from engine.explanation.explanation import Explanation
    from gui.state import Explained, State, Submit

#: Other settings are run once nothing has changed for this long.
REST_MS = 200


class VerdictPage(AnyVerdictPage, WhyPage):
    """The verdict on a path on a surface."""

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(state, submit, parent)
        self._asked: tuple[Explanation, bool] | None = None
        self.diagnosis: Diagnosis | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(lambda: self._ask(checked=True))

    def refresh(self) -> None:
        """Ask for a draft at once, and for the checked verdict when things have come to rest."""
        explanation = self.explanation
        if explanation is None:
            self.diagnosis = None
            self._show_nothing(self.reason)
        elif self._asked is not None and self._asked[0] is explanation:
            self._show()
        else:
            self._ask(checked=False)
            self._rest.start()

    def _ask(self, *, checked: bool) -> None:
        explained, explanation = self._state.explained, self.explanation
        if explained is None or explanation is None:
            return
        self._asked = (explanation, checked)
        self._submit(
            "verdict",
            lambda: (explanation, _diagnose(explained, explanation, checked)),
            self._on_diagnosed,
        )

    def _on_diagnosed(self, found: tuple[Explanation, Diagnosis]) -> None:
        explanation, diagnosis = found
        if explanation is self.explanation:
            self.diagnosis = diagnosis
            self._show()

    def _show(self) -> None:
        diagnosis, explanation = self.diagnosis, self.explanation
        if diagnosis is None or explanation is None:
            return
        trajectory = explanation.trajectory
        self._show_title(trajectory.run, diagnosis.kind, diagnosis.title, trajectory.label)
        self.text.setText(" ".join(map(self._sentence, diagnosis.claims)))
        self.note.setText(self._how(diagnosis))

    def _how(self, diagnosis: Diagnosis) -> str:
        """Say how the claims were checked."""
        if not diagnosis.complete:
            return self.tr("Other settings are being run …")
        ways = dict.fromkeys(c.how for c in diagnosis.claims if c.checked == "run" and c.how)
        return self.tr("Checked: {}.").format("; ".join(ways)) if ways else ""


def _diagnose(explained: Explained, explanation: Explanation, checked: bool) -> Any:
    from engine.explanation.diagnose import diagnose

    return diagnose(explanation, explained.results.experiment, checked=checked)
