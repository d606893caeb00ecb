"""What a network computes, against a NumPy network that one can read in one go."""

import numpy as np
import pytest

from engine.networks.answers import confuse, decided, extent, some_rows, typical_error
from engine.networks.data import NetworkDataSettings
from engine.networks.network import bind
from engine.networks.predictions import activations, along, middle, over, predict
from engine.networks.settings import ModelSettings, NetworkExperiment

ACTIVATIONS = {"tanh": np.tanh, "relu": lambda a: np.maximum(a, 0.0), "sine": np.sin}


def bound(source="moons", precision="float64", **model):
    data = {
        "moons": NetworkDataSettings(source="moons", scale_inputs="standardise"),
        "sine": NetworkDataSettings(source="sine", scale_inputs="min-max", scale_target="divide",
                                    target_divisor=0.25),
        "gaussians": NetworkDataSettings(source="gaussians"),
        "iris_species": NetworkDataSettings(source="iris_species", scale_inputs="standardise"),
    }[source]  # fmt: skip
    settings = ModelSettings(**{"hidden": (5, 5), **model})
    return bind(NetworkExperiment(data=data, model=settings, precision=precision))


def layers_of(network, theta, inputs):
    """Return what each layer gives for inputs (n, d) in units, as (n, units) arrays."""
    model, h = network.model, network.prepared.input_scaling.scaled(inputs)
    parts = {(t.layer, t.kind): v for t, v in zip(model.tensors, model.views(theta), strict=True)}
    found = []
    for k in range(model.layers):
        a = h @ parts[k, "weight"].T + parts.get((k, "bias"), 0.0)
        if model.layer_norm and k < model.layers - 1:
            spread = np.sqrt(a.var(axis=1, keepdims=True) + 1e-5)
            a = parts[k, "gain"] * (a - a.mean(axis=1, keepdims=True)) / spread + parts[k, "shift"]
        if k < model.layers - 1:
            a = ACTIVATIONS[model.activation](a) + (h if model.skips(k) else 0.0)
        h = a
        found.append(h)
    return found


def readings_of(network, theta, inputs):
    z = layers_of(network, theta, inputs)[-1]
    if network.model.task == "regression":
        return network.prepared.target_scaling.to_units(z).T
    if network.model.loss.startswith("cross"):
        z = np.column_stack([np.zeros(len(z)), z]) if z.shape[1] == 1 else z
        powers = np.exp(z)
        return (powers / powers.sum(axis=1, keepdims=True)).T
    return np.column_stack([1.0 - z, z]).T if z.shape[1] == 1 else z.T


CHOICES = [
    ("moons", {}),
    ("moons", {"loss": "mean_squares", "activation": "relu"}),
    ("sine", {"activation": "sine", "residual": True}),
    ("gaussians", {"layer_norm": True}),
    ("gaussians", {"loss": "mean_squares", "bias": False}),
    ("iris_species", {"residual": True, "layer_norm": True, "hidden": (7, 7, 3)}),
    ("iris_species", {"hidden": ()}),
]


@pytest.mark.parametrize(("source", "model"), CHOICES)
def test_predictions_and_units_are_those_of_a_plain_network(source, model):
    network = bound(source, **model)
    theta = network.vector(np.random.default_rng(1).standard_normal(network.model.size))
    rows = some_rows(network, 10**6)
    plain = theta[: network.model.size]
    assert np.allclose(
        predict(network, theta, rows.inputs), readings_of(network, plain, rows.inputs), rtol=1e-9
    )
    units = activations(network, theta, rows.inputs)
    for found, wanted in zip(units, layers_of(network, plain, rows.inputs), strict=True):
        assert np.allclose(found, wanted.T, rtol=1e-9, atol=1e-12)


