"""The verdict on the selected run: one paragraph, whose claims have been run before they stand."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.numbers import show
from gui.panels.swatch import Swatch
from gui.theme import ALERT, FAINT, RHYTHM, THEME
from gui.views.why_page import WhyPage, bold, scrolling

if TYPE_CHECKING:
    from engine.explanation.diagnosis import Claim, Diagnosis
    from engine.explanation.explanation import Explanation
    from gui.state import Explained, State, Submit

#: Other settings are run once nothing has changed for this long.
REST_MS = 200
LOUD = ("divergence", "nan")


class VerdictPage(WhyPage):
    """Title, paragraph and how its claims were checked."""

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(state, submit, parent)
        self._asked: tuple[Explanation, bool] | None = None
        self.diagnosis: Diagnosis | None = None
        self.swatch = Swatch(self)
        self.title, self.text, self.note = QLabel(), QLabel(), QLabel()
        self._lay_out()
        self.outdated.connect(self.refresh)
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
        run = explanation.trajectory.run
        self.swatch.set_slot(run.slot, run.visible)
        self.swatch.show()
        self.title.setText(diagnosis.title)
        self.title.setToolTip(explanation.trajectory.label)
        plain = QPalette.ColorRole.WindowText
        self.title.setForegroundRole(ALERT if diagnosis.kind in LOUD else plain)
        self.text.setText(" ".join(map(self._sentence, diagnosis.claims)))
        self.note.setText(self._how(diagnosis))

    def _show_nothing(self, reason: str) -> None:
        self.swatch.hide()
        self.title.clear()
        self.text.setText(escape(reason))
        self.note.clear()

    def _sentence(self, claim: Claim) -> str:
        text = escape(claim.text)
        if claim.learning_rate is None:
            return text
        use = escape(self.tr("Use η = {}").format(show(claim.learning_rate)))
        colour = THEME.colours.accent
        return f"{text} <a style='color:{colour}' href='{claim.learning_rate!r}'>{use}</a>"

    def _how(self, diagnosis: Diagnosis) -> str:
        """Say how the claims were checked."""
        if not diagnosis.complete:
            return self.tr("Other settings are being run …")
        ways = dict.fromkeys(c.how for c in diagnosis.claims if c.checked == "run" and c.how)
        return self.tr("Checked: {}.").format("; ".join(ways)) if ways else ""

    def _on_link(self, address: str) -> None:
        self._state.update_run(self._state.selected, learning_rate=float(address))

    def _lay_out(self) -> None:
        bold(self.title)
        self.title.setAccessibleName(self.tr("Verdict"))
        self.note.setForegroundRole(FAINT)
        selectable = Qt.TextInteractionFlag.TextBrowserInteraction
        for label in (self.text, self.note):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setTextInteractionFlags(selectable)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.linkActivated.connect(self._on_link)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(RHYTHM, RHYTHM // 2, RHYTHM, RHYTHM)
        column.setSpacing(RHYTHM)
        header = QHBoxLayout()
        header.addWidget(self.swatch)
        header.addWidget(self.title, 1)
        column.addLayout(header)
        column.addWidget(self.text)
        column.addWidget(self.note)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolling(page))


def _diagnose(explained: Explained, explanation: Explanation, checked: bool) -> Any:
    from engine.explanation.diagnose import diagnose

    return diagnose(explanation, explained.results.experiment, checked=checked)
