"""The verdict on the selected run, on surfaces and on networks: a title and its sentences."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.numbers import show
from gui.panels.swatch import Swatch
from gui.theme import ALERT, FAINT, RHYTHM, THEME
from gui.views.explaining_page import ExplainingPage, bold, scrolling

if TYPE_CHECKING:
    from engine.experiment import RunSettings
    from engine.explanation.diagnosis import Claim
    from engine.networks.settings import TrainingRun
    from gui.explaining import Explaining
    from gui.state import Submit

#: Kinds of verdicts on what blew up.
LOUD = ("divergence", "nan")


class AnyVerdictPage(ExplainingPage):
    """Title, paragraph and how its claims were checked."""

    def __init__(self, state: Explaining, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(state, submit, parent)
        self.swatch = Swatch(self)
        self.title, self.text, self.note = QLabel(), QLabel(), QLabel()
        self._lay_out()
        self.outdated.connect(self.refresh)

    def refresh(self) -> None:
        """Show the verdict on the selected run, or ask for it."""
        raise NotImplementedError

    def _show_title(self, run: RunSettings | TrainingRun, kind: str, title: str, tip: str) -> None:
        self.swatch.set_slot(run.slot, run.visible)
        self.swatch.show()
        self.title.setText(title)
        self.title.setToolTip(tip)
        plain = QPalette.ColorRole.WindowText
        self.title.setForegroundRole(ALERT if kind in LOUD else plain)

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
