"""λ₁ along training runs: against numpy's solver, warm against cold, load against the limit."""

import numpy as np
import pytest
from msgspec.structs import replace
from random_networks import draw

from engine.descent import Cancelled
from engine.experiment import ScheduleSettings
from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.explanation.objective import NetworkObjective, objective_of
from engine.networks.explanation.replay import Replay
from engine.networks.explanation.sharpness import sharpness_along, top
from engine.networks.explanation.tracking import TrackedSteps, Tracker
from engine.networks.network import Samples, bind
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun
from engine.networks.steps import Chunk, steps_of
from engine.networks.training import Training
from engine.schedules import rates_of

MOONS = NetworkExperiment(
    data=NetworkDataSettings(source="moons"),
    model=ModelSettings(hidden=(8, 8)),
    batches=BatchSettings(size=0),
    steps=120,
    precision="float64",
)


def trained(experiment, run):
    network = bind(experiment)
    training = Training(network, run, experiment.steps)
    training.advance(experiment.steps)
    return network, training.history()


def hessian_of(objective, point):
    near = objective.near(point)
    return np.array([near.product(axis) for axis in np.eye(objective.size)])


def drawn_objective(seed):
    drawn = draw(seed)
    samples = Samples(*(np.ascontiguousarray(a.T) for a in (drawn.inputs, drawn.targets)))
    return drawn, NetworkObjective(drawn.model, samples, np.arange(samples.count), None)


@pytest.mark.parametrize("seed", range(0, 40, 3))
def test_lambda_is_that_of_the_whole_hessian(seed):
    drawn, objective = drawn_objective(seed)
    hessian = hessian_of(objective, drawn.theta)
    np.testing.assert_allclose(hessian, hessian.T, atol=1e-11 * max(np.abs(hessian).max(), 1))
    wanted = np.linalg.eigvalsh(hessian)[::-1]
    count = min(3, objective.size)
    found, vectors = top(objective, drawn.theta, count)
    np.testing.assert_allclose(found, wanted[:count], rtol=1e-6, atol=1e-6 * np.abs(wanted).max())
    assert vectors.shape == (count, objective.size)


def chunk_of(network, run, steps):
    """Return all steps in one chunk, as training takes them."""
    rows, counts = network.order.order(0, steps)
    same = network.order.full
    seen = rows[:1] if same else rows
    rates = rates_of(run.schedule, run.learning_rate, steps)
    noise = np.random.default_rng(1).standard_normal(
        (steps if run.noise else 0, network.model.size)
    )
    return Chunk(
        0, seen[np.arange(seen.shape[1]) < counts[: len(seen), None]], counts, same, rates, noise
    )


def looks(network, run, steps, **settings):
    tracker = Tracker(network, **settings)
    taker = TrackedSteps(steps_of(network, run), tracker, run)
    taker.take(chunk_of(network, run, steps), np.empty((3, steps)), np.zeros(1, np.uint8))
    return tracker.result(), taker


@pytest.mark.parametrize(
    ("experiment", "run"),
    [
        (MOONS, TrainingRun(learning_rate=1.0)),
        (MOONS, TrainingRun(optimizer="heavy_ball", learning_rate=0.3)),
        (MOONS, TrainingRun(optimizer="adam", learning_rate=0.03)),
        (replace(MOONS, batches=BatchSettings(size=16)), TrainingRun(learning_rate=0.5)),
        (
            replace(
                MOONS,
                data=NetworkDataSettings(source="sine"),
                model=ModelSettings(hidden=(12,), layer_norm=True),
            ),
            TrainingRun(optimizer="rmsprop", learning_rate=0.003, weight_decay=0.01),
        ),
    ],
)
def test_tracking_finds_what_a_cold_start_finds(experiment, run):
    network = bind(experiment)
    everything = network.training.count
    found, _ = looks(network, run, 120, every=4, rows=everything, tolerance=1e-9, products=60)
    objective, replay = objective_of(network), Replay(*trained(experiment, run))
    assert found.steps.tolist() == list(range(0, 120, 4))
    assert found.note == ""
    for step, value in zip(found.steps, found.values, strict=True):
        taken = replay.taken(int(step))
        gains = taken.gains if found.preconditioned else np.full(objective.size, taken.rate)
        wanted, _ = top(objective, taken.before, 1, None, np.sqrt(gains), run.weight_decay, 1e-9)
        assert value == pytest.approx(wanted[0], rel=1e-6), step


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "muon"])
def test_tracking_changes_no_step(precision, optimizer):
    experiment = replace(MOONS, precision=precision, batches=BatchSettings(size=24))
    network, run = bind(experiment), TrainingRun(optimizer=optimizer, noise=0.01)
    _, taker = looks(network, run, 50, every=7)
    plain = steps_of(network, run)
    chunk = chunk_of(network, run, 50)
    records = np.empty((2, 3, 50))
    plain.take(chunk, records[0], np.zeros(1, np.uint8))
    np.testing.assert_array_equal(taker.theta, plain.theta)
    again = TrackedSteps(steps_of(network, run), Tracker(network, 7), run)
    assert again.take(chunk, records[1], np.zeros(1, np.uint8)) == 50
    np.testing.assert_array_equal(records[1], records[0])


