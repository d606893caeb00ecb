"""Keras scripts of training runs are run, and must walk the engine's path."""

import numpy as np
import pytest
from exported_runs import EVERY_RULE, EVERY_SCHEDULE, RUNS, experiment, off, ran, run
from msgspec.structs import replace

from engine.networks.export import keras_script

#: Needs second derivatives.
REFUSED = "damped_newton"


@pytest.fixture
def keras(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("KERAS_TORCH_DEVICE", "cpu")
    torch = pytest.importorskip("torch", reason="torch is not installed")
    keras = pytest.importorskip("keras")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield keras
    torch.set_num_threads(threads)
    keras.config.set_floatx("float32")
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("name", [name for name in RUNS if name != "damped Newton"])
def test_the_script_walks_the_same_path(keras, name, tmp_path):
    assert off(RUNS[name], keras_script, tmp_path) < 1e-8


@pytest.mark.parametrize("rule", [rule for rule in EVERY_RULE if rule != REFUSED])
def test_every_other_optimizer_has_a_script(keras, rule, tmp_path):
    assert off(EVERY_RULE[rule], keras_script, tmp_path) < 1e-8


@pytest.mark.parametrize("schedule", EVERY_SCHEDULE)
def test_every_schedule_has_a_script(keras, schedule, tmp_path):
    assert off(EVERY_SCHEDULE[schedule], keras_script, tmp_path) < 1e-8


#: L-BFGS learns from differences that float32 rounds away.
STEADY = [name for name in RUNS if name != "damped Newton" and "L-BFGS" not in name]


@pytest.mark.parametrize("name", STEADY)
def test_float32_is_written_with_keras_own_layers_and_losses(keras, name, tmp_path):
    asked = replace(RUNS[name], precision="float32", steps=2)
    assert "F." not in keras_script(asked, 0)
    assert off(asked, keras_script, tmp_path) < 1e-3


def test_a_run_that_blows_up_ends_the_script_too(keras, tmp_path):
    asked = experiment(run(rate=1e6), loss="sum_squares", activation="identity", steps=100)
    losses = ran(asked, keras_script, tmp_path)["losses"]
    assert np.isnan(losses[-1])
    assert len(losses) < 100


def test_second_derivatives_are_refused():
    with pytest.raises(ValueError, match="copy the run as PyTorch or JAX instead"):
        keras_script(EVERY_RULE["damped_newton"], 0)
