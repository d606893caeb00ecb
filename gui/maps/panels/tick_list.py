"""A list of things to tick, under headings, found by typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui.panels.fields import LineEdit
from gui.panels.search import search
from gui.theme import FAINT, RHYTHM, THEME, make_heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    Persistent = QPersistentModelIndex

BOX_PX = 13.0
_KEY = Qt.ItemDataRole.UserRole
_ON, _OFF = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class Entry(Struct, frozen=True):
    """Something that can be ticked, and under which heading."""

    key: str
    title: str
    help: str = ""
    group: str = ""


class TickDelegate(QStyledItemDelegate):
    """Draws boxes that can be seen on light and dark ground, as those of `CheckBox`."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | Persistent
    ) -> None:
        """Draw ground, box, tick and text."""
        state = index.data(Qt.ItemDataRole.CheckStateRole)
        if state is None:
            super().paint(painter, option, index)
            return
        colours, area = THEME.colours, QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hot = option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected)
        if hot:
            painter.fillRect(area, QColor(colours.raised))
        box = self.box(option)
        ticked = Qt.CheckState(state) == _ON
        painter.setPen(QPen(QColor(colours.contour), 1))
        painter.setBrush(QColor(colours.accent if ticked else colours.base))
        painter.drawRoundedRect(box, 3, 3)
        if ticked:
            painter.setPen(QPen(QColor(colours.accent_text), 2))
            x, y, side = box.x(), box.y(), box.width()
            places = ((0.25, 0.52), (0.43, 0.7), (0.76, 0.3))
            painter.drawPolyline([QPointF(x + u * side, y + v * side) for u, v in places])
        painter.setPen(QColor(colours.text))
        text = area.adjusted(box.right() - area.left() + RHYTHM, 0, 0, 0)
        painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), str(index.data()))
        painter.restore()

    @staticmethod
    def box(option: QStyleOptionViewItem) -> QRectF:
        """Return where the box is."""
        area = QRectF(option.rect)
        return QRectF(area.left() + 3, area.center().y() - BOX_PX / 2, BOX_PX, BOX_PX)


class TickList(QWidget):
    """Search field and list; what is ticked stays so when a search hides it.

    Signals
    -------
    chosen : (tuple of str), the keys that are ticked, in the list's order, after each change.
    """

    chosen = Signal(object)

    def __init__(
        self, title: str, find: str, entries: Sequence[Entry], rows: int,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._entries = tuple(entries)
        self._ticked: set[str] = set()
        self.heading, self.told = QLabel(title), QLabel()
        make_heading(self.heading)
        self.told.setForegroundRole(FAINT)
        self.told.setWordWrap(True)
        self.search = LineEdit()
        self.search.setPlaceholderText(find)
        self.search.setAccessibleName(find)
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName(title)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setItemDelegate(TickDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(rows * (self.fontMetrics().height() + 4))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(RHYTHM // 2)
        for widget in (self.heading, self.search, self.list, self.told):
            column.addWidget(widget)
        self.search.textChanged.connect(self._fill)
        self.list.itemChanged.connect(self._on_item_changed)
        self._fill("")

    def set_ticked(self, keys: Sequence[str]) -> None:
        """Tick these silently."""
        if set(keys) != self._ticked:
            self._ticked = set(keys)
            self._fill(self.search.text())
        self._tell()

    def ticked(self) -> tuple[str, ...]:
        """Return the keys that are ticked, in the order of the list."""
        return tuple(entry.key for entry in self._entries if entry.key in self._ticked)

    def _fill(self, words: str) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        found = self._entries
        if words.strip():
            found = tuple(search(words, found, lambda e: (e.title, e.key, e.group, e.help)))
        group = ""
        for entry in found:
            if entry.group != group and not words.strip():
                group = entry.group
                self._add_heading(group)
            item = QListWidgetItem(entry.title)
            item.setData(_KEY, entry.key)
            item.setToolTip(entry.help)
            item.setCheckState(_ON if entry.key in self._ticked else _OFF)
            self.list.addItem(item)
        self.list.blockSignals(False)

    def _add_heading(self, text: str) -> None:
        item = QListWidgetItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = item.font()
        font.setBold(True)
        item.setFont(font)
        self.list.addItem(item)

    def _on_item_changed(self, item: QListWidgetItem) -> None:
        key = item.data(_KEY)
        if not key:
            return
        before = set(self._ticked)
        (self._ticked.add if item.checkState() == _ON else self._ticked.discard)(key)
        if self._ticked != before:
            self._tell()
            self.chosen.emit(self.ticked())

    def _tell(self) -> None:
        titles = [entry.title for entry in self._entries if entry.key in self._ticked]
        self.told.setText(", ".join(titles) if titles else self.tr("None is ticked."))
