"""What should be seen of a network's function: the request from which its picture is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from gui.networks.views.function_colours import class_inks
from gui.theme import THEME
from gui.views.landscape_ground import ground_colours

if TYPE_CHECKING:
    from engine.networks.data.settings import NetworkDataSettings
    from engine.networks.network import Network
    from gui.networks.views.function_runs import Shown
    from gui.views.landscape_frame import Frame, View
    from gui.views.landscape_work import Colours

Kind = Literal["line", "plane", "rows"]

ANYWHERE = (0.0, 1.0, 0.0, 1.0)


class Wish(Struct, frozen=True):
    """What should be seen; two equal wishes have the same answer.

    Parameters
    ----------
    runs : the selected one last.
    kind : lines over one input, a plane over two, or what is said of the rows of the data.
    axes : which inputs go across and up.
    view : in the data's units; only as far as the answer depends on it.
    size : of the plot in device pixels, of which ``ratio`` make one logical pixel.
    inks : (classes, 3) bytes, the classes' colours.
    data : the settings of the data; others make another picture.
    """

    runs: tuple[Shown, ...]
    kind: Kind
    axes: tuple[int, int]
    view: tuple[float, float, float, float]
    size: tuple[int, int]
    ratio: float
    colours: Colours
    inks: bytes
    data: NetworkDataSettings

    @property
    def chosen(self) -> Shown:
        """The selected run."""
        return self.runs[-1]

    @property
    def subject(self) -> tuple[object, ...]:
        """What the axes depend on: pictures of other subjects do not fit into the same frame."""
        return self.data, self.kind, self.axes

    @property
    def network(self) -> Network:
        """What all runs share."""
        return self.chosen.network


def wish_for(
    runs: tuple[Shown, ...],
    kind: Kind,
    axes: tuple[int, int],
    frame: Frame,
    ratio: float,
    data: NetworkDataSettings,
) -> Wish:
    """Return the wish for a picture in a frame, with nothing in it that it does not depend on."""
    view: View = frame.view
    wide, high = frame.plot.width() * ratio, frame.plot.height() * ratio
    if kind == "rows":
        view, wide, high = ANYWHERE, 1.0, 1.0
    elif kind == "line":
        view, high = (*view[:2], *ANYWHERE[2:]), 1.0
    return Wish(
        runs=runs if kind == "line" else runs[-1:],
        kind=kind,
        axes=axes,
        view=view,
        size=(round(wide), round(high)),
        ratio=ratio,
        colours=ground_colours(THEME.colours),
        inks=class_inks(len(runs[-1].network.prepared.data.class_names)),
        data=data,
    )
