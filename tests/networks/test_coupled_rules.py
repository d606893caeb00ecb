"""Rules that couple coordinates: of two weights they walk as on a surface; what they refuse."""

from dataclasses import replace as changed

import matrix_problem as problem
import numpy as np
import pytest
from msgspec.structs import replace

from engine import api
from engine.networks.batch_loss import BatchLoss
from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.matrix_rules import matrix_optimizer_named
from engine.networks.misfits import notes_of
from engine.networks.network import bind
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun, rules
from engine.networks.steps import TensorSteps, steps_of
from engine.networks.training import Training
from engine.optimizers import CATALOGUE

COUPLED = [rule for rule in CATALOGUE if rule.update is None]
ROWS = ((-1.5, -0.9), (-0.4, 0.3), (0.7, 0.8), (2.0, 0.6))
#: x is the hidden unit's weight, y the output's.
SURFACE = " + ".join(f"(y*tanh({a}*x) - ({b}))^2/4" for a, b in ROWS)
START = (0.9, -0.6)


@pytest.fixture(scope="module")
def two_weights(tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    path.write_text("a,b\n" + "".join(f"{a},{b}\n" for a, b in ROWS))
    return NetworkExperiment(
        data=NetworkDataSettings(source=str(path), task="regression", validation=0.0),
        model=ModelSettings(hidden=(1,), bias=False),
        batches=BatchSettings(size=0),
        precision="float64",
    )


def network_of(experiment, start=START):
    network = bind(experiment)
    return changed(network, start=network.vector(np.array(start)))


def walk(network, run, steps):
    """Return the weights after each step, (steps + 1, P), and the batch losses (steps + 1,)."""
    training = Training(network, run, steps)
    points = [training.theta.copy()]
    while not training.over:
        training.advance(1)
        points.append(training.theta.copy())
    return np.array(points), training.history().loss


SETTINGS = [
    {},
    {"learning_rate": 0.3},
    {"clip_norm": 0.05},
    {"clip_value": 0.03},
    {"noise": 0.02, "seed": 4},
    {"noise": 0.02, "seed": 4, "maximize": True},
    {"maximize": True, "learning_rate": 0.1},
    {"weight_decay": 0.05},
    {"weight_decay": 0.05, "decoupled": True},
    {"weight_decay": 0.05, "clip_norm": 0.05, "noise": 0.01},
]
OWN = {
    "polyak": [{"lowest": 0.05}, {"longest": 0.4}, {"lowest": -0.2}],
    "backtracking": [{"shrink": 0.8, "slope_share": 0.4}],
    "damped_newton": [{"damping": 0.1}, {"plain": 1.0}],
    "bfgs": [{"c1": 0.3, "c2": 0.4}],
}
WALKS = [(name, given, {}) for name in OWN for given in SETTINGS]
WALKS += [(name, {}, own) for name, all_own in OWN.items() for own in all_own]


@pytest.mark.parametrize(("name", "given", "own"), WALKS)
def test_a_network_of_two_weights_walks_as_its_surface(two_weights, name, given, own):
    given = {"learning_rate": matrix_optimizer_named(name).learning_rate} | given
    # Later, its search is decided by losses that differ in their last bit, or overflows.
    steps = 5 if name == "bfgs" and {"noise", "maximize"} & set(given) else 12
    path = api.descend(SURFACE, name, start=START, steps=steps, **given, **own)
    network = network_of(two_weights)
    points, losses = walk(network, TrainingRun(optimizer=name, hyperparameters=own, **given), steps)
    assert problem.strays(points, path.points) < 1e-9
    np.testing.assert_allclose(losses, path.loss, rtol=1e-8)
    # Polyak's rule never climbs.
    rests = name == "polyak" and given.get("maximize", False)
    assert (np.abs(points[-1] - points[0]).max() > 0.01) != rests


def test_every_rule_of_surfaces_trains_networks_under_its_name():
    names = [rule.name for rule in rules()]
    assert len(names) == len(set(names))
    assert {rule.name for rule in CATALOGUE} <= set(names)


@pytest.mark.parametrize("rule", COUPLED, ids=lambda rule: rule.name)
def test_the_declaration_is_the_one_of_surfaces(rule):
    ours = matrix_optimizer_named(rule.name)
    for field in ("title", "help", "source", "learning_rate", "parameters", "decoupled"):
        assert getattr(ours, field) is getattr(rule, field)
    assert ours.latex[: len(rule.latex)] == rule.latex


MOONS = NetworkExperiment(
    data=NetworkDataSettings(source="moons"),
    model=ModelSettings(hidden=(5,)),
    batches=BatchSettings(size=0),
    steps=12,
    precision="float64",
)


def test_newton_solves_a_bowl_of_many_weights_in_one_step():
    """Linear regression: the loss is a bowl."""
    data = NetworkDataSettings(source="trees", scale_inputs="standardise", validation=0.0)
    bowl = replace(MOONS, data=data, model=ModelSettings(hidden=()))
    network = bind(bowl)
    run = TrainingRun(
        optimizer="damped_newton", learning_rate=1.0, hyperparameters={"damping": 0.0}
    )
    points, _ = walk(network, run, 1)
    inputs = np.column_stack([network.prepared.inputs, np.ones(len(network.prepared.inputs))])
    solved = np.linalg.lstsq(inputs, network.prepared.targets.ravel(), rcond=None)[0]
    np.testing.assert_allclose(points[1], solved, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_products_are_the_slopes_of_the_gradient_of_the_step(maximize, dropout):
    model = ModelSettings(hidden=(4, 4), layer_norm=True, dropout=dropout)
    network = bind(replace(MOONS, model=model))
    loss = BatchLoss(network, maximize)
    loss.see(np.arange(20), 3)
    theta = network.start[: network.model.size].copy()
    directions = np.random.default_rng(0).standard_normal((3, len(theta)))
    found = loss.evaluate.products(theta, directions)
    for direction, product in zip(directions, found, strict=True):
        ahead, behind = (loss.evaluate(theta + s * 1e-5 * direction)[1].copy() for s in (1.0, -1.0))
        np.testing.assert_allclose(product, (ahead - behind) / 2e-5, rtol=1e-4, atol=1e-8)


def test_an_answer_is_kept_only_for_the_same_rows_weights_and_units():
    network = bind(replace(MOONS, model=ModelSettings(hidden=(8,), dropout=0.5)))
    loss, theta = BatchLoss(network, False), network.start[: network.model.size].copy()
    seen = {}
    for rows, key in ((20, 3), (30, 3), (30, 4), (20, 3)):
        loss.see(np.arange(rows), key)
        here = loss.evaluate(theta)[0]
        assert here == seen.setdefault((rows, key), here)
        assert loss.evaluate(theta + 0.1)[0] != here
    assert len(set(seen.values())) == 3


@pytest.mark.parametrize("name", [rule.name for rule in COUPLED])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_mini_batches_and_dropout_are_trained_through(name, precision):
    model = ModelSettings(hidden=(5,), dropout=0.2)
    experiment = replace(MOONS, precision=precision, model=model, batches=BatchSettings(size=16))
    points, losses = walk(bind(experiment), TrainingRun(optimizer=name, learning_rate=0.1), 12)
    assert points.dtype == np.dtype(precision)
    assert np.isfinite(points).all()
    assert np.isfinite(losses).all()


@pytest.mark.parametrize("name", [rule.name for rule in COUPLED])
def test_a_snapshot_is_where_the_walk_goes_on_from(name):
    network = bind(MOONS)
    run = TrainingRun(optimizer=name, learning_rate=0.5)
    training = Training(network, run, 12)
    training.advance(5)
    taker = training._taker
    kept = taker.snapshot()
    training.advance(12)
    end = training.theta.copy()
    again = Training(network, run, 12)
    again._taker.restore(kept)
    again.step = 5
    again.advance(12)
    np.testing.assert_array_equal(end, again.theta)


#: More would turn differences in the last bit into larger ones.
FEW = {"iterations": 4.0, "evaluations": 5.0}


def shortened(gradient):
    return gradient * min(1.0, 0.02 / (np.linalg.norm(gradient) + 1e-6))


#: Settings, and how the gradients that L-BFGS asks for must have changed by them.
CHANGES = [
    ({"clip_value": 0.01}, lambda g, raised: np.clip(g, -0.01, 0.01)),
    ({"clip_norm": 0.02}, lambda g, raised: shortened(g)),
    ({"sharpness": 0.1}, lambda g, raised: raised),
    ({"sharpness": 0.1, "clip_norm": 0.02}, lambda g, raised: shortened(raised)),
]


@pytest.mark.parametrize(("given", "changed_by"), CHANGES)
def test_what_is_done_to_gradients_reaches_those_that_lbfgs_asks_for(given, changed_by):
    network = bind(MOONS)
    points, _ = walk(network, _lbfgs(**given), 1)
    optimizer = matrix_optimizer_named("lbfgs")
    loss = BatchLoss(network, False)
    loss.see(np.arange(network.training.count), 0)

    def asked(theta):
        value, gradient = loss.evaluate(theta)
        gradient = gradient.copy()
        above = theta + 0.1 * gradient / np.linalg.norm(gradient)
        return value, changed_by(gradient, loss.evaluate(above)[1].copy())

    theta = network.start.copy()[: network.model.size]
    tensors = network.model.views(theta)
    h = problem.hyperparameters(optimizer, **FEW)
    optimizer.step(tensors, tensors, optimizer.start(tensors, h), 0, 0.5, h, asked, 0.0)
    assert problem.strays(points[1:], theta[None]) < 1e-10
    plain, _ = walk(network, _lbfgs(), 1)
    assert not np.allclose(points[1], plain[1], rtol=1e-3)


def _lbfgs(**given):
    return TrainingRun(optimizer="lbfgs", learning_rate=0.5, **({"hyperparameters": FEW} | given))


def test_noise_is_one_draw_for_all_gradients_of_a_step():
    """Constant in a step, it is a slope that is added: half a step of one iteration shows it."""
    network = bind(MOONS)
    own = {"iterations": 1.0, "evaluations": 1.0}
    plain = walk(network, _lbfgs(hyperparameters=own), 1)[0]
    noisy = walk(network, _lbfgs(hyperparameters=own, noise=0.3, seed=5), 1)[0]
    loss = BatchLoss(network, False)
    loss.see(np.arange(network.training.count), 0)
    gradient = loss.evaluate(plain[0])[1]
    seen = gradient + 0.3 * np.random.default_rng(5).standard_normal((1, len(gradient)))[0]
    expected = plain[0] - 0.5 * min(1.0, 1.0 / np.abs(seen).sum()) * seen
    np.testing.assert_allclose(noisy[1], expected, rtol=1e-9)


REFUSED = [
    (TrainingRun(optimizer="bfgs", sharpness=0.1), "sharpness is 0.1.*give sharpness 0"),
    (TrainingRun(optimizer="backtracking", sharpness=0.1), "sharpness.*without a search"),
    (_lbfgs(sharpness=0.1, hyperparameters={"strong_wolfe": 1.0}), "sharpness.*strong_wolfe 0"),
    (_lbfgs(noise=0.1, hyperparameters={"strong_wolfe": 1.0}), "noise is 0.1.*strong_wolfe 0"),
]


@pytest.mark.parametrize(("run", "sentence"), REFUSED)
def test_what_is_not_defined_is_refused_before_training(run, sentence):
    with pytest.raises(ValueError, match=sentence):
        Training(bind(MOONS), run, 10)


@pytest.mark.parametrize("name", ["damped_newton", "bfgs"])
def test_large_networks_are_refused_before_training(name):
    largest, larger = (
        bind(replace(MOONS, model=ModelSettings(hidden=hidden))) for hidden in ((39, 45), (39, 46))
    )
    assert largest.model.size <= 2000 < larger.model.size
    assert isinstance(steps_of(largest, TrainingRun(optimizer=name)), TensorSteps)
    with pytest.raises(ValueError, match=f"optimizer is {name}.*2,000 parameters.*lbfgs"):
        Training(larger, TrainingRun(optimizer=name), 10)


@pytest.mark.parametrize("optimizer", ["lbfgs", "bfgs", "backtracking", "polyak", "damped_newton"])
def test_what_batches_bring_is_said(optimizer):
    run = TrainingRun(optimizer=optimizer)
    whole, cut = bind(MOONS), bind(replace(MOONS, batches=BatchSettings(size=16)))
    assert notes_of(whole, run) == ()
    (note,) = notes_of(cut, run)
    title = matrix_optimizer_named(optimizer).title
    assert note.startswith(f"{title}: each step sees other rows, so that ")
    assert note.endswith("; give batches of size 0, all rows.")
    model = replace(MOONS.model, dropout=0.1)
    dropped = bind(replace(MOONS, model=model, batches=BatchSettings(size=16)))
    (note,) = notes_of(dropped, run)
    assert "other rows and units" in note
    assert note.endswith("all rows and dropout 0.")


@pytest.mark.parametrize("optimizer", ["sgd", "muon", "adafactor"])
def test_rules_made_for_batches_have_nothing_to_say(optimizer):
    cut = bind(replace(MOONS, batches=BatchSettings(size=16)))
    assert notes_of(cut, TrainingRun(optimizer=optimizer)) == ()
