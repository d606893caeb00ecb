"""Curves: nothing is lost in a pixel column, pixels against a slow reference."""

import math

import numba
import numpy as np
import pytest

from engine.drawing.curve_corners import axis_value, corners
from engine.drawing.curve_groups import FIRST, GAP, GROUP_SIZE, HIGHEST, LAST, LOWEST
from engine.drawing.curve_scale import LINEAR, LOG, SYMLOG, Scale
from engine.drawing.curve_strokes import compose, stroke
from engine.drawing.curves import reduce_columns, survey

DASHES = ((), (10.0, 5.0), (2.5, 4.5), (13.0, 4.0, 2.5, 4.0))
AWKWARD = np.array([3.0, np.nan, -1.0, np.inf, -np.inf, 1e308, 5e-324, 0.0, -1e308, 2.0])


def reduced(values, low, high, width):
    groups = np.empty((width + 8, GROUP_SIZE))
    first, last = max(0, math.floor(low)), min(len(values) - 1, math.ceil(high))
    count = reduce_columns(values, first, last, low, width / (high - low), groups)
    return groups[:count]


def masks(width, height):
    touched = np.empty((2, width), np.int64)
    touched[0], touched[1] = height, -1
    return np.zeros((width, height), np.uint8), touched


def stroked(mask, touched, groups, window, half, dash=()):
    """Draw groups on a linear axis into a mask."""
    line, numbers = np.empty((4 * len(groups), 3)), np.array(Scale().numbers())
    count = corners(mask, touched, groups, len(groups), numbers, window, half, line)
    stroke(mask, touched, line, count, half, np.array(dash, float))


def drawn(values, width=200, height=100, top=10.0, bottom=0.0, half=1.0, dash=()):
    """Draw a linear axis from `bottom` to `top`; return the coverage, (height, width)."""
    high = max(len(values) - 1, 1)
    groups = reduced(np.asarray(values, float), 0.0, high, width)
    mask, touched = masks(width, height)
    window = np.array([0.0, width / high, top, height / (top - bottom)])
    stroked(mask, touched, groups, window, half, dash)
    return mask.T


@pytest.mark.parametrize("count", [1, 2, 37, 500, 5000])
@pytest.mark.parametrize("window", [(0.0, 1.0), (-0.02, 1.02), (0.31, 0.47), (0.499, 0.501)])
def test_each_column_keeps_its_lowest_and_highest_value(count, window):
    values = np.random.default_rng(count).standard_normal(count + 1) ** 3
    values[count // 2] = 1e9
    low, high = window[0] * count, window[1] * count
    groups = reduced(values, low, high, 100)
    edges = np.append(groups[:, FIRST], groups[-1, LAST] + 1).astype(int)
    for group, begin, end in zip(groups, edges[:-1], edges[1:], strict=True):
        piece = values[begin:end]
        assert group[LOWEST + 1] == piece.min()
        assert group[HIGHEST + 1] == piece.max()
        assert values[int(group[LOWEST])] == piece.min()
        assert values[int(group[HIGHEST])] == piece.max()
        assert (group[FIRST + 1], group[LAST + 1]) == (piece[0], piece[-1])
    assert edges[0] <= max(low, 0)
    assert edges[-1] - 1 >= min(high, count)
    assert not groups[1:, GAP].any()


def test_what_is_not_finite_is_left_out_and_leaves_a_gap():
    groups = reduced(AWKWARD, 0.0, 9.0, 900)
    finite = np.flatnonzero(np.isfinite(AWKWARD))
    assert groups[:, FIRST].tolist() == finite.tolist()
    assert groups[:, GAP].tolist() == [1, 1, 1, 0, 0, 0, 0]
    together = reduced(AWKWARD, 0.0, 9.0, 1)
    assert together[0, LOWEST + 1] == -1e308
    assert together[0, HIGHEST + 1] == 1e308


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([2.0, 1.0, 1.0, 3.0], (4, 1.0, 2.0, 3.0)),
        ([1.0, 2.0], (2, 1.0, 2.0, 2.0)),
        ([5.0, 5.0], (2, 5.0, np.inf, 5.0)),
        (AWKWARD, (1, -1e308, -1.0, 1e308)),
        ([np.nan, np.inf], (0, np.inf, np.inf, -np.inf)),
        ([], (0, np.inf, np.inf, -np.inf)),
    ],
)
def test_survey(values, expected):
    out = np.empty(4)
    survey(np.asarray(values, float), out)
    assert tuple(out) == expected


def test_read_only_and_repeated_numbers_can_be_reduced():
    rates = np.broadcast_to(np.array([0.1]), (1001,))
    assert reduced(rates, 0.0, 1000.0, 50)[:, HIGHEST + 1].tolist() == [0.1] * 51


