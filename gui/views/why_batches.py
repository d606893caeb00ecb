"""Mini-batches: the surface of a step's own batch beside that of all rows, and what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.explanation.causes_in_data import data_of
from gui.theme import FAINT, RHYTHM
from gui.views.change_table import ChangeTable
from gui.views.curve_text import step_text
from gui.views.explaining_page import bold, scrolling
from gui.views.small_landscape import SmallLandscape
from gui.views.why_batches_work import Question, find
from gui.views.why_page import WhyPage

if TYPE_CHECKING:
    from engine.explanation.explanation import Explanation
    from gui.state import State, Submit
    from gui.views.why_batches_work import Found


class BatchesPage(WhyPage):
    """Two pictures around the play head, a table, and the mean-square limit of the batch size."""

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(state, submit, parent)
        self.heading, self.words, self.rate = QLabel(), QLabel(), QLabel()
        self.pictures = (
            SmallLandscape(submit, "batches own"), SmallLandscape(submit, "batches full"),
        )  # fmt: skip
        self.titles = (QLabel(), QLabel())
        self.table = ChangeTable()
        self.button = QPushButton()
        self.found: Found | None = None
        self._asked: tuple[Explanation, int] | None = None
        self._lay_out()
        self.outdated.connect(self.refresh)
        self.button.clicked.connect(self._use_batches)

    def refresh(self) -> None:
        """Ask for what the step that leaves the play head did to its batch and to all rows."""
        explanation, explained = self.explanation, self._state.explained
        if explanation is None or explained is None:
            self._show_nothing(self.reason)
            return
        asked = (explanation, self.step if explanation.rows > 1 else -1)
        if self._asked is not None and self._asked[0] is asked[0] and self._asked[1] == asked[1]:
            return
        self._asked = asked
        known = self.found
        limit = None
        if known is not None and known.question.trajectory is explanation.trajectory:
            limit = known.limit
        question = Question(
            explained.results.experiment,
            self._state.selected,
            explanation.trajectory,
            asked[1],
            limit,
        )
        self._submit(
            "batches", lambda: find(question), lambda f: self._on_found(asked, f), self._refuse
        )

    def _on_found(self, asked: tuple[Explanation, int], found: Found) -> None:
        if asked[0] is not self.explanation:
            return
        self.found = found
        self.rate.setText(found.rate)
        self.rate.setToolTip(found.limit.sentence)
        if found.view is None:
            self._show_whole(found)
            return
        self.empty.hide()
        self.button.hide()
        self._body.show()
        step = found.view.step
        here, there = step_text(step.step), step_text(step.step + 1)
        self.heading.setText(self.tr("Step {} → {}").format(here, there))
        self.words.setText(" ".join(found.view.sentences))
        one = len(step.rows) == 1
        own = self.tr("Its batch, one row") if one else self.tr("Its batch, {} rows")
        self.titles[0].setText(own.format(len(step.rows)))
        self.titles[1].setText(self.tr("All {} rows").format(found.limit.rows))
        for picture, scene, title in zip(self.pictures, found.scenes, self.titles, strict=True):
            picture.show_scene(scene, 0)
            picture.setAccessibleName(
                self.tr("{}: the loss around the play head").format(title.text())
            )
        self.table.show_changes(step.batch, step.full)

    def _show_whole(self, found: Found) -> None:
        """Say that there are no mini-batches, and offer some."""
        if found.limit.batch_size < found.limit.rows:
            self._show_nothing(self.tr("No step was taken."), keep=True)
            return
        self._show_nothing(
            self.tr(
                "The data are used whole: each step sees all {} rows. Try batches of {}."
            ).format(found.limit.rows, found.usual),
            keep=True,
        )
        self.button.setText(self.tr("Use batches of {}").format(found.usual))
        self.button.show()

    def _use_batches(self) -> None:
        data = data_of(self._state.experiment)
        if data is not None and self.found is not None:
            self._state.update_surface(data=replace(data, batch_size=self.found.usual))

    def _refuse(self, sentence: str) -> None:
        self._show_nothing(sentence)

    def _show_nothing(self, reason: str, *, keep: bool = False) -> None:
        if not keep:
            self._asked = self.found = None
            self.rate.clear()
        self._body.hide()
        self.button.hide()
        self.empty.setText(reason)
        self.empty.show()

    def _lay_out(self) -> None:
        for label in (self.words, self.rate):
            label.setWordWrap(True)
        self.rate.setForegroundRole(FAINT)
        bold(self.heading)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(RHYTHM // 2)
        body.addWidget(self.heading)
        body.addWidget(self.words)
        body.addLayout(self._lay_out_pictures(), 1)
        body.addWidget(self.table)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(RHYTHM, 2, RHYTHM, 4)
        column.addWidget(self.empty)
        column.addWidget(self._body, 1)
        column.addWidget(self.rate)
        column.addWidget(self.button)
        column.addStretch(0)
        column.setAlignment(self.button, Qt.AlignmentFlag.AlignLeft)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        area = scrolling(page)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        whole.addWidget(area)
        self._body.hide()
        self.button.hide()

    def _lay_out_pictures(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(RHYTHM)
        grid.setVerticalSpacing(2)
        tips = (
            self.tr("Coloured: where this batch wants to go; plain: where all rows do"),
            self.tr("Plain: where all rows want to go; coloured: this batch; faint: the next ones"),
        )
        for side, (title, picture) in enumerate(zip(self.titles, self.pictures, strict=True)):
            title.setForegroundRole(FAINT)
            picture.setToolTip(tips[side])
            grid.addWidget(title, 0, side)
            grid.addWidget(picture, 1, side)
            grid.setColumnStretch(side, 1)
        grid.setRowStretch(1, 1)
        return grid
