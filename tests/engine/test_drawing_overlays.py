"""Arrows point downhill; the quadratic model's level set is what its equation says."""

from __future__ import annotations

import numpy as np
import pytest

from engine import api
from engine.drawing.overlays import curvature, descent_arrows

VIEW, SIZE = (-2.0, 2.0, -1.0, 3.0), (400.0, 200.0)


def test_arrows_point_where_gradient_descent_goes():
    arrows = descent_arrows(api.surface("x^2 + 10*y^2"), VIEW, SIZE)
    assert len(arrows) == 50
    x, y = arrows[:, 0] / 100 - 2, 3 - arrows[:, 1] / 50
    wanted = np.column_stack([-2 * x * 100, 20 * y * 50])
    wanted /= np.hypot(*wanted.T)[:, None]
    length = np.hypot(arrows[:, 2], arrows[:, 3])
    assert arrows[:, 2:] / length[:, None] == pytest.approx(wanted, abs=1e-9)
    assert (length < 40).all()
    steep = np.hypot(2 * x, 20 * y)
    assert np.corrcoef(np.log(steep), length)[0, 1] > 0.95


def test_no_arrow_where_the_gradient_is_not_finite_or_zero():
    arrows = descent_arrows(api.surface("log(x)*y"), VIEW, SIZE)
    assert (arrows[:, 0] > 200).all()
    assert len(descent_arrows(api.surface("0*x + 3"), VIEW, SIZE)) == 0


@pytest.mark.parametrize(
    "hessian",
    [
        [[2.0, 0.0], [0.0, 20.0]],
        [[2.0, 1.5], [1.5, 3.0]],
        [[2.0, 0.0], [0.0, -3.0]],
        [[-2.0, 4.0], [4.0, 1.0]],
        [[-2.0, 0.3], [0.3, -1.0]],
        [[1e9, 0.0], [0.0, 1.0]],
    ],
)
def test_level_set_goes_through_the_point_and_solves_its_equation(hessian):
    gradient, h = np.array([1.3, -0.7]), np.array(hessian)
    scale = (100.0, 40.0)
    found = curvature(gradient, h, scale, 500.0)
    assert found is not None
    assert found.curves
    nearest = min(float(np.hypot(*curve.T).min()) for curve in found.curves)
    assert nearest < 1e-3
    for curve in found.curves:
        d = curve[np.hypot(*curve.T) < 500.0] / [scale[0], -scale[1]]
        value = d @ gradient + 0.5 * np.einsum("ni,ij,nj->n", d, h, d)
        size = np.abs(d @ gradient) + 0.5 * np.abs(d) @ np.abs(h) @ np.abs(d).max(axis=0)
        assert (np.abs(value) <= 1e-6 * size.max() + 1e-12).all()


def test_eigenvalues_come_with_their_directions():
    found = curvature(np.zeros(2), np.array([[2.0, 0.0], [0.0, 8.0]]), (10.0, 10.0), 100.0)
    assert found is not None
    assert found.eigenvalues.tolist() == [8.0, 2.0]
    assert np.abs(found.axes) == pytest.approx(np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert not found.is_saddle
    assert curvature(np.zeros(2), np.array([[2.0, 0.0], [0.0, -8.0]]), (1.0, 1.0), 100.0).is_saddle


def test_at_a_minimum_the_ellipse_has_a_visible_size():
    found = curvature(np.zeros(2), np.array([[2.0, 0.0], [0.0, 8.0]]), (10.0, 10.0), 100.0, 60.0)
    assert np.hypot(*found.curves[0].T).max() == pytest.approx(60.0, rel=1e-3)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nothing_where_the_hessian_is_not_finite(bad):
    assert curvature(np.array([1.0, 0.0]), np.full((2, 2), bad), (1.0, 1.0), 10.0) is None


@pytest.mark.parametrize("gradient", [(0.0, 0.0), (1.0, 2.0), (1e-300, 0.0), (1e300, 1e300)])
@pytest.mark.parametrize("size", [0.0, 1e-300, 1e300])
def test_degenerate_models_raise_nothing(gradient, size):
    h = np.array([[size, 0.0], [0.0, 0.0]])
    found = curvature(np.array(gradient), h, (50.0, 50.0), 400.0)
    assert found is not None


def test_a_gradient_step_lands_in_the_safe_circle_up_to_two_over_the_largest_curvature():
    gradient, h = np.array([1.3, -0.7]), np.array([[2.0, 1.5], [1.5, 3.0]])
    scale = (100.0, 40.0)
    found = curvature(gradient, h, scale, 500.0)
    border = found.safe / np.array([scale[0], -scale[1]])
    largest = np.linalg.eigvalsh(h)[-1]
    assert border @ gradient + 0.5 * largest * (border**2).sum(axis=1) == pytest.approx(0, abs=1e-9)
    edge = -2.0 / largest * gradient
    assert np.hypot(*(border - edge).T).min() < 1e-2
    # No landing point on it raises the model, which bends less in all other directions.
    model = border @ gradient + 0.5 * np.einsum("ni,ij,nj->n", border, h, border)
    assert model.max() < 1e-9


@pytest.mark.parametrize(
    ("gradient", "hessian"),
    [([1.0, 0.0], [[-1.0, 0.0], [0.0, -2.0]]), ([0.0, 0.0], [[1.0, 0.0], [0.0, 2.0]])],
    ids=["bends down", "nothing pulls"],
)
def test_no_safe_circle(gradient, hessian):
    found = curvature(np.array(gradient), np.array(hessian), (100.0, 100.0), 500.0)
    assert len(found.safe) == 0