def test_an_optimizer_that_began_later_counts_its_own_steps():
    """Its bias corrections begin anew; the looks keep the run's count."""
    network, run = bind(MOONS), TrainingRun(optimizer="adam", learning_rate=0.02)
    found = {}
    for began in (0, 35):
        tracker = Tracker(network, 5)
        steps = TrackedSteps(steps_of(network, run), tracker, run, began)
        steps.take(chunk_of(network, run, 20), np.empty((3, 20)), np.zeros(1, np.uint8))
        found[began] = tracker.result()
    assert found[35].steps.tolist() == [35, 40, 45, 50]
    np.testing.assert_array_equal(found[35].values, found[0].values)


def test_float32_tracks_in_float32():
    found = {}
    for precision in ("float32", "float64"):
        network = bind(replace(MOONS, precision=precision))
        found[precision] = looks(
            network, TrainingRun(learning_rate=0.5), 60, tolerance=1e-6, products=60
        )[0].values
    np.testing.assert_allclose(found["float32"], found["float64"], rtol=2e-4)


def test_a_sample_of_rows_is_named():
    network = bind(MOONS)
    tracker = Tracker(network, rows=20)
    assert tracker.note == "Curvature is that of 20 of 160 training rows, drawn with seed 0."
    assert Tracker(network, rows=160).note == ""


def test_load_and_limit_of_plain_methods():
    network, history = trained(MOONS, TrainingRun(learning_rate=0.5, weight_decay=0.01))
    found = sharpness_along(network, history, every=6, count=2)
    assert found.steps.tolist() == history.kept[::6].tolist()
    np.testing.assert_allclose(found.values, 0.5 * (found.eigenvalues[:, 0] + 0.01))
    np.testing.assert_allclose(found.limits, 2)
    np.testing.assert_allclose(found.ratio, found.values / 2)
    wanted = np.linalg.eigvalsh(hessian_of(objective_of(network), history.weights[6]))[::-1]
    np.testing.assert_allclose(found.eigenvalues[1], wanted[:2], rtol=1e-6)
    assert found.reason == ""


def test_load_of_adam_is_that_of_the_preconditioned_hessian():
    run = TrainingRun(optimizer="adam", learning_rate=0.02)
    network, history = trained(MOONS, run)
    found = sharpness_along(network, history)
    objective = objective_of(network)
    values = dict(zip(found.steps.tolist(), found.values, strict=True))
    # Adam's state by hand.
    m = v = np.zeros(objective.size)
    theta = network.start[: objective.size].astype(float)
    for t in range(31):
        g = objective.gradient(theta)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        hat, root = m / (1 - 0.9 ** (t + 1)), np.sqrt(v / (1 - 0.999 ** (t + 1))) + 1e-8
        if t in (0, 30):
            gains = 0.02 / (1 - 0.9 ** (t + 1)) / root
            scaled = np.sqrt(gains)[:, None] * hessian_of(objective, theta) * np.sqrt(gains)
            assert values[t] == pytest.approx(np.linalg.eigvalsh(scaled)[-1], rel=1e-6)
        theta = theta - 0.02 * hat / root
    np.testing.assert_allclose(found.limits, 38)
    assert found.preconditioned


