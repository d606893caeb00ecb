"""Thumbnails under headings, laid out in rows; one of them is the current one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from gui.theme import RHYTHM, THEME, make_heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import SignalInstance
    from PySide6.QtGui import QImage, QPaintEvent, QResizeEvent

#: Size of a picture.
WIDTH_PX, HEIGHT_PX = 96, 64
TILE = QSize(WIDTH_PX + 2 * RHYTHM, HEIGHT_PX + 6 * RHYTHM)


class Entry(Protocol):
    """What a tile stands for: a surface, a data set."""

    @property
    def name(self) -> str:
        """Identifier, also of its picture."""

    @property
    def title(self) -> str:
        """Name on screen."""

    @property
    def teaches(self) -> str:
        """One sentence."""


class Pictures(Protocol):
    """Pictures of entries, made one after the other."""

    @property
    def ready(self) -> SignalInstance:
        """One more picture is there."""

    def of(self, name: str, ratio: float) -> QImage | None:
        """Return an entry's picture for a device pixel ratio; None means it is being made."""


@dataclass(frozen=True)
class Section:
    """A heading, which may be empty, with its entries."""

    heading: str
    entries: tuple[Entry, ...]


class Tile(QAbstractButton):
    """An entry's picture and title."""

    def __init__(self, entry: Entry, pictures: Pictures, parent: QWidget) -> None:
        super().__init__(parent)
        self.entry = entry
        self.current = False
        self._pictures = pictures
        self.setText(entry.title)
        self.setToolTip(entry.teaches)
        self.setAccessibleName(entry.title)
        self.setAccessibleDescription(entry.teaches)
        # Typing goes on in the search box; arrow keys move the current tile from there.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedSize(TILE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, if it is there, and the title."""
        colours = THEME.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.current or self.underMouse():
            painter.setPen(QColor(colours.accent) if self.current else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.raised))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        image = self._pictures.of(self.entry.name, self.devicePixelRatioF())
        if image is None:
            area = QRectF(RHYTHM, RHYTHM, WIDTH_PX, HEIGHT_PX)
            painter.fillRect(area, QColor(colours.raised))
        else:
            painter.drawImage(QPointF(RHYTHM, RHYTHM), image)
        painter.setPen(QColor(colours.text))
        below = QRectF(4, HEIGHT_PX + 1.5 * RHYTHM, TILE.width() - 8, 4 * RHYTHM)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(below, int(flags | Qt.TextFlag.TextWordWrap), self.short(below.size()))

    def short(self, room: QSizeF) -> str:
        """Return as much of the title as fits: all, or what stands before its first comma."""
        area = QRect(0, 0, int(room.width()), 1000)
        wrapped = self.fontMetrics().boundingRect(area, Qt.TextFlag.TextWordWrap, self.text())
        return self.text() if wrapped.height() <= room.height() else self.text().split(",")[0]


class TileGrid(QWidget):
    """Sections of tiles, wrapped to the width.

    Signals
    -------
    chosen : (str), the entry's name, by mouse or key.
    current_changed : (Entry or None), another tile is the current one.
    """

    chosen = Signal(str)
    current_changed = Signal(object)

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._tiles: dict[str, Tile] = {}
        self._headings: dict[str, QLabel] = {}
        self._sections: tuple[Section, ...] = ()
        self._rows: list[list[Tile]] = []
        pictures.ready.connect(self.update)

    def show_sections(self, sections: Sequence[Section]) -> None:
        """Show these sections and nothing else; the first tile becomes the current one."""
        self._sections = tuple(sections)
        shown = [entry for section in sections for entry in section.entries]
        for entry in shown:
            self._tile(entry)
        names = {entry.name for entry in shown}
        for name, tile in self._tiles.items():
            tile.setVisible(name in names)
        self._arrange()
        self.set_current(shown[0].name if shown else "")

    def current(self) -> Tile | None:
        """Return the current tile; None if nothing is shown."""
        return next((tile for row in self._rows for tile in row if tile.current), None)

    def set_current(self, name: str) -> None:
        """Make an entry's tile the current one."""
        for tile in self._tiles.values():
            if tile.current != (tile.entry.name == name):
                tile.current = not tile.current
                tile.update()
        current = self.current()
        self.current_changed.emit(current.entry if current else None)

    def go(self, columns: int, rows: int) -> None:
        """Move the current tile; along a row it goes on in the next one."""
        flat = [tile for row in self._rows for tile in row]
        current = self.current()
        if current is None:
            return
        if columns:
            target = flat[(flat.index(current) + columns) % len(flat)]
        else:
            at = next(i for i, row in enumerate(self._rows) if current in row)
            row = self._rows[(at + rows) % len(self._rows)]
            target = row[min(self._rows[at].index(current), len(row) - 1)]
        self.set_current(target.entry.name)

    def choose_current(self) -> None:
        """Choose the current tile."""
        current = self.current()
        if current is not None:
            self.chosen.emit(current.entry.name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap to the new width."""
        if event.oldSize().width() != event.size().width():
            self._arrange()

    def _tile(self, entry: Entry) -> Tile:
        if entry.name not in self._tiles:
            tile = Tile(entry, self._pictures, self)
            tile.clicked.connect(lambda: self.chosen.emit(entry.name))
            self._tiles[entry.name] = tile
        return self._tiles[entry.name]

    def _heading(self, text: str) -> QLabel:
        if text not in self._headings:
            label = QLabel(text, self)
            make_heading(label)
            self._headings[text] = label
        return self._headings[text]

    def _arrange(self) -> None:
        per_row = max(1, self.width() // TILE.width())
        used = {section.heading for section in self._sections}
        for text, label in self._headings.items():
            label.setVisible(text in used)
        self._rows = []
        y = 0
        for section in self._sections:
            if section.heading:
                label = self._heading(section.heading)
                label.setGeometry(RHYTHM, y + RHYTHM, self.width() - RHYTHM, 2 * RHYTHM)
                label.show()
                y += 4 * RHYTHM
            tiles = [self._tile(entry) for entry in section.entries]
            for first in range(0, len(tiles), per_row):
                row = tiles[first : first + per_row]
                for column, tile in enumerate(row):
                    tile.setGeometry(column * TILE.width(), y, TILE.width(), TILE.height())
                self._rows.append(row)
                y += TILE.height()
        self.setFixedHeight(max(y, TILE.height()))
