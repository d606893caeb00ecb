"""The line of one step against closed forms, and lines on which little can be said."""

from __future__ import annotations

import math

import numpy as np
import pytest
from msgspec.structs import replace
from quadratic import five_dimensional
from test_explanation_budget import BATCHES, experiment_on, explained

from engine import optimizers
from engine.answer import answer
from engine.explanation.explain import explain
from engine.explanation.explanation import Explanation
from engine.explanation.microscope import WIDEST, line_of, microscope


def test_a_parabola_by_hand():
    """x² at 3 with η = 1.1: s* = 39.6 / 87.12 = 1 / 2.2, break-even at twice that."""
    line = microscope(explained("x^2", learning_rate=1.1, at=(3.0, 0.0), steps=4), 0)
    assert (line.value, line.slope, line.bend) == pytest.approx((9, -39.6, 87.12))
    assert line.landed == pytest.approx(12.96)
    assert line.best == pytest.approx(1 / 2.2)
    assert line.break_even == pytest.approx(2 / 2.2)
    assert line.learning_rate_at(line.best) == pytest.approx(0.5)
    assert line.learning_rate_at(line.break_even) == pytest.approx(1.0)
    assert line.lowest == pytest.approx((1 / 2.2, 0), abs=1e-7)
    np.testing.assert_allclose(line.model, line.loss, atol=1e-12)
    np.testing.assert_allclose(line.tangent, 9 - 39.6 * line.positions)
    assert {0.0, 1.0, line.best, line.break_even} <= set(line.positions)
    assert (np.diff(line.positions) > 0).all()
    assert line.positions[0] < 0 < 1 < line.positions[-1]


@pytest.mark.parametrize("surface", ["bowl", "booth", "linear_regression"])
@pytest.mark.parametrize("optimizer", ["sgd", "heavy_ball", "adam"])
def test_on_a_quadratic_the_model_is_the_loss(surface, optimizer):
    found = explained(surface, optimizer, learning_rate=0.05, steps=12)
    for step in (0, 5, 11):
        line = microscope(found, step)
        scale = np.nanmax(abs(line.loss))
        np.testing.assert_allclose(line.model, line.loss, atol=1e-12 * scale)
        assert line.value == pytest.approx(found.loss[step], rel=1e-13)
        assert line.landed == pytest.approx(found.loss[step + 1], rel=1e-13)
        assert line.slope == pytest.approx(found.budget.first[step], rel=1e-12)
        assert 0.5 * line.bend == pytest.approx(found.budget.second[step], rel=1e-12)
        if abs(line.best) < WIDEST / 2:
            assert line.lowest[0] == pytest.approx(line.best, abs=1e-5)


#: Rules whose first step has a length that η alone sets, and one that divides by the curvature.
FIRST_STEPS = [rule for rule in optimizers.CATALOGUE if rule.stability.proportional]


@pytest.mark.parametrize("rule", FIRST_STEPS, ids=lambda rule: rule.name)
def test_the_named_rate_lands_where_it_says(rule):
    """Run again at η s: the first step is s times as long."""
    rate = min(rule.learning_rate, 0.01)
    experiment = experiment_on("rosenbrock", rule.name, learning_rate=rate, steps=1)
    before = explain(answer(experiment).trajectories[0], experiment)
    wanted = microscope(before, 0).learning_rate_at(0.6)
    again = replace(experiment, runs=(replace(experiment.runs[0], learning_rate=wanted),))
    after = answer(again).trajectories[0]
    place = before.points[0] + 0.6 * (before.points[1] - before.points[0])
    np.testing.assert_allclose(after.points[1], place, rtol=1e-12)


def test_a_quartic_is_no_parabola():
    """x⁴ at 1 with Δ = −2 is (1 − 2s)⁴: lowest at ½, while the parabola says 1/6."""
    line = microscope(explained("x^4", learning_rate=0.5, at=(1.0, 0.0), steps=1), 0)
    assert line.best == pytest.approx(1 / 6)
    assert line.lowest[0] == pytest.approx(0.5, abs=1e-3)
    assert line.lowest[1] == pytest.approx(0, abs=1e-12)


def test_a_lowest_that_is_sharp_is_found_to_many_digits():
    line = microscope(explained("abs(x - 0.3)", learning_rate=1.0, at=(1.0, 0.0), steps=1), 0)
    assert line.best is None
    assert line.lowest == pytest.approx((0.7, 0), abs=1e-8)