@pytest.mark.parametrize(
    "scale",
    [Scale(LINEAR), Scale(LOG, base=-2.0, floor=1e-9), Scale(SYMLOG, unit=0.01)],
    ids=["linear", "log", "symlog"],
)
def test_kernel_and_axis_transform_alike_and_back(scale):
    numbers = np.array(scale.numbers())
    # A part of a kernel, which only compiled code can call.
    to_axis = numba.njit(lambda v, s: axis_value(v, s))
    for value in (-1.9, -0.3, 0.0, 1e-3, 2.0, 1e30, 1e300):
        axis = scale.forward(value)
        assert to_axis(value, numbers) == pytest.approx(axis, rel=1e-14, abs=1e-300)
        assert scale.backward(axis) == pytest.approx(value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("dash", DASHES)
@pytest.mark.parametrize("place", [0, 1, 4321, 50_000, 99_998, 99_999])
def test_a_single_spike_among_100_000_points_reaches_its_row(dash, place):
    values = np.full(100_000, 1.0)
    values[place] = 9.0
    mask = drawn(values, dash=dash)
    column = min(int(place * 200 / 99_999), 199)
    assert (mask[10:90, column] == 255).all()
    assert mask[:8].max() == 0


@pytest.mark.parametrize("dash", DASHES)
def test_a_smooth_curve_lies_where_its_values_are(dash):
    values = 5 + np.sin(np.linspace(0, 6, 3001))
    mask = drawn(values, dash=dash)
    for column in range(2, 198):
        rows = np.flatnonzero(mask[:, column])
        expected = (10 - values[column * 15 : column * 15 + 16]) * 10
        if len(rows):
            assert rows.min() >= expected.min() - 3
            assert rows.max() <= expected.max() + 3
        else:
            assert dash
    # Each stroke's round ends add most of the line's width to it.
    share = (sum(dash[::2]) + 0.8 * 2.0 * len(dash) / 2) / sum(dash) if dash else 1.0
    assert mask.sum() / drawn(values).sum() == pytest.approx(share, abs=0.08)


@pytest.mark.parametrize(
    "ends", [((20, 30), (80, 30)), ((20, 10), (80, 90)), ((50, 10), (52, 90)), ((50, 50), (50, 50))]
)
def test_coverage_of_a_segment_against_counting_points(ends):
    """Antialiasing by distance stays close to the covered share of each pixel."""
    (x0, y0), (x1, y1) = ends
    mask, touched = masks(100, 100)
    group = np.zeros((2, GROUP_SIZE))
    for row, (x, y) in zip(group, ends, strict=True):
        row[[FIRST, LOWEST, HIGHEST, LAST]] = x
        row[[FIRST + 1, LOWEST + 1, HIGHEST + 1, LAST + 1]] = -y
    group[0, GAP] = 1.0
    stroked(mask, touched, group, np.array([0.0, 1.0, 0.0, 1.0]), 1.0)
    grid = (np.arange(1600) + 0.5) / 16
    x, y = np.meshgrid(grid, grid)
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2
    along = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / max(length, 1e-9), 0, 1)
    inside = np.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0)) <= 1.0
    share = inside.reshape(100, 16, 100, 16).mean(axis=(1, 3))
    assert np.abs(mask.T / 255 - share).max() < 0.22
    assert mask.sum() / 255 == pytest.approx(share.sum(), rel=0.08)


def test_compose_lays_one_colour_over_another_and_clears_the_mask():
    rng = np.random.default_rng(3)
    mask, touched = masks(9, 7)
    image = np.zeros((9, 7), np.uint32)
    expected = np.zeros((9, 7, 4))
    for colour in ((200, 10, 60), (0, 255, 128)):
        mask[:] = rng.integers(0, 256, mask.shape)
        mask[0, 0], mask[1, 1] = 255, 0
        share = mask[..., None] / 255
        expected = np.array([*colour, 255]) * share + expected * (1 - share)
        touched[0], touched[1] = 0, 6
        compose(image, mask, touched, *colour)
        assert not mask.any()
        assert (touched[0] == 7).all()
        assert (touched[1] == -1).all()
    found = image[..., None] >> np.array([16, 8, 0, 24], np.uint32) & 255
    assert np.abs(found - expected).max() <= 2


def test_far_out_and_extreme_values_are_drawn_without_trouble():
    values = np.array([1e308, -1e308, 5.0, 1e200, 5.0, -1e200, 5e-324] * 40)
    mask = drawn(values)
    assert mask.max() == 255
