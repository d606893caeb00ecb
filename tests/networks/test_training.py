"""Training runs: what they record, that they can be cut anywhere, and how they break."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.descent import Cancelled
from engine.networks.batch_loss import BatchLoss
from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.initialisation import InitialSettings
from engine.networks.network import bind
from engine.networks.settings import (
    ModelSettings,
    NetworkExperiment,
    TrainingRun,
    rule_named,
    rules,
)
from engine.networks.training import Training

MOONS = NetworkExperiment(
    data=NetworkDataSettings(source="moons"),
    model=ModelSettings(hidden=(8, 8)),
    steps=60,
    precision="float64",
)


def trained(experiment, run, chunk=10_000):
    training = Training(bind(experiment), run, experiment.steps)
    while not training.over:
        training.advance(chunk)
    return training.history()


@pytest.mark.parametrize("rule", [rule.name for rule in rules()])
def test_every_optimizer_trains_and_chunks_change_nothing(rule):
    run = TrainingRun(optimizer=rule, learning_rate=0.003, weight_decay=1e-3)
    experiment = MOONS
    if getattr(rule_named(rule), "full_batch", False):
        experiment = replace(MOONS, batches=BatchSettings(size=0))
    whole, cut = trained(experiment, run), trained(experiment, run, 7)
    for name in ("loss", "gradient_norm", "step_norm", "weights", "training_loss"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(cut, name))
    assert whole.fault is None
    assert whole.training_loss[-1] < whole.training_loss[0]
    assert np.isfinite(whole.loss).all()
    assert np.isnan(whole.step_norm[-1])
    assert np.isfinite(whole.step_norm[:-1]).all()
    assert whole.scored[-1] == whole.kept[-1] == 60
    assert whole.weights.shape == (len(whole.kept), bind(MOONS).model.size)


@pytest.mark.parametrize("batch", [0, 16])
def test_a_step_is_the_rate_times_the_gradient(batch):
    experiment = replace(MOONS, batches=BatchSettings(size=batch), steps=20)
    found = trained(experiment, TrainingRun(learning_rate=0.1))
    np.testing.assert_allclose(found.step_norm[:-1], 0.1 * found.gradient_norm[:-1], rtol=1e-12)


def test_sam_takes_another_gradient():
    plain = trained(MOONS, TrainingRun(learning_rate=0.5))
    sam = trained(MOONS, TrainingRun(learning_rate=0.5, sharpness=0.1))
    assert plain.loss[0] == sam.loss[0]
    assert plain.loss[1] != sam.loss[1]
    assert not np.allclose(sam.step_norm[:-1], 0.5 * sam.gradient_norm[:-1], rtol=1e-3)


def test_the_same_seed_gives_the_same_run_whatever_the_optimizer():
    starts = {
        trained(MOONS, TrainingRun(optimizer=name)).loss[0] for name in ("sgd", "adam", "muon")
    }
    assert len(starts) == 1


def test_a_run_can_be_stopped_and_goes_on():
    training = Training(bind(MOONS), TrainingRun(), 60)
    stop = np.ones(1, np.uint8)
    with pytest.raises(Cancelled):
        training.advance(60, stop)
    assert training.step == 0
    training.advance(25)
    assert training.step == 25
    training.advance(1000)
    np.testing.assert_array_equal(training.history().loss, trained(MOONS, TrainingRun()).loss)


def test_without_validation_rows_there_is_no_validation_loss():
    data = replace(MOONS.data, validation=0.0)
    found = trained(replace(MOONS, data=data), TrainingRun())
    assert np.isnan(found.validation_loss).all()
    assert np.isfinite(found.training_loss).all()


#: What brings people here: raw columns, one sample a step, a learning rate from a tutorial.
BLOW_UP = NetworkExperiment(
    data=NetworkDataSettings(source="cars", validation=0.0),
    model=ModelSettings(hidden=(64, 64), activation="leaky_relu"),
    initial=InitialSettings(scheme="he_normal"),
    batches=BatchSettings(size=1),
    steps=1000,
    precision="float32",
)


def test_a_rate_of_a_thousandth_blows_up_within_an_epoch_and_a_tenth_of_it_trains():
    broken, well = (trained(BLOW_UP, TrainingRun(learning_rate=rate)) for rate in (1e-3, 1e-4))
    assert broken.fault is not None
    assert broken.fault.step <= broken.last_step < 50
    finite = broken.loss[np.isfinite(broken.loss)]
    assert broken.training_loss[0] > 1e3
    assert finite.max() > 1e12
    assert np.isfinite(broken.loss[: broken.fault.step]).all()
    assert not np.isfinite(broken.loss[broken.last_step])
    assert well.fault is None
    assert well.training_loss[-1] < 0.25 * well.training_loss[0]


def test_the_first_fault_is_named_in_the_order_of_a_step():
    """On a net of one layer all can be followed: loss overflows first, weights are still finite."""
    experiment = replace(BLOW_UP, model=ModelSettings(hidden=()), batches=BatchSettings(size=0))
    found = trained(experiment, TrainingRun(learning_rate=1.0))
    step = int(np.argmin(np.isfinite(found.loss)))
    assert (found.fault.step, found.fault.quantity) == (step, "loss")
    assert np.isfinite(found.gradient_norm[:step]).all()


def test_nan_from_the_logarithm_of_0_is_found_in_the_loss():
    experiment = NetworkExperiment(
        data=NetworkDataSettings(source="moons"),
        model=ModelSettings(hidden=(8,), loss="cross_entropy_probabilities"),
        initial=InitialSettings(gain=200.0),
        steps=50,
        precision="float32",
    )
    fault = trained(experiment, TrainingRun(learning_rate=0.1)).fault
    assert (fault.step, fault.quantity, fault.layer) == (0, "loss", 0)


def test_noise_is_added_to_the_gradient_with_its_seed():
    first, again, other = (
        trained(MOONS, TrainingRun(noise=0.1, seed=seed)).loss for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first[1:] != other[1:]).any()


def test_sam_of_a_run_that_climbs_looks_down():
    """One step of the compiled loop against SAM's two gradients written out."""
    network = bind(replace(MOONS, batches=BatchSettings(size=0)))
    run = TrainingRun(learning_rate=0.5, sharpness=0.3, maximize=True)
    training = Training(network, run, 1)
    start = training.theta.copy()
    training.advance(1)
    evaluate = BatchLoss(network, maximize=True)
    evaluate.see(np.arange(network.training.count), 0)
    _, slope = evaluate.evaluate(start)
    raised = start + 0.3 * slope / np.linalg.norm(slope)
    _, there = evaluate.evaluate(raised)
    np.testing.assert_allclose(training.theta, start - 0.5 * there, rtol=1e-9, atol=1e-12)


def test_a_refused_change_leaves_the_run_as_it_is():
    training = Training(bind(MOONS), TrainingRun(), 60)
    training.advance(10)
    with pytest.raises(ValueError, match="SAM"):
        training.change(TrainingRun(optimizer="backtracking", sharpness=0.1))
    training.advance(50)
    np.testing.assert_array_equal(training.history().loss, trained(MOONS, TrainingRun()).loss)


def test_a_rule_that_needs_all_rows_says_so_on_batches():
    notes = trained(replace(MOONS, steps=2), TrainingRun(optimizer="lbfgs")).notes
    assert any("batch" in note for note in notes)
