"""The collection "Why did it blow up?": a menu of questions, each an experiment with its story."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QToolButton

from gui.session import SURFACE

if TYPE_CHECKING:
    from engine.stories import Story
    from gui.main_window import MainWindow


class StoryMenu(QMenu):
    """Filled when it is first about to be shown: reading the stories costs the start nothing."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.tr("&Why did it blow up?"), window)
        self._window = window
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """List the questions."""
        if self.actions():
            return
        from engine.stories import CATALOGUE

        for number, story in enumerate(CATALOGUE, 1):
            action = self.addAction(f"{number}. {story.title}", partial(self.open, story))
            action.setToolTip(story.experiment.story.text)

    def open(self, story: Story) -> None:
        """Put a story's experiment on screen, with its text beside it."""
        self._window.halves.show(SURFACE)
        self._window.documents.open_example(story.experiment)
        self._window.state.select(story.asks)
        self._window.why_dock.show()
        self._window.why.show_page("story")

    def button(self) -> QToolButton:
        """Return a button that opens this menu."""
        button = QToolButton()
        button.setText(self.tr("Why did it blow up?"))
        button.setToolTip(self.tr("Questions, each answered by an experiment"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(self)
        return button
