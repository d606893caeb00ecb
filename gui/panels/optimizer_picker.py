"""A popup with every optimizer, found by typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.panels.fields import LineEdit
from gui.panels.search import search
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from gui.panels.run_changes import Rule, RunChanges

WIDTH_PX, HEIGHT_PX = 320, 440
_NAME = Qt.ItemDataRole.UserRole


class OptimizerPicker(QFrame):
    """Search box, list by kind, and one sentence on the current one.

    Signals
    -------
    chosen : (str), an optimizer's name.
    """

    chosen = Signal(str)

    def __init__(self, actions: RunChanges, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._actions = actions
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.search = LineEdit()
        self.search.setPlaceholderText(self.tr("Find an optimizer"))
        self.search.setAccessibleName(self.tr("Find an optimizer"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Optimizers"))
        self.list.setSpacing(2)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.help = QLabel()
        self.help.setWordWrap(True)
        self.help.setMinimumHeight(6 * RHYTHM)
        self.help.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(RHYTHM, RHYTHM, RHYTHM, RHYTHM)
        layout.setSpacing(RHYTHM)
        for widget in (self.search, self.list, self.help):
            layout.addWidget(widget)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._on_typed)
        self.search.returnPressed.connect(self._choose_current)
        self.list.itemClicked.connect(lambda _: self._choose_current())
        self.list.currentItemChanged.connect(lambda *_: self._show_help())

    def open(self, below: QWidget) -> None:
        """Show the picker at a widget, with an empty search."""
        screen = below.screen().availableGeometry()
        self.resize(WIDTH_PX, min(HEIGHT_PX, screen.height() - 2 * RHYTHM))
        place = below.mapToGlobal(QPoint(0, below.height()))
        x = max(screen.left(), min(place.x(), screen.right() - self.width()))
        y = max(screen.top(), min(place.y(), screen.bottom() - self.height()))
        self.move(x, y)
        self.search.clear()
        self._on_typed("")
        self.show()
        self.search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list while one types."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            move = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if move is not None:
                self._go(move)
                return True
        return super().eventFilter(watched, event)

    def names(self) -> list[str]:
        """Return the names of the optimizers shown, in order."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return [item.data(_NAME) for item in items if item.data(_NAME)]

    def _on_typed(self, words: str) -> None:
        self.list.clear()
        if words.strip():
            for rule in search(words, self._actions.rules(), _fields):
                self._add(rule)
        else:
            for heading, rules in self._actions.kinds():
                self._add_heading(heading)
                for rule in rules:
                    self._add(rule)
        self._go(1)
        if not self.names():
            self.help.setText(self.tr("No optimizer matches {}.").format(words.strip()))

    def _add_heading(self, text: str) -> None:
        item = QListWidgetItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = item.font()
        font.setBold(True)
        item.setFont(font)
        self.list.addItem(item)

    def _add(self, rule: Rule) -> None:
        item = QListWidgetItem(rule.title)
        item.setData(_NAME, rule.name)
        item.setToolTip(rule.help)
        self.list.addItem(item)

    def _go(self, move: int) -> None:
        """Move to the next optimizer, past headings and round the ends."""
        count = self.list.count()
        row = self.list.currentRow() if self.list.currentRow() >= 0 else -1
        for _ in range(count):
            row = (row + move) % count
            if self.list.item(row).data(_NAME):
                self.list.setCurrentRow(row)
                return

    def _show_help(self) -> None:
        item = self.list.currentItem()
        name = item.data(_NAME) if item is not None else None
        self.help.setText(self._actions.rule_named(name).help if name else "")
        self.search.setAccessibleDescription(item.text() if item is not None else "")

    def _choose_current(self) -> None:
        item = self.list.currentItem()
        if item is not None and item.data(_NAME):
            self.hide()
            self.chosen.emit(item.data(_NAME))


def _fields(rule: Rule) -> tuple[str, ...]:
    return rule.title, rule.name, rule.help, rule.source
