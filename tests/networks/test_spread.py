"""Histograms against NumPy's, and of numbers that NumPy's refuses."""

import numpy as np
import pytest

from engine.networks.spread import BINS, log_places, spread_of


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_histogram_is_numpys(precision):
    values = np.random.default_rng(1).standard_normal((40, 50)).astype(precision)
    found = spread_of(values)
    counts, edges = np.histogram(values.astype(float), BINS)
    # A number on an edge may fall to either side.
    assert np.abs(found.counts - counts).sum() <= 4
    assert found.counts.sum() == found.total == values.size
    assert (found.low, found.high) == (values.min(), values.max())
    for index in (0, 7, BINS - 1):
        assert found.bin(index) == pytest.approx((edges[index], edges[index + 1]))


def test_what_is_not_finite_is_counted_apart():
    found = spread_of(np.array([1.0, np.nan, 2.0, -np.inf, np.inf]))
    assert (found.low, found.high, found.total, found.broken) == (1.0, 2.0, 5, 3)
    assert found.counts.sum() == 2
    nothing = spread_of(np.full(3, np.nan))
    assert nothing.broken == 3
    assert np.isnan(nothing.low)
    assert not nothing.heights(log=True).any()
    assert np.isnan(nothing.place(0.0))


@pytest.mark.parametrize(
    "values",
    [
        [-1.7e308, 1.7e308, 0.0],
        [5e-324, 1e-323],
        [1.0, np.nextafter(1.0, 2.0)],
        [3.0, 3.0, 3.0],
        [0.0],
        [np.finfo(np.float32).max, -np.finfo(np.float32).max],
    ],
)
def test_extreme_numbers_all_find_a_bin(values):
    found = spread_of(np.array(values))
    assert found.counts.sum() == len(values)
    assert (found.low, found.high) == (min(values), max(values))
    assert found.low <= found.bin(20)[0] <= found.bin(20)[1] <= found.high
    assert 0.0 <= found.place(values[0]) <= 1.0
    assert np.isnan(found.place(np.inf))


def test_heights_are_of_the_tallest():
    found = spread_of(np.array([0.0] * 99 + [1.0]))
    assert found.heights(log=False)[[0, -1]].tolist() == [1.0, 1 / 99]
    assert found.heights(log=True)[-1] == pytest.approx(np.log(2) / np.log(100))
    assert found.heights(log=True)[1] == 0.0


def test_places_on_a_log_scale():
    assert log_places([1.0, 10.0, 100.0]).tolist() == pytest.approx([0.0, 0.5, 1.0])
    places = log_places([1.0, np.nan, 4.0, np.inf, 0.0])
    assert places[[0, 2, 4]].tolist() == [0.0, 1.0, 0.0]
    assert np.isnan(places[[1, 3]]).all()
    # What hardly changes is drawn as hardly changing.
    assert log_places([1.0, 1.0, 1.0]).tolist() == [0.5] * 3
    assert np.ptp(log_places([1.0, 1.001])) < 0.01
    assert log_places([]).shape == (0,)
