"""What is inside the layers, against NumPy and PyTorch."""

import numpy as np
import pytest
import torch_networks

from engine.networks.data import NetworkDataSettings
from engine.networks.explanation.layers import FLAT, MOSTLY
from engine.networks.initialisation import InitialSettings
from engine.networks.inside import MOST_ROWS, Inside
from engine.networks.network import bind
from engine.networks.settings import ModelSettings, NetworkExperiment, new_training_run
from engine.networks.spread import BINS
from engine.networks.training import Training

torch = pytest.importorskip("torch")

CHOICES = [
    ("moons", {}),
    ("moons", {"activation": "relu", "layer_norm": True}),
    ("sine", {"activation": "gelu", "residual": True, "hidden": (6, 6, 6)}),
    ("gaussians", {"activation": "sigmoid", "bias": False}),
    ("sine", {"loss": "sum_squares", "hidden": ()}),
]


def bound(source="moons", precision="float64", rows=200, **model):
    return bind(
        NetworkExperiment(
            data=NetworkDataSettings(
                source=source, parameters={"size": rows}, scale_inputs="standardise"
            ),
            model=ModelSettings(**{"hidden": (5, 7), **model}),
            precision=precision,
        )
    )


def trained(network, rate=0.05, steps=60, optimizer="adam", until=None):
    training = Training(network, new_training_run(optimizer, learning_rate=rate), steps)
    training.advance(steps if until is None else until)
    return training


def by_torch(network, theta, rows):
    """Return activations and slopes per layer, (n, units), and the gradient (P,)."""
    model = network.model
    whole, parts = torch_networks.tensors_of(model, np.asarray(theta, np.float64))
    inputs = network.training.inputs[:, rows].T.astype(float)
    targets = network.training.targets[:, rows].T.astype(float)
    output = torch_networks.output_of(model, parts, inputs)
    (gradient,) = torch.autograd.grad(torch_networks.loss_of(model, output, targets), whole)
    h, activations, slopes = torch.as_tensor(inputs), [], []
    with torch.no_grad():
        for k in range(model.layers):
            a = torch.nn.functional.linear(h, parts[k, "weight"], parts.get((k, "bias")))
            if k < model.layers - 1:
                if model.layer_norm:
                    shape, scale = a.shape[1:], (parts[k, "gain"], parts[k, "shift"])
                    a = torch.nn.functional.layer_norm(a, shape, *scale)
                phi = torch_networks.ACTIVATIONS[model.activation]
                slopes.append(slope_by_torch(phi, a))
                a = phi(a) + (h if model.skips(k) else 0)
            h = a
            activations.append(h.numpy())
    return activations, slopes, gradient.numpy()


def slope_by_torch(phi, a):
    a = a.detach().requires_grad_()
    with torch.enable_grad():
        return torch.autograd.grad(phi(a).sum(), a)[0].numpy()


@pytest.mark.parametrize(("source", "model"), CHOICES)
def test_sizes_are_those_of_numpy_and_torch(source, model):
    network = bound(source, **model)
    history = trained(network).history()
    inside = Inside(network)
    course = inside.course(history)
    assert course.complete
    assert course.steps.tolist() == history.kept.tolist()
    assert course.broken is None
    views = network.model.views
    for row, theta in enumerate(history.weights):
        activations, slopes, gradient = by_torch(network, theta, inside.rows)
        weights = [np.linalg.norm(v) for v in views(theta)]
        close(course.weights[:, row], weights)
        close(course.gradients[:, row], [np.linalg.norm(v) for v in views(gradient)])
        close(course.activations[:, row], [np.sqrt((a**2).mean()) for a in activations])
        close(course.dead[:, row], [(s == 0).all(axis=0).mean() for s in slopes])
        if row:
            gap = history.kept[row] - history.kept[row - 1]
            moved = (theta - history.weights[row - 1]) / gap
            close(course.updates[:, row], [np.linalg.norm(v) for v in views(moved)])
            before = [np.linalg.norm(v) for v in views(history.weights[row - 1])]
            with np.errstate(all="ignore"):
                close(course.ratios[:, row], course.updates[:, row] / before)
    assert np.isnan(course.updates[:, 0]).all()
    assert course.dead.shape == (network.model.layers - 1, len(history.kept))


def close(found, wanted):
    assert np.asarray(found).shape == np.asarray(wanted).shape
    assert np.allclose(found, wanted, rtol=1e-10, atol=1e-13, equal_nan=True)


@pytest.mark.parametrize(("source", "model"), CHOICES)
def test_spreads_hold_all_numbers_of_each_tensor(source, model):
    network = bound(source, **model)
    history = trained(network).history()
    inside = Inside(network)
    row = len(history.kept) // 2
    found = inside.spreads(history, row)
    activations, _, gradient = by_torch(network, history.weights[row], inside.rows)
    moved = history.weights[row] - history.weights[row - 1]
    moved = moved / (history.kept[row] - history.kept[row - 1])
    for spreads, wanted in (
        (found.weights, network.model.views(history.weights[row])),
        (found.gradients, network.model.views(gradient)),
        (found.updates, network.model.views(moved)),
        (found.activations, activations),
    ):
        assert [s.total for s in spreads] == [w.size for w in wanted]
        assert [s.counts.sum() for s in spreads] == [w.size for w in wanted]
        close([(s.low, s.high) for s in spreads], [(w.min(), w.max()) for w in wanted])
        for spread, values in zip(spreads, wanted, strict=True):
            if spread.low < spread.high:
                counts = np.histogram(values, BINS, (spread.low, spread.high))[0]
                assert np.abs(spread.counts - counts).sum() <= 4
    assert inside.spreads(history, 0).updates == ()
    close(found.sizes.weights, inside.course(history).weights[:, row])


