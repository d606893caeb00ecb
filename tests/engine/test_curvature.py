"""Eigenvalues of two coordinates against numpy and mpmath."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from engine.curvature import eigen, preconditioned

RANDOM = np.random.default_rng(5)
#: Units in the last place that the eigenvalues may be off, however ill-conditioned.
ULPS = 8 * np.finfo(float).eps


def matrix(entries):
    xx, xy, yy = entries
    return np.array([[xx, xy], [xy, yy]])


def exactly(entries):
    """Return both eigenvalues, largest first, from 60 digits."""
    with mpmath.workdps(60):
        xx, xy, yy = map(mpmath.mpf, entries)
        mean, radius = (xx + yy) / 2, mpmath.sqrt(((xx - yy) / 2) ** 2 + xy**2)
        return float(mean + radius), float(mean - radius)


def rotated(first, second, angle):
    c, s = np.cos(angle), np.sin(angle)
    return first * c * c + second * s * s, (first - second) * c * s, first * s * s + second * c * c


WELL = RANDOM.standard_normal((500, 3)) * 10.0 ** RANDOM.integers(-6, 7, (500, 1))
ILL = [rotated(1.0, 10.0**-k, angle) for k in range(3, 17) for angle in (0.1, 0.7, 1.3, 2.9)]
SIGNED = [rotated(1.0, -(10.0**-k), angle) for k in range(0, 17, 2) for angle in (0.4, 2.0)]
EXTREME = [
    tuple(scale * np.array(rotated(1.0, second, 0.6)))
    for scale in (1e-300, 1e-200, 1e-150, 1e150, 1e200, 1e300)
    for second in (0.3, -0.7, 1e-9)
]


@pytest.mark.parametrize(
    "entries", [WELL, -WELL, np.array(ILL), -np.array(ILL), np.array(SIGNED), np.array(EXTREME)],
    ids=["well", "bent down", "ill", "ill and bent down", "saddles", "extreme"],
)  # fmt: skip
def test_eigenvalues_are_right_to_the_last_digits(entries):
    found, _ = eigen(entries)
    np.testing.assert_allclose(found, [exactly(e) for e in entries], rtol=ULPS)


def test_numpy_finds_the_same_where_it_is_accurate():
    found, angles = eigen(WELL)
    for entries, values, angle in zip(WELL, found, angles, strict=True):
        ascending, vectors = np.linalg.eigh(matrix(entries))
        size = np.abs(ascending).max()
        np.testing.assert_allclose(values, ascending[::-1], rtol=0, atol=1e-14 * size)
        direction = np.array([np.cos(angle), np.sin(angle)])
        # Of nearly equal eigenvalues only the space that they span is known.
        gap = (ascending[1] - ascending[0]) / size
        assert abs(direction @ vectors[:, 1]) == pytest.approx(1, abs=1e-13 / gap**2)


def test_angles_are_those_of_the_arc_tangent():
    entries = np.array([*WELL, *ILL, *SIGNED, *EXTREME])
    _, angles = eigen(entries)
    xx, xy, yy = entries.T
    wanted = 0.5 * np.arctan2(xy, 0.5 * xx - 0.5 * yy)
    np.testing.assert_allclose(angles, wanted, rtol=4e-16, atol=0)


@pytest.mark.parametrize(
    ("entries", "values", "angle"),
    [
        ((3, 0, 2), (3, 2), 0),
        ((2, 0, 3), (3, 2), np.pi / 2),
        ((2, -0.0, 3), (3, 2), np.pi / 2),
        ((2, -5e-324, 3), (3, 2), np.pi / 2),
        ((0, 1, 0), (1, -1), np.pi / 4),
        ((0, -1, 0), (1, -1), -np.pi / 4),
        ((1, 1, 1), (2, 0), np.pi / 4),
        ((-1, 1, -1), (0, -2), np.pi / 4),
        ((4, 0, 4), (4, 4), 0),
        ((0, 0, 0), (0, 0), 0),
        ((0, 0, 7), (7, 0), np.pi / 2),
        ((0, 0, -7), (0, -7), 0),
        ((5e-324, 0, 0), (5e-324, 0), 0),
    ],
)
def test_special_hessians(entries, values, angle):
    found, angles = eigen(np.array([entries], dtype=float))
    np.testing.assert_array_equal(found[0], values)
    assert angles[0] == pytest.approx(angle, abs=1e-16)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_has_no_eigenvalues_and_spoils_no_other(bad):
    entries = np.array([(3.0, 0, 2), (bad, 0, 1), (1, bad, 1), (1, 0, bad), (5, 0, 4)])
    values, angles = eigen(entries)
    np.testing.assert_array_equal(values[[0, 4]], [(3, 2), (5, 4)])
    assert np.isnan(values[1:4]).all()
    assert np.isnan(angles[1:4]).all()


@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("scale", [1.0, 1e-160, 1e150])
def test_preconditioned_curvature_has_the_eigenvalues_of_gain_times_hessian(decay, sign, scale):
    gains = sign * scale * RANDOM.uniform(0.01, 3.0, (200, 2))
    hessians = RANDOM.standard_normal((200, 3))
    largest, smallest = preconditioned(hessians, gains, decay)
    for entries, gain, *found in zip(hessians, gains / scale, largest, smallest, strict=True):
        product = np.diag(gain) @ (matrix(entries) + decay * np.eye(2))
        wanted = np.sort(np.linalg.eigvals(product).real)[::-1]
        np.testing.assert_allclose(np.array(found) / scale, wanted, rtol=1e-11, atol=1e-14)


def test_preconditioned_curvature_of_odd_gains():
    hessians = np.tile([2.0, 1.0, 3.0], (5, 1))
    gains = np.array([(1.0, -1.0), (0.0, 1.0), (0.0, 0.0), (np.nan, 1.0), (np.inf, 1.0)])
    largest, smallest = preconditioned(hessians, gains)
    np.testing.assert_array_equal(largest, [np.nan, 3.0, 0.0, np.nan, np.nan])
    np.testing.assert_array_equal(smallest, [np.nan, 0.0, 0.0, np.nan, np.nan])


def test_no_rows():
    values, angles = eigen(np.empty((0, 3)))
    assert (values.shape, angles.shape) == ((0, 2), (0,))
