"""Every command of the program, declared once: menu, shortcut, tooltip and command search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtGui import QAction, QKeySequence

from gui.session import MAPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMainWindow, QMenu


#: The halves in which there are runs: surfaces and networks.
RUNS = "runs"


class Command(Struct, frozen=True):
    """One thing that can be done.

    Parameters
    ----------
    menu : the menu it stands in, e.g. ``"File"``.
    text : what the menu says, with its mnemonic.
    run : what it does; a checkable command is called with the new state.
    shortcuts : keys, the first is shown.
    help : one sentence for tooltip and status line.
    checked : for a checkable command, whether it is on now.
    enabled : whether it can be done now.
    separated : whether a line stands above it in the menu.
    half : the half of the window in which it is there, or `RUNS` for both that have runs; empty for
        all.
    """

    menu: str
    text: str
    run: Callable[..., object]
    shortcuts: tuple[str, ...] = ()
    help: str = ""
    checked: Callable[[], bool] | None = None
    enabled: Callable[[], bool] | None = None
    separated: bool = False
    half: str = ""

    @property
    def title(self) -> str:
        """The text without its mnemonic."""
        return self.text.replace("&", "")


class Commands:
    """Turns declared commands into actions of a window and keeps them up to date.

    Parameters
    ----------
    half : returns which half of the window is shown.
    """

    def __init__(
        self, window: QMainWindow, commands: tuple[Command, ...], half: Callable[[], str]
    ) -> None:
        self.commands = commands
        self._half = half
        self.actions: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        for command in commands:
            self._add(window, command)

    def refresh(self) -> None:
        """Bring check marks and enabled states up to date; hide what belongs to another half."""
        for command in self.commands:
            action = self.actions[command.title]
            here = self._is_here(command)
            action.setVisible(here)
            if not here:
                continue
            if command.checked is not None:
                action.setChecked(command.checked())
            if command.enabled is not None:
                action.setEnabled(command.enabled())
        for title, menu in self.menus.items():
            there = (c for c in self.commands if c.menu == title)
            menu.menuAction().setVisible(any(map(self._is_here, there)))

    def _is_here(self, command: Command) -> bool:
        present = self._half()
        return command.half in ("", present) or (command.half == RUNS and present != MAPS)

    def _add(self, window: QMainWindow, command: Command) -> None:
        menu = self.menus.get(command.menu)
        if menu is None:
            menu = self.menus[command.menu] = window.menuBar().addMenu(command.menu)
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(self.refresh)
        if command.separated:
            menu.addSeparator()
        action = QAction(command.text, window)
        action.setCheckable(command.checked is not None)
        action.setShortcuts([QKeySequence(keys) for keys in command.shortcuts])
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        hint = command.help or command.title
        action.setToolTip(f"{hint} ({keys})" if keys else hint)
        action.setStatusTip(command.help)
        if command.checked is None:
            action.triggered.connect(lambda _=False: command.run())
        else:
            action.triggered.connect(lambda on, run=command.run: run(on))
        menu.addAction(action)
        self.actions[command.title] = action
