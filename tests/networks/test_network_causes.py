"""Causes as switches in training: what there is, what each changes, and what that does."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.descent import Cancelled
from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.explanation.causes import Facts, causes, combined, facts_of, switches
from engine.networks.explanation.comparison import Trials, load_at_start
from engine.networks.explanation.comparison_view import training_view
from engine.networks.initialisation import InitialSettings, as_text
from engine.networks.network import bind
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun

CARS = NetworkExperiment(
    data=NetworkDataSettings(source="cars"), model=ModelSettings((16, 16), "leaky_relu"),
    batches=BatchSettings(size=1), steps=60, precision="float32",
    runs=(TrainingRun(learning_rate=1e-4), TrainingRun(learning_rate=0.001, slot=1)),
)  # fmt: skip
MOONS = replace(
    CARS, data=NetworkDataSettings(source="moons"), batches=BatchSettings(size=16),
    runs=(TrainingRun(learning_rate=0.05),),
)  # fmt: skip
FACTS = Facts("regression", 40)


def trials(experiment, index=0, until=None):
    return Trials(experiment, index, bind(experiment), until)


def offers(experiment=CARS, index=1, facts=FACTS):
    return {cause.key: cause for cause in causes(experiment, index, facts)}


def test_every_choice_of_every_switch_changes_the_experiment_and_nothing_else_s_run():
    for experiment, facts in ((CARS, FACTS), (MOONS, Facts("binary", 160))):
        for key, cause in offers(experiment, 0, facts).items():
            assert bool(cause.choices) != bool(cause.reason), key
            for choice in cause.choices:
                changed = cause.apply(experiment, 0, choice.amount)
                assert changed != experiment, choice.title
                assert changed.runs[1:] == experiment.runs[1:], choice.title
                assert choice.title


@pytest.mark.parametrize(
    ("key", "amount", "found"),
    [
        ("rate", 0.1, lambda e: e.runs[1].learning_rate == 1e-4),
        ("rate", 10.0, lambda e: e.runs[1].learning_rate == 0.01),
        ("inputs", 1.0, lambda e: e.data.scale_inputs == "standardise"),
        ("target", 0.0, lambda e: e.data.scale_target == "standardise"),
        ("target", 10.0, lambda e: (e.data.scale_target, e.data.target_divisor) == ("divide", 10)),
        ("weights", 0.0, lambda e: e.initial.scheme == "he_normal"),
        ("weights", 10.0, lambda e: e.initial.gain == 0.3333),
        ("batch", 0.0, lambda e: e.batches.size == 0),
        ("batch", 4.0, lambda e: e.batches.size == 4),
        ("precision", 64.0, lambda e: e.precision == "float64"),
        ("optimizer", 1.0, lambda e: e.runs[1].optimizer == "adam"),
        ("warm_up", 6.0, lambda e: e.runs[1].schedule.warm_up_steps == 6),
        ("clip", 100.0, lambda e: e.runs[1].clip_norm == 100),
    ],
)
def test_what_a_switch_changes(key, amount, found):
    assert amount in [choice.amount for choice in offers()[key].choices]
    assert found(offers()[key].apply(CARS, 1, amount))


@pytest.mark.parametrize(
    ("key", "experiment", "facts", "reason"),
    [
        ("rate", replace(CARS, runs=(TrainingRun(learning_rate=0.0),)), FACTS, "rate is 0"),
        (
            "inputs", replace(CARS, data=replace(CARS.data, scale_inputs="standardise")), FACTS,
            "standardised already",
        ),
        ("target", MOONS, Facts("binary", 160), "classes"),
        ("weights", replace(CARS, initial=InitialSettings(weights=as_text(np.ones(3)))), FACTS, "given"),
        ("reduction", CARS, FACTS, "a mean already"),
        ("batch", replace(CARS, batches=BatchSettings()), FACTS, "all rows already"),
        ("clip", replace(CARS, runs=(TrainingRun(clip_norm=2.0),)), FACTS, "clipped at 2 already"),
        ("warm_up", replace(CARS, steps=0), FACTS, "too few steps"),
    ],
)  # fmt: skip
def test_what_does_not_apply_says_why(key, experiment, facts, reason):
    cause = offers(experiment, 0, facts)[key]
    assert reason in cause.reason
    with pytest.raises(ValueError, match="does not apply"):
        cause.apply(experiment, 0)
    _, done, left_out = combined(experiment, 0, [key], facts)
    assert not done
    assert reason in left_out[0]


def test_unknown_switches_are_refused_by_name():
    with pytest.raises(ValueError, match="no cause 'luck'; known: inputs, target"):
        combined(CARS, 0, ["luck"], FACTS)


def test_what_would_have_saved_a_run_that_blew_up():
    found = {(o.key, o.amount): o for o in trials(CARS, 1).alone()}
    assert len(found) == sum(len(cause.choices) for cause in offers().values())
    assert found["inputs", 1.0].effect == "saved"
    assert found["optimizer", 1.0].effect == "saved"
    assert found["rate", 10.0].effect == "same"
    assert found["rate", 10.0].status.kind == "diverged"
    assert found["precision", 64.0].effect == "same"


def test_a_higher_rate_makes_a_run_that_trains_worse():
    found = {(o.key, o.amount): o for o in trials(CARS).alone()}
    assert found["rate", 10.0].effect == "worse"


def test_a_sum_and_a_mean_are_compared_in_one_unit():
    summed = replace(
        CARS, model=ModelSettings((8, 8), loss="sum_squares"), precision="float64",
        batches=BatchSettings(), runs=(TrainingRun(learning_rate=1e-6),),
    )  # fmt: skip
    one = trials(summed)
    rows = one.network.training.count
    # The mean at n times the rate takes the same steps.
    faster = replace(summed, runs=(TrainingRun(learning_rate=1e-6 * rows),))
    found = one.compare(["reduction"])
    mean = trials(faster).compare(["reduction"])
    assert found.after.unit == rows
    np.testing.assert_allclose(
        mean.after.history.training_loss, found.before.history.training_loss, rtol=1e-8
    )
    np.testing.assert_allclose(
        mean.after.history.validation_loss, found.before.history.validation_loss, rtol=1e-8
    )
    assert "another unit" in found.notes[0]


def test_another_target_scale_is_compared_in_the_first_one_s_unit():
    found = trials(replace(CARS, precision="float64")).compare({"target": 10.0})
    assert found.after.unit == pytest.approx(100)
    huber = replace(CARS, model=ModelSettings((8, 8), loss="huber"))
    found = trials(huber).compare({"target": 10.0})
    assert np.isnan(found.after.unit)
    assert "no common unit" in found.notes[0]


def test_several_switches_at_once_and_only_some_of_the_steps():
    found = trials(CARS, 1, until=30).compare({"inputs": None, "rate": 0.1, "reduction": None})
    assert found.chosen == ("inputs", "rate")
    assert "Mean instead of sum changes nothing" in found.notes[-1]
    assert found.after.history.last_step == 30
    assert found.before.status.kind == "diverged"
    assert found.effect == "saved"
    view = training_view(found)
    before, after = view.curves
    assert len(after) == 31
    assert len(before) < 31
    assert np.isfinite(after).all()
    names = [figure.name for figure in view.figures]
    assert names == ["λ₁ at the start", "η/limit", "loss"]
    curvature, share, _ = view.figures
    assert curvature.after < curvature.before
    assert share.before == pytest.approx(1e-3 * curvature.before / 2, rel=1e-6)
    assert share.after == pytest.approx(1e-4 * curvature.after / 2, rel=1e-6)


def test_classes_have_their_accuracy_and_adam_no_limit_of_its_own():
    found = trials(replace(MOONS, runs=(TrainingRun("adam"),))).compare(["batch"])
    names = [figure.name for figure in training_view(found).figures]
    assert names[-1] == "validation %"
    load = load_at_start(found.before)
    assert np.isfinite(load.largest)
    assert np.isnan(load.share)
    assert "moves with its gradients" in load.reason


def test_it_can_be_stopped():
    stop = np.ones(1, np.uint8)
    with pytest.raises(Cancelled):
        trials(CARS).alone(stop)


def test_facts_are_those_of_the_training_rows():
    network = bind(MOONS)
    assert facts_of(network) == Facts("binary", network.training.count)
    assert len({switch.key for switch in switches(FACTS)}) == len(switches(FACTS))
