"""Chooses surfaces and optimizers anew, here and in JAX in turn, and prints seconds as JSON.

A process of its own, so that each choice is the first use of its surface and of its optimizer.
"""

import gc
import json
import sys
import time

import jax
import numpy as np
import optax
from jax import numpy as jnp

from engine.answer import answer
from engine.descent import path_kernel
from engine.experiment import Experiment, SurfaceSettings, new_run
from engine.preload import preload
from engine.surfaces import surface_named

STEPS = 10_000
#: Paths may part later, as rounding errors grow.
SAME_STEPS = 50
RATE = 1e-3

#: What the window has shown before, so that neither side begins cold.
SHOWN = ("sphere", lambda x, y: x**2 + y**2, "sgd", lambda: optax.sgd(RATE))
CHOICES = (
    (
        "himmelblau",
        lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
        "adam",
        lambda: optax.adam(RATE),
    ),
    (
        "beale",
        lambda x, y: (
            (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2
        ),
        "rmsprop",
        lambda: optax.rmsprop(RATE, decay=0.99, eps_in_sqrt=False),
    ),
    (
        "ravine",
        lambda x, y: 25 * (y - jnp.sin(x)) ** 2 + x**2 / 10,
        "heavy_ball",
        lambda: optax.sgd(RATE, momentum=0.9),
    ),
    (
        "mccormick",
        lambda x, y: jnp.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1,
        "adamax",
        lambda: optax.adamax(RATE),
    ),
    (
        "three_hump_camel",
        lambda x, y: 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2,
        "lion",
        lambda: optax.lion(RATE, weight_decay=0.0),
    ),
    (
        "dixon_price",
        lambda x, y: (x - 1) ** 2 + 2 * (2 * y**2 - x) ** 2,
        "yogi",
        lambda: optax.yogi(RATE),
    ),
    (
        "styblinski_tang",
        lambda x, y: (x**4 - 16 * x**2 + 5 * x) / 2 + (y**4 - 16 * y**2 + 5 * y) / 2,
        "adabelief",
        lambda: optax.adabelief(RATE),
    ),
    (
        "booth",
        lambda x, y: (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2,
        "adadelta",
        lambda: optax.adadelta(RATE, rho=0.9, eps=1e-6),
    ),
)


def main():
    jax.config.update("jax_enable_x64", True)
    measured(*SHOWN)
    # As the window does in the background, once everything is compiled.
    preload(lambda: False)
    sys.stdout.write(json.dumps([measured(*choice) for choice in CHOICES]) + "\n")


def measured(name, surface, optimizer, rule):
    """Return the seconds of the first answer, of a second one and of JAX."""
    start = surface_named(name).start
    experiment = Experiment(
        surface=SurfaceSettings(name=name),
        start=start,
        steps=STEPS,
        runs=(new_run(optimizer, learning_rate=RATE),),
    )
    first, found = timed(lambda: answer(experiment))
    loaded = path_kernel(optimizer, "float64"), found.landscape.value_gradient
    assert not any(kernel.stats.cache_misses for kernel in loaded), f"{optimizer}, {name}: compiled"
    again, _ = timed(lambda: answer(experiment))
    jax_first, theirs = timed(lambda: jax_path(surface, rule(), start))
    run = found.trajectories[0]
    for ours, other in zip((run.points, run.loss, run.gradients), theirs, strict=True):
        np.testing.assert_allclose(ours[:SAME_STEPS], other[:SAME_STEPS], rtol=1e-6, atol=1e-9)
    return {"first": first, "again": again, "jax": jax_first}


def jax_path(surface, rule, start):
    """Trace, compile and walk: the functions are new, so nothing of them is cached."""

    def loss(p):
        return surface(p[0], p[1])

    def step(carry, _):
        p, state = carry
        value, gradient = jax.value_and_grad(loss)(p)
        change, state = rule.update(gradient, state, p)
        return (optax.apply_updates(p, change), state), (p, value, gradient)

    @jax.jit
    def walk(p):
        return jax.lax.scan(step, (p, rule.init(p)), None, length=STEPS + 1)[1]

    return jax.block_until_ready(walk(jnp.array(start)))


def timed(work):
    gc.collect()
    gc.disable()
    started = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - started
    gc.enable()
    return seconds, result


if __name__ == "__main__":
    main()
