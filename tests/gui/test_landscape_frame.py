"""Frames map data to pixels and back; axes write numbers that are right at any zoom."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from gui.views.landscape_axes import axis_title, ticks
from gui.views.landscape_frame import Frame, around, fill_plot, is_drawable

PLOT = QRectF(72, 16, 640, 480)


@pytest.mark.parametrize("half", [1e-9, 1.0, 1e12])
def test_pixel_and_data_are_inverse(half):
    frame = Frame((1 - half, 1 + half, 2 - half, 2 + half), PLOT)
    for spot in (QPointF(80, 20), QPointF(400, 300), QPointF(711, 495)):
        back = frame.pixel(*frame.data(spot))
        assert (back - spot).manhattanLength() < 1e-3


def test_y_grows_upwards():
    frame = Frame((0.0, 1.0, 0.0, 1.0), PLOT)
    assert frame.pixel(0.5, 1.0).y() == PLOT.top()


@given(st.floats(), st.floats())
def test_any_point_has_a_drawable_pixel(x, y):
    pixel = Frame((-1.0, 1.0, -1.0, 1.0), PLOT).pixel(x, y)
    assert math.isfinite(pixel.x())
    assert math.isfinite(pixel.y())


@pytest.mark.parametrize("factor", [0.5, 3.0, 1e-30])
def test_zoom_keeps_the_point_under_the_pointer(factor):
    frame, spot = Frame((-2.0, 2.0, -1.0, 3.0), PLOT), QPointF(300, 100)
    zoomed = Frame(frame.zoomed(factor, spot), PLOT)
    assert zoomed.data(spot) == pytest.approx(frame.data(spot), abs=1e-11)
    assert is_drawable(zoomed.view)


def test_equal_aspect_shows_at_least_the_view():
    frame = fill_plot((0.0, 1.0, 0.0, 1.0), PLOT, equal=True)
    assert frame.scale[0] == pytest.approx(frame.scale[1])
    assert frame.view[0] <= 0.0
    assert frame.view[1] >= 1.0
    assert frame.view[2:] == pytest.approx((0.0, 1.0))


def test_around_holds_all_finite_points():
    view = around((-1.0, 1.0, -1.0, 1.0), [(5.0, 0.0), (math.inf, -7.0), (math.nan, 0.0)])
    assert view[1] > 5.0
    assert view[2] < -7.0
    assert (view[0], view[3]) == (-1.0, 1.0)


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (-2.2, 2.2, ("−2", "−1", "0", "1", "2")),
        (0.0, 0.5, ("0.0", "0.1", "0.2", "0.3", "0.4", "0.5")),
        (-1e6, 1e6, ("−1e6", "−5e5", "0", "5e5", "1e6")),
    ],
)
def test_tick_labels(low, high, labels):
    assert ticks(low, high, 500.0, 84.0).labels == labels


def test_deep_labels_are_differences_from_a_number_that_is_said():
    found = ticks(1.5 - 1e-9, 1.5 + 1e-9, 500.0, 84.0)
    assert axis_title("x", found) == "x − 1.5"
    assert "5e−10" in found.labels or "5e-10" in found.labels
    below = ticks(-1.5 - 1e-9, -1.5 + 1e-9, 500.0, 84.0)
    assert axis_title("x", below) == "x + 1.5"


@given(st.floats(-1e12, 1e12), st.floats(-9, 9))
def test_ticks_lie_inside_and_labels_differ(middle, exponent):
    half = 10.0**exponent
    if half < 1e-12 * abs(middle):
        return
    low, high = middle - half, middle + half
    found = ticks(low, high, 500.0, 84.0)
    assert 2 <= len(found.values) <= 8
    slack = 1e-9 * (high - low)
    assert all(low - slack <= v <= high + slack for v in found.values)
    assert len(set(found.labels)) == len(found.labels)
