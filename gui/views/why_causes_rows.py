"""The switches of the causes page: one row per choice, with what it alone would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.explanation.causes_in_data import NO_DATA
from gui.panels.fields import CheckBox
from gui.theme import RHYTHM
from gui.views.elided_label import ROW_PX, ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.explanation.cause import Cause
    from engine.explanation.comparison import Outcome

TICK_PX = 28
SIGNS = {"saved": "✓", "better": "+", "same": "=", "worse": "−"}
IMPROVED = ("saved", "better")


class CauseRow(QWidget):
    """A switch, and at its right what it alone would change, or why it does not apply."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box, self.outcome = CheckBox(title), ElidedLabel()
        self.box.setAccessibleName(title)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(RHYTHM)
        row.addWidget(self.box)
        row.addWidget(self.outcome, 1)
        self.setFixedHeight(ROW_PX)

    def show_reason(self, reason: str) -> None:
        """Say why the switch does not apply here."""
        self.box.setEnabled(False)
        self.outcome.set_text(reason)
        self.box.setAccessibleDescription(reason)

    def show_outcome(self, outcome: Outcome | None) -> None:
        """Say what the switch alone would change; None while that is not known."""
        self.box.setEnabled(True)
        if outcome is None:
            self.outcome.set_text("…", tip=self.tr("This is being run."))
            return
        from engine.explanation.comparison_view import brief

        short = brief(outcome.status)
        sentence = self._effects()[outcome.effect].format(outcome.status.sentence)
        self.outcome.set_text(
            f"{SIGNS[outcome.effect]} {short}", strong=outcome.effect in IMPROVED, tip=sentence
        )
        self.box.setAccessibleDescription(sentence)

    def _effects(self) -> dict[str, str]:
        return {
            "saved": self.tr("Alone this saves the run. {}"),
            "better": self.tr("Alone this makes the run better. {}"),
            "same": self.tr("Alone this changes little. {}"),
            "worse": self.tr("Alone this makes the run worse. {}"),
        }


class CauseRows(QWidget):
    """All switches. Those of one cause exclude each other, those of different ones add up.

    Signals
    -------
    changed : the user has thrown a switch, the one in the row `thrown`.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[tuple[str, float | None], CauseRow] = {}
        self.chosen: dict[str, float] = {}
        self.thrown: CauseRow | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)

    def show_causes(self, causes: Sequence[Cause]) -> None:
        """Show these switches; what is chosen and still offered stays chosen."""
        # What needs data comes last where there are none: it can never apply there.
        ordered = sorted(causes, key=lambda cause: cause.reason == NO_DATA)
        titles: dict[tuple[str, float | None], str] = {}
        for cause in ordered:
            titles |= {(cause.key, choice.amount): choice.title for choice in cause.choices}
            if not cause.choices:
                titles[cause.key, None] = cause.title
        if [(k, r.box.text()) for k, r in self.rows.items()] != list(titles.items()):
            self._rebuild(titles)
        by_key = {cause.key: cause for cause in ordered}
        for (key, amount), row in self.rows.items():
            row.box.setToolTip(by_key[key].help)
            if amount is None:
                row.show_reason(by_key[key].reason)
        self.chosen = {key: a for key, a in self.chosen.items() if (key, a) in self.rows}
        self._tick()

    def show_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Show what each switch alone would change."""
        found = {(outcome.key, outcome.amount): outcome for outcome in outcomes}
        for key, row in self.rows.items():
            if key[1] is not None:
                row.show_outcome(found.get((key[0], key[1])))

    def choose(self, chosen: Mapping[str, float]) -> None:
        """Throw exactly these switches, silently."""
        self.chosen = dict(chosen)
        self._tick()

    def _rebuild(self, titles: Mapping[tuple[str, float | None], str]) -> None:
        for row in self.rows.values():
            self._column.removeWidget(row)
            # Hidden at once, because deletion waits for the event loop.
            row.hide()
            row.deleteLater()
        self.rows, self.thrown = {}, None
        # One width for all, so that the outcomes stand in a column.
        metrics = self.fontMetrics()
        width = max(map(metrics.horizontalAdvance, titles.values()), default=0) + TICK_PX
        for place, ((key, amount), title) in enumerate(titles.items()):
            row = self.rows[key, amount] = CauseRow(title)
            self._column.insertWidget(place, row)
            row.box.setFixedWidth(width)
            if amount is not None:
                row.show_outcome(None)
                row.box.clicked.connect(
                    lambda on, key=key, amount=amount: self._on_clicked(key, amount, on)
                )

    def _on_clicked(self, key: str, amount: float, on: bool) -> None:
        if on:
            self.chosen[key] = amount
        else:
            self.chosen.pop(key, None)
        self.thrown = self.rows[key, amount]
        self._tick()
        self.changed.emit()

    def _tick(self) -> None:
        for (key, amount), row in self.rows.items():
            row.box.setChecked(amount is not None and self.chosen.get(key) == amount)
