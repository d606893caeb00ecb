import numpy as np
import pytest

from engine.experiment import DataSettings
from engine.landscape import bind
from engine.surfaces import data_blocks
from engine.surfaces.data_blocks import MOST_STORED, problem_of
from engine.surfaces.data_driven import SURFACES, payload
from engine.surfaces.kernels.layout import ORDER, ROWS, STORED
from engine.tables import Table

ON_DATA = [s for s in SURFACES if s.uses_data]
LINEAR = SURFACES[0]


def bound(surface, settings, steps):
    numbers, minima, batched, _ = payload(surface, settings, steps)
    return bind(surface, {}, "float64", numbers, minima=minima, batched=batched)


def order_of(settings, steps):
    numbers = payload(LINEAR, settings, steps)[0]
    return numbers[int(numbers[ORDER]) :].astype(int), int(numbers[ROWS]), int(numbers[STORED])


@pytest.mark.parametrize("batch_size", [1, 7, 25, 49])
def test_an_epoch_sees_each_row_once_and_the_next_in_another_order(batch_size):
    settings = DataSettings(table="cars", batch_size=batch_size)
    order, rows, _ = order_of(settings, 200)
    epochs = order.reshape(-1, rows)
    assert (np.sort(epochs) == np.arange(rows)).all()
    assert len(epochs) == -(-200 // -(-rows // batch_size))
    if len(epochs) > 1:
        assert (epochs[0] != epochs[1]).any()


def test_order_is_that_of_numpys_generator_and_longer_runs_begin_alike():
    settings = DataSettings(table="cars", batch_size=8, seed=3)
    order, rows, _ = order_of(settings, 20)
    random = np.random.default_rng(3)
    epochs = [random.permuted(np.arange(float(rows))) for _ in range(3)]
    np.testing.assert_array_equal(order, np.concatenate(epochs))
    np.testing.assert_array_equal(order_of(settings, 200)[0][: len(order)], order)
    assert (order_of(DataSettings(table="cars", batch_size=8, seed=4), 20)[0] != order).any()


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("surface", ON_DATA, ids=lambda s: s.name)
def test_a_batch_is_the_full_batch_of_its_rows(surface, reduction, tmp_path):
    settings = DataSettings(table="trees", batch_size=9, reduction=reduction, seed=1)
    landscape = bound(surface, settings, 12)
    order, rows, _ = order_of(settings, 12)
    pair = problem_of(surface, settings).pair
    start = 0
    for step in range(8):
        # Three batches of nine, then the four rows that are left, then the next epoch.
        size = 4 if step % 4 == 3 else 9
        chosen = order[start : start + size]
        start += size
        path = tmp_path / f"{step}.csv"
        columns = np.stack([pair.x[chosen], pair.y[chosen]], axis=1)
        path.write_text("\n".join(f"{u!r},{v!r}" for u, v in columns.tolist()))
        if surface.name == "logistic_regression" and len(set(pair.y[chosen])) < 2:
            continue
        part = bound(surface, DataSettings(table=str(path), reduction=reduction), 1)
        for point in ((0.3, -1.0), (2.0, 5.0)):
            for ask in ("value", "gradient", "hessian"):
                np.testing.assert_allclose(
                    getattr(landscape, ask)(point, step), getattr(part, ask)(point), rtol=1e-11
                )
    assert rows == 31


@pytest.mark.parametrize("surface", ON_DATA, ids=lambda s: s.name)
def test_the_mean_of_equal_batches_is_the_full_gradient(surface):
    landscape = bound(surface, DataSettings(table="cars", batch_size=10), 5)
    assert landscape.batched
    point = (3.9, -17.0)
    batches = [landscape.gradient(point, step) for step in range(5)]
    np.testing.assert_allclose(np.mean(batches, axis=0), landscape.gradient(point), rtol=1e-12)
    assert np.ptp(batches, axis=0).min() > 0


def test_a_batch_of_all_rows_is_the_full_batch():
    settings = DataSettings(table="cars", batch_size=50)
    numbers, _, batched, _ = payload(LINEAR, settings, 100)
    assert not batched
    np.testing.assert_array_equal(numbers, payload(LINEAR, DataSettings(table="cars"), 100)[0])


def test_the_order_repeats_after_what_is_stored():
    settings = DataSettings(table="line", batch_size=1)
    order, rows, stored = order_of(settings, 10_000_000)
    assert MOST_STORED - rows < len(order) <= MOST_STORED
    assert stored == len(order)
    landscape = bound(LINEAR, settings, 10_000_000)
    point = (0.5, 0.5)
    for step in (0, 1, 12_345):
        assert landscape.value(point, step + stored) == landscape.value(point, step)


def test_more_rows_than_are_stored_make_one_epoch(monkeypatch):
    values = np.random.default_rng(0).standard_normal((1_200_000, 2))
    table = Table("big", {"u": values[:, 0], "v": values[:, 1]})
    monkeypatch.setattr(data_blocks, "load", lambda name: table)
    settings = DataSettings(batch_size=360_000)
    landscape = bound(LINEAR, settings, 4)
    residuals = 0.5 * values[:, 0] + 0.25 - values[:, 1]
    assert landscape.value((0.5, 0.25)) == pytest.approx(np.mean(residuals**2), rel=1e-12)
    sizes = np.array([3, 3, 3, 1]) / 10
    batches = [landscape.gradient((0.5, 0.25), step) for step in range(4)]
    np.testing.assert_allclose(sizes @ batches, landscape.gradient((0.5, 0.25)), rtol=1e-11)
