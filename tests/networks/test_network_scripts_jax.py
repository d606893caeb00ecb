"""JAX scripts of training runs are run, and must walk the engine's path."""

import numpy as np
import pytest
from exported_runs import EVERY_RULE, EVERY_SCHEDULE, RUNS, experiment, off, ran, run
from msgspec.structs import replace

from engine.networks.export import jax_script


@pytest.fixture(autouse=True)
def jax():
    jax = pytest.importorskip("jax")
    pytest.importorskip("optax")
    before = jax.config.jax_enable_x64
    yield jax
    jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize("name", RUNS)
def test_the_script_walks_the_same_path(name, tmp_path):
    assert off(RUNS[name], jax_script, tmp_path) < 1e-8


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_every_optimizer_has_a_script(rule, tmp_path):
    assert off(EVERY_RULE[rule], jax_script, tmp_path) < 1e-8


@pytest.mark.parametrize("schedule", EVERY_SCHEDULE)
def test_every_schedule_has_a_script(schedule, tmp_path):
    assert off(EVERY_SCHEDULE[schedule], jax_script, tmp_path) < 1e-8


@pytest.mark.parametrize("rule", ["sgd", "yogi", "muon", "lbfgs"])
def test_float32_stays_float32(rule, tmp_path):
    values = {"iterations": 2} if rule == "lbfgs" else {}
    asked = experiment(run(rule, 0.01, values=values), precision="float32", steps=2)
    asked = replace(asked, batches=replace(asked.batches, size=0))
    left = ran(asked, jax_script, tmp_path)
    assert {str(w.dtype) for w in left["weights"].values()} == {"float32"}
    assert off(asked, jax_script, tmp_path) < 1e-3


def test_a_run_that_blows_up_ends_the_script_too(tmp_path):
    asked = experiment(run(rate=1e6), loss="sum_squares", activation="identity", steps=100)
    losses = ran(asked, jax_script, tmp_path)["losses"]
    assert np.isnan(losses[-1])
    assert len(losses) < 100


def test_optax_is_asked_wherever_it_walks_the_same_path():
    theirs = {
        rule for rule, asked in EVERY_RULE.items() if "optimizer = optax." in jax_script(asked, 0)
    }
    assert theirs == {
        "sgd", "heavy_ball", "nesterov", "signsgd", "lion", "adadelta", "adam", "adamw", "adamax",
        "adabelief", "lamb", "lars",
    }  # fmt: skip
