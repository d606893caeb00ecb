"""Pictures of grids: lines and borders where they belong, hatching where nothing is finite."""

import numpy as np
import pytest

from engine.drawing.contours import HATCH_PX, Palette
from engine.drawing.fields import LEAST_COVER, MORE_COVER, shade_classes, shade_values
from engine.drawing.levels import Levels

LINE, GROUND, HATCH = (255, 0, 0), (0, 255, 0), (0, 0, 255)
GREY = np.repeat(np.arange(0, 128, 0.5).astype(np.uint8)[:, None], 3, axis=1)
PALETTE = Palette(GREY, LINE, GROUND, HATCH, 1.5)
LEVELS = Levels(False, 0.0, 0.0, 0.0, 4.0, 1.0, 1)
SIZE = (240, 160)


def channels(picture):
    return np.stack([(picture >> 16) & 255, (picture >> 8) & 255, picture & 255]).astype(int)


def radii(columns, rows):
    x, y = np.meshgrid(np.linspace(-1.8, 1.8, columns), np.linspace(1.2, -1.2, rows))
    return x, y, np.hypot(x, y)


def off_the_unit_circle():
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    return np.abs(np.hypot(x + 0.5 - 120, y + 0.5 - 80) / 240 * 3.6 - 1.0) * 240 / 3.6


@pytest.mark.parametrize("places", [(241, 161), (121, 81), (61, 41)])
def test_lines_lie_on_their_circles_at_a_quarter_of_the_places(places):
    red, green, _ = channels(shade_values(radii(*places)[2] ** 2, SIZE, LEVELS, PALETTE))
    off, lined = off_the_unit_circle(), red - green
    assert lined[off < 0.1].min() > 150
    assert lined[(off > 2.0) & (off < 20.0)].max() == 0


@pytest.mark.parametrize("places", [(241, 161), (61, 41)])
def test_the_border_lies_where_two_classes_are_alike(places):
    inside = 1 / (1 + np.exp(8 * (radii(*places)[2] ** 2 - 1)))
    shares = np.stack([inside, 1 - inside])
    inks = np.array([[255, 255, 255], [0, 0, 0]], np.uint8)
    red, green, blue = channels(shade_classes(shares, SIZE, inks, PALETTE))
    off = off_the_unit_circle()
    assert (red - green)[off < 0.1].min() > 150
    # Where they are certain: as much of the class's colour over the ground as there ever is.
    cover = LEAST_COVER + MORE_COVER
    assert blue[80, 120] == pytest.approx(255 * cover, abs=2)
    assert blue[2, 2] == 0
    assert green[80, 120] == 255
    assert green[2, 2] == pytest.approx(255 * (1 - cover), abs=2)


def test_classes_that_are_all_alike_have_the_ground_s_colour():
    inks = np.zeros((4, 3), np.uint8)
    picture = channels(shade_classes(np.full((4, 3, 3), 0.25), (9, 9), inks, PALETTE))
    assert (picture.reshape(3, -1).T == GROUND).all()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_hatched(value):
    grid = np.ones((9, 13))
    grid[:4] = value
    for picture in (
        shade_values(grid, SIZE, LEVELS, PALETTE),
        shade_classes(np.stack([grid, 0.5 * np.ones_like(grid)]), SIZE,
                      np.full((2, 3), 200, np.uint8), PALETTE),
    ):  # fmt: skip
        upper = channels(picture[:70]).reshape(3, -1).T
        hatch = (upper == HATCH).all(axis=1)
        assert (hatch | (upper == GROUND).all(axis=1)).all()
        assert hatch.mean() == pytest.approx(1 / HATCH_PX, rel=0.02)
        assert not (channels(picture[100:]).reshape(3, -1).T == HATCH).all(axis=1).any()


def test_pieces_join_without_a_seam_and_can_be_stopped():
    grid = radii(61, 41)[2]
    whole = shade_values(grid, (100, 200), LEVELS, PALETTE)
    flipped = shade_values(grid[::-1], (100, 200), LEVELS, PALETTE)
    assert (np.abs(channels(whole) - channels(flipped)[:, ::-1]) <= 1).all()
    assert shade_values(grid, SIZE, LEVELS, PALETTE, lambda: True) is None
