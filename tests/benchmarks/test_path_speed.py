"""One path of a million Adam steps on Rosenbrock, all points, losses and gradients kept."""

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import engine

STEPS = 1_000_000
TORCH_STEPS = 3_000
ROUNDS = 15
START = (-1.5, 2.0)
RATE = 1e-3


def overshoot_path(steps=STEPS):
    run = engine.descend("rosenbrock", "adam", start=START, steps=steps, learning_rate=RATE)
    return run.points, run.loss, run.gradients


def optax_path(steps=STEPS):
    """Return a compiled function that walks the path in lax.scan."""
    jax = pytest.importorskip("jax")
    optax = pytest.importorskip("optax")
    jax.config.update("jax_enable_x64", True)

    def loss(p):
        return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2

    rule = optax.adam(RATE)

    def step(carry, _):
        p, state = carry
        value, gradient = jax.value_and_grad(loss)(p)
        change, state = rule.update(gradient, state)
        return (optax.apply_updates(p, change), state), (p, value, gradient)

    @jax.jit
    def walk(p):
        return jax.lax.scan(step, (p, rule.init(p)), None, length=steps + 1)[1]

    start = jax.numpy.array(START)
    return lambda: jax.block_until_ready(walk(start))


def c_path(folder, steps=STEPS):
    """Return a function that walks the path in C, optimised for this processor."""
    compiler = shutil.which("gcc")
    if compiler is None:
        pytest.skip("could not import 'gcc'")
    source, library = Path(__file__).with_name("adam_rosenbrock.c"), folder / "adam.so"
    options = ["-O3", "-march=native", "-shared", "-fPIC", "-lm"]
    subprocess.run([compiler, str(source), "-o", str(library), *options], check=True)
    descend = ctypes.CDLL(str(library)).descend
    pointer = ctypes.POINTER(ctypes.c_double)
    descend.argtypes = [ctypes.c_long, *[ctypes.c_double] * 3, *[pointer] * 3]
    descend.restype = None

    def walk():
        arrays = np.empty((steps + 1, 2)), np.empty(steps + 1), np.empty((steps + 1, 2))
        descend(steps, *START, RATE, *(a.ctypes.data_as(pointer) for a in arrays))
        return arrays

    return walk


def torch_path(steps=TORCH_STEPS):
    """Return a function that walks the path with torch.optim, eagerly."""
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)

    def walk():
        p = torch.tensor(START, dtype=torch.float64, requires_grad=True)
        rule = torch.optim.Adam([p], lr=RATE)
        points, losses, gradients = [], [], []
        for _ in range(steps + 1):
            rule.zero_grad()
            loss = (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2
            loss.backward()
            points.append(p.detach().clone())
            losses.append(loss.detach())
            gradients.append(p.grad.clone())
            rule.step()
        return torch.stack(points).numpy(), torch.stack(losses).numpy(), torch.stack(gradients)

    return walk


def test_contestants_walk_the_same_path(benchmark, tmp_path):
    steps = 1000
    ours = overshoot_path(steps)
    for theirs in (optax_path(steps)(), c_path(tmp_path, steps)(), torch_path(steps)()):
        for mine, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(mine, np.asarray(other), rtol=1e-9, atol=1e-12)
    benchmark.pedantic(overshoot_path, args=(steps,), rounds=1)


@pytest.mark.parametrize(
    ("name", "build", "wanted"),
    [
        ("optax, jitted lax.scan", lambda folder: optax_path(), "1.0 ×"),
        ("C, gcc -O3 -march=native", c_path, "0.9 ×"),
    ],
    ids=["optax", "c"],
)
def test_million_steps(name, build, wanted, race, report, tmp_path):
    seconds = race({"overshoot": overshoot_path, name: build(tmp_path)}, ROUNDS)
    ratio = seconds[name] / seconds["overshoot"]
    rate = STEPS / seconds["overshoot"] / 1e6
    report(f"1 M Adam steps against {name}", f"{ratio:.2f} ×", f"{wanted}; {rate:.1f} M steps/s")


def test_against_torch(race, report):
    seconds = race({"overshoot": overshoot_path, "torch": torch_path()}, 5)
    ratio = (seconds["torch"] / TORCH_STEPS) / (seconds["overshoot"] / STEPS)
    report("Adam, per step, against torch.optim eager", f"{ratio:.0f} ×", "1000 ×")
