"""Paths in pixels: what is kept of them, and what is drawn, against a slow reference."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.drawing.paths import AHEAD, PathImage, Pen
from engine.drawing.pixel_paths import DOT, MERGED_PX, PEN_DOWN, to_pixels

VIEW, SIZE = (-2.0, 2.0, -1.0, 1.0), (200.0, 100.0)
RED = (255, 0, 0)
PLAIN = Pen(RED, 2.0, (), dots=False)


def alpha(image):
    return (image.pixels >> 24).astype(int)


def drawn(points, pen=PLAIN, head=10**9, view=VIEW, **more):
    image = PathImage(int(SIZE[0]), int(SIZE[1]))
    image.draw(to_pixels(np.array(points, dtype=float), view, SIZE), pen, head, **more)
    return image


def reference_coverage(pixels, half):
    """Return the coverage of a polyline by brute force: distance of each pixel's centre."""
    y, x = np.mgrid[0 : int(SIZE[1]), 0 : int(SIZE[0])] + 0.5
    nearest = np.full(x.shape, np.inf)
    for (ax, ay), (bx, by) in itertools.pairwise(pixels):
        dx, dy = bx - ax, by - ay
        along = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0, 1)
        nearest = np.minimum(nearest, np.hypot(x - ax - along * dx, y - ay - along * dy))
    return np.clip(half + 0.5 - nearest, 0, 1)


def in_pixels(points):
    points = np.asarray(points, dtype=float)
    return np.column_stack([(points[:, 0] + 2) * 50, (1 - points[:, 1]) * 50])


@pytest.mark.parametrize("seed", range(4))
def test_coverage_is_that_of_the_slow_reference(seed):
    points = np.random.default_rng(seed).uniform(-1.2, 1.2, (6, 2))
    image = drawn(points)
    path = to_pixels(points, VIEW, SIZE)
    # Older steps are more transparent, so coverage is compared where it is nothing or the edge.
    wanted = reference_coverage(in_pixels(points), 1.0)
    found = alpha(image)
    assert len(path.xy) == 6
    assert (found[wanted == 0] == 0).all()
    assert (found[wanted > 0.1] > 0).all()
    full = found[wanted == 1]
    assert full.min() >= 0.6 * 255
    edge = (wanted > 0.2) & (wanted < 0.9)
    assert np.abs(found[edge] / 255 - wanted[edge] * 0.8).max() < 0.25


def test_newest_step_is_opaque_and_its_edge_smooth():
    image = drawn([(-1.0, 0.013), (1.0, 0.02)])
    wanted = np.rint(255 * reference_coverage(in_pixels([(-1.0, 0.013), (1.0, 0.02)]), 1.0))
    assert np.abs(alpha(image) - wanted).max() <= 2


def test_pixels_are_premultiplied():
    image = drawn([(-1.0, 0.0), (1.0, 0.3)])
    red = (image.pixels >> 16) & 255
    assert (red == image.pixels >> 24).all()
    assert ((image.pixels & 0xFFFF) == 0).all()


def test_later_path_lies_on_top():
    image = drawn([(-1.0, 0.0), (1.0, 0.0)])
    across = to_pixels(np.array([(0.01, -0.5), (0.01, 0.5)]), VIEW, SIZE)
    image.draw(across, Pen((0, 0, 255), 4.0, (), dots=False), 10**9)
    assert image.pixels[50, 100] == 0xFF0000FF
    assert image.pixels[50, 80] >> 16 & 255 > 150


def test_clear_leaves_nothing():
    image = drawn(np.random.default_rng(0).uniform(-3, 3, (50, 2)))
    assert image.pixels.any()
    image.clear()
    assert not image.pixels.any()
    assert image.touched == (0, 0, 0, 0)


def test_touched_holds_all_that_was_drawn():
    image = drawn([(-0.5, 0.1), (0.4, 0.3)])
    left, top, right, bottom = image.touched
    outside = image.pixels.copy()
    outside[top:bottom, left:right] = 0
    assert not outside.any()
    assert right - left < 70


def test_dash_has_its_lengths():
    image = drawn([(-1.9, 0.0), (1.9, 0.0)], Pen(RED, 2.0, (10.0, 5.0), dots=False))
    row = alpha(image)[50, 10:190] > 127
    starts = np.flatnonzero(np.diff(row.astype(int)) == 1)
    assert set(np.diff(starts)) == {15}
    assert row.mean() == pytest.approx(10 / 15, abs=0.06)


def test_dash_goes_on_over_short_steps():
    """The same line in one step and in 400 has the same dashes."""
    pen = Pen(RED, 2.0, (10.0, 5.0), dots=False)
    one = alpha(drawn([(-1.9, 0.0), (1.9, 0.0)], pen))[50] > 100
    x = np.linspace(-1.9, 1.9, 400)
    many = alpha(drawn(np.column_stack([x, 0 * x]), pen))[50] > 100
    assert (one == many).mean() > 0.97


def test_steps_behind_the_play_head_are_dimmed():
    image = drawn([(-1.5, 0.0), (0.0, 0.0), (1.5, 0.0)], head=1)
    assert alpha(image)[50, 150] == pytest.approx(255 * AHEAD, abs=2)
    assert alpha(image)[50, 60] > 200


