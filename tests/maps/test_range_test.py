"""The range test: where it ends, what its end is worth, and ranges that are none."""

import numpy as np
import pytest

from engine.answer import answer
from engine.experiment import Experiment, SurfaceSettings, new_run
from engine.maps.axes import Axis
from engine.maps.range_test import end_of, range_test, smooth
from engine.maps.sweep_api import range_test as range_test_of
from engine.numbers import short


def axis(low, high):
    return Axis(name="learning_rate", low=low, high=high, scale="log")


def on_bowl(*runs, steps=300):
    return Experiment(
        surface=SurfaceSettings(name="bowl"), start=(-3.0, 1.0), steps=steps, runs=runs
    )


def test_on_a_bowl_it_ends_above_the_true_limit_and_says_by_how_much():
    found = range_test(on_bowl(new_run("sgd")), 0, axis(1e-4, 10.0))
    assert found.limits.found == pytest.approx(0.1, rel=1e-3)
    assert found.bias == found.stop_rate / found.limits.found
    assert found.bias > 1.0
    ends, times = short(found.stop_rate), short(found.bias)
    assert found.sentence.startswith(f"The range test ends at η = {ends}, and its loss falls fast")
    assert found.sentence.endswith(
        f"runs at a constant rate train up to 0.1 only, so that the test is {times} times too "
        "high: it goes on until the run has grown."
    )


def test_slower_tests_are_less_wrong():
    biases = [
        range_test(on_bowl(new_run("sgd")), 0, axis(1e-4, 10.0), steps=steps).bias
        for steps in (100, 300, 1000)
    ]
    assert biases == sorted(biases, reverse=True)
    assert biases[-1] < 0.5 * biases[0]


def test_its_end_is_where_the_loss_is_four_times_the_best_so_far():
    found = range_test(on_bowl(new_run("sgd")), 0, axis(1e-4, 10.0), compared=False)
    best = np.minimum.accumulate(found.loss)
    assert found.loss[found.stop] > 4 * best[found.stop]
    assert (found.loss[: found.stop] <= 4 * best[: found.stop]).all()
    assert found.limits is None
    assert "there is no limit to compare it with" in found.sentence


def test_its_run_can_be_opened():
    found = range_test(on_bowl(new_run("adam")), 0, axis(1e-4, 10.0), compared=False)
    (path,) = answer(on_bowl(found.run)).trajectories
    assert np.array_equal(path.learning_rates[:-1], found.rates)
    assert np.array_equal(path.seen_loss[:-1], found.loss, equal_nan=True)


@pytest.mark.parametrize(
    ("loss", "floor", "end"),
    [
        ([8.0, 2.0, 7.9, 8.1], 0.0, 3),
        ([8.0, 2.0, np.nan], 0.0, 2),
        ([8.0, 2.0, np.inf], 0.0, 2),
        ([3.0, 1.0, 2.0], 0.9, 2),
        ([-1.0, -5.0, -4.0], -5.5, None),
        ([-1.0, -5.0, -3.4], -5.5, 2),
        ([4.0, 3.0, 2.0], 0.0, None),
        ([np.nan, np.nan], 0.0, 0),
    ],
)
def test_ends_are_found_above_the_floor(loss, floor, end):
    assert end_of(np.array(loss), floor) == end


def test_smoothing_is_a_running_mean_without_a_bias_at_its_beginning():
    assert smooth(np.full(5, 3.0)).tolist() == pytest.approx([3.0] * 5)
    assert smooth(np.array([1.0, 2.0]))[1] == pytest.approx((0.09 + 0.2) / 0.19)


def test_noise_is_smoothed_and_exact_losses_are_not():
    noisy = range_test(on_bowl(new_run("sgd", noise=1.0)), 0, axis(1e-4, 1.0), compared=False)
    exact = range_test(on_bowl(new_run("sgd")), 0, axis(1e-4, 1.0), compared=False)
    assert noisy.smoothed is not noisy.loss
    assert exact.smoothed is exact.loss


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"low": -1.0, "high": 1.0}, "above 0"),
        ({"low": 1.0, "high": 0.1}, "below the high one"),
        ({"steps": 1}, "takes 2 to"),
        ({"optimizer": "addam"}, "did you mean adam"),
    ],
)
def test_what_is_no_range_is_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        range_test_of("bowl", **options)


def test_a_linear_axis_across_zero_is_refused():
    across = Axis(name="learning_rate", low=-1.0, high=1.0)
    with pytest.raises(ValueError, match="cannot begin at -1"):
        range_test(on_bowl(new_run("sgd")), 0, across)


def test_a_run_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="index is 1; give 0 to 0"):
        range_test(on_bowl(new_run("sgd")), 1)


@pytest.mark.parametrize("rates", [axis(1e-300, 1e300), axis(1e290, 1e300), axis(1e-300, 1e-290)])
def test_any_range_gives_a_sentence(rates):
    found = range_test(on_bowl(new_run("sgd")), 0, rates)
    assert found.sentence.endswith(".")


def test_a_start_without_a_finite_loss_is_said():
    formula = SurfaceSettings(name="formula", formula="log(x)")
    experiment = Experiment(surface=formula, start=(-1.0, 0.0), steps=20, runs=(new_run("sgd"),))
    found = range_test(experiment, 0, axis(1e-3, 1.0))
    assert found.sentence == ("The loss is not finite at the start, so that the test says nothing.")
