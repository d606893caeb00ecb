"""A popup with every surface as a thumbnail, found by typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.surfaces import CATALOGUE
from gui.panels import icons
from gui.panels.fields import LineEdit
from gui.panels.icons import IconButton
from gui.panels.search import search
from gui.panels.tiles import TILE, Section, TileGrid
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from engine.surfaces.surface import Surface
    from gui.panels.thumbnails import Thumbnails

COLUMNS, HEIGHT_PX = 4, 560
_MOVES = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class SurfacePicker(QFrame):
    """Search box, thumbnails by group, and one sentence on the current one.

    Signals
    -------
    chosen : (str), a surface's name; "formula" for the user's own.
    """

    chosen = Signal(str)

    def __init__(self, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.search = LineEdit()
        self.search.setPlaceholderText(self.tr("Find a surface by name or by what it teaches"))
        self.search.setAccessibleName(self.tr("Find a surface"))
        self.search.setClearButtonEnabled(True)
        self.own = IconButton(icons.pencil, self.tr("Begins with the present surface's formula"))
        self.own.setText(self.tr("&Type your own formula"))
        self.own.setAccessibleName(self.tr("Type your own formula"))
        self.grid = TileGrid(thumbnails)
        self.teaches = QLabel()
        self.teaches.setWordWrap(True)
        self.teaches.setMinimumHeight(5 * RHYTHM)
        self.teaches.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._lay_out()
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._on_typed)
        self.search.returnPressed.connect(self.grid.choose_current)
        self.own.clicked.connect(lambda: self._on_chosen("formula"))
        self.grid.chosen.connect(self._on_chosen)
        self.grid.current_changed.connect(self._on_current_changed)

    def open(self, below: QWidget, current: str) -> None:
        """Show the picker at a widget, with the present surface as the current one."""
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
        """Let the arrow keys move among the thumbnails while one types."""
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
            self.grid.show_sections(by_group())
            return
        found = search(words, CATALOGUE, _fields)
        self.grid.show_sections([Section("", tuple(found))])
        if not found:
            self.teaches.setText(self.tr("No surface matches {}.").format(words.strip()))

    def _on_current_changed(self, surface: Surface | None) -> None:
        self.teaches.setText(f"{surface.title}. {surface.teaches}" if surface else "")
        self.search.setAccessibleDescription(self.teaches.text())
        tile = self.grid.current()
        if tile is not None:
            self._area.ensureWidgetVisible(tile, 0, 2 * RHYTHM)

    def _on_chosen(self, name: str) -> None:
        self.hide()
        self.chosen.emit(name)


def by_group() -> list[Section]:
    """Return the whole catalogue under its headings, in its order."""
    groups: dict[str, list[Surface]] = {}
    for surface in CATALOGUE:
        groups.setdefault(surface.group, []).append(surface)
    return [Section(heading, tuple(surfaces)) for heading, surfaces in groups.items()]


def _fields(surface: Surface) -> tuple[str, ...]:
    return surface.title, surface.name, surface.group, surface.teaches
