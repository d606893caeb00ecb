"""Mini-batches: what a step's own batch asked for, and what the step did to it and to all rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from gui.networks.views.gradient_fan import GradientFan
from gui.networks.views.why_page import NetworkWhyPage
from gui.theme import RHYTHM, THEME
from gui.views.change_table import ChangeTable
from gui.views.curve_text import step_text
from gui.views.explaining_page import bold
from gui.views.small_curves import SmallCurve, SmallCurves

if TYPE_CHECKING:
    from engine.networks.explanation.watch import RunExplained, StepSeen
    from gui.networks.state import NetworkState
    from gui.state import Submit

#: A batch size to try where every step sees all rows.
USUAL = 32
AGAINST_DASH = (7.0, 4.0)


class NetworkBatchesPage(NetworkWhyPage):
    """Arrows at the play head, a table, and both losses' changes over the kept steps."""

    needs = ("step", "batches", "steps")

    def __init__(self, state: NetworkState, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(state, submit, parent)
        self.heading, self.words = QLabel(), QLabel()
        self.fan, self.table, self.curves = GradientFan(), ChangeTable(), SmallCurves()
        self.button = QPushButton()
        self._offered = USUAL
        self._lay_out()
        self.outdated.connect(self.refresh)
        self.button.clicked.connect(self._use_batches)
        self.curves.stepped.connect(state.set_head)

    def refresh(self) -> None:
        """Show what the step that leaves the play head did to its batch and to all rows."""
        explanation, seen = self.explanation, self.seen
        self.button.hide()
        if explanation is not None and explanation.network.order.full:
            self._show_whole(explanation)
        elif explanation is None or seen is None:
            self._show_nothing(self.reason)
        else:
            self._show(explanation, seen)

    def _show(self, explanation: RunExplained, seen: StepSeen) -> None:
        from engine.explanation.batch_view import batch_words
        from engine.norms import norm, norms

        self._show_body()
        here, there = step_text(seen.step), step_text(seen.step + 1)
        self.heading.setText(self.tr("Step {} → {}").format(here, there))
        self.words.setText(" ".join(batch_words(seen.change)))
        count = len(seen.change.rows)
        own = self.tr("Its batch, one row") if count == 1 else self.tr("Its batch, {} rows")
        rows = explanation.network.training.count
        self.table.show_titles(own.format(count), self.tr("All {} rows").format(rows))
        self.table.show_changes(seen.change.batch, seen.change.full)
        run = THEME.path_colour(explanation.history.run.slot)
        found = seen.batches
        self.fan.setVisible(found is not None)
        if found is not None:
            lengths = norms(found.gradients).tolist()
            self.fan.show_arrows(found.cosines.tolist(), lengths, norm(found.full), run)
        self._show_curves(explanation, seen.step, run)

    def _show_curves(self, explanation: RunExplained, step: int, run: QColor) -> None:
        from engine.networks.explanation.steps import spread_out

        found = explanation.budgets
        if found is None:
            return
        own, every = spread_out(found.batch, found.steps, explanation.history)
        full, _ = spread_out(found.full, found.steps, explanation.history)
        text = QColor(THEME.colours.text)
        curves = [
            SmallCurve(self.tr("all rows’ change"), full.measured, text, AGAINST_DASH),
            SmallCurve(self.tr("its batch’s"), own.measured, run),
        ]
        self.curves.show_curves(curves, step, every=every)

    def _show_whole(self, explanation: RunExplained) -> None:
        """Say that there are no mini-batches, and offer some."""
        rows = explanation.network.training.count
        self._offered = min(USUAL, max(1, rows // 2))
        said = self.tr("The data are used whole: each step sees all {} rows. Try batches of {}.")
        self._show_nothing(said.format(rows, self._offered))
        self.button.setText(self.tr("Use batches of {}").format(self._offered))
        self.button.show()

    def _use_batches(self) -> None:
        self._state.update_batches(size=self._offered)

    def _lay_out(self) -> None:
        self.words.setWordWrap(True)
        bold(self.heading)
        self.curves.setAccessibleName(self.tr("Change of both losses over the steps"))
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(RHYTHM // 2)
        column.addWidget(self.heading)
        column.addWidget(self.words)
        column.addWidget(self.fan, 2)
        column.addWidget(self.table)
        column.addWidget(self.curves, 2)
        self._place(body)
        place = self.layout()
        assert isinstance(place, QVBoxLayout)
        place.insertWidget(
            1, self.button, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        )
        place.addStretch()
        self.button.hide()
