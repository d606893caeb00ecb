"""The verdict on the selected run in training: what happened, and what else is to be seen."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from gui.networks.views.why_page import NetworkWhyPage
from gui.views.verdict_page import AnyVerdictPage

if TYPE_CHECKING:
    from engine.networks.explanation.verdict import Finding
    from engine.networks.explanation.watch import RunExplained


class NetworkVerdictPage(AnyVerdictPage, NetworkWhyPage):
    """A paragraph on what happened, and one for whatever else the run bears out."""

    needs = ("verdict",)

    def refresh(self) -> None:
        """Show the findings."""
        explanation = self.explanation
        if explanation is None or not explanation.findings:
            self._show_nothing(self.reason)
            return
        first, *besides = explanation.findings
        history = explanation.history
        self._show_title(history.run, first.kind, first.title, history.label)
        others = "".join(
            f"<p style='margin-top:8px'><b>{escape(one.title)}.</b> {self._words(one)}</p>"
            for one in besides
        )
        self.text.setText(f"<p style='margin-top:0px'>{self._words(first)}</p>{others}")
        self.note.setText(self._how(explanation))

    def _words(self, finding: Finding) -> str:
        return " ".join(map(self._sentence, finding.claims))

    def _how(self, explanation: RunExplained) -> str:
        """Say what was measured, or that this is still going on."""
        if explanation.drafted:
            return self.tr("The curvature along the run is being measured …")
        claims = [claim for finding in explanation.findings for claim in finding.claims]
        ways = dict.fromkeys(c.how for c in claims if c.checked and c.how)
        said = self.tr("Measured: {}.").format("; ".join(ways)) if ways else ""
        note = explanation.sharpness.note if explanation.sharpness else ""
        return f"{said} {note}".strip()
