"""Trainability maps: right by NumPy and torch, and a pixel is the single run, bit for bit."""

import pickle

import numpy as np
import pytest
from msgspec.structs import replace

from engine.descent import Cancelled
from engine.maps.outcomes import VERDICTS
from engine.maps.trainability import ACTIVATIONS, Trainability, names, single
from engine.maps.trainability_lanes import _rows, draws_of
from engine.maps.trainability_presets import PRESETS

GO_ON = np.zeros(1, np.uint8)
SMALL = Trainability(points=16, steps=40)


def grid(task, across):
    """Return the settings of a map that is `across` pixels wide and high."""
    axes = {found.name: found.axis for found in names(task)}
    places = np.arange(across)
    xs, ys = np.meshgrid(axes[task.x].at(places, across), axes[task.y].at(places, across))
    return xs.ravel(), ys.ravel()


def by_numpy(task):
    """Return the losses of a task's own settings, written out."""
    draws, momentum = draws_of(task), task.momentum
    root = np.sqrt(task.inputs)
    first = task.gain * draws.input_weights + task.offset
    last = task.gain * draws.output_weights
    v0, v1, losses = np.zeros_like(first), np.zeros_like(last), []
    rows = _rows(task.points, task.batch, task.steps, task.seed) if task.batch else None

    def forward(x, y):
        z = x @ first.T / root
        if task.activation == "tanh":
            h = np.tanh(np.sqrt(2) * z)
            slope = np.sqrt(2) * (1 - h**2)
        elif task.activation == "relu":
            h, slope = np.sqrt(2) * np.maximum(z, 0), np.sqrt(2) * (z > 0)
        else:
            h, slope = z, np.ones_like(z)
        return h, slope, h @ last / task.width - y

    for t in range(task.steps):
        losses.append(np.mean(forward(draws.inputs, draws.targets)[2] ** 2))
        x, y = draws.inputs, draws.targets
        if rows is not None:
            seen = rows[t * task.batch : (t + 1) * task.batch]
            x, y = x[seen], y[seen]
        h, slope, e = forward(x, y)
        share = 2 * e / (len(y) * task.width)
        v1 = momentum * v1 + share @ h
        v0 = momentum * v0 + (share[:, None] * last * slope).T @ x / root
        first, last = first - task.input_rate * v0, last - task.output_rate * v1
    losses.append(np.mean(forward(draws.inputs, draws.targets)[2] ** 2))
    return np.array(losses), first, last


CASES = [
    SMALL,
    replace(SMALL, activation="relu"),
    replace(SMALL, activation="identity"),
    replace(SMALL, points=1),
    replace(SMALL, points=37, width=5, inputs=3, seed=4),
    replace(SMALL, points=50, batch=7),
    replace(SMALL, momentum=0.9),
    replace(SMALL, gain=0.5, offset=0.3, x="learning_rate", y="momentum"),
    replace(SMALL, x="learning_rate", y="gain"),
    replace(SMALL, x="offset", y="learning_rate"),
    replace(SMALL, x="learning_rate", y="batch"),
    replace(SMALL, x="steps", y="learning_rate"),
]


