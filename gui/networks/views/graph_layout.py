"""Where the units of a network stand: one column per layer, so large that all fit if they can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, QSize

from gui.theme import RHYTHM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.networks.wiring import Column, Edges

#: Side of a unit, and the gap between two, in pixels.
LARGEST_PX, SMALLEST_PX, GAP_PX = 44.0, 20.0, 8.0
#: Side of units in which nothing is to be seen.
LARGEST_CIRCLE_PX = 28.0
#: Columns are at least so far apart; more than this looks empty.
NEAREST_PX, FARTHEST_PX = 72.0, 220.0
#: Room above the units for their layer's name, and below for the largest weight.
ABOVE_PX, BELOW_PX = 40.0, 28.0
#: Room beside the columns for the names of inputs and outputs.
NAMES_PX = 96.0


class Layout(Struct, frozen=True, eq=False):
    """Places of all units, in pixels.

    Parameters
    ----------
    side : of a unit.
    centres : x of each column.
    rows : (m,) y of the middle of each unit, per column.
    """

    side: float
    centres: tuple[float, ...]
    rows: tuple[NDArray[np.float64], ...]

    def box(self, column: int, place: int) -> QRectF:
        """Return where a unit stands."""
        half = self.side / 2
        x, y = self.centres[column], float(self.rows[column][place])
        return QRectF(x - half, y - half, self.side, self.side)

    def at(self, point: QPointF) -> tuple[int, int] | None:
        """Return column and place of the unit at a point."""
        for column, x in enumerate(self.centres):
            if abs(point.x() - x) <= self.side / 2:
                far = np.abs(self.rows[column] - point.y())
                place = int(far.argmin())
                return (column, place) if far[place] <= self.side / 2 else None
        return None

    def ends(self, column: int, edges: Edges) -> NDArray[np.float64]:
        """Return (e, 4) x and y of both ends of the edges that lead from a column to the next."""
        left, right = self.centres[column] + self.side / 2, self.centres[column + 1] - self.side / 2
        found = np.empty((len(edges.weights), 4))
        found[:, 0], found[:, 2] = left, right
        found[:, 1] = self.rows[column][edges.sources]
        found[:, 3] = self.rows[column + 1][edges.targets]
        return found


def least_size(columns: Sequence[Column]) -> QSize:
    """Return the size below which the graph has to be scrolled."""
    most = max(len(column.units) for column in columns)
    high = ABOVE_PX + BELOW_PX + most * (SMALLEST_PX + GAP_PX / 2)
    wide = 2 * NAMES_PX + SMALLEST_PX + (len(columns) - 1) * NEAREST_PX
    return QSize(round(wide), round(high))


def lay_out(
    columns: Sequence[Column], width: float, height: float, largest: float = LARGEST_PX
) -> Layout:
    """Return where units stand in a widget of this size, each at most so large."""
    most = max(len(column.units) for column in columns)
    room = height - ABOVE_PX - BELOW_PX
    pitch = room / most
    side = max(SMALLEST_PX, min(largest, pitch - GAP_PX / 2))
    pitch = max(side + GAP_PX / 2, min(pitch, side + 2 * GAP_PX))
    apart = (width - 2 * NAMES_PX - side) / max(1, len(columns) - 1)
    apart = max(NEAREST_PX, min(FARTHEST_PX, apart))
    first = max(NAMES_PX + side / 2, (width - apart * (len(columns) - 1)) / 2)
    middle = ABOVE_PX + max(room, most * pitch) / 2
    rows: list[NDArray[np.float64]] = []
    for column in columns:
        count = len(column.units)
        rows.append(middle + pitch * (np.arange(count, dtype=np.float64) - (count - 1) / 2))
    return Layout(side, tuple(first + apart * k for k in range(len(columns))), tuple(rows))


def near_edge(
    ends: NDArray[np.float64], at: QPointF, within: float = RHYTHM / 2 + 1.0
) -> int | None:
    """Return the last, hence thickest, of the edges (e, 4) that passes so near to a point."""
    if not len(ends):
        return None
    start, way = ends[:, :2], ends[:, 2:] - ends[:, :2]
    off = np.array([at.x(), at.y()]) - start
    share = np.clip((off * way).sum(axis=1) / (way**2).sum(axis=1), 0.0, 1.0)
    far = np.hypot(*(off - share[:, None] * way).T)
    found = np.flatnonzero(far <= np.minimum(within, far.min() + 1.0))
    return int(found[-1]) if len(found) else None
