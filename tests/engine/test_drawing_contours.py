"""The per-pixel picture of a surface: lines where the levels are, hatching where no loss is."""

from __future__ import annotations

import numpy as np
import pytest

from engine import api
from engine.drawing.contours import HATCH_PX, Palette, shade, survey
from engine.drawing.levels import Levels

LINE, GROUND, HATCH = (255, 0, 0), (0, 255, 0), (0, 0, 255)
GREY = np.repeat(np.arange(0, 128, 0.5).astype(np.uint8)[:, None], 3, axis=1)
PALETTE = Palette(GREY, LINE, GROUND, HATCH, 1.5)
SIZE = (240, 160)


def channels(picture):
    return np.stack([(picture >> 16) & 255, (picture >> 8) & 255, picture & 255]).astype(int)


@pytest.fixture(scope="module")
def paraboloid():
    return api.surface("x^2 + y^2")


def test_lines_lie_on_their_circles(paraboloid):
    """Level f = 1 of x² + y² is the unit circle, at any zoom."""
    levels = Levels(False, 0.0, 0.0, 0.0, 4.0, 1.0, 1)
    view = (-1.8, 1.8, -1.2, 1.2)
    red, green, _ = channels(shade(paraboloid, view, SIZE, levels, PALETTE))
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    radius = np.hypot(x + 0.5 - 120, y + 0.5 - 80) / 240 * 3.6
    off_line = np.abs(radius - 1.0) * 240 / 3.6
    lined = red - green
    assert lined[off_line < 0.2].min() > 200
    assert lined[(off_line > 1.5) & (radius < 1.3)].max() == 0


def test_lines_stay_sharp_deep_in(paraboloid):
    half = 1e-9
    view = (1.0 - half, 1.0 + half, -half, half)
    levels = Levels(False, 0.0, 0.0, 1.0 - 2 * half, 1.0 + 2 * half, 2 * half / 4, 1)
    red, green, _ = channels(shade(paraboloid, view, SIZE, levels, PALETTE))
    lined = (red - green)[10] > 100
    starts = np.flatnonzero(lined & ~np.roll(lined, 1))
    assert set(np.diff(starts)) <= {29, 30, 31}
    assert len(starts) == 8
    assert lined.mean() < 0.1


def test_fill_is_flat_between_lines_and_rises_with_the_loss(paraboloid):
    levels = Levels(False, 0.0, 0.0, 0.0, 4.0, 1.0, 1)
    _, green, _ = channels(shade(paraboloid, (-1.8, 1.8, -1.2, 1.2), SIZE, levels, PALETTE))
    assert green[80, 120] == green[80, 150]
    assert green[80, 120] < green[80, 200] < green[5, 5]


def test_undefined_and_infinite_loss_is_hatched():
    levels = Levels(False, 0.0, 0.0, -5.0, 5.0, 1.0, 5)
    picture = shade(api.surface("log(x)"), (-1.0, 1.0, -1.0, 1.0), SIZE, levels, PALETTE)
    left, right = channels(picture)[:, :, :119], channels(picture)[:, :, 122:]
    hatched = (left[2] == 255).mean()
    assert hatched == pytest.approx(1 / HATCH_PX, rel=0.1)
    assert ((left[1] == 255) | (left[2] == 255)).all()
    assert (right[1] < 255).all()


def test_crowded_lines_fade_away(paraboloid):
    levels = Levels(False, 0.0, 0.0, 0.0, 4.0, 0.001, 7)
    red, green, _ = channels(shade(paraboloid, (-1.8, 1.8, -1.2, 1.2), SIZE, levels, PALETTE))
    assert (red - green)[80, 200] == 0


def test_no_line_at_the_very_minimum(paraboloid):
    levels = Levels(False, 0.0, 0.0, 0.0, 4.0, 1.0, 1)
    red, green, _ = channels(shade(paraboloid, (-0.2, 0.2, -0.2, 0.2), SIZE, levels, PALETTE))
    assert (red == green).all()


def test_a_stopped_picture_is_none(paraboloid):
    levels = Levels(False, 0.0, 0.0, 0.0, 4.0, 1.0, 1)
    asked = []

    def stopped():
        asked.append(1)
        return len(asked) > 2

    assert shade(paraboloid, (-1, 1, -1, 1), SIZE, levels, PALETTE, stopped) is None


def test_survey_sees_the_view(paraboloid):
    values, cost = survey(paraboloid, (0.0, 3.0, 0.0, 4.0))
    assert 20.0 < values.max() < 25.0
    assert values[-1, 0] < 0.1
    assert cost > 0


def test_survey_of_an_expensive_surface_is_coarse(paraboloid):
    values, _ = survey(paraboloid, (0.0, 3.0, 0.0, 4.0), seconds=0.0)
    assert values.size <= 80


def test_extreme_views_raise_nothing(paraboloid):
    levels = Levels(True, 0.0, 1e-300, -300.0, 300.0, 50.0, 4)
    for view in ((-1e290, 1e290, -1e290, 1e290), (-1e-280, 1e-280, -1e-280, 1e-280)):
        assert shade(paraboloid, view, SIZE, levels, PALETTE) is not None
