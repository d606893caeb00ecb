"""A network's loss, gradient and product on any rows: against torch, and however it is cut."""

import numpy as np
import pytest
from msgspec.structs import replace
from random_networks import draw

from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.explanation import objective as rooms
from engine.networks.explanation.objective import NetworkObjective, objective_of
from engine.networks.explanation.replay import Replay
from engine.networks.losses import CATALOGUE
from engine.networks.network import Samples, bind
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun
from engine.networks.training import Training


def drawn_objective(drawn):
    samples = Samples(*(np.ascontiguousarray(a.T) for a in (drawn.inputs, drawn.targets)))
    return NetworkObjective(drawn.model, samples, np.arange(samples.count), None)


def close(found, wanted, tolerance=1e-10):
    size = max(float(np.abs(wanted).max(initial=0.0)), 1e-8)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance * size)


@pytest.mark.parametrize("seed", range(60))
def test_value_gradient_and_product_are_those_of_torch(seed):
    pytest.importorskip("torch", reason="torch is its own test group")
    from torch_networks import loss_gradient_product

    drawn = draw(seed)
    objective = drawn_objective(drawn)
    loss, gradient, product = loss_gradient_product(
        drawn.model, drawn.theta, drawn.inputs, drawn.targets, drawn.direction
    )
    near = objective.near(drawn.theta)
    close(near.value, loss)
    close(objective.value(drawn.theta), loss)
    close(near.gradient, gradient)
    close(objective.gradient(drawn.theta), gradient)
    close(near.product(drawn.direction), product)
    close(objective.product(drawn.theta, drawn.direction), product)


@pytest.mark.parametrize("kept", [0, 8_000_000])
@pytest.mark.parametrize("loss", [loss.name for loss in CATALOGUE])
def test_blocks_change_nothing(loss, kept, monkeypatch):
    seed = next(s for s in range(200) if draw(s).model.loss == loss and draw(s).model.layers > 1)
    drawn = draw(seed)
    objective = drawn_objective(drawn)
    many = objective.of_rows(np.tile(objective.rows, 60)[:-3])
    assert len(many.rows) > rooms.BLOCK
    points = drawn.theta + np.linspace(0, 0.1, 6).reshape(2, 3, 1) * drawn.direction
    monkeypatch.setattr(rooms, "MOST_KEPT", kept)
    cut = many.near(drawn.theta), many.product(drawn.theta, drawn.direction), many.value(points)
    monkeypatch.setattr(rooms, "BLOCK", 1_000_000)
    close(cut[0].gradient, many.gradient(drawn.theta), 1e-12)
    close(cut[1], many.product(drawn.theta, drawn.direction), 1e-12)
    close(cut[2], many.value(points), 1e-12)
    assert cut[2].shape == (2, 3)
    assert cut[0].value == pytest.approx(float(many.value(drawn.theta)), rel=1e-12)


BATCHED = NetworkExperiment(
    data=NetworkDataSettings(source="moons"),
    model=ModelSettings(hidden=(8, 8), dropout=0.3),
    batches=BatchSettings(size=48),
    steps=12,
    precision="float64",
)


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("size", [48, 0])
def test_the_batch_of_a_step_is_the_one_that_training_saw(dropout, size):
    experiment = replace(
        BATCHED,
        model=ModelSettings(hidden=(8, 8), dropout=dropout),
        batches=BatchSettings(size=size),
    )
    network = bind(experiment)
    training = Training(network, TrainingRun(learning_rate=0.2), 12)
    training.advance(12)
    history = training.history()
    objective = objective_of(network)
    replay = Replay(network, history)
    for step in range(11):
        taken = replay.taken(step)
        near = objective.of_batch(step).near(taken.before)
        assert near.value == pytest.approx(history.loss[step], rel=1e-12)
        assert np.linalg.norm(near.gradient) == pytest.approx(history.gradient_norm[step])
        move = taken.after - taken.before
        np.testing.assert_allclose(move, -0.2 * near.gradient, atol=1e-14)
        ahead, behind = (
            objective.of_batch(step).gradient(taken.before + s * move) for s in (1e-4, -1e-4)
        )
        close(near.product(move), (ahead - behind) / 2e-4, 1e-5)


def test_a_run_that_climbs_lowers_the_negative_loss():
    network = bind(BATCHED)
    plain, climbing = objective_of(network), objective_of(network, maximize=True)
    theta = network.start[: plain.size]
    assert climbing.value(theta) == -plain.value(theta)
    np.testing.assert_array_equal(climbing.gradient(theta), -plain.gradient(theta))
    np.testing.assert_array_equal(climbing.product(theta, theta), -plain.product(theta, theta))


def test_a_sample_of_rows_says_so():
    objective = objective_of(bind(BATCHED))
    assert objective.thinned() is objective
    assert objective.note == ""
    few = objective.thinned(50)
    assert len(np.unique(few.rows)) == 50
    assert few.note == "On 50 of 160 training rows, drawn with seed 0."


def test_float32_runs_are_explained_in_float64():
    network = bind(replace(BATCHED, precision="float32"))
    objective = objective_of(network)
    theta = network.start[: objective.size]
    assert objective.gradient(theta).dtype == np.float64
    wanted = objective_of(bind(BATCHED)).value(theta)
    assert objective.value(theta) == pytest.approx(float(wanted), rel=1e-6)
