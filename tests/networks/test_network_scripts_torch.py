"""PyTorch scripts of training runs are run, and must walk the engine's path."""

import subprocess
import sys

import numpy as np
import pytest
from exported_runs import (
    EVERY_RULE,
    EVERY_SCHEDULE,
    MOONS,
    RUNS,
    SINE,
    STEPS,
    experiment,
    off,
    ran,
    run,
)
from msgspec.structs import replace

from engine.networks.export import arrays, torch_script, write_script
from engine.networks.network import bind


@pytest.fixture(autouse=True)
def torch():
    torch = pytest.importorskip("torch", reason="torch is not installed")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield torch
    torch.set_num_threads(threads)
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("name", RUNS)
def test_the_script_walks_the_same_path(name, tmp_path):
    assert off(RUNS[name], torch_script, tmp_path) < 1e-8


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_every_optimizer_has_a_script(rule, tmp_path):
    assert off(EVERY_RULE[rule], torch_script, tmp_path) < 1e-8


@pytest.mark.parametrize("schedule", EVERY_SCHEDULE)
def test_every_schedule_has_a_script(schedule, tmp_path):
    assert off(EVERY_SCHEDULE[schedule], torch_script, tmp_path) < 1e-8


def test_most_runs_are_two_hundred_steps_long():
    assert sum(asked.steps == STEPS for asked in RUNS.values()) >= 30


def test_the_script_ends_with_the_same_weights(tmp_path):
    from engine.networks.training import Training

    asked = RUNS["layer norm, residual and dropout"]
    training = Training(bind(asked), asked.runs[0], asked.steps)
    training.advance(asked.steps)
    left = ran(asked, torch_script, tmp_path)
    found = np.concatenate([p.detach().numpy().ravel() for p in left["parameters"]])
    np.testing.assert_allclose(found, training.theta, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("rule", ["sgd", "yogi", "muon", "lbfgs"])
def test_float32_stays_float32(rule, tmp_path):
    values = {"iterations": 2} if rule == "lbfgs" else {}
    asked = experiment(run(rule, 0.01, values=values), precision="float32", steps=2)
    asked = replace(asked, batches=replace(asked.batches, size=0))
    left = ran(asked, torch_script, tmp_path)
    assert {str(p.dtype) for p in left["parameters"]} == {"torch.float32"}
    assert left["x"].dtype == left["parameters"][0].dtype
    assert off(asked, torch_script, tmp_path) < 1e-3


def test_a_run_that_blows_up_ends_the_script_too(tmp_path):
    asked = experiment(run(rate=1e6), loss="sum_squares", activation="identity", steps=100)
    losses = ran(asked, torch_script, tmp_path)["losses"]
    assert np.isnan(losses[-1])
    assert len(losses) < 100


def test_no_steps_leave_no_losses(tmp_path):
    for schedule in ("constant", "cosine", "one_cycle"):
        asked = experiment(run(schedule=schedule), steps=0)
        assert ran(asked, torch_script, tmp_path)["losses"] == []


def test_script_and_arrays_are_written_beside_each_other_and_stand_alone(tmp_path):
    label = '"""\nraise SystemExit\r\x0craise SystemExit\u2028raise SystemExit {steps} \x00'
    asked = replace(experiment(run(label=label)), steps=12)
    script, beside = write_script(tmp_path / "mine.v2", asked, 0, "torch")
    assert (script.name, beside.name) == ("mine.v2.py", "mine.v2.npz")
    found = subprocess.run(
        [sys.executable, "-I", str(script)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    assert found.stdout.startswith("after 12 steps: loss on all training rows 0.")
    assert "engine" not in script.read_text(encoding="utf-8")
    saved = np.loadtxt(tmp_path / "mine.v2_losses.csv", skiprows=1)
    assert len(saved) == 12
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "mine.v2.npz", "mine.v2.py", "mine.v2_losses.csv",
    ]  # fmt: skip


def test_arrays_hold_what_the_script_cannot_make_again():
    asked = experiment(run(), hidden=(3, 4), layer_norm=True, steps=5)
    found, network = arrays(asked), bind(asked)
    assert found["layer2.weight"].shape == (4, 3)
    assert list(found)[:4] == ["layer1.weight", "layer1.bias", "norm1.weight", "norm1.bias"]
    whole = np.concatenate([a.ravel() for n, a in found.items() if n.startswith(("lay", "nor"))])
    np.testing.assert_array_equal(whole, network.start[: network.model.size])
    assert found["rows"].shape == (5, 32)
    assert found["rows"].dtype == np.int32
    np.testing.assert_array_equal(found["counts"], [32, 32, 8, 32, 32])
    assert len(found["inputs"]) + len(found["validation_inputs"]) == 90
    assert "rows" not in arrays(replace(asked, batches=replace(asked.batches, size=0)))


def test_an_order_of_gigabytes_is_refused_before_it_is_made():
    asked = replace(experiment(run(), replace(MOONS, parameters={"size": 1000})), steps=10_000_000)
    with pytest.raises(ValueError, match=r"would fill 1\.3 GB beside the script; give fewer steps"):
        arrays(asked)


@pytest.mark.parametrize("rule", ["sgd", "rprop", "adamw"])
def test_what_torch_refuses_is_written_out(rule, tmp_path):
    asked = experiment(run(rule, -0.001, weight_decay=-0.01), SINE, steps=20)
    assert "torch.optim.Optimizer" in torch_script(asked, 0)
    assert off(asked, torch_script, tmp_path) < 1e-8
