"""Alternatives in a list that opens, one of them chosen: like `Choice`, where room is scarce."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from gui.panels.fields import ComboBox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget


class ListChoice(ComboBox):
    """Alternatives by key and text.

    Signals
    -------
    chosen : (str), the key, when the user has chosen another one; never by `set_key`.
    """

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._key = ""
        self.activated.connect(self._on_activated)

    def set_options(self, options: Sequence[tuple[str, str, str]]) -> None:
        """Offer these (key, text, tooltip); the chosen one stays if it is still there."""
        self.clear()
        for row, (key, text, tip) in enumerate(options):
            self.addItem(text, key)
            self.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
        self.set_key(self._key)

    def key(self) -> str:
        """Return the chosen key, or "" if none is."""
        return self._key

    def set_key(self, key: str) -> None:
        """Choose silently."""
        self._key = key
        self.setCurrentIndex(self.findData(key))

    def _on_activated(self, index: int) -> None:
        key = self.itemData(index)
        if key != self._key:
            self._key = key
            self.chosen.emit(key)
