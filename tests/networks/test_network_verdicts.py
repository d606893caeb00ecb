"""Verdicts on training runs whose cause is known, and what stands in the layers."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.descent import Cancelled
from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.explanation.layers import layers_at
from engine.networks.explanation.objective import objective_of
from engine.networks.explanation.sharpness import sharpness_along
from engine.networks.explanation.verdict import verdict_on
from engine.networks.initialisation import InitialSettings
from engine.networks.network import bind
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun
from engine.networks.training import Training

MOONS = NetworkExperiment(
    data=NetworkDataSettings(source="moons", split_seed=5),
    model=ModelSettings(hidden=(8, 8)),
    batches=BatchSettings(size=0),
    steps=300,
    precision="float64",
)
SINE = replace(
    MOONS,
    data=NetworkDataSettings(
        source="sine", split_seed=5, scale_inputs="standardise", scale_target="standardise"
    ),
)
WIDE = replace(SINE, steps=3000, model=ModelSettings(hidden=(20, 20)))
LINEAR = replace(
    SINE,
    model=ModelSettings(hidden=(64,), activation="identity", bias=False),
    initial=InitialSettings(gain=2.0),
)
NAIVE = replace(
    MOONS,
    data=NetworkDataSettings(source="moons", parameters={"noise": 0.0}),
    model=ModelSettings(hidden=(8,), loss="cross_entropy_probabilities"),
    precision="float32",
)
RELU = replace(
    MOONS,
    data=NetworkDataSettings(source="cars"),
    model=ModelSettings(hidden=(16, 16), activation="relu"),
    initial=InitialSettings(gain=3.0),
)
TINY = replace(SINE, steps=4000, model=ModelSettings(hidden=(4,)))


def trained(experiment, run):
    network = bind(experiment)
    training = Training(network, run, experiment.steps)
    training.advance(experiment.steps)
    return network, training.history()


def verdict(experiment, run):
    return verdict_on(*trained(experiment, run))


RUNS = {
    "contraction": (MOONS, TrainingRun(learning_rate=0.1), ["Every step lowers the loss", "below"]),
    "overshoot": (
        SINE,
        TrainingRun(optimizer="heavy_ball", learning_rate=0.05),
        ["although it rises in", "below heavy ball's limit 3.8"],
    ),
    "edge": (WIDE, TrainingRun(learning_rate=0.2), ["hovers at gradient descent's limit 2"]),
    "catapult": (
        LINEAR,
        TrainingRun(learning_rate=0.0155),
        ["is above gradient descent's limit 2", "λ₁ = 16.5 instead of 193", "recovers"],
    ),
    "divergence": (
        LINEAR,
        TrainingRun(learning_rate=0.25),
        ["ηλ₁ = 48.3 is above gradient descent's limit 2", "-fold a step", "beyond float64's"],
    ),
    "nan": (NAIVE, TrainingRun(learning_rate=30.0), ["is NaN at step 2", "0 · log 0 is NaN"]),
    "dead": (RELU, TrainingRun(learning_rate=0.01), ["By step", "all 16 units of layer 1 are off"]),
    "plateau": (
        replace(MOONS, model=ModelSettings(hidden=(16,) * 6, activation="sigmoid")),
        TrainingRun(learning_rate=0.1),
        ["The gradient's norm has fallen from 0.0112", "the loss is still 0.693 of 0.693"],
    ),
    "batches": (
        replace(TINY, batches=BatchSettings(size=1)),
        TrainingRun(learning_rate=0.2),
        ["Batches of 1 keep it from settling", "of 12 batches", "above the lowest met"],
    ),
    "noise": (
        TINY,
        TrainingRun(learning_rate=0.05, noise=3.0),
        ["Gradient noise of 3 keeps it from settling"],
    ),
    "still": (MOONS, TrainingRun(learning_rate=0.0), ["every step is 0 long"]),
    "climbing": (MOONS, TrainingRun(maximize=True), ["climbs on purpose"]),
    "moving": (
        replace(MOONS, batches=BatchSettings(size=32)),
        TrainingRun(optimizer="adam", learning_rate=0.01),
        ["The loss has come from", "below Adam's limit 38"],
    ),
}


@pytest.mark.parametrize("kind", RUNS)
def test_what_happened_is_named_first_with_its_numbers(kind):
    experiment, run, phrases = RUNS[kind]
    first = verdict(experiment, run)[0]
    assert first.kind == kind, first.text
    for phrase in phrases:
        assert phrase in first.text
    assert first.title
    for claim in first.claims:
        assert claim.text[0].isupper() or claim.text[0] == "η"
        assert claim.text.endswith(".")
        assert "nan" not in claim.text


def test_adam_hovers_at_its_own_edge():
    found = verdict(WIDE, TrainingRun(optimizer="adam", learning_rate=0.02))[0]
    assert found.kind == "edge"
    assert "the preconditioned ηλ₁" in found.text
    assert "Adam's limit 38" in found.text


BESIDE = {
    "overfitting": (
        replace(
            MOONS,
            data=NetworkDataSettings(
                source="moons", parameters={"size": 60, "noise": 0.4}, validation=0.5, split_seed=6
            ),
            model=ModelSettings(hidden=(32, 32)),
            steps=2000,
        ),
        TrainingRun(optimizer="adam", learning_rate=0.01),
        "while the training loss falls on",
    ),
    "vanishing": (
        replace(MOONS, model=ModelSettings(hidden=(16,) * 6, activation="sigmoid")),
        TrainingRun(learning_rate=0.1),
        "the slope of the loss fades from",
    ),
    "exploding": (
        replace(
            MOONS,
            model=ModelSettings(hidden=(32,) * 6, activation="relu"),
            initial=InitialSettings(scheme="he_normal", gain=5.0),
            steps=20,
        ),
        TrainingRun(learning_rate=1e-9),
        "-fold a layer",
    ),
    "saturation": (
        replace(MOONS, initial=InitialSettings(scheme="glorot_normal", gain=60.0)),
        TrainingRun(learning_rate=0.01),
        "of the 8 tanh units of layer 2 are saturated in the end",
    ),
    "dead": (
        replace(SINE, model=ModelSettings(hidden=(16, 16), activation="relu"), steps=60),
        TrainingRun(learning_rate=0.1),
        "7 of the 16 units of layer 2 are off on every row in the end, 5 at the start",
    ),
    "batches": (
        replace(MOONS, batches=BatchSettings(size=2)),
        TrainingRun(learning_rate=0.1),
        "ask to go against the gradient of all rows",
    ),
}


@pytest.mark.parametrize("kind", BESIDE)
def test_what_else_the_run_bears_out(kind):
    experiment, run, phrase = BESIDE[kind]
    found = {finding.kind: finding.text for finding in verdict(experiment, run)}
    assert phrase in found[kind]


def test_a_quiet_run_has_nothing_besides():
    assert len(verdict(MOONS, TrainingRun(learning_rate=0.1))) == 1


def test_the_founding_blow_up_and_its_cure():
    """Thousands to inf at .001 in float32, and learning at .0001."""
    experiment = replace(
        MOONS,
        data=NetworkDataSettings(source="cars", split_seed=5),
        model=ModelSettings(hidden=(64, 64), activation="relu"),
        precision="float32",
    )
    blown, cured = (
        verdict(experiment, TrainingRun(learning_rate=rate))[0] for rate in (1e-2, 1e-5)
    )
    assert blown.kind == "divergence"
    assert "is above gradient descent's limit 2" in blown.text
    assert "beyond float32's 3.4e38" in blown.text
    assert cured.kind in ("contraction", "overshoot", "moving")


def test_whole_tensors_have_no_limit_but_a_verdict():
    found = verdict(MOONS, TrainingRun(optimizer="muon", learning_rate=0.01))
    assert found[0].kind in ("contraction", "overshoot", "moving")
    assert "limit" not in found[0].text or "No limit is given" in found[0].text


def test_a_verdict_takes_curvature_that_is_known_and_stops_when_asked():
    network, history = trained(MOONS, TrainingRun(learning_rate=0.1))
    known = sharpness_along(network, history)
    assert verdict_on(network, history, known)[0].kind == "contraction"
    with pytest.raises(Cancelled):
        verdict_on(network, history, stop=np.ones(1, np.uint8))


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_layers_are_those_of_a_pass_by_hand(activation):
    experiment = replace(
        MOONS,
        data=NetworkDataSettings(source="moons", parameters={"size": 800}),
        model=ModelSettings(hidden=(7, 5), activation=activation),
        initial=InitialSettings(scheme="glorot_normal", gain=20.0),
    )
    network = bind(experiment)
    objective, theta = objective_of(network), network.start[: network.model.size]
    w1, b1, w2, b2, w3, b3 = network.model.views(theta)
    x, y = network.training.inputs, network.training.targets
    rules = {
        "tanh": (np.tanh, lambda h: 1 - h**2, 1.0),
        "relu": (lambda a: np.maximum(a, 0), lambda h: np.where(h > 0, 1.0, 0.0), np.inf),
        "sigmoid": (lambda a: 1 / (1 + np.exp(-a)), lambda h: h * (1 - h), 0.25),
    }
    rule, slope, steepest = rules[activation]
    with np.errstate(over="ignore"):
        h1 = rule(w1 @ x + b1[:, None])
        h2 = rule(w2 @ h1 + b2[:, None])
        out = w3 @ h2 + b3[:, None]
        e3 = (1 / (1 + np.exp(-out)) - y) / x.shape[1]
    e2 = (w3.T @ e3) * slope(h2)
    e1 = (w2.T @ e2) * slope(h1)
    found = layers_at(objective, theta)
    rms = [np.sqrt((a**2).mean()) for a in (h1, h2, out)]
    np.testing.assert_allclose(found.outputs, rms, rtol=1e-9)
    np.testing.assert_allclose(
        found.errors, [np.sqrt((e**2).mean()) for e in (e1, e2, e3)], rtol=1e-6
    )
    gradients = [e1 @ x.T, e2 @ h1.T, e3 @ h2.T]
    np.testing.assert_allclose(
        found.gradients, [np.sqrt((g**2).mean()) for g in gradients], rtol=1e-6
    )
    assert found.units.tolist() == [7, 5]
    dead = [int((slope(h) == 0).all(axis=1).sum()) for h in (h1, h2)]
    flat = [int(((slope(h) < 0.01 * steepest).mean(axis=1) > 0.95).sum()) for h in (h1, h2)]
    assert found.dead.tolist() == dead
    assert found.saturated.tolist() == ([0, 0] if activation == "relu" else flat)
    assert found.silent == 0


def test_a_network_without_hidden_layers_has_layers_too():
    network = bind(replace(MOONS, model=ModelSettings(hidden=())))
    found = layers_at(objective_of(network), network.start[: network.model.size])
    assert found.outputs.shape == (1,)
    assert found.units.shape == found.dead.shape == (0,)
    assert found.silent == 0
    history = trained(replace(MOONS, model=ModelSettings(hidden=())), TrainingRun())[1]
    assert verdict_on(network, history)[0].kind == "contraction"


@pytest.mark.parametrize("residual", [False, True])
def test_a_layer_that_is_off_stops_gradients_unless_something_leads_past_it(residual):
    model = ModelSettings(hidden=(6, 6, 6), activation="relu", residual=residual)
    network = bind(replace(MOONS, model=model))
    theta = network.start[: network.model.size].copy()
    network.model.views(theta)[3][:] = -100.0
    found = layers_at(objective_of(network), theta)
    assert found.dead.tolist()[1] == 6
    assert found.silent == (0 if residual else 2)
    assert (found.gradients[0] == 0) == (not residual)
