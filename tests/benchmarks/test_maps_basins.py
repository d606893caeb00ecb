"""Basins of 512² starts, 100 steps, float64: two threads against optax under jit(vmap(scan))."""

import numpy as np
import pytest

from engine.experiment import Experiment, SurfaceSettings, new_run
from engine.maps.surface_api import basins
from engine.surfaces import surface_named

SIZE, STEPS, ROUNDS = 512, 100, 5
#: Surface, optimizer, learning rate, ratio wanted.
CASES = [
    ("rosenbrock", "adam", 0.05, 4.0),
    ("rosenbrock", "sgd", 0.002, 4.0),
    ("ackley", "adam", 0.05, 2.0),
    ("rastrigin", "adam", 0.05, 2.0),
]


def surfaces(jnp):
    """Return the surfaces as JAX writes them."""
    tau = 2 * jnp.pi
    return {
        "rosenbrock": lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
        "rastrigin": lambda x, y: (
            20 + x * x - 10 * jnp.cos(tau * x) + y * y - 10 * jnp.cos(tau * y)
        ),
        "ackley": lambda x, y: (
            -20 * jnp.exp(-0.2 * jnp.sqrt((x * x + y * y) / 2))
            - jnp.exp((jnp.cos(tau * x) + jnp.cos(tau * y)) / 2) + 20 + jnp.e
        ),
    }  # fmt: skip


def by_jax(surface, optimizer, rate):
    """Return a function that gives the last losses of all starts, compiled."""
    jax, optax = pytest.importorskip("jax"), pytest.importorskip("optax")
    jax.config.update("jax_enable_x64", True)
    loss = surfaces(jax.numpy)[surface]
    rule = getattr(optax, optimizer)(rate)
    slopes = jax.grad(lambda point: loss(*point))

    def walk(x, y):
        def step(carry, _):
            point, state = carry
            update, state = rule.update(slopes(point), state, point)
            return (optax.apply_updates(point, update), state), None

        start = (x, y)
        (point, _), _ = jax.lax.scan(step, (start, rule.init(start)), None, length=STEPS)
        return loss(*point)

    left, right, bottom, top = surface_named(surface).view
    shares = (np.arange(SIZE) + 0.5) / SIZE
    xs, ys = np.meshgrid(left + (right - left) * shares, bottom + (top - bottom) * shares)
    xs, ys = jax.numpy.asarray(xs.ravel()), jax.numpy.asarray(ys.ravel())
    compiled = jax.jit(jax.vmap(walk))
    return lambda: np.asarray(jax.block_until_ready(compiled(xs, ys)))


@pytest.mark.parametrize(("surface", "optimizer", "rate", "wanted"), CASES)
def test_basins(surface, optimizer, rate, wanted, race, report):
    whole = Experiment(
        surface=SurfaceSettings(name=surface),
        steps=STEPS,
        runs=(new_run(optimizer, learning_rate=rate),),
    )
    jax = by_jax(surface, optimizer, rate)
    found = basins(whole, size=SIZE).loss.ravel()
    close = np.isclose(found, jax(), rtol=1e-5, atol=1e-8) | ~np.isfinite(found)
    assert close.mean() > 0.9
    medians = race({"overshoot": lambda: basins(whole, size=SIZE), "jax": jax}, ROUNDS)
    ratio = medians["jax"] / medians["overshoot"]
    report(f"basins of {surface}, {optimizer}, against optax", f"{ratio:.2f} ×", f"{wanted:g} ×")
