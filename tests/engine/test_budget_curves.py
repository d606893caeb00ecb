"""A budget's curves as means, where its steps turn too often to be read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.explanation.budget_curves import averaged, mean_window
from engine.explanation.explanation import Budget


def budget_of(change, slope=None):
    change = np.asarray(change, dtype=float)
    slope = -np.ones(len(change)) if slope is None else slope
    return Budget(slope, change - slope, np.zeros(len(change)), change)


@pytest.mark.parametrize(
    ("change", "window"),
    [
        (-np.ones(1000), 1),
        (np.tile([1.0, -1.0], 500), 42),
        (np.tile([1.0, -1.0], 20), 1),
        (np.tile([1.0, -1.0, np.inf, 0.0], 100), 1),
        (np.tile([-1.0] * 19 + [1.0], 50), 1),
        (np.zeros(1000), 1),
        ([], 1),
    ],
    ids=["falls", "turns", "few", "not finite", "spikes", "still", "none"],
)
def test_only_what_turns_often_is_averaged_over_an_even_number_of_steps(change, window):
    assert mean_window(budget_of(change)) == window


FINITE = st.floats(-1e6, 1e6)


@given(st.integers(1, 60).flatmap(lambda n: arrays(float, (3, n), elements=FINITE)))
def test_means_add_up_and_keep_between_the_smallest_and_the_largest(terms):
    first, second, rest = terms
    budget = Budget(first, second, rest, first + second + rest)
    for window in (1, 2, 6):
        found = averaged(budget, window)
        total = found.first + found.second + found.remainder
        assert total == pytest.approx(found.measured, abs=1e-8)
        assert found.first.shape == first.shape
        assert first.min() - 1e-9 <= found.first.min() <= found.first.max() <= first.max() + 1e-9


def test_a_large_term_at_the_start_leaves_no_rounding_in_the_small_ones_after_it():
    change = np.concatenate([[1e30], np.tile([1e-3, -1e-3], 100)])
    assert abs(averaged(budget_of(change), 2).measured[3:]).max() < 2e-3
