"""Curves of training runs before and as they are drawn: against the histories themselves."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.drawing.curve_picture import Line, View, draw
from engine.drawing.curve_scale import Scale
from engine.drawing.curve_series import Prepared, spanning
from engine.drawing.curve_training import BATCH, VALIDATION, prepare_training
from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.network import bind
from engine.networks.settings import ModelSettings, NetworkExperiment, new_training_run
from engine.networks.training import Training

MOONS = NetworkExperiment(
    data=NetworkDataSettings(source="moons"),
    model=ModelSettings(hidden=(4,)),
    batches=BatchSettings(size=20),
    steps=600,
)
RATES = (0.1, 0.5)


def trained(experiment, steps, rates=RATES):
    network, found = bind(experiment), []
    for rate in rates:
        training = Training(
            network, new_training_run("sgd", learning_rate=rate), experiment.steps, experiment.stop
        )
        training.advance(steps)
        found.append(training.history())
    return found


@pytest.mark.parametrize("steps", [0, 1, 250, 600])
def test_each_line_holds_what_its_history_recorded(steps):
    histories = trained(MOONS, steps)
    series = prepare_training(histories, "loss", False).series
    assert len(series) == 3 * len(histories)
    for index, history in enumerate(histories):
        own, batch, held = series[index :: len(histories)]
        assert own.values.tolist() == history.training_loss.tolist()
        assert own.steps.tolist() == history.scored.tolist()
        assert batch.values.tolist() == history.loss[: steps + 1].tolist()
        assert held.values.tolist() == history.validation_loss.tolist()
    accuracy = prepare_training(histories, "accuracy", False).series
    assert accuracy[0].values.tolist() == (100 * histories[0].training_accuracy).tolist()
    held = accuracy[VALIDATION * len(histories)]
    assert held.values.tolist() == (100 * histories[0].validation_accuracy).tolist()
    for quantity, rows in (("gradient_norm", steps + 1), ("step_norm", steps)):
        found = prepare_training(histories, quantity, False).series
        assert [len(each.values) for each in found] == [rows] * len(histories)
        assert np.isfinite(found[0].values).all()


def test_with_all_rows_in_each_batch_the_training_line_has_every_step():
    histories = trained(replace(MOONS, batches=BatchSettings(size=0)), 300)
    series = prepare_training(histories, "loss", True).series
    assert series[0].values.tolist() == histories[0].loss[:301].tolist()
    assert series[0].steps is None
    assert len(series[BATCH * len(histories)].values) == 0
    looked = histories[0].scored
    assert series[0].values[looked] == pytest.approx(histories[0].training_loss, rel=1e-5)


def test_a_run_that_broke_is_marked_at_its_first_loss_that_is_not_finite():
    numbers = replace(
        MOONS, data=NetworkDataSettings(source="engel"),
        model=ModelSettings(hidden=(8,), activation="leaky_relu"),
    )  # fmt: skip
    broken, fine = trained(numbers, 600, (1e-2, 1e-9))
    assert broken.fault is not None
    prepared = prepare_training([broken, fine], "loss", False)
    mark = prepared.series[0].mark
    assert mark.step == int(np.argmin(np.isfinite(broken.loss)))
    assert mark.last_finite == broken.loss[mark.step - 1]
    assert not np.isfinite(mark.value)
    assert [each.calm for each in prepared.series[:2]] == [False, True]
    assert prepared.series[1].mark is None


def points(values, steps):
    return spanning(np.array(values, float), True, steps=np.array(steps))


def test_between_two_looks_the_value_is_the_last_and_the_place_on_the_line():
    series, scale = points([1.0, 100.0, np.nan, 4.0], [0, 10, 20, 30]), Scale(top=100.0)
    assert [series.value(step) for step in (0, 9, 10, 30)] == [1.0, 1.0, 100.0, 4.0]
    assert series.value(31) is None
    assert series.value(-1) is None
    assert series.place(5, scale) == pytest.approx(scale.place(50.5))
    assert series.place(10, scale) == scale.place(100.0)
    assert np.isnan(series.place(15, scale))
    assert np.isnan(series.place(25, scale))
    assert series.place(30, scale) == scale.place(4.0)


def picture(series, low, high, width=200):
    line = Line(0, (255, 255, 255), 2.0, ())
    view = View(low, high, width, 100, "linear", True, (line,))
    return draw(Prepared("loss", (series,), 0.0, True, False), view)


@pytest.mark.parametrize(("low", "high"), [(0.0, 100.0), (12.0, 31.0), (41.0, 44.0)])
def test_few_points_are_drawn_as_the_line_through_them_at_any_zoom(low, high):
    """As if every step had a value on that line."""
    steps = np.arange(0, 101, 20)
    few = points(np.sqrt(steps), steps)
    every = spanning(np.interp(np.arange(101), steps, np.sqrt(steps)), True)
    one, other = (picture(each, low, high) for each in (few, every))
    assert one.image.any(axis=0).all()
    if (low, high) == (0.0, 100.0):
        gap = (one.image >> 24).astype(int) - (other.image >> 24).astype(int)
        assert np.abs(gap).mean() < 2


def test_what_is_not_finite_leaves_a_gap_between_points():
    drawn = picture(points([1, 1, np.nan, 1, 1], [0, 20, 40, 60, 80]), 0.0, 80.0)
    columns = drawn.image.any(axis=0)
    assert columns[:48].all()
    assert not columns[54:146].any()
    assert columns[152:].all()


def test_easier_batches_leave_a_log_axis_below():
    own, batch = points([1.0, 0.5], [0, 3]), spanning(np.array([1.0, 1e-30, 0.9, 0.5]), True)
    lines = tuple(Line(index, (255, 255, 255), 2.0, ()) for index in (1, 0))
    prepared = Prepared("loss", (own, batch), 0.0, True, False, least=0.05)
    drawn = draw(prepared, View(0.0, 3.0, 90, 100, "log", False, lines))
    assert drawn.scale.backward(drawn.scale.bottom) == pytest.approx(0.05, rel=0.2)
    assert drawn.exits == ()
