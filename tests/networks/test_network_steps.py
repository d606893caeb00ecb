"""Budgets, lines and batches of a training run's steps."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.descent import Cancelled
from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.explanation.objective import objective_of
from engine.networks.explanation.replay import Replay
from engine.networks.explanation.spectrum import hessian_of
from engine.networks.explanation.steps import (
    budgets_along,
    gradient_share,
    line_of_step,
    step_of,
)
from engine.networks.network import bind
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun
from engine.networks.training import Training

MOONS = NetworkExperiment(
    data=NetworkDataSettings(source="moons"),
    model=ModelSettings(hidden=(6, 6)),
    batches=BatchSettings(size=32),
    steps=40,
    precision="float64",
)
FULL = replace(MOONS, batches=BatchSettings(size=0))


def trained(experiment, run):
    network = bind(experiment)
    training = Training(network, run, experiment.steps)
    training.advance(experiment.steps)
    return network, training.history()


RUNS = [
    TrainingRun(learning_rate=0.5),
    TrainingRun(optimizer="adam", learning_rate=0.02, weight_decay=0.01),
    TrainingRun(optimizer="heavy_ball", learning_rate=0.1, clip_norm=0.1, noise=0.01),
    TrainingRun(optimizer="muon", learning_rate=0.05),
    TrainingRun(learning_rate=0.5, maximize=True),
]


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.optimizer)
@pytest.mark.parametrize("dropout", [0.0, 0.2])
def test_budgets_add_up_and_are_those_of_the_steps_taken(run, dropout):
    experiment = replace(MOONS, model=ModelSettings(hidden=(6, 6), dropout=dropout))
    network, history = trained(experiment, run)
    found = budgets_along(Replay(network, history))
    assert found.steps.tolist() == history.kept[:-1].tolist()
    sense = -1.0 if run.maximize else 1.0
    for budget in (found.full, found.batch):
        total = budget.first + budget.second + budget.remainder
        size = np.abs([budget.first, budget.second, budget.remainder]).max()
        np.testing.assert_allclose(total, budget.measured, rtol=0, atol=4e-16 * size)
    # Independent of the budget: losses that training itself recorded.
    replay, whole = Replay(network, history), objective_of(network)
    for row in (0, 7, 15):
        step = int(found.steps[row])
        own = objective_of(network).of_batch(step)
        before, after = history.weights[row], replay.taken(step).after
        assert float(whole.value(before)) == pytest.approx(history.training_loss[row], rel=1e-12)
        assert found.full.measured[row] == pytest.approx(
            sense * float(whole.value(after) - whole.value(before)), abs=1e-14
        )
        assert history.loss[step] == pytest.approx(float(own.value(before)), rel=1e-12)
        assert found.batch.measured[row] == pytest.approx(
            sense * float(own.value(after) - own.value(before)), abs=1e-14
        )
        g_own, g_all = own.gradient(before), objective_of(network).gradient(before)
        cosine = g_own @ g_all / np.linalg.norm(g_own) / np.linalg.norm(g_all)
        assert found.cosines[row] == pytest.approx(cosine, rel=1e-9)


def test_second_order_is_the_whole_hessian():
    network, history = trained(FULL, TrainingRun(learning_rate=0.5))
    replay = Replay(network, history)
    found = budgets_along(replay, [20, 3])
    assert found.steps.tolist() == [3, 20]
    for row, step in enumerate((3, 20)):
        taken = replay.taken(step)
        move = taken.after - taken.before
        hessian = hessian_of(objective_of(network), taken.before)
        assert found.full.second[row] == pytest.approx(0.5 * move @ hessian @ move, rel=1e-10)
    # Every step sees all rows: its batch's budget is the same.
    np.testing.assert_array_equal(found.full.first, found.batch.first)
    np.testing.assert_allclose(found.cosines, 1)


def test_a_step_of_a_batch_lowers_its_own_loss_first():
    network, history = trained(MOONS, TrainingRun(learning_rate=0.1))
    replay = Replay(network, history)
    found = step_of(replay, 6)
    assert found.learning_rate == 0.1
    np.testing.assert_array_equal(found.rows, network.order.rows_of(6))
    # Plain gradient descent: g·Δ on its own batch is −η‖g‖².
    assert found.batch.first == pytest.approx(-0.1 * found.batch_gradient @ found.batch_gradient)
    assert found.batch.before == pytest.approx(history.loss[6])
    looked = history.scored.tolist().index(6)
    assert found.full.before == pytest.approx(history.training_loss[looked])
    with pytest.raises(ValueError, match="There is no step 40"):
        step_of(replay, 40)


@pytest.mark.parametrize("on_batch", [False, True])
def test_the_line_of_a_step_lands_where_the_step_did(on_batch):
    network, history = trained(MOONS, TrainingRun(learning_rate=0.3))
    replay = Replay(network, history)
    line, taken = line_of_step(replay, 5, on_batch=on_batch), replay.taken(5)
    objective = objective_of(network)
    objective = objective.of_batch(5) if on_batch else objective
    assert line.value == pytest.approx(float(objective.value(taken.before)))
    assert line.landed == pytest.approx(float(objective.value(taken.after)))
    budget = budgets_along(replay, [5])
    budget = budget.batch if on_batch else budget.full
    assert line.slope == pytest.approx(budget.first[0])
    assert 0.5 * line.bend == pytest.approx(budget.second[0])
    # Where the loss bends down along the line, no step is the best one.
    assert (line.best is None) == (line.bend <= 0)
    assert line.learning_rate_at(0.5) == pytest.approx(0.15)
    # Close to the weights the quadratic model is the curve.
    near = np.abs(line.positions) < 0.02
    np.testing.assert_allclose(line.model[near], line.loss[near], rtol=1e-7)


def test_no_rate_is_named_for_steps_that_do_not_go_with_it():
    network, history = trained(FULL, TrainingRun(optimizer="lion", learning_rate=0.01))
    line = line_of_step(Replay(network, history), 5)
    assert line.learning_rate_at(0.5) is None
    assert "not known to be proportional" in line.reason


def test_a_step_that_is_not_finite_has_no_line():
    experiment = replace(
        FULL, precision="float32", data=NetworkDataSettings(source="sine"),
        model=ModelSettings(hidden=(8,), activation="identity"),
    )  # fmt: skip
    network, history = trained(experiment, TrainingRun(learning_rate=1e5))
    assert history.fault is not None
    replay = Replay(network, history)
    assert line_of_step(replay, history.last_step - 1) is None
    found = budgets_along(replay, range(history.last_step))
    assert not np.isfinite(found.full.measured[-1])
    assert np.isfinite(found.full.measured[0])


def test_gradient_share_is_that_of_the_eigenvectors():
    network, history = trained(FULL, TrainingRun(learning_rate=2.0))
    objective, theta = objective_of(network), history.weights[-1]
    found = gradient_share(objective, theta, 3)
    values, vectors = np.linalg.eigh(hessian_of(objective, theta))
    gradient = objective.gradient(theta)
    wanted = (vectors[:, ::-1][:, :3].T @ gradient) ** 2 / (gradient @ gradient)
    np.testing.assert_allclose(found.eigenvalues, values[::-1][:3], rtol=1e-6)
    np.testing.assert_allclose(found.shares, wanted, rtol=1e-2, atol=1e-7)
    assert found.total == pytest.approx(wanted.sum(), rel=1e-3)


def test_budgets_stop_when_asked():
    network, history = trained(FULL, TrainingRun())
    with pytest.raises(Cancelled):
        budgets_along(Replay(network, history), stop=np.ones(1, np.uint8))
