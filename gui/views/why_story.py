"""The text beside an experiment of the collection: what is seen, and what to try."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from gui.theme import RHYTHM

if TYPE_CHECKING:
    from engine.experiment import Experiment
    from engine.networks.settings import NetworkExperiment
    from gui.editing import Editing
    from gui.state import Submit


class StoryPage(QScrollArea):
    """Title, text and things to try of the experiment on screen."""

    def __init__(self, state: Editing, submit: Submit, parent: QWidget | None = None) -> None:
        del submit
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        page = QWidget()
        page.setAutoFillBackground(False)
        column = QVBoxLayout(page)
        column.setContentsMargins(RHYTHM, RHYTHM, RHYTHM, RHYTHM)
        column.setSpacing(RHYTHM)
        self.title, self.text, self.tries = QLabel(), QLabel(), QLabel()
        for label in (self.title, self.text, self.tries):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        column.addStretch(1)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.tries.setTextFormat(Qt.TextFormat.RichText)
        self.setWidget(page)
        state.changed.connect(lambda _, new: self._show(new))
        self._show(state.experiment)

    def _show(self, experiment: Experiment | NetworkExperiment) -> None:
        story = experiment.story
        self.title.setText(experiment.title)
        self.title.setVisible(bool(experiment.title))
        self.text.setText(story.text)
        items = "".join(
            f"<li style='margin-bottom:4px'>{escape(line)}</li>" for line in story.tries
        )
        heading = escape(self.tr("Try"))
        self.tries.setText(f"<b>{heading}</b><ul style='margin-left:-24px'>{items}</ul>")
        self.tries.setVisible(bool(story.tries))
