"""Basins of 512² starts, 100 steps, float64: two threads against optax under jit(vmap(scan)).

Both find the last loss, the measure, the minimum reached, the steps until a run stays there, and
which runs end without a finite loss. JAX has the easier question: it goes by a fixed radius and
does not look for oscillation, growth or places of rest that are no known minima. It too gets two
threads, and whichever is faster of all starts at once and chunks that fit into its cache.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine.answer import landscape_of
from engine.experiment import Experiment, SurfaceSettings, new_run
from engine.maps.lane_march import march_address
from engine.maps.surface_api import basins
from engine.surfaces import surface_named

SIZE, STEPS, ROUNDS = 512, 100, 5
#: Starts that JAX does at a time, a radius within which a run counts as arrived, a bound of ratios.
CHUNK, RADIUS, MOST = 4096, 1e-4, 1e6
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


def outcome_by_jax(jax, optax, surface, optimizer, rate):
    """Return the function of one start, not yet compiled."""
    jnp = jax.numpy
    loss = surfaces(jnp)[surface]
    rule = getattr(optax, optimizer)(rate)
    slopes = jax.value_and_grad(lambda point: loss(*point))
    known = landscape_of(experiment_of(surface, optimizer, rate)).minima
    minima, lowest = jnp.asarray(known[:, :2]), min(0.0, float(known[:, 2].min()))

    def gaps(point):
        return jnp.maximum(jnp.abs(minima[:, 0] - point[0]), jnp.abs(minima[:, 1] - point[1]))

    def walk(x, y):
        first = loss(x, y) - lowest

        def add(sums, f, point, t):
            ratios, inverses, outside, ended = sums
            ratio = jnp.clip(jnp.nan_to_num((f - lowest) / first, nan=MOST), 1 / MOST, MOST)
            outside = jnp.where(gaps(point).min() <= RADIUS, outside, t + 1)
            ended = jnp.where(jnp.isfinite(f), ended, jnp.minimum(ended, t))
            return ratios + ratio, inverses + 1 / ratio, outside, ended

        def step(carry, t):
            point, state, sums = carry
            f, slope = slopes(point)
            sums = add(sums, f, point, t)
            update, state = rule.update(slope, state, point)
            return (optax.apply_updates(point, update), state, sums), None

        start, sums = (x, y), (-1.0, -1.0, 0, STEPS + 1)
        begin = start, rule.init(start), sums
        (point, _, sums), _ = jax.lax.scan(step, begin, jnp.arange(STEPS))
        f = loss(*point)
        ratios, inverses, outside, ended = add(sums, f, point, STEPS)
        converged = gaps(point).min() <= RADIUS
        verdict = jnp.where(ended <= STEPS, 3, jnp.where(converged, 0, 1))
        return (
            f, jnp.where(converged, ratios, -inverses), jnp.where(converged, outside, STEPS),
            verdict, jnp.where(converged, gaps(point).argmin(), -1),
        )  # fmt: skip

    return walk


def by_jax(surface, optimizer, rate):
    """Return functions, by name, that give the outcomes of all starts, compiled."""
    jax, optax = pytest.importorskip("jax"), pytest.importorskip("optax")
    jax.config.update("jax_enable_x64", True)
    walk = jax.vmap(outcome_by_jax(jax, optax, surface, optimizer, rate))
    left, right, bottom, top = surface_named(surface).view
    shares = (np.arange(SIZE) + 0.5) / SIZE
    xs, ys = np.meshgrid(left + (right - left) * shares, bottom + (top - bottom) * shares)
    halves = [
        (jax.numpy.asarray(a), jax.numpy.asarray(b))
        for a, b in zip(np.split(xs.ravel(), 2), np.split(ys.ravel(), 2), strict=True)
    ]

    def chunked(x, y):
        parts = jax.lax.map(lambda part: walk(*part), (x.reshape(-1, CHUNK), y.reshape(-1, CHUNK)))
        return [part.ravel() for part in parts]

    def on_two_threads(function):
        compiled = jax.jit(function)

        def run():
            with ThreadPoolExecutor(2) as pool:
                found = list(pool.map(lambda half: jax.block_until_ready(compiled(*half)), halves))
            return np.concatenate([np.asarray(part[0]) for part in found])

        return run

    return {"jax at once": on_two_threads(walk), "jax in chunks": on_two_threads(chunked)}


def experiment_of(surface, optimizer, rate):
    """Return the experiment whose start varies."""
    return Experiment(
        surface=SurfaceSettings(name=surface),
        steps=STEPS,
        runs=(new_run(optimizer, learning_rate=rate),),
    )


@pytest.mark.parametrize(("surface", "optimizer", "rate", "wanted"), CASES)
def test_basins(surface, optimizer, rate, wanted, race, report):
    whole = experiment_of(surface, optimizer, rate)
    march_address(surface_named(surface), optimizer, wait=True)
    jax = by_jax(surface, optimizer, rate)
    found = basins(whole, size=SIZE).loss.ravel()
    for other in jax.values():
        close = np.isclose(found, other(), rtol=1e-5, atol=1e-8) | ~np.isfinite(found)
        assert close.mean() > 0.9
    medians = race({"overshoot": lambda: basins(whole, size=SIZE), **jax}, ROUNDS)
    ratio = min(medians[name] for name in jax) / medians["overshoot"]
    report(f"basins of {surface}, {optimizer}, against optax", f"{ratio:.2f} ×", f"{wanted:g} ×")
