"""Levels of contour lines: enough, not too many, on any grid of losses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.drawing.levels import choose_levels, nice


def grid(function, x=(-2.0, 2.0), y=(-1.0, 3.0)):
    a, b = np.meshgrid(np.linspace(*x, 48), np.linspace(*y, 32))
    return function(a, b)


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


@pytest.mark.parametrize("half", [2.0, 1e-1, 1e-3, 1e-6, 1e-9])
@pytest.mark.parametrize("centre", [(1.0, 1.0), (-1.5, 2.0), (0.3, 0.3)])
def test_any_zoom_has_a_good_number_of_lines(half, centre):
    x, y = centre
    values = grid(rosenbrock, (x - half, x + half), (y - half, y + half))
    levels = choose_levels(values, log=True, minimum=0.0)
    assert 8 <= len(levels.lines()) <= 60
    inside = (levels.at(values) >= levels.low) & (levels.at(values) <= levels.high)
    assert inside.mean() > 0.9


def test_logarithmic_lines_are_at_whole_parts_of_decades():
    levels = choose_levels(grid(rosenbrock), log=True, minimum=0.0)
    assert levels.log
    decades = [levels.loss(u) for u in levels.lines(round(1 / levels.spacing))]
    assert decades == pytest.approx([1.0, 10.0, 100.0, 1000.0][-len(decades) :])


def test_linear_when_wished_or_when_the_logarithm_shows_nothing():
    assert not choose_levels(grid(rosenbrock), log=False).log
    slope = grid(lambda x, y: 1000 + x + y)
    assert not choose_levels(slope, log=True, minimum=0.0).log


def test_a_plain_with_deep_holes_is_linear():
    values = grid(lambda x, y: 180 + np.sin(9 * x) * np.cos(9 * y))
    values[3, 3], values[4:8, 4] = 1e-9, 1e-3
    assert not choose_levels(values, log=True, minimum=0.0).log


def test_base_is_never_above_what_is_seen():
    values = grid(lambda x, y: x**2 + y**2 - 1.0)
    levels = choose_levels(values, log=True, minimum=-0.5)
    assert levels.base <= values.min()


@pytest.mark.parametrize("fill", [0.0, -3.0, 7e300, math.inf, math.nan])
@pytest.mark.parametrize("log", [True, False])
def test_a_constant_has_no_lines_but_colours(fill, log):
    levels = choose_levels(np.full((8, 8), fill), log)
    assert levels.lines() == []
    assert levels.low < levels.high


@given(arrays(np.float64, (5, 5), elements=st.floats(width=64)), st.booleans())
def test_any_numbers_give_finite_levels(values, log):
    levels = choose_levels(values, log)
    assert math.isfinite(levels.low)
    assert math.isfinite(levels.high)
    assert levels.low < levels.high
    assert len(levels.lines()) <= 300


@pytest.mark.parametrize(
    ("wished", "found"), [(1.0, 1.0), (1.2, 2.0), (0.03, 0.05), (7e-9, 1e-8), (0.0, 0.0)]
)
def test_nice_numbers(wished, found):
    assert nice(wished) == pytest.approx(found)
