"""A run in its own directions: loads, multipliers, flips, shares, coordinates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from quadratic import five_dimensional
from test_explanation_budget import explained

from engine.explanation.basis import basis_of
from engine.explanation.modes import (
    WATCHED,
    condition_at,
    in_eigenbasis,
    modes_at,
    modes_of,
)

EIGENVALUES = np.array([9.0, 4.0, 1.0, 0.3, -0.5])
POINT = np.array([2.0, 1.0, 0.0, -1.0, 4.0])
GAINS = np.array([0.2, 0.05, 0.4, 0.1, 0.01])


def test_five_coordinates_move_along_the_eigenvectors():
    objective, vectors = five_dimensional(EIGENVALUES)
    basis = basis_of(objective, POINT, np.full(5, 0.21), 5)
    modes = modes_of(basis, objective.gradient(POINT)[None], multiplier=lambda load: 1 - load)
    errors = vectors @ (POINT - objective.bottom)
    for mode, value, vector, error in zip(modes, EIGENVALUES, vectors, errors, strict=True):
        sign = np.sign(vector[0])
        assert mode.eigenvalue == pytest.approx(value, abs=1e-9)
        assert mode.load == pytest.approx(0.21 * value, abs=1e-9)
        assert mode.multiplier == pytest.approx(1 - 0.21 * value, abs=1e-9)
        np.testing.assert_allclose(mode.direction, sign * vector, atol=1e-8)
        assert mode.coordinate == pytest.approx(sign * error, abs=1e-7)
    assert sum(mode.share for mode in modes) == pytest.approx(1)


@pytest.mark.parametrize("decay", [0.0, 0.7])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_preconditioned_steps_multiply_each_coordinate_by_its_own_number(decay, sign):
    """x − G (H e + c x) multiplies the error of each mode by 1 − load."""
    objective, _ = five_dimensional(EIGENVALUES)
    gains = sign * GAINS
    basis = basis_of(objective, POINT, gains, 5, decay=decay)
    pull = objective.gradient(POINT) + decay * POINT
    bottom = np.linalg.solve(
        objective.hessian + decay * np.eye(5), objective.hessian @ objective.bottom
    )
    before, after = basis.along(POINT - bottom), basis.along(POINT - gains * pull - bottom)
    np.testing.assert_allclose(after, (1 - basis.loads) * before, atol=1e-8)
    np.testing.assert_allclose(basis.errors(pull), before, atol=1e-7)
    np.testing.assert_allclose(before @ basis.directions, POINT - bottom, atol=1e-8)
    wanted = np.linalg.eigvals(np.diag(gains) @ (objective.hessian + decay * np.eye(5)))
    np.testing.assert_allclose(basis.loads, np.sort(wanted.real)[::-1], atol=1e-9)
    for mode in modes_of(basis, pull[None], decay=decay):
        bend = mode.direction @ objective.hessian @ mode.direction
        assert mode.eigenvalue == pytest.approx(bend, abs=1e-8)


def test_the_largest_few_of_five():
    objective, vectors = five_dimensional(EIGENVALUES)
    basis = basis_of(objective, POINT, np.full(5, 0.1), 2, start=vectors[0])
    np.testing.assert_allclose(basis.loads, [0.9, 0.4], atol=1e-9)
    assert basis.along(np.zeros((7, 5))).shape == (7, 2)


def test_gradient_descent_on_a_bowl():
    """λ = 20 and 2, η = 0.09: the error turns along the steep direction, ×(1 − 1.8)."""
    found = explained("bowl", learning_rate=0.09, steps=40)
    steep, flat = modes_at(found, 30)
    assert (steep.eigenvalue, flat.eigenvalue) == pytest.approx((20, 2))
    assert (steep.load, flat.load) == pytest.approx((1.8, 0.18))
    assert (steep.multiplier, flat.multiplier) == pytest.approx((-0.8, 0.82))
    assert (steep.flips, flat.flips, steep.watched) == (WATCHED, 0, WATCHED)
    assert steep.share + flat.share == pytest.approx(1)
    assert condition_at(found, 30) == pytest.approx(10)
    ways = in_eigenbasis(found, 30)
    assert ways[30] == pytest.approx((steep.coordinate, flat.coordinate))
    np.testing.assert_allclose(ways[1:11] / ways[:10], [(-0.8, 0.82)] * 10, rtol=1e-9)
    angle = found.curvature.angles[30]
    np.testing.assert_allclose(steep.direction, (np.cos(angle), np.sin(angle)))


@pytest.mark.parametrize(("step", "watched"), [(0, 0), (3, 3), (16, 16), (40, 16)])
def test_flips_are_counted_over_the_steps_there_are(step, watched):
    steep, flat = modes_at(explained("bowl", learning_rate=0.09, steps=40), step)
    assert (steep.flips, steep.watched, flat.flips) == (watched, watched, 0)


def test_heavy_ball_rings_as_its_roots_say():
    found = explained("bowl", "heavy_ball", learning_rate=0.02, steps=30)
    for mode, eigenvalue in zip(modes_at(found, 5), (20, 2), strict=True):
        roots = np.roots([1, -(1 + 0.9 - 0.02 * eigenvalue), 0.9])
        assert abs(mode.multiplier) == pytest.approx(abs(roots).max())
        assert abs(mode.multiplier) == pytest.approx(math.sqrt(0.9))


def test_adam_moves_in_directions_of_its_own():
    found = explained("bowl", "adam", learning_rate=0.1, steps=60)
    modes = modes_at(found, 20)
    assert [m.load for m in modes] == pytest.approx(
        [found.load.values[20], found.load.lowest[20]], rel=1e-12
    )
    root = np.sqrt(found.load.gains[20])
    first, second = (mode.direction / root for mode in modes)
    assert abs(first @ second) <= 1e-12 * np.linalg.norm(first) * np.linalg.norm(second)
    ways = in_eigenbasis(found, 20)
    placed = ways @ np.array([mode.direction for mode in modes])
    np.testing.assert_allclose(placed, found.points, atol=1e-12)
    assert all(abs(mode.multiplier) < 1 for mode in modes)


def test_coupled_decay_joins_the_curvature_and_decoupled_the_multiplier():
    coupled = explained("bowl", learning_rate=0.05, weight_decay=3.0, steps=20)
    for mode, eigenvalue in zip(modes_at(coupled, 9), (20, 2), strict=True):
        assert mode.eigenvalue == pytest.approx(eigenvalue)
        assert mode.load == pytest.approx(0.05 * (eigenvalue + 3))
        assert mode.multiplier == pytest.approx(1 - mode.load)
    ways = in_eigenbasis(coupled, 9)
    np.testing.assert_allclose(ways[1:9] / ways[:8], [(-0.15, 0.75)] * 8, rtol=1e-8)
    decoupled = explained("bowl", learning_rate=0.05, weight_decay=3.0, decoupled=True, steps=20)
    for mode, eigenvalue in zip(modes_at(decoupled, 9), (20, 2), strict=True):
        assert mode.load == pytest.approx(0.05 * eigenvalue)
        assert mode.multiplier == pytest.approx(1 - 0.05 * 3 - mode.load)
    np.testing.assert_allclose(decoupled.load.limits, 2 - 0.15)


def test_maximisation_turns_the_curvature():
    found = explained("bowl", learning_rate=0.01, maximize=True, steps=5)
    first, last = modes_at(found, 2)
    assert (first.eigenvalue, last.eigenvalue) == pytest.approx((-2, -20))
    assert last.multiplier == pytest.approx(1.2)


@pytest.mark.parametrize("optimizer", ["signsgd", "damped_newton", "backtracking"])
def test_where_no_linear_theory_applies_there_is_no_multiplier(optimizer):
    found = explained("bowl", optimizer, learning_rate=0.1, steps=5)
    assert found.load.reason
    assert [mode.multiplier for mode in modes_at(found, 2)] == [None, None]
    assert [mode.eigenvalue for mode in modes_at(found, 2)] == pytest.approx([20, 2])


def test_a_rate_of_zero():
    found = explained("bowl", learning_rate=0.0, steps=5)
    assert [mode.load for mode in modes_at(found, 2)] == [0.0, 0.0]
    assert [mode.eigenvalue for mode in modes_at(found, 2)] == pytest.approx([20, 2])


def test_a_negative_rate_climbs():
    found = explained("bowl", learning_rate=-0.01, steps=5)
    modes = modes_at(found, 2)
    assert [mode.load for mode in modes] == pytest.approx([-0.02, -0.2])
    assert [mode.eigenvalue for mode in modes] == pytest.approx([2, 20])
    assert [mode.multiplier for mode in modes] == pytest.approx([1.02, 1.2])


def test_a_flat_direction_has_no_bottom():
    found = explained("x^2", learning_rate=0.1, at=(1.0, 5.0), steps=5)
    bent, flat = modes_at(found, 1)
    assert (bent.eigenvalue, flat.eigenvalue) == (2, 0)
    assert bent.coordinate == pytest.approx(0.8)
    assert math.isnan(flat.coordinate)
    np.testing.assert_array_equal(in_eigenbasis(found, 1)[:, 1], np.zeros(6))
    assert condition_at(found, 1) == math.inf


def test_a_point_without_slope():
    found = explained("bowl", at=(0.0, 0.0), steps=3)
    modes = modes_at(found, 1)
    assert all(math.isnan(mode.share) and mode.coordinate == 0 for mode in modes)
    assert [mode.flips for mode in modes] == [0, 0]


def test_a_point_without_curvature_to_speak_of():
    found = explained("sqrt(x^2 + y^2)", learning_rate=0.5, at=(0.0, 0.0), steps=3)
    assert np.isnan(found.curvature.hessians[0]).all()
    assert modes_at(found, 0) == ()
    assert np.isnan(in_eigenbasis(found, 0)).all()
    assert math.isnan(condition_at(found, 0))
    plane = explained("x + 2*y", learning_rate=0.5, at=(0.0, 0.0), steps=3)
    assert math.isnan(condition_at(plane, 0))
    assert [mode.load for mode in modes_at(plane, 0)] == [0, 0]


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "polyak"])
def test_every_row_of_a_path_to_infinity(optimizer):
    rate = 10.0 if optimizer == "sgd" else 1e300
    found = explained("x^4 + y^2", optimizer, learning_rate=rate, at=(2.0, 3.0), steps=200)
    for step in range(found.rows):
        modes_at(found, step)
        assert in_eigenbasis(found, step).shape == (found.rows, 2)
        condition_at(found, step)