@pytest.mark.parametrize("task", CASES)
def test_a_pixel_is_what_numpy_makes_of_its_settings(task):
    rng = np.random.default_rng(1)
    values = {
        "input_rate": 10 ** rng.uniform(-2, 1, 6), "output_rate": 10 ** rng.uniform(-2, 1, 6),
        "learning_rate": 10 ** rng.uniform(-2, 1, 6), "momentum": rng.uniform(0, 0.9, 6),
        "gain": rng.uniform(0.2, 2, 6), "offset": rng.uniform(-1, 1, 6),
        "steps": rng.uniform(1, 60, 6), "batch": rng.uniform(1, 16, 6),
    }  # fmt: skip
    xs, ys = values[task.x], values[task.y]
    found = task.run(xs, ys, GO_ON)
    for n, (x, y) in enumerate(zip(xs, ys, strict=True)):
        losses, first, last = by_numpy(task.at(x, y))
        run = single(task, x, y)
        np.testing.assert_allclose(run.losses, losses, rtol=1e-8, atol=1e-13)
        np.testing.assert_allclose(run.input_weights, first, rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(run.output_weights, last, rtol=1e-7, atol=1e-9)
        assert found.loss[n] == run.losses[-1]
        alone = task.at(x, y)
        again = single(alone, alone.input_rate, alone.output_rate)
        np.testing.assert_array_equal(again.losses, run.losses)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_gradients_are_those_of_torch(activation):
    torch = pytest.importorskip("torch")
    task = replace(SMALL, activation=activation, steps=30, x="input_rate", y="output_rate")
    draws = draws_of(task)
    weights = [torch.tensor(w, requires_grad=True) for w in draws[:2]]
    x, y = (torch.tensor(a) for a in draws[2:])
    phi = {
        "tanh": lambda z: torch.tanh(2**0.5 * z),
        "relu": lambda z: 2**0.5 * torch.relu(z),
        "identity": lambda z: z,
    }[activation]
    losses = []
    for t in range(task.steps + 1):
        output = phi(x @ weights[0].T / task.inputs**0.5) @ weights[1] / task.width
        loss = torch.mean((output - y) ** 2)
        losses.append(loss.item())
        if t < task.steps:
            slopes = torch.autograd.grad(loss, weights)
            rates = (2.5, 0.7)
            weights = [
                (w - r * g).detach().requires_grad_()
                for w, r, g in zip(weights, rates, slopes, strict=True)
            ]
    np.testing.assert_allclose(single(task, 2.5, 0.7).losses, losses, rtol=1e-8, atol=1e-13)


@pytest.mark.parametrize("task", CASES)
def test_neither_neighbours_nor_order_change_a_pixel(task):
    xs, ys = grid(task, 36)
    whole = task.run(xs, ys, GO_ON)
    assert np.isfinite(whole.loss).mean() > 0
    order = np.random.default_rng(2).permutation(len(xs))
    cuts = np.array_split(order, [1, 34, 400, 403])
    for some in cuts:
        for array, part in zip(whole, task.run(xs[some], ys[some], GO_ON), strict=True):
            np.testing.assert_array_equal(array[some], part)
    for n in order[:25]:
        run = single(task, xs[n], ys[n])
        assert run.losses[-1] == whole.loss[n] or not np.isfinite(whole.loss[n])
        assert len(run.losses) == whole.steps[n] + 1
        for array, one in zip(whole, run.outcome, strict=True):
            np.testing.assert_array_equal(array[n : n + 1], one)


def measured(losses, steps):
    """Return the measure and whether a run has converged, from its losses."""
    full = np.full(steps + 1, np.nan)
    full[: len(losses)] = losses
    with np.errstate(all="ignore"):
        ratios = np.where(np.isfinite(full), full / full[0], 1e6).clip(None, 1e6)[1:]
        converged = np.isfinite(losses[-1]) and ratios[-20:].mean() < 1
        return (ratios.sum() if converged else -(1 / ratios).clip(None, 1e6).sum()), converged


@pytest.mark.parametrize("task", CASES[:8])
def test_measure_and_verdict_are_those_of_the_losses(task):
    xs, ys = grid(task, 8)
    found = task.run(xs, ys, GO_ON)
    assert set(found.basin) == {-1}
    for n, (x, y) in enumerate(zip(xs, ys, strict=True)):
        losses = single(task, x, y).losses
        measure, converged = measured(losses, task.steps)
        np.testing.assert_allclose(found.measure[n], measure, rtol=1e-12)
        verdict = VERDICTS[found.verdict[n]]
        assert (verdict == "converged") == converged
        if not np.isfinite(losses[-1]):
            assert verdict == "diverged"


def test_what_does_not_move_is_still_and_what_begins_at_infinity_is_no_number():
    task = replace(SMALL, activation="relu", x="learning_rate", y="gain")
    found = task.run(np.array([0.0, 1.0]), np.array([1.0, 1e200]), GO_ON)
    assert [VERDICTS[v] for v in found.verdict] == ["still", "nan"]
    assert found.steps.tolist() == [40, 0]
    assert single(replace(task, steps=0), 1.0, 1.0).losses.shape == (1,)


def test_a_task_can_be_stopped_and_sent():
    task = pickle.loads(pickle.dumps(SMALL))
    assert task == SMALL
    with pytest.raises(Cancelled):
        task.run(np.ones(3), np.ones(3), np.ones(1, np.uint8))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"width": 0}, "width is 0; give 1"),
        ({"x": "rate"}, "x is 'rate'; give one of input_rate"),
        ({"y": "input_rate"}, "give two different settings"),
        ({"x": "learning_rate"}, "give two different settings"),
        ({"gain": float("nan")}, "gain is nan; give a finite number"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_what_is_not_allowed_is_said(changes, words):
    with pytest.raises(ValueError, match=words):
        Trainability(**changes)


def test_too_many_draws_are_refused_in_a_sentence():
    task = replace(SMALL, batch=16, steps=10_000_000)
    with pytest.raises(ValueError, match="give fewer steps, or batch 0"):
        task.run(np.ones(1), np.ones(1), GO_ON)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_a_presets_frame_holds_both_sides_of_the_border(preset):
    assert (preset.x.name, preset.y.name) == (preset.task.x, preset.task.y)
    few = replace(preset.task, steps=min(preset.task.steps, 60))
    xs, ys = np.meshgrid(preset.x.at(np.arange(6), 6), preset.y.at(np.arange(6), 6))
    signs = np.sign(few.run(xs.ravel(), ys.ravel(), GO_ON).measure)
    assert {-1, 1} <= set(signs)
