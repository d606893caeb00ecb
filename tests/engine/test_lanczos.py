"""Lanczos against numpy's symmetric solver."""

from __future__ import annotations

import numpy as np
import pytest

from engine.lanczos import largest


class Counted:
    """A symmetric matrix of known eigenvalues that counts its products."""

    def __init__(self, eigenvalues, seed=1):
        size = len(eigenvalues)
        random = np.random.default_rng(seed)
        self.vectors = np.linalg.qr(random.standard_normal((size, size)))[0].T
        self.matrix = self.vectors.T @ np.diag(eigenvalues) @ self.vectors
        self.products = 0

    def __call__(self, vector):
        self.products += 1
        return self.matrix @ vector


SPECTRA = {
    "evenly spaced": np.arange(60.0),
    "geometric": 2.0 ** -np.arange(40.0),
    "one sharp direction": np.array([1000.0, *np.linspace(0, 1, 80)]),
    "indefinite": np.linspace(-5, 4, 50),
    "all negative": -np.arange(1.0, 31.0),
    "repeated": np.array([7.0, 7.0, 3.0, 3.0, 1.0, *np.zeros(30)]),
    "of low rank": np.array([5.0, 2.0, *np.zeros(200)]),
    "zero": np.zeros(12),
    "identity": np.ones(9),
    "tiny": 1e-100 * np.arange(1.0, 9.0),
    "huge": 1e100 * np.arange(1.0, 9.0),
    "two": np.array([3.0, -4.0]),
    "one": np.array([-2.0]),
}


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("name", SPECTRA)
def test_largest_eigenvalues(name, count):
    spectrum = SPECTRA[name]
    operator = Counted(spectrum)
    count = min(count, len(spectrum))
    values, vectors = largest(operator, len(spectrum), count)
    size = np.abs(spectrum).max()
    np.testing.assert_allclose(values, np.sort(spectrum)[::-1][:count], rtol=0, atol=1e-9 * size)
    np.testing.assert_allclose(vectors @ vectors.T, np.eye(count), atol=1e-10)
    residuals = vectors @ operator.matrix - values[:, None] * vectors
    assert np.abs(residuals).max() <= 1e-7 * size


def test_a_warm_start_needs_few_products():
    """THEORY: warm-started, 3 products give about 1e-6; cold starts need 10 to 20."""
    cold = Counted(SPECTRA["one sharp direction"])
    _, vectors = largest(cold, 81, tolerance=1e-6)
    moved = Counted(SPECTRA["one sharp direction"])
    moved.matrix = moved.matrix + 0.01 * np.diag(np.linspace(-1, 1, 81))
    values, _ = largest(moved, 81, start=vectors[0], most=3)
    assert moved.products == 3
    assert values[0] == pytest.approx(np.linalg.eigvalsh(moved.matrix)[-1], rel=1e-6)


def test_a_start_on_another_eigenvector_does_not_hide_the_largest():
    operator = Counted(np.arange(30.0))
    values, _ = largest(operator, 30, start=operator.vectors[10])
    assert values[0] == pytest.approx(29, abs=1e-8)


@pytest.mark.parametrize("start", [np.zeros(30), np.full(30, np.nan), np.full(30, np.inf)])
def test_a_start_without_a_direction_is_left_aside(start):
    values, _ = largest(Counted(np.arange(30.0)), 30, start=start)
    assert values[0] == pytest.approx(29, abs=1e-8)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_an_operator_that_is_not_finite(bad):
    values, vectors = largest(lambda v: np.where(np.arange(5) == 2, bad, v), 5, 2)
    assert np.isnan(values).all()
    assert np.isnan(vectors).all()
    assert vectors.shape == (2, 5)


def test_the_number_of_products_is_bounded():
    operator = Counted(np.arange(300.0))
    largest(operator, 300, 2, most=15, tolerance=0.0)
    assert operator.products == 15


def test_what_overflows_in_its_norm_is_nan():
    values, _ = largest(lambda v: 1e200 * v * np.arange(1.0, 4.0), 3)
    assert np.isnan(values).all()