def test_the_last_weights_repeat_the_gains_of_the_last_step():
    network, history = trained(MOONS, TrainingRun(optimizer="adam", learning_rate=0.02))
    found = sharpness_along(network, history, every=len(history.kept) - 1)
    assert found.steps.tolist() == [0, 120]
    taken = Replay(network, history).taken(119)
    wanted, _ = top(objective_of(network), taken.after, scale=np.sqrt(taken.gains))
    assert found.values[-1] == pytest.approx(wanted[0], rel=1e-6)


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (TrainingRun(optimizer="muon"), "rule of whole tensors"),
        (TrainingRun(optimizer="lion"), "every step is η long"),
        (TrainingRun(sharpness=0.05), "SAM"),
        (TrainingRun(learning_rate=0.0), "learning rate above 0"),
    ],
)
def test_no_limit_without_a_linear_theory(run, reason):
    network, history = trained(replace(MOONS, steps=4), run)
    found = sharpness_along(network, history)
    assert reason in found.reason
    assert np.isnan(found.limits).all()
    assert np.isfinite(found.eigenvalues).all()


def test_a_schedule_moves_the_load():
    run = TrainingRun(
        learning_rate=0.5, schedule=ScheduleSettings(name="cosine"), weight_decay=0.1,
        decoupled=True,
    )  # fmt: skip
    network, history = trained(MOONS, run)
    found = sharpness_along(network, history, every=40)
    rates = history.learning_rates[found.steps]
    np.testing.assert_allclose(found.values, rates * found.eigenvalues[:, 0])
    np.testing.assert_allclose(found.limits, 2 - 0.1 * rates)


def test_weights_that_are_not_finite_have_no_curvature():
    experiment = replace(
        MOONS,
        model=ModelSettings(hidden=(8,), activation="identity"),
        data=NetworkDataSettings(source="sine"),
        precision="float32",
    )
    network, history = trained(experiment, TrainingRun(learning_rate=1e6))
    found = sharpness_along(network, history)
    assert np.isfinite(found.values[0])
    assert np.isnan(found.values[-1])
    values = looks(network, history.run, 60, every=1)[0].values
    assert np.isfinite(values[0])
    assert np.isnan(values[-1])


def test_it_stops_when_asked():
    network, history = trained(MOONS, TrainingRun(optimizer="adam"))
    with pytest.raises(Cancelled):
        sharpness_along(network, history, stop=np.ones(1, np.uint8))
    with pytest.raises(Cancelled):
        Replay(network, history).to(100, np.ones(1, np.uint8))


@pytest.mark.parametrize(
    "run",
    [
        TrainingRun(optimizer="adam", noise=0.1),
        TrainingRun(optimizer="sgd", schedule=ScheduleSettings(name="cosine")),
        TrainingRun(optimizer="lbfgs", learning_rate=0.1),
    ],
)
def test_a_replay_goes_where_the_run_was_in_any_order(run):
    experiment = replace(MOONS, steps=700, precision="float32")
    if run.optimizer == "adam":
        experiment = replace(experiment, batches=BatchSettings(size=48))
    network, history = trained(experiment, run)
    replay = Replay(network, history)
    for at in (100, 200, 7, 130, 3, 199):
        row = min(at, len(history.kept) - 1)
        replay.to(int(history.kept[row]))
        np.testing.assert_array_equal(replay.theta, history.weights[row])


def test_a_replay_follows_changes_of_settings():
    network = bind(replace(MOONS, batches=BatchSettings(size=48)))
    training = Training(network, TrainingRun(learning_rate=0.3), 90)
    for at, run in (
        (20, TrainingRun(learning_rate=0.1)),
        (41, TrainingRun(optimizer="adam", learning_rate=0.02)),
        (60, TrainingRun(optimizer="adam", learning_rate=0.01)),
    ):
        training.advance(at - training.step)
        training.change(run)
    training.advance(90)
    history = training.history()
    replay = Replay(network, history)
    for row in (*range(0, len(history.kept) - 1, 3), 2, 1):
        step = int(history.kept[row])
        taken = replay.taken(step)
        np.testing.assert_array_equal(taken.before, history.weights[row])
        assert np.linalg.norm(taken.after - taken.before) == pytest.approx(history.step_norm[step])
        assert taken.run.optimizer == ("sgd" if step < 41 else "adam")
        assert (taken.gains is None) == (step < 41)
    found = sharpness_along(network, history)
    np.testing.assert_allclose(found.limits, np.where(found.steps < 41, 2, 38))
    early = found.steps < 20
    np.testing.assert_allclose(found.values[early], 0.3 * found.eigenvalues[early, 0])
    assert found.preconditioned