def test_a_plane_is_evaluated_from_edge_to_edge_with_other_inputs_at_their_mean():
    network = bound("iris_species")
    theta, view, size = network.start, (4.0, 8.0, 0.5, 3.5), (130, 97)
    found = over(network, theta, (0, 3), view, size).readings
    assert found.shape == (3, 97, 130)
    training = network.prepared.data.inputs[network.prepared.rows]
    assert np.allclose(middle(network), training.mean(axis=0))
    corners = np.tile(training.mean(axis=0), (4, 1))
    corners[:, 0], corners[:, 3] = [4.0, 8.0, 4.0, 8.0], [3.5, 3.5, 0.5, 0.5]
    ends = found[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert np.allclose(ends, predict(network, theta, corners))
    places, line = along(network, theta, 0, (4.0, 8.0), 11)
    assert places[[0, -1]].tolist() == [4.0, 8.0]
    row = training.mean(axis=0).copy()
    row[0] = 8.0
    assert np.allclose(line[:, -1], predict(network, theta, row[None])[:, 0])


def test_a_plane_that_is_no_longer_wanted_is_left():
    network = bound()
    asked = []
    found = over(
        network, network.start, (0, 1), (0.0, 1.0, 0.0, 1.0), (300, 300),
        lambda: asked.append(1) or len(asked) > 2,
    )  # fmt: skip
    assert found is None
    assert len(asked) == 3


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("source", ["moons", "sine", "gaussians"])
def test_what_is_not_finite_has_no_reading(source, precision):
    network = bound(source, precision=precision, activation="identity")
    for value in (np.nan, np.inf, np.finfo(precision).max):
        theta = np.full_like(network.start, value)
        shares = predict(network, theta, some_rows(network, 20).inputs)
        assert np.isnan(shares).all()
        if source != "sine":
            assert (decided(shares) == -1).all()


def test_huge_finite_logits_are_certain():
    network = bound("moons", hidden=())
    theta = np.zeros_like(network.start)
    theta[0] = 1e300
    shares = predict(network, theta, np.array([[2.0, 0.0], [-2.0, 0.0]]))
    assert shares.tolist() == [[0.0, 1.0], [1.0, 0.0]]


@pytest.mark.parametrize("most", [10, 64, 10**6])
def test_some_rows_are_of_training_and_validation(most):
    network = bound("sine")
    rows, prepared = some_rows(network, most), network.prepared
    total = len(prepared.data.inputs)
    assert rows.total == total
    assert len(rows.inputs) <= min(total, most + 2)
    ours = {tuple(row) for row in prepared.data.inputs[prepared.validation_rows].tolist()}
    assert [tuple(row) in ours for row in rows.inputs.tolist()] == rows.held.tolist()
    truth = dict(zip(prepared.data.inputs[:, 0].tolist(), prepared.data.targets[:, 0].tolist(),
                     strict=True))  # fmt: skip
    assert [truth[x] for x in rows.inputs[:, 0].tolist()] == rows.truth.tolist()


def test_confusion_and_error_are_counted_apart_for_training_and_validation():
    network = bound("gaussians")
    rows = some_rows(network, 10**6)
    shares = np.eye(3)[:, rows.truth.astype(int)]
    shares[:, 0] = np.nan
    right = confuse(rows, shares, False)
    assert right.undecided == 1
    assert right.counts.sum() == np.trace(right.counts) == (~rows.held).sum() - 1
    shares[:, rows.held] = np.eye(3)[:, [2]]
    wrong = confuse(rows, shares, True)
    assert wrong.counts[:, :2].sum() == 0
    assert wrong.counts[:, 2].tolist() == np.bincount(rows.truth[rows.held].astype(int)).tolist()
    assert typical_error(rows, rows.truth + np.where(rows.held, 3.0, 0.5), True) == 3.0
    assert typical_error(rows, rows.truth + 1e200, False) == pytest.approx(1e200)
    assert np.isnan(typical_error(rows, np.full(len(rows.truth), np.nan), False))


def test_a_constant_has_an_extent():
    assert extent(np.array([3.0, 3.0])) == (2.0, 4.0)
    assert extent(np.array([-500.0])) == (-550.0, -450.0)
    assert extent(np.array([1.0, -2.0])) == (-2.0, 1.0)


def test_the_nearest_kept_weights_are_found():
    from engine.networks.settings import new_training_run
    from engine.networks.training import Training

    run = new_training_run("sgd")
    training = Training(bound(), run, 4000)
    training.advance(1000)
    history = training.history()
    kept = history.kept.tolist()
    assert len(kept) > 3
    for step in (0, 1, 399, 777, 1000, 10**6):
        distance = [abs(k - step) for k in kept]
        assert distance[history.nearest_kept(step)] == min(distance)
