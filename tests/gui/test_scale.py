"""Where a slider's handle belongs."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.optimizers import CATALOGUE
from engine.parameter import Parameter
from gui.panels.scale import MOST_TICKS, Scale, scale_of

RATES = Scale(1e-5, 10.0, log=True)


def test_a_decade_is_the_same_way_everywhere():
    ways = [RATES.position(10 * v) - RATES.position(v) for v in (1e-5, 1e-3, 1.0)]
    assert ways == pytest.approx([1 / 6] * 3)
    assert RATES.decades() == pytest.approx([1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6])
    assert Scale(0, 1).decades() == []


@pytest.mark.parametrize(
    ("low", "high", "ticks"), [(1e-5, 10.0, 5), (1e-9, 1e6, 7), (1e-300, 1e300, 11)]
)
def test_many_decades_have_few_ticks_at_round_powers(low, high, ticks):
    scale = Scale(low, high, log=True)
    found = scale.decades()
    assert len(found) == ticks
    assert any(at == pytest.approx(scale.position(1.0)) for at in found)
    ways = {round(b - a, 9) for a, b in itertools.pairwise(found)}
    assert len(ways) == 1


@pytest.mark.parametrize("value", [5e-324, 1e-308, 1e-200, 1.0, 20.0, 1e200, 1.7e308])
def test_the_widest_scales_hold_every_number(value):
    scale = RATES
    for wide in (1e308, 1e-308, 5e-324):
        scale = scale.including(wide)
        assert 0.0 <= scale.position(value) <= 1.0
        assert len(scale.decades()) <= MOST_TICKS
    assert scale.position(1e-308) < scale.position(1.0) < scale.position(1e308)


@given(st.floats(0, 1), st.sampled_from([RATES, Scale(-3, 5), Scale(1, 100, whole=True)]))
def test_a_position_gives_a_value_that_sits_there(position, scale):
    value = scale.value(position)
    assert scale.holds(value)
    assert scale.position(value) == pytest.approx(position, abs=0.006)
    assert float(f"{value:.4g}") == value


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, -math.inf, 1e-300])
def test_what_is_below_the_scale_sits_at_its_left_end(value):
    assert RATES.position(value) == 0.0
    assert not RATES.holds(value)


@pytest.mark.parametrize(
    ("scale", "value", "low", "high"),
    [
        (RATES, 250.0, 1e-5, 1000.0),
        (RATES, 3e-8, 1e-8, 10.0),
        (RATES, -1.0, 1e-5, 10.0),
        (RATES, math.inf, 1e-5, 10.0),
        (RATES, 1e308, 1e-5, 1e308),
        (Scale(-5, 5), 20.0, -5, 50.0),
        (Scale(-5, 5), -7.0, -10.0, 5),
        (Scale(0, 1), 1e308, 0, 1e308),
    ],
)
def test_the_range_follows_a_value_outside_it(scale, value, low, high):
    wider = scale.including(value)
    assert (wider.low, wider.high) == (low, high)


@pytest.mark.parametrize(
    ("scale", "value", "steps", "result"),
    [
        (RATES, 0.01, 1, 0.011),
        (RATES, 0.011, -1, 0.01),
        (RATES, 0.01, 10, 0.1),
        (RATES, 0.01, -10, 0.001),
        (RATES, 0.0, 1, 1e-5),
        (RATES, 0.0, -1, 0.0),
        (RATES, -1.0, 1, -0.909),
        (RATES, 1e308, 10, 1e308),
        (Scale(0, 0.999), 0.9, 1, 0.91),
        (Scale(-5, 5), 1.0, -1, 0.9),
        (Scale(1, 20, whole=True), 3, 1, 4),
        (Scale(1, 1e7, log=True, whole=True), 3, 1, 4),
        (Scale(1, 1e7, log=True, whole=True), 500, 1, 550),
        (Scale(1, 1e7, log=True, whole=True), 0, 1, 1),
    ],
)
def test_steps_are_factors_on_a_logarithmic_scale_and_sums_on_others(scale, value, steps, result):
    assert scale.stepped(value, steps) == result


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.name)
def test_every_declared_hyperparameter_has_a_scale_that_holds_its_default(rule):
    for parameter in rule.parameters:
        scale = scale_of(parameter)
        assert scale.low < scale.high
        assert scale.including(parameter.default).holds(parameter.default)


def test_a_declaration_without_extent_still_gives_a_scale():
    assert scale_of(Parameter("a", "a", 1, 1, 1, "")).high == 2.0
