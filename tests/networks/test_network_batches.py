"""The order of mini-batches: each row once an epoch, any step at once, the same for every run."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.networks.batches import BLOCK_ROWS, BatchOrder, BatchSettings


def order_of(rows, **settings):
    return BatchOrder(rows, BatchSettings(**settings))


def epoch_of(order, epoch):
    first = epoch * order.per_epoch
    return [order.rows_of(step) for step in range(first, first + order.per_epoch)]


SIZES = [(1, 1), (2, 1), (7, 3), (10, 10), (64, 32), (1000, 256), (BLOCK_ROWS + 5, 4000)]


@pytest.mark.parametrize(("rows", "size"), SIZES)
def test_an_epoch_shows_each_row_once(rows, size):
    order = order_of(rows, size=size)
    for epoch in (0, 1, 30_000):
        seen = np.concatenate(epoch_of(order, epoch))
        np.testing.assert_array_equal(np.sort(seen), np.arange(rows))


@pytest.mark.parametrize(("rows", "size"), SIZES)
@pytest.mark.parametrize("replacement", [False, True])
def test_batches_are_as_large_as_torchs(rows, size, replacement):
    torch = pytest.importorskip("torch")
    data = range(rows)
    sampler = torch.utils.data.RandomSampler(data, replacement=replacement)
    batches = torch.utils.data.BatchSampler(sampler, size, drop_last=False)
    ours = epoch_of(order_of(rows, size=size, replacement=replacement), 1)
    assert [len(batch) for batch in ours] == [len(batch) for batch in batches]


def test_with_replacement_some_rows_come_twice():
    order = order_of(1000, size=64, replacement=True)
    seen = np.concatenate(epoch_of(order, 3))
    assert seen.min() >= 0
    assert seen.max() < 1000
    # A share of 1/e is left out: 368 rows, give or take 10.
    assert 1000 - len(np.unique(seen)) == pytest.approx(368, abs=40)


def test_with_replacement_a_batch_as_large_as_the_data_is_still_drawn():
    assert len(np.unique(order_of(100, size=100, replacement=True).rows_of(0))) < 100


@pytest.mark.parametrize("settings", [{}, {"size": 10}, {"size": 11}, {"replacement": True}])
def test_the_full_batch_keeps_the_tables_order(settings):
    order = order_of(10, **settings)
    assert order.full
    assert order.per_epoch == 1
    np.testing.assert_array_equal(order.rows_of(123), np.arange(10))
    rows, counts = order.order(5, 3)
    assert rows.shape == (3, 10)
    assert (counts == 10).all()


def test_a_batch_that_is_too_large_is_said():
    assert "500 is more than the 10 rows" in order_of(10, size=500).note
    assert order_of(10, size=10).note == order_of(10).note == ""


def test_the_full_batch_of_a_million_rows_takes_no_memory_per_step():
    rows, _ = order_of(1_000_000).order(0, 100_000)
    assert rows.shape == (100_000, 1_000_000)
    assert rows.strides[0] == 0


@given(
    rows=st.integers(1, 60),
    size=st.integers(0, 70),
    replacement=st.booleans(),
    first=st.integers(0, 100_000),
    count=st.integers(0, 70),
)
def test_one_call_gives_what_single_steps_give(rows, size, replacement, first, count):
    order = order_of(rows, size=size, replacement=replacement)
    seen, counts = order.order(first, count)
    assert seen.shape == (count, order.size)
    assert seen.dtype == counts.dtype == np.int64
    for place in range(count):
        alone = order.rows_of(first + place)
        np.testing.assert_array_equal(seen[place, : counts[place]], alone)
        assert (seen[place, counts[place] :] == 0).all()


def test_across_blocks_nothing_is_lost():
    order = order_of(100, size=30)
    steps = BLOCK_ROWS // 100 * order.per_epoch
    seen, counts = order.order(steps - 5, 3 * steps)
    assert seen.flags.c_contiguous
    for place in (0, 4, 5, 6, steps + 5, 3 * steps - 1):
        alone = order.rows_of(steps - 5 + place)
        np.testing.assert_array_equal(seen[place, : counts[place]], alone)


@pytest.mark.parametrize("replacement", [False, True])
def test_seeds_epochs_and_blocks_differ_and_repeat(replacement):
    def first_rows(seed, epoch):
        order = order_of(500, size=100, seed=seed, replacement=replacement)
        return tuple(order.rows_of(epoch * order.per_epoch))

    keys = [(seed, epoch) for seed in (0, 1) for epoch in (0, 1, 31, 32, 33, 64)]
    drawn = [first_rows(*key) for key in keys]
    assert len(set(drawn)) == len(keys)
    assert drawn == [first_rows(*key) for key in keys]


def test_every_place_is_equally_likely_for_every_row():
    order = order_of(5, size=1)
    seen, _ = order.order(0, 5 * 20_000)
    for place in range(5):
        counts = np.bincount(seen[place::5, 0], minlength=5)
        # Binomial: 4000 give or take 57.
        assert np.abs(counts - 4000).max() < 5 * 57


def test_nobody_can_spoil_the_order_of_another_run():
    order = order_of(10, size=4)
    with pytest.raises(ValueError, match="read-only"):
        order.rows_of(0)[0] = 3


@pytest.mark.parametrize(
    ("settings", "sentence"), [({"size": -1}, "size is -1"), ({"seed": -2}, "seed is -2")]
)
def test_mistakes_are_named_with_their_fix(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        BatchSettings(**settings)


def test_no_rows_is_said():
    with pytest.raises(ValueError, match="no rows"):
        order_of(0)
