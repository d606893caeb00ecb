"""Gains: what each coordinate's filtered gradient is multiplied by, against the steps taken."""

from types import SimpleNamespace

import numpy as np
import pytest
from msgspec.structs import replace
from scipy.signal import lfilter

from engine.answer import landscape_of, noise_of, perform_run, rule_of, walk_run
from engine.experiment import Experiment, ScheduleSettings, SurfaceSettings, new_run
from engine.explanation.limits import stability_of
from engine.gains import gains_along
from engine.optimizers import CATALOGUE
from engine.schedules import rates_of

EXPERIMENT = Experiment(
    surface=SurfaceSettings(name="formula", formula="(1-x)^2 + 3*(y-x^2)^2 + 0.1*sin(3*x*y)"),
    start=(-0.7, 0.9),
    steps=60,
)


def walk_with_gains(run, experiment=EXPERIMENT):
    """Return a path and its gains, (steps + 1, 2), NaN behind its end."""
    steps, noise = experiment.steps, noise_of(run, experiment.steps)
    optimizer, hyperparameters, shared = rule_of(run)
    rates = rates_of(run.schedule, run.learning_rate, steps)
    path = walk_run(experiment, run, landscape_of(experiment), rates, steps)
    seen = slice(0, path.last_step + 1)
    gains = np.full_like(path.points, np.nan)
    gains[seen] = gains_along(
        optimizer, path.points[seen], path.gradients[seen], rates, hyperparameters, shared, noise
    )
    return SimpleNamespace(**path._asdict(), gains=gains)


def steps_and_slopes(run, path):
    """Return the rule's own steps and the gradients that it was handed, (n, 2) each, in numpy."""
    points, slopes = path.points.astype(float), path.gradients[:-1].astype(float)
    if run.noise:
        slopes = slopes + run.noise * noise_of(run, len(slopes))
    if run.clip_value:
        slopes = np.clip(slopes, -run.clip_value, run.clip_value)
    if run.clip_norm:
        norms = np.linalg.norm(slopes, axis=1, keepdims=True)
        slopes = slopes * np.minimum(1.0, run.clip_norm / (norms + 1e-6))
    slopes = slopes * (-1.0 if run.maximize else 1.0)
    steps = np.diff(points, axis=0)
    if run.decoupled:
        rates = rates_of(run.schedule, run.learning_rate, len(slopes))
        steps = steps + (rates * run.weight_decay)[:, np.newaxis] * points[:-1]
    else:
        slopes = slopes + run.weight_decay * points[:-1]
    return steps, slopes


VARIANTS = {
    "plain": {},
    "coupled decay": {"weight_decay": 0.05, "decoupled": False},
    "decoupled decay": {"weight_decay": 0.05, "decoupled": True},
    "clipped": {"clip_value": 0.5, "clip_norm": 0.4},
    "noise": {"noise": 0.3, "seed": 7},
    "maximize": {"maximize": True},
    "schedule": {"schedule": ScheduleSettings(name="cosine", warm_up_steps=5)},
}
MEMORYLESS = ["sgd", "adagrad", "rmsprop", "adadelta", "adafactor", "polyak"]
#: Their gain is all that changes from step to step; the filter is exact from the first one.
FILTERED = [
    "heavy_ball", "nesterov", "quasi_hyperbolic", "adam", "amsgrad", "adamw", "adamax", "radam",
    "adabelief",
]  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", MEMORYLESS)
def test_gain_is_the_step_over_the_slope(name, variant):
    run = new_run(name, **{"learning_rate": 0.002, **VARIANTS[variant]})
    path = walk_with_gains(run)
    steps, slopes = steps_and_slopes(run, path)
    # A schedule may end in a rate of 0, with which nothing moves and nothing can be read.
    moving = np.abs(steps) > 1e-9
    assert np.isfinite(steps).all()
    assert moving.mean() > 0.8 or name == "polyak"
    np.testing.assert_allclose(
        path.gains[:-1][moving], (-steps / slopes)[moving], rtol=1e-6, atol=0
    )


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", FILTERED)
def test_gain_times_filtered_slopes_is_the_step(name, variant):
    run = new_run(name, **{"learning_rate": 0.005, **VARIANTS[variant]})
    path = walk_with_gains(run)
    steps, slopes = steps_and_slopes(run, path)
    stability, h = stability_of(run)
    filtered = lfilter(*stability.filter(h), slopes, axis=0)
    expected = -path.gains[:-1] * filtered
    np.testing.assert_allclose(steps, expected, rtol=1e-8, atol=1e-14)


