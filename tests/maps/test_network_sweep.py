"""Sweeps of networks: each point a real training, seeds, limits, and range tests."""

import numpy as np
import pytest

import engine
from engine.maps.axes import Axis
from engine.maps.network_subject import NetworkSubject
from engine.maps.outcomes import VERDICTS
from engine.maps.range_test import range_test
from engine.maps.sweep import sweep
from engine.networks.batches import BatchSettings
from engine.networks.settings import ModelSettings, NetworkExperiment, new_training_run

RATES = Axis(name="learning_rate", low=1e-3, high=1e3, scale="log")


def network(*runs, steps=60, **changes):
    return NetworkExperiment(
        model=ModelSettings(hidden=(4,)), steps=steps, precision="float64", runs=runs, **changes
    )


def test_each_point_is_the_single_training():
    experiment = network(new_training_run("sgd"), new_training_run("adam"))
    found = sweep(experiment, RATES, points=4, limits=False)
    for row, curve in enumerate(found.curves):
        for place, rate in enumerate(found.rates.tolist()):
            run = new_training_run(experiment.runs[row].optimizer, learning_rate=rate)
            alone = engine.train(network(run))
            assert curve.loss[place, 0] == alone.training_loss[-1]
            assert curve.first[place, 0] == alone.training_loss[0]


def test_seeds_draw_other_first_weights_and_seed_0_is_the_experiments():
    found = sweep(network(new_training_run("sgd")), RATES, points=2, seeds=3, limits=False)
    assert len(set(found.curves[0].first[0])) == 3
    other = network(new_training_run("sgd", learning_rate=1e-3, seed=1), steps=60)
    other = engine.train(
        type(other)(
            model=other.model, steps=60, precision="float64", runs=other.runs,
            initial=type(other.initial)(seed=1), batches=BatchSettings(size=32, seed=1),
        )
    )  # fmt: skip
    assert found.curves[0].loss[0, 1] == other.training_loss[-1]


def test_the_limit_lies_between_a_training_that_lowers_the_loss_and_one_that_does_not():
    experiment = network(new_training_run("sgd"))
    (curve,) = sweep(experiment, RATES, points=9).curves
    limits = curve.limits
    assert limits.beyond / limits.found == pytest.approx(1.0, abs=6e-3)
    subject = NetworkSubject(experiment)
    below, above = (subject.trial(curve.run, rate, 0) for rate in (limits.found, limits.beyond))
    assert below.trains
    assert not above.trains
    assert limits.theory.start > 0
    assert limits.theory.lowest <= limits.theory.start
    assert "by bisection runs train up to" in curve.advice.sentence


def test_the_limit_at_the_start_is_two_over_lambda_1():
    experiment = network(new_training_run("sgd", learning_rate=1e-3), batches=BatchSettings())
    theory = NetworkSubject(experiment).theory(experiment.runs[0])
    history = engine.train(experiment)
    from engine.networks.explanation.sharpness import sharpness_along
    from engine.networks.network import bind

    seen = sharpness_along(bind(experiment), history)
    assert theory.start == pytest.approx(2.0 / seen.eigenvalues[0, 0], rel=1e-6)


def test_what_diverges_is_told_as_diverged():
    runs = (new_training_run("sgd"),)
    experiment = NetworkExperiment(
        model=ModelSettings(hidden=(8,), activation="relu", loss="mean_squares"),
        data=type(network().data)(source="cars"), steps=60, runs=runs,
    )  # fmt: skip
    axis = Axis(name="learning_rate", low=1e3, high=1e6, scale="log")
    (curve,) = sweep(experiment, axis, points=3).curves
    kinds = {VERDICTS[verdict] for verdict in curve.verdict.ravel()}
    assert kinds <= {"diverged", "nan"}
    assert curve.advice.rate is None
    assert curve.advice.sentence.startswith("Every run from 1000 to 1e6 diverges")


@pytest.mark.parametrize(
    ("run", "paid"),
    [
        (new_training_run("sgd"), 1.0),
        (new_training_run("sgd", sharpness=0.05), 2.0),
        (new_training_run("muon"), 1.0),
        (new_training_run("muon", sharpness=0.05), 2.0),
    ],
    ids=["sgd", "sgd with SAM", "muon", "muon with SAM"],
)
def test_a_step_is_paid_for_by_the_gradients_it_takes(run, paid):
    trial = NetworkSubject(network(run)).trial(run, 0.01, 0, budget=24)
    assert trial.at[-1] == 24 / paid
    assert trial.evaluations[-1] == 24
    assert np.diff(trial.evaluations).tolist() == (paid * np.diff(trial.at)).tolist()


def test_a_line_search_pays_for_each_trial():
    run = new_training_run("lbfgs")
    subject = NetworkSubject(network(run, batches=BatchSettings()))
    trial = subject.trial(run, 1.0, 0, budget=50).within(50)
    assert trial.evaluations[-1] <= 50
    assert trial.evaluations[1] > 2 * trial.at[1]


def test_a_range_test_of_a_network_is_one_run_that_can_be_opened():
    experiment = network(new_training_run("sgd"), steps=200)
    found = range_test(experiment, 0, RATES)
    opened = engine.train(network(found.run, steps=200))
    assert found.loss[:100].tolist() == opened.loss[:100].tolist()
    assert found.rates[[0, -1]].tolist() == pytest.approx([1e-3, 1e3])
    assert found.stop is not None
    assert found.bias > 0
    assert "The range test ends at" in found.sentence