def test_five_coordinates():
    objective, vectors = five_dimensional()
    line = line_of(objective, objective.bottom + 2 * vectors[0], -5 * vectors[0], 0.1)
    assert line.best == pytest.approx(0.4)
    assert line.lowest == pytest.approx((0.4, 1.5), abs=1e-7)
    assert (line.value, line.landed) == pytest.approx((19.5, 1.5 + 4.5 * 9))
    np.testing.assert_allclose(line.model, line.loss, rtol=1e-12)


def test_a_step_uphill_would_have_been_better_backwards():
    objective, vectors = five_dimensional()
    line = line_of(objective, objective.bottom + 2 * vectors[0], vectors[0], 0.1)
    assert line.slope > 0
    assert (line.best, line.break_even) == pytest.approx((-2, -4))
    assert line.positions[0] < -4
    assert line.learning_rate_at(line.best) == pytest.approx(-0.2)


def test_where_the_line_bends_down_the_model_has_no_best_step():
    objective, vectors = five_dimensional()
    line = line_of(objective, objective.bottom + 2 * vectors[4], vectors[4], 0.1)
    assert line.bend < 0
    assert (line.best, line.break_even, line.lowest) == (None, None, None)
    np.testing.assert_allclose(line.model, line.loss, rtol=1e-12)


def test_a_tiny_step_is_not_lost_in_a_long_line():
    line = microscope(explained("bowl", learning_rate=1e-6, steps=1), 0)
    assert line.best > 1e4
    assert line.positions[-1] < 2
    assert line.break_even == 2 * line.best
    assert line.lowest is None


def test_beyond_the_largest_number_the_curve_ends():
    found = explained("exp(x^2)", learning_rate=1e-20, at=(10.0, 0.0), steps=1)
    line = line_of(found.objective, np.array([10.0, 0.0]), np.array([60.0, 0.0]), 0.1)
    assert np.isfinite(line.value)
    assert math.isnan(line.landed)
    assert np.isnan(line.loss[line.positions > 0.5]).all()
    assert np.isfinite(line.loss[line.positions < 0.2]).all()
    wall = line_of(found.objective, np.array([1e200, 0.0]), np.array([1.0, 0.0]), 0.1)
    assert np.isnan(wall.loss).all()
    assert np.isnan(wall.model).all()
    assert (wall.best, wall.lowest) == (None, None)


def test_steps_that_are_none():
    found = explained("bowl", steps=3)
    assert microscope(found, 3) is None
    assert microscope(found, -1) is None
    assert isinstance(found, Explanation)
    still = microscope(explained("bowl", at=(0.0, 0.0), steps=2), 0)
    assert (still.best, still.lowest, still.slope) == (None, None, 0)
    np.testing.assert_array_equal(still.loss, np.zeros(len(still.positions)))
    objective = found.objective
    assert line_of(objective, np.zeros(2), np.array([np.inf, 0.0]), 0.1) is None
    assert line_of(objective, np.array([np.nan, 0.0]), np.ones(2), 0.1) is None


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_every_step_of_a_path_to_infinity(optimizer):
    rate = 10.0 if optimizer == "sgd" else 1e300
    found = explained("x^4 + y^2", optimizer, learning_rate=rate, at=(2.0, 3.0), steps=200)
    lines = [microscope(found, step) for step in range(found.rows)]
    assert lines[0] is not None
    assert lines[-1] is None


def test_a_step_on_its_own_batch():
    experiment = experiment_on("linear_regression", data=BATCHES, learning_rate=0.3, steps=9)
    found = explain(answer(experiment).trajectories[0], experiment)
    line = microscope(found, 4, found.objective.of_batch(4))
    assert line.value == pytest.approx(found.trajectory.seen_loss[4], rel=1e-12)
    assert line.landed - line.value == pytest.approx(found.batch_budget.measured[4], rel=1e-9)
    assert line.slope == pytest.approx(found.batch_budget.first[4], rel=1e-12)


def test_why_no_rate_can_be_named():
    line = microscope(explained("bowl", "adafactor", steps=3), 1)
    assert line.learning_rate_at(0.5) is None
    assert line.reason == "this method's steps are not proportional to the learning rate"
    assert microscope(explained("bowl", steps=3), 1).reason == ""
