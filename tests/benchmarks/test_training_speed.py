"""Steps a second of gradient descent on small networks; JAX and PyTorch have two threads."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from engine.networks.batches import BatchOrder, BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.network import Samples, bind
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun
from engine.networks.steps import Chunk, steps_of

ROWS, RATE, ROUNDS = 1000, 0.01, 7
#: Units of each layer, batch, steps of one round, ratios wanted against JAX and PyTorch.
CASES = [
    ((2, 8, 8, 1), 10, 20_000, 2.0, 20),
    ((2, 16, 16, 1), 32, 10_000, 2.0, 20),
    ((2, 16, 16, 1), 256, 3_000, 2.0, 20),
    ((10, 64, 64, 1), 256, 500, 1.2, 2),
    ((32, 128, 128, 10), 256, 150, 1.2, 2),
]


class Problem:
    """One network with the same data, weights and batches for every contestant."""

    def __init__(self, sizes, batch, steps, precision):
        rng = np.random.default_rng(0)
        self.sizes, self.precision, self.steps = sizes, precision, steps
        self.inputs = rng.standard_normal((ROWS, sizes[0])).astype(precision)
        outputs = sizes[-1]
        if outputs == 1:
            self.targets = rng.standard_normal((ROWS, 1)).astype(precision)
        else:
            self.targets = np.eye(outputs, dtype=precision)[rng.integers(0, outputs, ROWS)]
        self.rows = rng.integers(0, ROWS, (steps, batch))
        self.weights = [
            (rng.standard_normal((b, a)) / np.sqrt(a)).astype(precision) for a, b in pairwise(sizes)
        ]

    def overshoot(self):
        """Return a function that trains and returns the losses."""
        experiment = NetworkExperiment(
            data=NetworkDataSettings(source="noisy_line", validation=0.0),
            model=ModelSettings(hidden=self.sizes[1:-1]),
            batches=BatchSettings(size=self.rows.shape[1]),
            precision=self.precision,
        )
        bound = bind(experiment)
        task = "regression" if self.sizes[-1] == 1 else "classes"
        model = ModelSettings(hidden=self.sizes[1:-1]).model(self.sizes[0], self.sizes[-1], task)
        samples = Samples(np.ascontiguousarray(self.inputs.T), np.ascontiguousarray(self.targets.T))
        network = replace(bound, model=model, training=samples, validation=samples)
        theta = np.concatenate(
            [part for w in self.weights for part in (w.ravel(), np.zeros(len(w), w.dtype))]
        )
        network = replace(
            network, start=network.vector(theta), order=BatchOrder(ROWS, experiment.batches)
        )
        counts = np.full(self.steps, self.rows.shape[1])
        chunk = Chunk(0, self.rows.ravel(), counts, False, np.array([RATE]), np.zeros((0, 0)))
        taker = steps_of(network, TrainingRun(learning_rate=RATE))
        start, records, stop = taker.snapshot(), np.empty((3, self.steps)), np.zeros(1, np.uint8)

        def train():
            taker.restore(start)
            taker.take(chunk, records, stop)
            return records[0].copy()

        return train

    def jax(self):
        """Return a function that trains in a jitted lax.scan."""
        jax = pytest.importorskip("jax")
        jax.config.update("jax_enable_x64", True)
        jnp = jax.numpy
        inputs, targets = jnp.asarray(self.inputs), jnp.asarray(self.targets)
        weights = [(jnp.asarray(w), jnp.zeros(len(w), w.dtype)) for w in self.weights]

        def loss(weights, x, y):
            for w, b in weights[:-1]:
                x = jnp.tanh(x @ w.T + b)
            w, b = weights[-1]
            output = x @ w.T + b
            if y.shape[1] == 1:
                return jnp.mean((output - y) ** 2)
            return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(output), axis=1))

        def step(weights, rows):
            value, slopes = jax.value_and_grad(loss)(weights, inputs[rows], targets[rows])
            rate = jnp.asarray(RATE, inputs.dtype)
            return jax.tree_util.tree_map(lambda w, g: w - rate * g, weights, slopes), value

        scan = jax.jit(lambda weights, rows: jax.lax.scan(step, weights, rows)[1])
        rows = jnp.asarray(self.rows)
        return lambda: np.asarray(jax.block_until_ready(scan(weights, rows)))

    def torch(self, steps):
        """Return a function that trains eagerly."""
        torch = pytest.importorskip("torch")
        torch.set_num_threads(2)
        inputs, targets = torch.tensor(self.inputs), torch.tensor(self.targets)
        rows = torch.tensor(self.rows[:steps])
        parts = []
        for weight in self.weights:
            layer = torch.nn.Linear(*weight.shape[::-1], dtype=inputs.dtype)
            with torch.no_grad():
                layer.weight[:], layer.bias[:] = torch.tensor(weight), 0
            parts += [layer, torch.nn.Tanh()]
        network = torch.nn.Sequential(*parts[:-1])
        criterion = torch.nn.MSELoss() if self.sizes[-1] == 1 else torch.nn.CrossEntropyLoss()
        start = {name: value.clone() for name, value in network.state_dict().items()}

        def train():
            network.load_state_dict(start)
            rule = torch.optim.SGD(network.parameters(), lr=RATE)
            losses = []
            for batch in rows:
                rule.zero_grad()
                loss = criterion(network(inputs[batch]), targets[batch])
                loss.backward()
                rule.step()
                losses.append(loss.detach())
            return torch.stack(losses).numpy()

        return train


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize(("sizes", "batch", "steps", "of_jax", "of_torch"), CASES)
def test_training(sizes, batch, steps, of_jax, of_torch, precision, race, report):
    problem = Problem(sizes, batch, steps, precision)
    few = max(50, steps // 50)
    contestants = {
        "overshoot": problem.overshoot(), "jax": problem.jax(), "torch": problem.torch(few)
    }  # fmt: skip
    losses = {name: contestant()[:50] for name, contestant in contestants.items()}
    for name in ("jax", "torch"):
        tolerance = 1e-9 if precision == "float64" else 1e-3
        np.testing.assert_allclose(losses["overshoot"], losses[name], rtol=tolerance)
    seconds = race(contestants, ROUNDS)
    name = f"{'-'.join(map(str, sizes))} batch {batch} {precision}"
    rate = steps / seconds["overshoot"]
    ratio = seconds["jax"] / seconds["overshoot"]
    report(f"training {name} against JAX", f"{ratio:.2f} ×", f"{of_jax} ×; {rate:,.0f} steps/s")
    ratio = seconds["torch"] / few * rate
    report(f"training {name} against PyTorch", f"{ratio:.1f} ×", f"{of_torch} ×")
