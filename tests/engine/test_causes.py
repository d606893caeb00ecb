"""Causes as switches: what each changes, when it applies, and that order does not matter."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
from msgspec.structs import replace

from engine.experiment import (
    DataSettings,
    DisplaySettings,
    Experiment,
    SurfaceSettings,
    new_run,
    start_of,
    surface_of,
)
from engine.experiment_file import dump, parse
from engine.explanation.causes import SWITCHES, causes, combined
from engine.explanation.causes_in_data import data_of
from engine.surfaces.data_blocks import problem_of
from engine.surfaces.data_coordinates import rows_of, same_model, target_deviation
from engine.tables import BUNDLED

RAW = DataSettings(table="cars", reduction="sum", batch_size=8)
KEYS = [switch.key for switch in SWITCHES]


def on_data(data=RAW, name="linear_regression", run=None, **changes):
    return Experiment(
        surface=SurfaceSettings(name=name, data=data), start=(1.0, -2.0),
        runs=(new_run("adam"), run or new_run("heavy_ball", learning_rate=0.5)), **changes,
    )  # fmt: skip


def cause_named(key, experiment, index=1):
    return next(cause for cause in causes(experiment, index) if cause.key == key)


def predictions(experiment, run):
    """Return what the line of the run's start says of each row of the raw table."""
    surface, data = surface_of(experiment.surface), data_of(experiment)
    slope, intercept = start_of(experiment, run)
    # The logistic model's z knows no scale of the target.
    scale = 1.0 if surface.name == "logistic_regression" else data.target_scale
    return scale * (slope * problem_of(surface, data).pair.x + intercept)


def test_each_switch_says_what_it_is():
    found = causes(on_data(), 1)
    assert [cause.key for cause in found] == KEYS
    for cause in found:
        assert cause.title
        assert cause.help.endswith(".")
        assert bool(cause.reason) != bool(cause.choices)
    titles = [choice.title for cause in found for choice in cause.choices]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    ("key", "field", "value"),
    [("standardise", "standardise", True), ("reduction", "reduction", "mean"),
     ("target", "target_scale", 10.0), ("batch", "batch_size", 0)],
)  # fmt: skip
def test_what_is_changed_in_the_data(key, field, value):
    changed = cause_named(key, on_data()).apply(on_data(), 1)
    assert changed.surface.data == replace(RAW, **{field: value})


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("start", {"start": (0.1, -0.2)}),
        ("optimizer", {"optimizer": "adam", "learning_rate": 0.001}),
        ("momentum", {"hyperparameters": {"momentum": 0.0}}),
        ("rate", {"learning_rate": 0.05}),
        ("clip", {"clip_norm": 1.0}),
    ],
)
def test_what_is_changed_in_the_run(key, expected):
    experiment = on_data()
    changed = cause_named(key, experiment).apply(experiment, 1)
    assert changed.runs[0] == experiment.runs[0]
    assert changed.runs[1] == replace(experiment.runs[1], **expected)
    assert replace(changed, runs=experiment.runs) == experiment


def test_precision_is_the_other_one():
    for experiment in (on_data(), on_data(precision="float32")):
        changed = cause_named("precision", experiment).apply(experiment, 1)
        assert {changed.precision, experiment.precision} == {"float32", "float64"}


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "rmsprop"])
def test_adam_becomes_sgd_and_keeps_what_is_the_runs_own(optimizer):
    run = new_run(optimizer, slot=3, seed=5, noise=0.1, start=(4.0, 4.0), label="A")
    experiment = on_data(run=run)
    changed = cause_named("optimizer", experiment).apply(experiment, 1).runs[1]
    assert changed == new_run("sgd", slot=3, seed=5, noise=0.1, start=(4.0, 4.0))


@pytest.mark.parametrize("optimizer", ["sgd", "nesterov", "quasi_hyperbolic", "rmsprop", "adam"])
def test_momentum_off_whatever_it_is_called(optimizer):
    value = {"quasi_hyperbolic": "beta", "adam": "beta1"}.get(optimizer, "momentum")
    experiment = on_data(run=new_run(optimizer, hyperparameters={value: 0.5}))
    cause = cause_named("momentum", experiment)
    changed = cause.apply(experiment, 1)
    assert changed.runs[1].hyperparameters == {value: 0.0}
    assert "no momentum" in cause_named("momentum", changed).reason


@pytest.mark.parametrize(
    ("key", "changes", "reason"),
    [
        ("standardise", {"data": replace(RAW, standardise=True)}, "standardised already"),
        ("reduction", {"data": DataSettings()}, "mean over the rows already"),
        ("batch", {"data": DataSettings()}, "all the data already"),
        ("batch", {"data": replace(RAW, batch_size=50)}, "all the data already"),
        ("target", {"name": "logistic_regression"}, "classes, 0 and 1"),
        ("start", {"run": new_run("sgd", start=(0.0, 0.0))}, "starts at the origin"),
        ("momentum", {"run": new_run("sgd")}, "SGD has no momentum here"),
        ("momentum", {"run": new_run("signsgd")}, "no momentum here"),
        ("rate", {"run": new_run("sgd", learning_rate=0.0)}, "the learning rate is 0"),
        ("clip", {"run": new_run("sgd", clip_norm=2.5)}, "clipped at 2.5 already"),
    ],
)
def test_why_a_switch_does_not_apply(key, changes, reason):
    experiment = on_data(**changes)
    cause = cause_named(key, experiment)
    assert reason in cause.reason
    assert not cause.choices
    with pytest.raises(ValueError, match="does not apply here"):
        cause.apply(experiment, 1)
    changed, done, left_out = combined(experiment, 1, [key])
    assert (changed, done) == (experiment, ())
    assert reason in left_out[0]


