"""Over which piece of its inputs a network's function is looked at: all data, or a chosen one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.views.landscape_frame import LARGEST, Frame, fill_plot

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF

    from engine.networks.network import Network
    from gui.networks.views.function_wish import Kind
    from gui.views.landscape_frame import View

#: Free room around the data, as a share of their extent: beside, above a line, above rows.
BESIDE, ABOVE, AROUND = 0.1, 0.25, 0.06
#: Room above and below shares of classes.
SHARES = (-0.08, 1.08)
#: Two inputs whose extents differ by less are drawn to the same scale.
ALIKE = 3.0


class Viewpoint:
    """Remembers what was chosen for each kind of picture while the data stay the same."""

    def __init__(self) -> None:
        self._chosen: dict[tuple[Kind, tuple[int, int]], View] = {}
        self._fits: dict[tuple[Kind, tuple[int, int]], View] = {}
        #: The settings of the data that are looked at.
        self.data: object = None

    def know(self, data: object) -> bool:
        """Take note of the data's settings; return whether they are others than before."""
        if data == self.data:
            return False
        self.data = data
        self._chosen.clear()
        self._fits.clear()
        return True

    def fit(self) -> None:
        """Look at all data again."""
        self._chosen.clear()

    def choose(self, kind: Kind, axes: tuple[int, int], view: View) -> None:
        """Look at this piece."""
        self._chosen[kind, axes] = view

    def frame(self, network: Network, kind: Kind, axes: tuple[int, int], plot: QRectF) -> Frame:
        """Return the frame that shows the chosen piece, or all data."""
        key = kind, axes
        if key in self._chosen:
            return Frame(self._chosen[key], plot)
        if key not in self._fits:
            self._fits[key] = _fitted(network, kind, axes)
        view = self._fits[key]
        x0, x1, y0, y1 = view
        equal = kind == "plane" and 1 / ALIKE < (x1 - x0) / (y1 - y0) < ALIKE
        return fill_plot(view, plot, equal=equal)


def _fitted(network: Network, kind: Kind, axes: tuple[int, int]) -> View:
    from engine.networks.answers import input_extent, target_extent

    if kind == "rows":
        both = _wider(target_extent(network), AROUND)
        return (*both, *both)
    across = _wider(input_extent(network, axes[0]), BESIDE)
    if kind == "plane":
        return (*across, *_wider(input_extent(network, axes[1]), BESIDE))
    if network.model.task != "regression":
        return (*across, *SHARES)
    return (*across, *_wider(target_extent(network), ABOVE))


def _wider(extent: tuple[float, float], share: float) -> tuple[float, float]:
    low, high = extent
    room = 2.0 * share * (0.5 * high - 0.5 * low)
    return max(low - room, -LARGEST / 2), min(high + room, LARGEST / 2)