def test_rmsprop_filters_what_its_gain_has_scaled():
    run = new_run("rmsprop", hyperparameters={"momentum": 0.8})
    path = walk_with_gains(run)
    steps, slopes = steps_and_slopes(run, path)
    stability, h = stability_of(run)
    filtered = lfilter(*stability.filter(h), path.gains[:-1] * slopes, axis=0)
    np.testing.assert_allclose(steps, -filtered, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("nadam", {"momentum_decay": 1.0, "beta2": 0.9}),
        # Its average starts at 1e-6, not at 0.
        ("yogi", {}),
        ("adan", {"beta1": 0.7, "beta2": 0.6, "beta3": 0.9}),
    ],
)
def test_filters_that_hold_once_transients_have_died(name, given):
    run = new_run(name, learning_rate=1e-4, hyperparameters=given)
    path = walk_with_gains(run, replace(EXPERIMENT, steps=2000))
    steps, slopes = steps_and_slopes(run, path)
    stability, h = stability_of(run)
    filtered = lfilter(*stability.filter(h), slopes, axis=0)
    late = slice(1000, None)
    np.testing.assert_allclose(steps[late], -(path.gains[:-1] * filtered)[late], rtol=1e-7)


def test_asgd_records_the_rate_that_it_makes():
    run = new_run("asgd", learning_rate=0.05, hyperparameters={"lambd": 0.3})
    path = walk_with_gains(run)
    t = np.arange(60)
    rates = 0.05 / (1 + 0.3 * 0.05 * t) ** 0.75
    np.testing.assert_allclose(path.gains[:-1], np.stack([rates, rates], 1), rtol=1e-14)
    steps, slopes = steps_and_slopes(run, path)
    own = path.gains[:-1] * 0.3 * path.points[:-1]
    np.testing.assert_allclose(steps, -path.gains[:-1] * slopes - own, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.name)
def test_every_rule_has_gains_in_the_precision_of_its_path(rule, precision):
    experiment = replace(EXPERIMENT, precision=precision)
    run = new_run(rule.name, learning_rate=min(rule.learning_rate, 0.02))
    path = walk_with_gains(run, experiment)
    assert path.gains.shape == (61, 2)
    assert path.points.dtype == path.gains.dtype == np.dtype(precision)
    assert np.isfinite(path.gains).all()
    assert (path.gains >= 0).all()
    np.testing.assert_array_equal(path.gains[60], path.gains[59])
    if not rule.stability.gains_vary:
        np.testing.assert_array_equal(path.gains, np.dtype(precision).type(run.learning_rate))


def test_a_path_that_leaves_has_gains_up_to_its_end():
    run = new_run("asgd", learning_rate=5.0)
    path = walk_with_gains(run, replace(EXPERIMENT, precision="float32"))
    assert path.last_step < 60
    assert np.isfinite(path.gains[: path.last_step]).all()
    assert np.isnan(path.gains[path.last_step + 1 :]).all()
    assert np.isnan(path.points[path.last_step + 1 :]).all()


@pytest.mark.parametrize("name", ["sgd", "adam", "adafactor"])
def test_no_step_has_no_gain(name):
    path = walk_with_gains(new_run(name), replace(EXPERIMENT, steps=0))
    assert path.gains.shape == (1, 2)
    assert np.isnan(path.gains).all()


def test_a_coordinate_at_rest_keeps_the_gain_that_was_read_last():
    """Polyak's step on x² + 1e-30·y²: y never moves, and x stops moving at 1 + x² exactly."""
    settings = SurfaceSettings(name="formula", formula="(x-1)^2")
    experiment = Experiment(surface=settings, start=(3.0, 1.0), steps=200)
    path = walk_with_gains(new_run("polyak"), experiment)
    assert (path.gains[:, 1] == 0).all()
    # f / f'² = ¼ at every point.
    np.testing.assert_allclose(path.gains[:, 0], 0.25, rtol=0.02)


def test_gains_agree_with_an_answer_of_the_same_run():
    run = new_run("adam")
    found = perform_run(EXPERIMENT, run, landscape_of(EXPERIMENT))
    np.testing.assert_array_equal(found.points, walk_with_gains(run).points)
