"""The graph of a network: which units and weights of it are shown."""

import numpy as np
import pytest

from engine.networks.model import Model
from engine.networks.wiring import FAINT, STAYS, strengths, wiring


def drawn(sizes, seed=0, **more):
    model = Model(sizes, **more)
    return model, np.random.default_rng(seed).standard_normal(model.size).astype(np.float32)


def matrix(model, theta, layer):
    return model.views(theta)[model.tensors.index(model.tensor(layer, "weight"))]


def test_a_small_network_is_shown_whole():
    model, theta = drawn((2, 4, 3, 1))
    found = wiring(model, theta, 24, 600)
    assert [column.units.tolist() for column in found.columns] == [
        [0, 1], [0, 1, 2, 3], [0, 1, 2], [0]
    ]  # fmt: skip
    for layer, edges in enumerate(found.edges):
        weights = matrix(model, theta, layer)
        assert edges.largest == np.abs(weights).max()
        assert (weights[edges.targets, edges.sources] == edges.weights).all()
        assert (np.diff(np.abs(edges.weights)) >= 0).all()
        left_out = np.abs(weights) <= FAINT * np.abs(weights).max()
        assert len(edges.weights) == weights.size - left_out.sum()
        bias = model.tensor(layer, "bias")
        assert (found.biases[layer] == theta[bias.offset : bias.offset + bias.size]).all()


def test_without_biases_there_are_none():
    model, theta = drawn((3, 5, 2), bias=False)
    assert wiring(model, theta, 24, 600).biases == (None, None)


def test_of_wide_layers_the_strongest_units_and_weights_are_shown():
    model, theta = drawn((64, 256, 10), task="classes", loss="cross_entropy")
    found = wiring(model, theta, 24, 200)
    first, last = (matrix(model, theta, layer).astype(float) for layer in range(2))
    strength = np.linalg.norm(first, axis=1) * np.linalg.norm(last, axis=0)
    assert found.columns[1].units.tolist() == sorted(np.argsort(-strength)[:24].tolist())
    assert [column.total for column in found.columns] == [64, 256, 10]
    assert [len(edges.weights) for edges in found.edges] == [100, 100]
    shown = first[np.ix_(found.columns[1].units, found.columns[0].units)]
    assert np.abs(found.edges[0].weights).min() == np.sort(np.abs(shown), axis=None)[-100]


def test_units_stay_until_others_are_much_stronger():
    model, theta = drawn((2, 100, 1))
    before = wiring(model, theta, 10, 100).columns
    strength = strengths([matrix(model, theta, k).astype(float) for k in range(2)], 1)
    weakest = min(before[1].units, key=lambda unit: strength[unit])
    outside = max(set(range(100)) - set(before[1].units.tolist()), key=lambda u: strength[u])
    for factor, stays in ((0.95 * STAYS, True), (1.05 * STAYS, False)):
        changed = theta.copy()
        need = factor * strength[weakest] / strength[outside]
        matrix(model, changed, 1)[:, outside] *= need
        after = wiring(model, changed, 10, 100, before).columns[1].units
        assert (weakest in after) == stays
    other = wiring(*drawn((2, 50, 1)), 10, 100, before)
    assert other.columns[1].units.max() < 50


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_shown_first(value):
    model, theta = drawn((2, 100, 1))
    matrix(model, theta, 0)[42, 1] = value
    found = wiring(model, theta, 10, 8)
    assert 42 in found.columns[1].units
    assert not np.isfinite(found.edges[0].weights[-1])
    assert not np.isfinite(found.edges[0].largest)
    assert np.isfinite(found.edges[1].largest)
    everywhere = np.full_like(theta, value)
    assert not np.isfinite(wiring(model, everywhere, 10, 8).edges[0].weights).any()
