"""A map of which networks train, against JAX; both have two threads."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine.maps.trainability import ACTIVATIONS, CHUNK, Trainability
from engine.maps.trainability_lanes import draws_of
from engine.maps.trainability_presets import PRESETS

ACROSS, STEPS, POINTS, THREADS, ROUNDS = 256, 500, 16, 2, 2
WANTED = 2.0
#: Networks that JAX trains at once, and Python threads that ask it to: the best pair is raced.
FORMS = [(256, 1), (256, THREADS), (1024, THREADS), (16384, 1)]


def rates(across):
    frame = PRESETS["tanh"]
    places = np.arange(across)
    xs, ys = np.meshgrid(frame.x.at(places, across), frame.y.at(places, across))
    return xs.ravel(), ys.ravel()


def in_blocks(call, xs, ys, block, threads):
    """Call with each block of pixels and return all that is returned."""
    begins = range(0, len(xs), block)
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda n: call(xs[n : n + block], ys[n : n + block]), begins))


def jax_of(task):
    """Return a function that trains the networks at some rates in JAX: losses and measures."""
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    first, last, x, y = map(jnp.asarray, draws_of(task))
    phi = {
        "tanh": lambda z: jnp.tanh(2**0.5 * z),
        "relu": lambda z: 2**0.5 * jax.nn.relu(z),
        "identity": lambda z: z,
    }[task.activation]

    def loss(weights):
        output = phi(x @ weights[0].T / task.inputs**0.5) @ weights[1] / task.width
        return jnp.mean((output - y) ** 2)

    def train(*etas):
        def step(weights, _):
            value, slopes = jax.value_and_grad(loss)(weights)
            return tuple(w - e * g for w, e, g in zip(weights, etas, slopes, strict=True)), value

        weights, losses = jax.lax.scan(step, (first, last), None, length=task.steps)
        end = loss(weights)
        ratios = jnp.append(losses, end)[1:] / losses[0]
        ratios = jnp.where(ratios < 1e6, ratios, 1e6)
        measure = jnp.where(ratios[-20:].mean() < 1, ratios.sum(), -(1 / ratios).sum())
        return end, measure

    many = jax.jit(jax.vmap(train))
    return lambda xs, ys: tuple(map(np.asarray, many(xs, ys)))


def best_form(call):
    """Return the form in which a quarter of the map's width is fastest."""
    xs, ys = rates(ACROSS // 4)
    seconds = {}
    for form in FORMS:
        in_blocks(call, xs, ys, *form)
        times = []
        for _ in range(3):
            started = time.perf_counter()
            in_blocks(call, xs, ys, *form)
            times.append(time.perf_counter() - started)
        seconds[form] = min(times)
    return min(seconds, key=seconds.get)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_map(activation, race, report):
    task = Trainability(activation=activation, points=POINTS, steps=STEPS)
    stop, other = np.zeros(1, np.uint8), jax_of(task)
    form = best_form(other)
    xs, ys = rates(ACROSS)

    def ours(xs, ys):
        found = task.run(xs, ys, stop)
        return found.loss, found.measure

    results = {}

    def keep(name, call, block, threads):
        results[name] = in_blocks(call, xs, ys, block, threads)

    seconds = race(
        {
            "overshoot": lambda: keep("overshoot", ours, CHUNK, THREADS),
            "jax": lambda: keep("jax", other, *form),
        },
        ROUNDS,
    )
    signs = [
        np.sign(np.concatenate([part[1] for part in found])) for found in results.values()
    ]  # fmt: skip
    # Beside the border rounding decides.
    assert np.mean(signs[0] == signs[1]) > 0.99
    ratio, rate = seconds["jax"] / seconds["overshoot"], len(xs) * STEPS / seconds["overshoot"]
    wanted = f"{WANTED} ×; {rate / 1e6:.2f} M network steps/s; JAX {form[0]} at once"
    report(f"trainability map, {activation}, against JAX", f"{ratio:.2f} ×", wanted)
