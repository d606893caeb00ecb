"""The row above the plane: which plane, where it touches the path, whose loss, and what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.networks.panels.list_choice import ListChoice
from gui.networks.views.plane_choice import OWN_START, PlaneChoice
from gui.networks.views.plane_words import around_options, kind_options, loss_options
from gui.panels import icons
from gui.panels.icons import IconButton
from gui.theme import RHYTHM
from gui.views.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.networks.history import History

#: Room for the names of planes.
KIND_LETTERS = 16


class PlaneBar(QWidget):
    """Choices of the page alone: they are not part of the experiment.

    Signals
    -------
    changed : something else has been chosen.
    renewed : the plane is to be laid through the paths as they are now.
    """

    changed = Signal()
    renewed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = PlaneChoice()
        self.kind = ListChoice(self.tr("Plane"))
        self.around = ListChoice(self.tr("Where the plane is laid"))
        self.other = ListChoice(self.tr("Other end of the line"))
        self.loss = ListChoice(self.tr("Loss on which rows"))
        self.seed = IconButton(icons.die, self.tr("Take other random directions"))
        self.seed.setText(self.tr("New"))
        self.renew = IconButton(icons.pencil, self.tr("Lay the plane anew"))
        self.renew.setText(self.tr("Lay anew"))
        self.renew.setToolTip(
            self.tr("The plane stays while its start is moved; lay it through the present paths")
        )
        self.label = ElidedLabel()
        self.kind.set_options(kind_options())
        self.around.set_options(around_options())
        self.loss.set_options(loss_options())
        self.kind.setMinimumContentsLength(KIND_LETTERS)
        self._runs: list[tuple[int, str]] = []
        self._show_runs()
        self._lay_out()
        self._connect()
        self._show()

    def say(self, text: str) -> None:
        """Say what is shown."""
        self.label.set_text(text)

    def show_held(self, held: bool) -> None:
        """Offer to lay the plane anew if it is held where it was."""
        self.renew.setVisible(held)

    def show_histories(self, histories: Sequence[History], selected: int) -> None:
        """Offer all runs but the selected one as the other end of a line."""
        runs = [(i, history.label) for i, history in enumerate(histories) if i != selected]
        if runs != self._runs:
            self._runs = runs
            self._show_runs()

    def _show_runs(self) -> None:
        own = (str(OWN_START), self.tr("to its own start"), "")
        to = self.tr("to {run}")
        options = [(str(index), to.format(run=name), "") for index, name in self._runs]
        known = {key for key, _, _ in options}
        if str(self.choice.other) not in known:
            self.choice = replace(self.choice, other=OWN_START)
        self.other.set_options([own, *options])
        self.other.set_key(str(self.choice.other))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(RHYTHM)
        for widget in (self.kind, self.around, self.other, self.seed, self.loss, self.renew):
            row.addWidget(widget)
        row.addStretch(1)
        self.renew.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(RHYTHM, 0, RHYTHM, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.label)

    def _connect(self) -> None:
        self.kind.chosen.connect(lambda key: self._choose(kind=key))
        self.around.chosen.connect(lambda key: self._choose(around=key))
        self.other.chosen.connect(lambda key: self._choose(other=int(key)))
        self.loss.chosen.connect(lambda key: self._choose(batch=key == "batch"))
        self.seed.clicked.connect(lambda: self._choose(seed=self.choice.seed + 1))
        self.renew.clicked.connect(self.renewed)

    def _choose(self, **fields: object) -> None:
        self.choice = replace(self.choice, **fields)
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        choice = self.choice
        self.kind.set_key(choice.kind)
        self.around.set_key(choice.around)
        self.loss.set_key("batch" if choice.batch else "all")
        self.around.setVisible(choice.kind in ("curvature", "random"))
        self.other.setVisible(choice.kind == "line")
        self.seed.setVisible(choice.kind == "random")