def test_wide_steps_have_dots():
    path = to_pixels(np.array([(-1.0, 0.0), (0.0, 0.0), (0.02, 0.0), (0.04, 0.0)]), VIEW, SIZE)
    assert path.marks.tolist() == [DOT, PEN_DOWN | DOT, PEN_DOWN, PEN_DOWN]
    with_dots = alpha(drawn([(-1.0, 0.0), (0.0, 0.0)], Pen(RED, 2.0)))
    without = alpha(drawn([(-1.0, 0.0), (0.0, 0.0)]))
    assert with_dots[47:54, 100].sum() > without[47:54, 100].sum()


def test_steps_below_half_a_pixel_are_merged():
    path = to_pixels(np.full((100_000, 2), 0.5) + 1e-6, VIEW, SIZE)
    assert len(path.xy) == 0
    slow = np.column_stack([np.linspace(-1, 1, 100_001), np.zeros(100_001)])
    path = to_pixels(slow, VIEW, SIZE)
    assert len(path.xy) <= 100 / MERGED_PX + 2
    assert path.xy[-1, 0] == pytest.approx(150, abs=MERGED_PX)


def test_a_chord_walked_again_and_again_is_kept_once():
    points = np.tile([(-1.0, 0.2), (1.0, -0.2), (0.3, 0.7)], (1000, 1))
    path = to_pixels(points, VIEW, SIZE)
    assert (path.marks & PEN_DOWN > 0).sum() == 3


def test_tangles_are_thinned_to_their_budget():
    points = np.random.default_rng(1).uniform(-2, 2, (20_000, 2)) * [1, 0.5]
    path = to_pixels(points, VIEW, SIZE)
    assert path.length > 1e6
    image = drawn(points, most_px=5_000.0)
    thin, full = (alpha(image) > 0).mean(), (alpha(drawn(points, most_px=1e9)) > 0).mean()
    assert thin < full == 1.0


@pytest.mark.parametrize(
    ("far", "direction"),
    [
        ((1e300, 0.0), (1, 0)),
        ((math.inf, 0.0), (1, 0)),
        ((-math.inf, 0.0), (-1, 0)),
        ((0.0, 1e308), (0, -1)),
        ((0.0, -1.79e308), (0, 1)),
        ((1e30, 1e30), (math.sqrt(0.5), -math.sqrt(0.5))),
    ],
)
def test_a_path_to_far_away_leaves_in_its_direction(far, direction):
    path = to_pixels(np.array([(0.1, 0.1), (0.0, 0.0), far, (math.nan, 1.0)]), VIEW, SIZE)
    assert path.exit is not None
    assert path.exit.step == 2
    assert (path.exit.dx, path.exit.dy) == pytest.approx(direction, abs=1e-9)
    inside = min(path.exit.x, 200 - path.exit.x, path.exit.y, 100 - path.exit.y)
    assert inside == pytest.approx(0.0, abs=1e-6)
    assert np.isfinite(path.xy).all()


def test_a_path_that_comes_back_has_not_left():
    path = to_pixels(np.array([(0.0, 0.0), (50.0, 0.0), (0.5, 0.0)]), VIEW, SIZE)
    assert path.exit is None


def test_a_diverged_path_ends_where_it_left():
    growing = np.array([((-1.5) ** t, 0.01 * t) for t in range(90)])
    path = to_pixels(growing, VIEW, SIZE, diverged=True)
    assert path.exit is not None
    assert path.exit.step < 8
    assert path.steps.max() < 8
    assert to_pixels(growing, VIEW, SIZE).steps.max() > 8


def test_a_path_that_never_is_in_the_view_may_still_cross_it():
    crossing = np.array([(-50.0, 0.0), (50.0, 0.0), (-50.0, 0.1)])
    assert alpha(drawn(crossing))[50, 100] > 0


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=12), st.booleans())
def test_no_number_breaks_it(points, diverged):
    data = np.array(points, dtype=float).reshape(-1, 2)
    path = to_pixels(data, VIEW, SIZE, diverged=diverged)
    assert np.isfinite(path.xy).all()
    # Within one view's size around the view.
    assert (path.xy >= [-200.01, -100.01]).all()
    assert (path.xy <= [400.01, 200.01]).all()
    assert (np.diff(path.steps) >= 0).all()
    image = PathImage(200, 100)
    image.draw(path, Pen(RED, 2.0, (3.0, 2.0)), 5)


def test_float32_paths_are_drawn_alike():
    points = np.random.default_rng(3).normal(size=(500, 2)) * 0.3
    a, b = drawn(points), drawn(points.astype(np.float32))
    assert np.abs(alpha(a) - alpha(b)).max() <= 3


def test_a_prepared_path_can_be_placed_in_another_view():
    points = np.array([(-1.0, 0.0), (1.0, 0.5), (0.2, -0.4)])
    image = PathImage(200, 100)
    # Half as wide, half as high: twice the scale, the middle stays.
    image.draw(to_pixels(points, VIEW, SIZE), PLAIN, 10**9, (2.0, -100.0, 2.0, -50.0))
    direct = drawn(points, view=(-1.0, 1.0, -0.5, 0.5))
    assert np.abs(alpha(image) - alpha(direct)).max() <= 3


def test_an_empty_path_draws_nothing():
    assert not drawn(np.empty((0, 2))).pixels.any()
    assert not drawn([(0.0, 0.0)]).pixels.any()
