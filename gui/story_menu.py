"""The collection "Why did it blow up?": a menu of questions, each an experiment with its story."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QToolButton

from gui.session import NETWORK, SURFACE

if TYPE_CHECKING:
    from engine.stories import Story
    from gui.main_window import MainWindow


class StoryMenu(QMenu):
    """The questions of the half that is shown, and those of the other one in a menu below.

    Filled when it is about to be shown: reading the stories costs the start nothing.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.tr("&Why did it blow up?"), window)
        self._window = window
        self._shown = ""
        self.others = QMenu(self)
        for menu in (self, self.others):
            menu.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """List the questions."""
        half = NETWORK if self._window.halves.name == NETWORK else SURFACE
        if self._shown == half:
            return
        from engine.stories import IN_NETWORKS, ON_SURFACES

        self._shown = half
        parts = {SURFACE: ON_SURFACES, NETWORK: IN_NETWORKS}
        titles = {SURFACE: self.tr("On surfaces"), NETWORK: self.tr("In small networks")}
        other = NETWORK if half == SURFACE else SURFACE
        for menu, stories in ((self, parts[half]), (self.others, parts[other])):
            menu.clear()
            self._list(menu, stories)
        self.addSeparator()
        self.others.setTitle(titles[other])
        self.addMenu(self.others)

    def open(self, story: Story) -> None:
        """Put a story's experiment on screen, with its text beside it."""
        window = self._window
        window.halves.show(NETWORK if story.page else SURFACE)
        window.half.documents.open_example(story.experiment)
        window.half.state.select(story.asks)
        window.why_dock.show()
        window.running.tell(story.page)

    def button(self) -> QToolButton:
        """Return a button that opens this menu."""
        button = QToolButton()
        button.setText(self.tr("Why did it blow up?"))
        button.setToolTip(self.tr("Questions, each answered by an experiment"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(self)
        return button

    def _list(self, menu: QMenu, stories: tuple[Story, ...]) -> None:
        for number, story in enumerate(stories, 1):
            action = menu.addAction(f"{number}. {story.title}", partial(self.open, story))
            action.setToolTip(story.experiment.story.text)
