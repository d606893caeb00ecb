import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from engine.surfaces.line_fits import curvatures, least_absolute, logistic, mean_and_deviation

QUICK = settings(max_examples=60, deadline=None)
number = st.integers(-50, 50).map(lambda i: i / 4)
points = st.lists(st.tuples(number, number), min_size=3, max_size=25)


@QUICK
@given(points)
def test_least_absolute_agrees_with_linear_programming(rows):
    x, y = np.array(rows).T
    assume(np.ptp(x) > 0)
    slope, intercept, error = least_absolute(x, y)
    assert np.mean(np.abs(slope * x + intercept - y)) == pytest.approx(error, abs=1e-9)
    n = len(x)
    design = np.stack([x, np.ones(n)], axis=1)
    found = linprog(
        np.r_[0, 0, np.ones(2 * n)],
        A_eq=np.hstack([design, np.eye(n), -np.eye(n)]),
        b_eq=y,
        bounds=[(None, None)] * 2 + [(0, None)] * (2 * n),
    )
    assert error == pytest.approx(found.fun / n, abs=1e-7)


@QUICK
@given(st.lists(st.tuples(number, st.booleans()), min_size=2, max_size=25), st.integers(0, 3))
def test_a_logistic_fit_is_level_or_impossible(rows, offset):
    x = np.array([row[0] for row in rows]) + 100.0 * offset
    y = np.array([row[1] for row in rows], dtype=float)
    assume(0 < y.sum() < len(y))
    assume(np.ptp(x) > 0)
    values, inverse = np.unique(x, return_inverse=True)
    ones, zeros = np.bincount(inverse, weights=y), np.bincount(inverse, weights=1 - y)
    fit = logistic(values, ones, zeros)
    above, below = x[y == 1], x[y == 0]
    separable = above.min() >= below.max() or below.min() >= above.max()
    assert (fit is None) == separable
    if fit is None:
        return
    z = fit.slope * x + fit.intercept
    residual = 1 / (1 + np.exp(-z)) - y
    mean, deviation = mean_and_deviation(x)
    assert abs(residual.mean()) < 1e-9
    assert abs((residual * (x - mean) / deviation).mean()) < 1e-9
    assert 0 < fit.low <= fit.high


def test_curvatures_are_the_eigenvalues():
    for mean, deviation in ((3.0, 2**0.5), (0.0, 1.0), (-2.0, 0.25), (0.0, 0.5)):
        hessian = 2.5 * 2 * np.array([[deviation**2 + mean**2, mean], [mean, 1]])
        expected = np.linalg.eigvalsh(hessian)
        np.testing.assert_allclose(curvatures(mean, deviation, 2.5), expected, rtol=1e-12)
