"""The hidden layers as a row of numbers of units."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from engine.networks.settings import MOST_HIDDEN, MOST_UNITS
from gui.panels import icons
from gui.panels.icons import IconButton
from gui.panels.number_box import NumberBox
from gui.panels.scale import Scale
from gui.theme import FAINT, RHYTHM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QContextMenuEvent

UNITS = Scale(1, MOST_UNITS, whole=True)
#: Room for 256 when there are six, and no more than looks like a number.
NARROWEST_PX, WIDEST_PX = 36, 64


class UnitsBox(NumberBox):
    """The units of one layer; its menu removes the layer or puts another one before it."""

    menu_wanted = Signal(object)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the layer."""
        self.menu_wanted.emit(event.globalPos())


class LayersRow(QWidget):
    """One box per hidden layer, a button for one more and one for one less.

    Signals
    -------
    edited : (int layer, int units), by the user.
    added : (int), a layer is wanted before the one with this number.
    removed : (int), this layer is to go.
    refused : (str), why a typed number cannot be taken.
    """

    #: Not int for the units, which for Qt ends at 2³¹.
    edited = Signal(int, object)
    added = Signal(int)
    removed = Signal(int)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self.boxes = tuple(self._box(layer) for layer in range(MOST_HIDDEN))
        self.none = QLabel(self.tr("none"))
        self.none.setForegroundRole(FAINT)
        self.more = IconButton(icons.plus, self.tr("Add a hidden layer"))
        self.less = IconButton(icons.minus, self.tr("Remove the last hidden layer"))
        label = QLabel(self.tr("Hi&dden layers"))
        label.setBuddy(self.boxes[0])
        above, below = QHBoxLayout(), QHBoxLayout()
        above.addWidget(label)
        above.addWidget(self.none)
        above.addStretch(1)
        for widget in (self.more, self.less):
            above.addWidget(widget)
        for box in self.boxes:
            below.addWidget(box, 1)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(RHYTHM // 2)
        for row in (above, below):
            row.setSpacing(RHYTHM // 2)
            layout.addLayout(row)
        self.more.clicked.connect(lambda: self.added.emit(self._count))
        self.less.clicked.connect(lambda: self.removed.emit(self._count - 1))

    def show_layers(self, hidden: Sequence[int]) -> None:
        """Show the layers, silently."""
        self._count = len(hidden)
        for layer, box in enumerate(self.boxes):
            box.setVisible(layer < len(hidden))
            if layer < len(hidden) and box.number() != hidden[layer]:
                box.set_value(hidden[layer])
        self.none.setVisible(not hidden)
        self.more.setEnabled(len(hidden) < MOST_HIDDEN)
        self.less.setEnabled(bool(hidden))

    def menu(self, layer: int) -> QMenu:
        """Return the menu of a layer."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        before = menu.addAction(self.tr("&Add a layer before it"))
        before.setEnabled(self._count < MOST_HIDDEN)
        before.triggered.connect(lambda: self.added.emit(layer))
        remove = menu.addAction(self.tr("&Remove this layer"))
        remove.triggered.connect(lambda: self.removed.emit(layer))
        return menu

    def _box(self, layer: int) -> UnitsBox:
        box = UnitsBox(UNITS)
        box.setMinimumWidth(NARROWEST_PX)
        box.setMaximumWidth(WIDEST_PX)
        box.setAccessibleName(self.tr("Units of hidden layer {}").format(layer + 1))
        box.setToolTip(
            self.tr("Units of hidden layer {n}, 1 to {most}; right-click to remove it").format(
                n=layer + 1, most=MOST_UNITS
            )
        )
        box.edited.connect(lambda value: self.edited.emit(layer, int(value)))
        box.refused.connect(self.refused)
        box.menu_wanted.connect(partial(self._open_menu, layer))
        return box

    def _open_menu(self, layer: int, place: QPoint) -> None:
        self.menu(layer).popup(place)
