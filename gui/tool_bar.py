"""The row of buttons at the top: what one reaches for most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from gui.panels.choice import Choice
from gui.session import MAPS, NETWORK, SURFACE

if TYPE_CHECKING:
    from gui.main_window import MainWindow

LEFT = ("Open…", "Save", "Undo", "Redo")
VIEW = ("Fit", "Show the blow-up", "Decade ladder")
EXPORT = (
    "Export trajectories…",
    "Export selected trajectory…",
    "Export with explanations…",
    "Export with weights…",
    "Copy run as NumPy script",
    "Copy run as PyTorch script",
    "Copy run as Keras script",
    "Copy run as JAX script",
    "Save run as PyTorch script…",
    "Save run as Keras script…",
    "Save run as JAX script…",
)
#: Of these, what the menu of one run offers.
EXPORT_OF_RUN = (EXPORT[1], *EXPORT[4:])


class ToolBar(QToolBar):
    """Buttons for commands that are declared in the menus."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.tr("Tools"))
        self.setObjectName("tools")
        self.setMovable(False)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._add_switch(window)
        actions = window.commands.actions
        for name in LEFT:
            self.addAction(actions[name])
        self.addSeparator()
        for name in VIEW:
            self.addAction(actions[name])
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(space)
        self.addWidget(self._export_button(window))
        self.addWidget(window.story_menu.button())
        find = actions["Find a command, surface or optimizer…"]
        find.setIconText(window.tr("Find"))
        self.addAction(find)
        self.addAction(actions["Help"])

    def _add_switch(self, window: MainWindow) -> None:
        options = (
            (SURFACE, window.tr("Surface")), (NETWORK, window.tr("Network")),
            (MAPS, window.tr("Maps")),
        )  # fmt: skip
        self.switch = Choice(options, window.tr("What is shown"))
        self.switch.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.switch.setToolTip(
            window.tr("Walk surfaces (Ctrl+1), train networks (Ctrl+2) or map both (Ctrl+3)")
        )
        self.switch.set_key(window.halves.name)
        self.switch.chosen.connect(window.halves.show)
        window.halves.shown.connect(self.switch.set_key)
        self.addWidget(self.switch)
        self.addSeparator()

    def _export_button(self, window: MainWindow) -> QToolButton:
        button = QToolButton()
        button.setText(window.tr("Export"))
        button.setToolTip(window.tr("Write trajectories as a table, or a run as a script"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        menu = QMenu(button)
        menu.setToolTipsVisible(True)
        for name in EXPORT:
            menu.addAction(window.commands.actions[name])
        button.setMenu(menu)
        button.clicked.connect(window.commands.actions[EXPORT[0]].trigger)
        return button