def test_at_most_so_many_rows_spread_over_all_training_rows():
    few, many = bound(rows=200), bound(rows=5000)
    assert Inside(few).rows.tolist() == list(range(few.training.count))
    rows = Inside(many).rows
    assert len(rows) == len(set(rows)) == MOST_ROWS
    assert rows[0] == 0
    assert many.training.count - MOST_ROWS < rows[-1] < many.training.count


class Counting(Inside):
    """Counts its passes through the network."""

    passes = 0

    def _passed(self, weights):
        self.passes += 1
        return super()._passed(weights)


def test_what_is_known_is_not_measured_again():
    network = bound()
    training = trained(network, until=30)
    inside = Counting(network)
    first = inside.course(training.history())
    assert inside.passes == len(first.steps)
    training.advance(30)
    history = training.history()
    whole = inside.course(history)
    assert inside.passes == len(whole.steps) > len(first.steps)
    fresh = Inside(network).course(history)
    for name in ("weights", "gradients", "updates", "ratios", "activations", "saturated"):
        assert np.array_equal(getattr(whole, name), getattr(fresh, name), equal_nan=True)


def test_what_is_not_finished_in_time_goes_on_the_next_time():
    network = bound()
    history = trained(network).history()
    inside, lengths = Inside(network), []
    while not lengths or lengths[-1] < len(history.kept):
        course = inside.course(history, seconds=0.0)
        lengths.append(len(course.steps))
        assert course.complete == (lengths[-1] == len(history.kept))
    assert lengths == list(range(1, len(history.kept) + 1))
    assert len(Inside(network).course(history, stopped=lambda: True).steps) == 1


def test_steps_after_another_setting_are_measured_anew():
    network = bound()
    training = trained(network, until=20)
    moment = training.moment()
    training.advance(40)
    inside = Counting(network)
    before = inside.course(training.history())
    training.go_back_to(moment)
    training.change(new_training_run("adam", learning_rate=0.5))
    training.advance(40)
    after = inside.course(training.history())
    fresh = Inside(network).course(training.history())
    assert np.array_equal(after.weights, fresh.weights)
    kept = int((before.steps <= 20).sum())
    assert inside.passes == len(before.steps) + len(after.steps) - kept
    other = trained(network, rate=0.01).history()
    assert np.array_equal(inside.course(other).weights, Inside(network).course(other).weights)


def test_dead_units_are_those_that_are_off_for_every_row():
    network = bound(activation="relu", hidden=(4, 3))
    history = trained(network).history()
    bias = network.model.tensor(0, "bias")
    history.weights[-1][bias.offset : bias.offset + 3] = -1e6
    found = Inside(network).spreads(history, len(history.kept) - 1).sizes
    assert found.dead[0] >= 0.75
    assert found.saturated.tolist() == [0.0, 0.0]
    history.weights[-1][bias.offset : bias.offset + 4] = -1e6
    dead = Inside(network).spreads(history, len(history.kept) - 1)
    assert dead.sizes.dead[0] == 1.0
    assert dead.activations[0].high == 0.0


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_saturated_units_are_flat_on_nearly_every_row(activation):
    network = bound(activation=activation)
    history = trained(network).history()
    weight = network.model.tensor(0, "weight")
    history.weights[-1][weight.offset : weight.offset + weight.size] *= 60.0
    inside = Inside(network)
    found = inside.spreads(history, len(history.kept) - 1).sizes.saturated
    if activation == "relu":
        assert not found.any()
        return
    slopes = by_torch(network, history.weights[-1], inside.rows)[1]
    steepest = {"tanh": 1.0, "sigmoid": 0.25}[activation]
    wanted = [((s < FLAT * steepest).mean(axis=0) > MOSTLY).mean() for s in slopes]
    assert found.tolist() == wanted
    assert found[0] > 0


def test_the_first_tensor_that_is_not_finite_is_named():
    network = bind(
        NetworkExperiment(
            data=NetworkDataSettings(source="sine"),
            model=ModelSettings(hidden=(4, 4, 4), activation="identity"),
            initial=InitialSettings(scheme="constant", parameters={"value": 1e12}),
            precision="float32",
        )
    )
    history = Training(network, new_training_run("sgd"), 5).history()
    course = Inside(network).course(history)
    assert course.broken is not None
    assert (course.broken.step, course.broken.value) == (0, "inf")
    assert course.broken.words == "pre-activation of layer 4"
    assert np.isfinite(course.weights).all()
    history.weights[0][network.model.tensor(1, "weight").offset] = np.nan
    found = Inside(network).spreads(history, 0)
    assert found.sizes.broken.words == "weight of layer 2"
    assert found.sizes.broken.value == "NaN"
    assert [s.broken > 0 for s in found.activations] == [False, True, True, True]
    assert np.isnan(found.sizes.weights[2])


def test_a_run_that_blows_up_is_measured_to_its_end():
    network = bound("sine", precision="float32", loss="sum_squares", activation="identity")
    history = trained(network, rate=10.0, steps=200, optimizer="sgd").history()
    assert history.fault is not None
    course = Inside(network).course(history)
    assert course.complete
    assert course.broken is not None
    assert course.broken.step >= history.fault.step - 1
    assert not np.isfinite(course.gradients[:, -1]).all()
