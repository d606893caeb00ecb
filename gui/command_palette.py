"""Ctrl+K: find any command, surface or optimizer by a few letters."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from engine import stories
from gui import session
from gui.session import MAPS
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.main_window import MainWindow

WIDTH_PX, HEIGHT_PX = 440, 360


class Entry(Struct, frozen=True):
    """Something that can be found and chosen."""

    text: str
    hint: str
    choose: Callable[[], object]


def matches(words: str, entry: Entry) -> bool:
    """Return whether each typed word occurs in the entry, whatever its case and place."""
    text = f"{entry.text} {entry.hint}".lower()
    return all(word in text for word in words.lower().split())


class CommandPalette(QWidget):
    """A search box above a list; Enter chooses, Escape closes."""

    def __init__(self, entries: Callable[[], list[Entry]], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._entries = entries
        self._window = parent
        self._shown: list[Entry] = []
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Find a command, a surface or an optimizer"))
        self.search.setAccessibleName(self.tr("Find"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Found"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(RHYTHM, RHYTHM, RHYTHM, RHYTHM)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        self.search.textChanged.connect(self._refresh)
        self.search.installEventFilter(self)
        self.search.returnPressed.connect(self._choose)
        self.list.itemClicked.connect(lambda _: self._choose())
        self.resize(WIDTH_PX, HEIGHT_PX)

    def open(self) -> None:
        """Show the palette at the top of its window, empty and ready to type."""
        window = self._window
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - self.width()) // 2, corner.y() + 6 * RHYTHM)
        self.search.clear()
        self._refresh("")
        self.show()
        self.search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list while one types."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            move = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if move is not None and self._shown:
                row = (self.list.currentRow() + move) % len(self._shown)
                self.list.setCurrentRow(row)
                return True
        return super().eventFilter(watched, event)

    def _refresh(self, words: str) -> None:
        self._shown = [entry for entry in self._entries() if matches(words, entry)]
        self.list.clear()
        for entry in self._shown:
            item = QListWidgetItem(f"{entry.text}   {entry.hint}".rstrip())
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _choose(self) -> None:
        row = self.list.currentRow()
        self.close()
        if 0 <= row < len(self._shown):
            self._shown[row].choose()


def palette_entries(window: MainWindow) -> list[Entry]:
    """Return what Ctrl+K finds: commands, grounds, optimizers, questions, recent files."""
    entries = []
    for command in window.commands.commands:
        action = window.commands.actions[command.title]
        if action.isVisible():
            keys = action.shortcut().toString()
            entries.append(Entry(command.title, f"{command.menu} {keys}".strip(), action.trigger))
    half = window.half
    for kind, name, title in half.grounds():
        entries.append(Entry(title, kind, partial(half.choose_ground, name)))
    if window.halves.name != MAPS:
        changes = window.running.run_actions
        for rule in changes.rules():
            entries.append(Entry(rule.title, "Optimizer", partial(changes.add_run, rule.name)))
    for story in stories.CATALOGUE:
        entries.append(
            Entry(story.title, "Why did it blow up?", partial(window.story_menu.open, story))
        )
    for name in session.recent():
        path = Path(name)
        entries.append(Entry(path.name, "Recent file", partial(window.open_path, path)))
    return entries