def test_without_data_only_the_run_can_be_changed():
    experiment = Experiment(runs=(new_run("sgd"),))
    found = {cause.key: cause for cause in causes(experiment, 0)}
    for key in ("standardise", "reduction", "target", "batch"):
        assert found[key].reason == "this surface is not made from data"
    assert found["start"].choices


def test_a_path_from_a_file_cannot_be_changed():
    experiment = on_data(run=new_run("sgd", recorded="path.csv"))
    assert all("read from a file" in cause.reason for cause in causes(experiment, 1))


@pytest.mark.parametrize("name", ["linear_regression", "logistic_regression"])
@pytest.mark.parametrize("table", [bundled.name for bundled in BUNDLED])
def test_moved_starts_compute_the_same(table, name):
    runs = (new_run("sgd"), new_run("sgd", start=(-0.3, 12.0)))
    experiment = replace(on_data(DataSettings(table=table), name), runs=runs)
    keys = ["standardise", "target"] if name == "linear_regression" else ["standardise"]
    for chosen in (keys[:1], keys[1:], keys):
        changed, done, _ = combined(experiment, 0, chosen)
        assert list(done) == chosen
        for old, new in zip(experiment.runs, changed.runs, strict=True):
            before, after = predictions(experiment, old), predictions(changed, new)
            np.testing.assert_allclose(after, before, rtol=1e-9, atol=1e-9 * abs(before).max())
        assert (changed.start == experiment.start) == (not chosen)


def test_the_way_there_and_back():
    surface = surface_of(SurfaceSettings(name="linear_regression"))
    new = replace(RAW, standardise=True, target_scale=7.0)
    there = same_model(surface, RAW, new, (1.25, -3.5))
    assert there != pytest.approx((1.25, -3.5))
    assert same_model(surface, new, RAW, there) == pytest.approx((1.25, -3.5), rel=1e-12)


def test_a_view_of_other_coordinates_is_given_up():
    experiment = on_data(display=DisplaySettings(view=(0.0, 1.0, 0.0, 1.0)))
    assert combined(experiment, 1, ["standardise"])[0].display.view is None
    assert combined(experiment, 1, ["rate"])[0].display == experiment.display


def test_unit_variance_is_the_targets_own():
    experiment = on_data()
    amount = cause_named("target", experiment).choices[1].amount
    changed = cause_named("target", experiment).apply(experiment, 1, amount)
    y = problem_of(surface_of(changed.surface), changed.surface.data).pair.y
    assert y.std() == pytest.approx(1.0)
    assert amount == pytest.approx(target_deviation(RAW))
    titles = [choice.title for choice in cause_named("target", changed).choices]
    assert titles == ["Target ÷ 10"]


@pytest.mark.parametrize("size", [2, 3, 5])
def test_order_does_not_matter(size):
    experiment = on_data()
    for keys in itertools.combinations(KEYS, size):
        forwards = combined(experiment, 1, keys)
        assert combined(experiment, 1, keys[::-1]) == forwards
        assert combined(experiment, 1, dict.fromkeys(keys[::-1])) == forwards
        applicable = [key for key in keys if not cause_named(key, experiment).reason]
        assert list(forwards[1]) == [k for k in applicable if k in forwards[1]]


@pytest.mark.parametrize("keys", [[key] for key in KEYS] + [KEYS])
def test_changed_experiments_are_written_and_read(keys):
    changed = combined(on_data(), 1, keys)[0]
    assert parse(dump(changed)) == changed


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"speed": None}, "no cause 'speed'"),
        ({"clip": -1.0}, "clip_norm"),
        ({"target": 0.0}, "target_scale"),
        ({"target": float("nan")}, "target_scale"),
        ({"batch": 2.5}, "whole number"),
        ({"batch": -4.0}, "batch_size"),
        ({"precision": 16.0}, "no precision of 16 bits"),
        ({"rate": float("inf")}, "learning_rate"),
        ({"momentum": -1.0}, "momentum"),
    ],
)
def test_impossible_amounts_are_refused_in_words(chosen, words):
    with pytest.raises(ValueError, match=words):
        combined(on_data(), 1, chosen)


def test_amounts_of_ones_own():
    changed, done, _ = combined(
        on_data(), 1, {"rate": 0.5, "clip": 3.0, "start": 10.0, "batch": 20}
    )
    assert set(done) == {"rate", "clip", "start", "batch"}
    run = changed.runs[1]
    assert (run.learning_rate, run.clip_norm, run.start) == (0.25, 3.0, (10.0, -20.0))
    assert changed.surface.data.batch_size == 20


def test_what_one_switch_has_changed_another_leaves():
    """Once Adam is replaced there is no β₁ to switch off."""
    experiment = on_data(run=new_run("adam"))
    changed, done, left_out = combined(experiment, 1, ["momentum", "optimizer"])
    assert changed.runs[1].optimizer == "sgd"
    assert done == ("optimizer",)
    assert left_out == ("Momentum off changes nothing: SGD has no momentum here.",)


def test_rows_are_those_that_the_surface_sums_over():
    linear, logistic = (
        surface_of(SurfaceSettings(name=f"{kind}_regression")) for kind in ("linear", "logistic")
    )
    assert rows_of(linear, RAW) == rows_of(logistic, RAW) == 50


def test_declaring_causes_needs_no_compiler():
    code = "import sys, engine.explanation.causes; print('numba' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
