"""The table of layers: a row for each, with a cell for each quantity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.networks.views.layers_cell import LINE_PX, LayersCell, Shown
from gui.networks.views.layers_text import (
    columns,
    kinds,
    layer_shape,
    layer_title,
    units_help,
    units_text,
)
from gui.theme import FAINT, RHYTHM, make_heading
from gui.views.curve_text import small

if TYPE_CHECKING:
    from engine.networks.layer_records import Spreads
    from engine.networks.model import Kind, Model
    from engine.networks.spread import Spread
    from gui.networks.views.layers_work import LayersAnswer

TITLE_PX = 104
#: Arrays of the course by column.
ARRAYS = {"updates": "ratios"}


class _Title(QWidget):
    """A layer's name, its shape, and what is wrong with its units."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedWidth(TITLE_PX)
        self.name, self.shape, self.units = QLabel(), QLabel(), QLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for label in (self.shape, self.units):
            label.setFont(small(label.font()))
            label.setWordWrap(True)
        self.shape.setForegroundRole(FAINT)
        self.units.setToolTip(units_help())
        for label in (self.name, self.shape, self.units):
            column.addWidget(label)
        column.addStretch()


class _Heading(QWidget):
    """What a column shows, and what its numbers are."""

    def __init__(self, title: str, measure: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.title, below = QLabel(title), QLabel(measure)
        make_heading(self.title)
        below.setForegroundRole(FAINT)
        below.setFont(small(below.font()))
        below.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        below.setToolTip(measure)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addWidget(below)


class LayersTable(QWidget):
    """Rows of layers, columns of quantities.

    Signals
    -------
    told : (str), what lies under the pointer.
    stepped : (int), the step that was clicked in a curve.
    """

    told = Signal(str)
    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.titles: list[_Title] = []
        self.cells: dict[tuple[int, str], LayersCell] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, RHYTHM)
        self._grid.setHorizontalSpacing(2 * RHYTHM)
        self._grid.setVerticalSpacing(RHYTHM + RHYTHM // 2)
        self._headings = {key: _Heading(*texts, self) for key, texts in columns().items()}
        for at, heading in enumerate(self._headings.values(), 1):
            self._grid.addWidget(heading, 0, at)
            self._grid.setColumnStretch(at, 1)

    def show_answer(self, answer: LayersAnswer, kind: Kind, log: bool) -> None:
        """Show one kind of tensors, and counts on a log scale or as they are."""
        model = answer.wish.network.model
        self._make_rows(model.layers)
        self._headings["weights"].title.setText(kinds()[kind])
        for layer in range(model.layers):
            title = self.titles[layer]
            title.name.setText(layer_title(model, layer))
            title.shape.setText(layer_shape(model, layer))
            units = units_text(model, answer.spreads.sizes, layer)
            title.units.setText(units)
            title.units.setVisible(bool(units))
            for key in columns():
                shown = _shown(answer, model, layer, key, kind, log)
                self.cells[layer, key].show_quantity(shown, answer.wish.slot)

    def fit_height(self, pixels: int) -> None:
        """Share out a height among the rows."""
        rows = sum(not title.isHidden() for title in self.titles)
        if rows:
            gap = self._grid.verticalSpacing()
            above = self._headings["weights"].sizeHint().height()
            above += self._grid.contentsMargins().bottom()
            for cell in self.cells.values():
                cell.set_tall((pixels - above) // rows - gap - LINE_PX)

    def _make_rows(self, count: int) -> None:
        """Have so many rows."""
        for layer in range(len(self.titles), count):
            title = _Title(self)
            self.titles.append(title)
            self._grid.addWidget(title, layer + 1, 0, Qt.AlignmentFlag.AlignTop)
            for at, key in enumerate(columns(), 1):
                cell = self.cells[layer, key] = LayersCell(self)
                cell.told.connect(self.told)
                cell.stepped.connect(self.stepped)
                self._grid.addWidget(cell, layer + 1, at, Qt.AlignmentFlag.AlignTop)
        for layer, title in enumerate(self.titles):
            title.setVisible(layer < count)
            for key in columns():
                self.cells[layer, key].setVisible(layer < count)


def _shown(
    answer: LayersAnswer, model: Model, layer: int, key: str, kind: Kind, log: bool
) -> Shown | None:
    """Return what a cell shows; None of a tensor that the layer does not have."""
    line, quantity = layer, columns()[key][0].lower()
    if key != "activations":
        tensor = model.tensor(layer, kind)
        if tensor is None:
            return None
        line = model.tensors.index(tensor)
        if kind != "weight":
            of = kinds()[kind].lower()
            quantity = of if key == "weights" else f"{quantity} ({of})"
    name, course = ARRAYS.get(key, key), answer.course
    spread = _spread(answer.spreads, key, line)
    sizes = getattr(answer.spreads.sizes, name)
    return Shown(
        name=f"{layer_title(model, layer)} {quantity}",
        measure=columns()[key][1],
        spread=spread,
        heights=np.zeros(0) if spread is None else spread.heights(log=log),
        steps=course.steps,
        last=int(answer.wish.history.kept[-1]),
        sizes=getattr(course, name)[line],
        places=answer.places[name][line],
        size=float(sizes[line]),
        step=answer.spreads.sizes.step,
        broken=course.breaks_at(name, line),
    )


def _spread(spreads: Spreads, key: str, line: int) -> Spread | None:
    found: tuple[Spread, ...] = getattr(spreads, key)
    return found[line] if found else None
