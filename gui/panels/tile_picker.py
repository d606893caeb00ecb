"""A popup with everything that can be chosen as pictures, found by typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from gui.panels.fields import LineEdit
from gui.panels.search import search
from gui.panels.tiles import TILE, Section, TileGrid
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.panels.icons import IconButton
    from gui.panels.tiles import Entry, Pictures

COLUMNS, HEIGHT_PX = 4, 560
_MOVES = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class TilePicker(QFrame):
    """Search box, pictures by group, and one sentence on the current one.

    Parameters
    ----------
    pictures : of the entries.
    sections : all entries, in their order.
    own : button for something of the user's own, which the popup shows below the search box.
    own_name : what `chosen` says when it is pressed.
    nothing : sentence with a {} for what was typed when nothing matches.

    Signals
    -------
    chosen : (str), an entry's name, or `own_name`.
    """

    chosen = Signal(str)

    def __init__(
        self, pictures: Pictures, sections: Sequence[Section], own: IconButton, own_name: str,
        nothing: str, parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(parent, Qt.WindowType.Popup)
        self._sections, self._nothing = tuple(sections), nothing
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.search = LineEdit()
        self.search.setClearButtonEnabled(True)
        self.own = own
        self.grid = TileGrid(pictures)
        self.teaches = QLabel()
        self.teaches.setWordWrap(True)
        self.teaches.setMinimumHeight(5 * RHYTHM)
        self.teaches.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._lay_out()
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._on_typed)
        self.search.returnPressed.connect(self.grid.choose_current)
        self.own.clicked.connect(lambda: self._on_chosen(own_name))
        self.grid.chosen.connect(self._on_chosen)
        self.grid.current_changed.connect(self._on_current_changed)

    def open(self, below: QWidget, current: str) -> None:
        """Show the picker at a widget, with the present entry as the current one."""
        screen = below.screen().availableGeometry()
        height = min(HEIGHT_PX, screen.height() - 2 * RHYTHM)
        self.resize(COLUMNS * TILE.width() + 6 * RHYTHM, height)
        place = below.mapToGlobal(QPoint(0, below.height()))
        x = max(screen.left(), min(place.x(), screen.right() - self.width()))
        y = max(screen.top(), min(place.y(), screen.bottom() - height))
        self.move(x, y)
        self.search.clear()
        self._on_typed("")
        self.show()
        self.grid.set_current(current)
        self.search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move among the pictures while one types."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            move = _MOVES.get(Qt.Key(event.key()))
            if move is not None:
                self.grid.go(*move)
                return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        self._area = QScrollArea()
        self._area.setWidget(self.grid)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(RHYTHM, RHYTHM, RHYTHM, RHYTHM)
        layout.setSpacing(RHYTHM)
        for widget in (self.search, self.own):
            layout.addWidget(widget)
        layout.addWidget(self._area, 1)
        layout.addWidget(self.teaches)

    def _on_typed(self, words: str) -> None:
        if not words.strip():
            self.grid.show_sections(self._sections)
            return
        pairs = [
            (section.heading, entry) for section in self._sections for entry in section.entries
        ]
        found = tuple(entry for _, entry in search(words, pairs, _fields))
        self.grid.show_sections([Section("", found)])
        if not found:
            self.teaches.setText(self._nothing.format(words.strip()))

    def _on_current_changed(self, entry: Entry | None) -> None:
        self.teaches.setText(f"{entry.title}. {entry.teaches}" if entry else "")
        self.search.setAccessibleDescription(self.teaches.text())
        tile = self.grid.current()
        if tile is not None:
            self._area.ensureWidgetVisible(tile, 0, 2 * RHYTHM)

    def _on_chosen(self, name: str) -> None:
        self.hide()
        self.chosen.emit(name)


def _fields(item: tuple[str, Entry]) -> tuple[str, ...]:
    heading, entry = item
    return entry.title, entry.name, heading, entry.teaches
