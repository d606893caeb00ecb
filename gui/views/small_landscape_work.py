"""What is computed for a small landscape off the UI thread; the one place of its late imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.drawing.levels import Levels
    from engine.landscape import Landscape
    from gui.views.landscape_frame import View
    from gui.views.landscape_work import Colours

    Pixels = NDArray[np.uint32]

#: Length of a tangled path of which everything is drawn, in pixels.
TANGLE_PX = 20_000.0


@dataclass(frozen=True, eq=False)
class Scene:
    """What a small landscape shows.

    Parameters
    ----------
    landscape : in float64; `step` chooses whose mini-batch is drawn, −1 for all data.
    levels : those of the picture beside it, or None to choose them from this view.
    points : (n, 2), the path; `slot` its colour; `broken` whether it ended in the alert's colour.
    ways : arrows from the first point, later ones on top: an ink ("path", "text" or "faint") and
        a way (2,) in data coordinates. With arrows the start needs no ring.
    minima : whether the known minima, which are those of all data, are marked.
    """

    landscape: Landscape
    view: View
    log: bool
    points: NDArray[np.floating[Any]]
    slot: int
    broken: bool = False
    step: int = -1
    levels: Levels | None = None
    ways: tuple[tuple[str, NDArray[np.float64]], ...] = ()
    minima: bool = True


@dataclass(frozen=True, slots=True)
class Wish:
    """In which size, in device pixels, and in which colours a scene is to be drawn."""

    size: tuple[int, int]
    ratio: float
    colours: Colours
    ink: tuple[int, int, int]
    width: float
    dash: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Drawn:
    """A scene's ground (height, width) and path, (height, width) premultiplied ARGB."""

    scene: Scene
    wish: Wish
    ground: Pixels
    path: Pixels


def draw_scene(scene: Scene, wish: Wish) -> Drawn:
    """Draw ground and path. Runs in a worker."""
    from engine.drawing import contours
    from engine.drawing.levels import choose_levels
    from engine.drawing.paths import PathImage, Pen
    from engine.drawing.pixel_paths import to_pixels

    landscape, colours = scene.landscape, wish.colours
    levels = scene.levels
    if levels is None:
        values, _ = contours.survey(landscape, scene.view, step=scene.step)
        lowest = float(landscape.minima[:, 2].min()) if len(landscape.minima) else None
        levels = choose_levels(values, scene.log, lowest)
    ramp = np.frombuffer(colours.ramp, np.uint8).reshape(-1, 3)
    palette = contours.Palette(ramp, colours.line, colours.ground, colours.hatch, wish.ratio)
    ground = contours.shade(landscape, scene.view, wish.size, levels, palette, step=scene.step)
    assert ground is not None
    image = PathImage(*wish.size)
    path = to_pixels(scene.points, scene.view, wish.size, diverged=scene.broken)
    pen = Pen(wish.ink, wish.width, wish.dash, dots=True)
    image.draw(path, pen, len(scene.points), most_px=TANGLE_PX)
    return Drawn(scene, wish, ground, image.pixels)
