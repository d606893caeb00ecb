"""Norms and distances against numpy's hypot, at every size that a float can have."""

import numpy as np
import pytest

from engine.norms import distances, norms

ODD = np.array(
    [
        (0.0, 0.0), (0.0, -0.0), (5e-324, 0.0), (1e-200, 1e-200), (3e-160, 4e-160), (3e160, 4e160),
        (1e200, -1e200), (1.7e308, 1.7e308), (np.inf, np.nan), (np.nan, -np.inf), (np.nan, 1.0),
        (1.0, np.nan), (-np.inf, 2.0), (3.0, 4.0),
    ]
)  # fmt: skip
PLAIN = np.random.default_rng(0).standard_normal((1001, 2))
PLACES = np.random.default_rng(1).standard_normal((7, 3))


@pytest.mark.parametrize("vectors", [PLAIN, ODD, ODD[:0], PLAIN.astype(np.float32), PLAIN[::-3]])
def test_norms_are_those_of_hypot(vectors):
    with np.errstate(all="ignore"):
        expected = np.hypot(*vectors.T.astype(np.float64))
    found = norms(vectors)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected, rtol=4e-16, atol=0)


@pytest.mark.parametrize("points", [PLAIN, ODD, 1e-180 * PLAIN])
@pytest.mark.parametrize("places", [PLACES, PLACES[:1], 1e-180 * PLACES, 1e200 * PLACES])
def test_distances_are_those_to_the_nearest_place(points, places):
    with np.errstate(all="ignore"):
        gaps = [np.hypot(points[:, 0] - x, points[:, 1] - y) for x, y, _ in places]
    expected = np.minimum.reduce(gaps)
    np.testing.assert_allclose(distances(points, places), expected, rtol=4e-16, atol=0)


def test_numbers_that_nobody_may_write_can_be_measured():
    frozen = PLAIN.copy()
    frozen.setflags(write=False)
    np.testing.assert_array_equal(norms(frozen), norms(PLAIN))
