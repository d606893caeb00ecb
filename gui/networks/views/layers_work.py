"""What is measured for the page of layers off the UI thread, with late imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.history import History
    from engine.networks.inside import Inside
    from engine.networks.layer_records import Course, Spreads
    from engine.networks.network import Network

    Array = NDArray[Any]

#: Measuring over the steps goes on for so long before what is known is shown.
SLICE_SECONDS = 0.05
#: So many runs are remembered.
MOST_KNOWN = 4


class LayersWish(Struct, frozen=True, eq=False):
    """Which run at which row of its kept weights should be seen.

    Parameters
    ----------
    index, slot : the run's place among all, and its colour and dash.
    """

    network: Network
    history: History
    index: int
    slot: int
    row: int

    def same_as(self, other: LayersWish) -> bool:
        """Return whether both ask for the same."""
        return self.history is other.history and self.row == other.row


class LayersAnswer(Struct, frozen=True, eq=False):
    """What was measured for a wish.

    Parameters
    ----------
    spreads : at the row.
    course : over the kept steps, those that are measured already.
    rows : how many training rows were looked at.
    places : of the course's arrays by name, on log scales: 0 at the bottom, 1 at the top.
    """

    wish: LayersWish
    spreads: Spreads
    course: Course
    rows: int
    places: dict[str, list[Array]]


class LayersWork:
    """Measures in a thread, and remembers what it has measured. One call at a time."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Network, Inside]] = {}

    def __call__(self, wish: LayersWish) -> LayersAnswer:
        """Measure for at least one step, and for no more than a moment."""
        from engine.networks.spread import log_places

        inside = self._inside_of(wish)
        spreads = inside.spreads(wish.history, wish.row)
        course = inside.course(wish.history, SLICE_SECONDS)
        names = ("weights", "gradients", "activations", "ratios")
        places = {name: [log_places(line) for line in getattr(course, name)] for name in names}
        return LayersAnswer(wish, spreads, course, len(inside.rows), places)

    def _inside_of(self, wish: LayersWish) -> Inside:
        from engine.networks.inside import Inside

        self._known = {k: known for k, known in self._known.items() if known[0] is wish.network}
        key = wish.index
        known = self._known.pop(key, None) or (wish.network, Inside(wish.network))
        self._known[key] = known
        for oldest in list(self._known)[:-MOST_KNOWN]:
            del self._known[oldest]
        return known[1]
