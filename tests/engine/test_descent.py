"""The compiled loop against a slow, obvious one in plain Python, for every optimizer."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from msgspec.structs import replace

from engine import optimizers
from engine.answer import landscape_of, noise_of, perform_run
from engine.compiled_rules import without_denormals
from engine.descent import Shared, hyperparameter_array
from engine.experiment import Experiment, ScheduleSettings, SurfaceSettings, new_run
from engine.parameter import complete
from engine.schedules import rates_of

STEPS = 60
EXPERIMENT = Experiment(
    surface=SurfaceSettings(name="formula", formula="(1-x)^2 + 3*(y-x^2)^2 + 0.1*sin(3*x*y)"),
    start=(-0.7, 0.9),
    steps=STEPS,
)
VARIANTS = {
    "plain": {},
    "coupled decay": {"weight_decay": 0.05, "decoupled": False},
    "decoupled decay": {"weight_decay": 0.05, "decoupled": True},
    "clipped": {"clip_value": 0.5, "clip_norm": 0.4},
    "noise": {"noise": 0.3, "seed": 7},
    "maximize": {"maximize": True},
    "schedule": {"schedule": ScheduleSettings(name="cosine", warm_up_steps=5)},
}


def walk_slowly(experiment, run, landscape):
    """Walk in plain Python, one readable line per thing that happens."""
    rule = optimizers.optimizer_named(run.optimizer)
    h = tuple(hyperparameter_array(rule, complete(rule.parameters, run.hyperparameters)))
    rates = rates_of(run.schedule, run.learning_rate, experiment.steps)
    noise = noise_of(run, experiment.steps)
    sense = -1.0 if run.maximize else 1.0
    decay = run.weight_decay * (not run.decoupled)

    def ask(x, y, data, t):
        return tuple(landscape._ask([x, y], t)[:3])

    def ask_all(x, y, data, t):
        return tuple(landscape._ask([x, y], t))

    p = np.array(experiment.start)
    carry, states = rule.carry, [rule.state, rule.state]
    points = [p.copy()]
    for t in range(experiment.steps):
        f, *slopes = ask(*p, 0, t)
        g = np.array(slopes) + (run.noise * noise[t] if run.noise else 0)
        if run.clip_value:
            g = np.clip(g, -run.clip_value, run.clip_value)
        if run.clip_norm:
            g = g * min(1.0, run.clip_norm / (np.linalg.norm(g) + 1e-6))
        g = sense * g + decay * p
        rate = rates[min(t, len(rates) - 1)]
        shrink = 1 - rate * run.weight_decay if run.decoupled else 1.0
        if rule.step is None:
            p = p * shrink
        carry, k = rule.per_step(t, rate, h, carry)
        if rule.step is None:
            for i in range(2):
                p[i], states[i] = rule.update(p[i], g[i], states[i], k)
        else:
            point, states[0] = rule.step(
                tuple(p), f, tuple(g), ask, ask_all, 0, t, k, states[0], sense, decay
            )
            p = np.array(point) + (shrink - 1) * p
        points.append(p.copy())
    return np.array(points)


#: Climbing and searching in noise magnify rounding: only the first steps can be compared.
CHAOTIC = {
    ("heavy_ball", "maximize"),
    ("backtracking", "maximize"),
    ("bfgs", "maximize"),
    ("bfgs", "noise"),
}
CHAOTIC_STEPS = 3


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("rule", optimizers.CATALOGUE, ids=lambda rule: rule.name)
def test_compiled_loop_walks_the_same_path(rule, variant):
    rate = min(rule.learning_rate, 0.02)
    run = new_run(rule.name, **{"learning_rate": rate, **VARIANTS[variant]})
    steps = CHAOTIC_STEPS if (rule.name, variant) in CHAOTIC else STEPS
    experiment = replace(EXPERIMENT, steps=steps)
    landscape = landscape_of(experiment)
    found = perform_run(experiment, run, landscape)
    slow = walk_slowly(experiment, run, landscape)
    np.testing.assert_allclose(found.points, slow, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.loss, landscape.value(found.points), rtol=1e-13, atol=1e-15)


def test_second_call_compiles_nothing():
    from engine.descent import path_kernel

    kernel = path_kernel("sgd", "float64")
    before = len(kernel.overloads)
    perform_run(EXPERIMENT, new_run("sgd"), landscape_of(EXPERIMENT))
    assert path_kernel("sgd", "float64") is kernel
    assert len(kernel.overloads) == before == 1


def test_vanished_products_become_zero():
    """β₁ᵗ would stay a denormal number for ever: 0.9 × the smallest rounds to the smallest."""
    flush = numba.njit(lambda carry: without_denormals(carry))
    *finite, nothing = flush((5e-324, -1e-300, 1e-280, -0.5, np.inf, np.nan))
    assert finite == [0.0, 0.0, 1e-280, -0.5, np.inf]
    assert np.isnan(nothing)
    # What is made of them stays the same: 1 − βᵗ is 1 either way.
    assert 1.0 - 1e-290 == 1.0 - 0.0


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_overflow_comes_at_the_step_that_theory_says(precision):
    """x ← (1 − ηλ) x = −19 x: the loss x² overflows after ln(√max)/ln 19 steps."""
    experiment = Experiment(
        surface=SurfaceSettings(name="formula", formula="x^2"), start=(1.0, 0.0), steps=500,
        precision=precision,
    )  # fmt: skip
    run = new_run("sgd", learning_rate=10.0)
    found = perform_run(experiment, run, landscape_of(experiment))
    largest = float(np.finfo(precision).max)
    assert found.cause == "loss"
    assert found.cause_step == int(np.ceil(np.log(largest) / 2 / np.log(19)))
    assert np.isnan(found.points[found.last_step + 1 :]).all()
    assert found.points.dtype == np.dtype(precision)


def test_state_that_overflows_is_named():
    """In float32 Adam's v overflows while weight, loss and gradient are finite."""
    experiment = Experiment(
        surface=SurfaceSettings(name="formula", formula="1e25*x"), start=(1.0, 0.0), steps=5,
        precision="float32",
    )  # fmt: skip
    found = perform_run(experiment, new_run("adam"), landscape_of(experiment))
    assert (found.cause, found.cause_step) == ("optimizer state", 1)


def test_zero_steps_record_the_start():
    experiment = replace(EXPERIMENT, steps=0)
    found = perform_run(experiment, new_run("adam"), landscape_of(experiment))
    assert found.points.shape == (1, 2)
    np.testing.assert_array_equal(found.points[0], EXPERIMENT.start)


def test_stop_flag_ends_a_long_walk():
    from engine.descent import Cancelled

    experiment = replace(EXPERIMENT, steps=1_000_000)
    with pytest.raises(Cancelled):
        perform_run(experiment, new_run("sgd"), landscape_of(experiment), np.ones(1, np.uint8))


def test_shared_settings_are_off_by_default():
    assert not any(Shared())
