"""What is copied is run, and must walk the same path as the engine."""

import subprocess
import sys

import numpy as np
import pytest
from msgspec.structs import replace

from engine import optimizers, schedules
from engine.answer import answer
from engine.experiment import (
    DataSettings,
    Experiment,
    RunSettings,
    ScheduleSettings,
    SurfaceSettings,
    new_run,
)
from engine.python_export import as_python

ROSENBROCK = SurfaceSettings(name="rosenbrock")
CLIFF = SurfaceSettings(name="recurrent_cliff", parameters={"steps": 5})
BATCHES = SurfaceSettings(
    name="linear_regression", data=DataSettings(batch_size=2, seed=3, target_scale=4.0)
)
TYPED = SurfaceSettings(
    name="formula",
    formula="tanh(a*x)*sigmoid(y) + softplus(x - y) + hypot(x, y)^c/(2 + cos(x*y))",
    parameters={"a": 0.7, "c": 1.5},
)
NAMES = [optimizer.name for optimizer in optimizers.CATALOGUE]
IN_TORCH = [optimizer.name for optimizer in optimizers.CATALOGUE if optimizer.torch]
SCHEDULES = [schedule.name for schedule in schedules.CATALOGUE]

#: Rules that divide by differences or decide by comparing amplify rounding from step to step.
ERRATIC = ("polyak", "backtracking", "damped_newton", "bfgs")

OPTIONS = {
    "coupled decay": {"weight_decay": 0.1, "decoupled": False},
    "decoupled decay": {"weight_decay": 0.1, "decoupled": True},
    "clipped by value": {"clip_value": 0.5},
    "clipped by norm": {"clip_norm": 0.5},
    "noise": {"noise": 0.3, "seed": 7},
    "uphill, clipped and decayed": {"maximize": True, "clip_norm": 0.4, "weight_decay": 0.05},
    "warmed up": {"schedule": ScheduleSettings(name="cosine", warm_up_steps=9)},
}


@pytest.fixture(autouse=True)
def _default_precision():
    yield
    if "torch" in sys.modules:
        sys.modules["torch"].set_default_dtype(sys.modules["torch"].float32)


def experiment(run: RunSettings, surface: SurfaceSettings, **changes: object) -> Experiment:
    steps = 4 if run.optimizer in ERRATIC else 40
    given = {"surface": surface, "start": (-0.7, 0.9), "steps": steps, "runs": (run,), **changes}
    return Experiment(**given)


def check(asked: Experiment, flavour: str, tolerance: float) -> None:
    path = answer(asked).trajectories[0]
    script = as_python(asked, 0, flavour)
    left: dict[str, object] = {}
    exec(compile(script, "copied", "exec"), left)
    points, losses = np.asarray(left["points"]), np.asarray(left["losses"])
    # Once something overflows, the order of operations decides between inf and NaN.
    last = path.cause_step if path.cause else path.last_step + 1
    assert len(points) >= last
    close = {"rtol": tolerance, "atol": tolerance, "equal_nan": True}
    np.testing.assert_allclose(points[:last], path.points[:last], **close)
    np.testing.assert_allclose(losses[:last], path.loss[:last], **close)


@pytest.mark.parametrize("surface", [ROSENBROCK, CLIFF, BATCHES, TYPED], ids=lambda s: s.name)
@pytest.mark.parametrize("name", NAMES)
def test_numpy_script_walks_the_same_path(name, surface):
    check(experiment(new_run(name), surface), "numpy", 1e-12)


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("name", ["sgd", "adam", "adafactor", "polyak"])
def test_numpy_script_knows_what_every_loop_can_do(name, option):
    run = replace(new_run(name), learning_rate=0.01, **OPTIONS[option])
    check(experiment(run, TYPED), "numpy", 1e-12)


@pytest.mark.parametrize("name", SCHEDULES)
def test_numpy_script_has_the_schedule(name):
    run = new_run("sgd", schedule=ScheduleSettings(name=name, warm_up_steps=3))
    check(experiment(run, TYPED, steps=130), "numpy", 1e-12)


def test_numpy_script_runs_in_float32():
    for name in ("sgd", "adam", "bfgs"):
        asked = experiment(new_run(name), ROSENBROCK, precision="float32", steps=15)
        check(asked, "numpy", 1e-4)
        left: dict[str, object] = {}
        exec(as_python(asked, 0), left)
        assert left["points"].dtype == left["x"].dtype == np.float32


@pytest.mark.parametrize("surface", [ROSENBROCK, CLIFF, BATCHES, TYPED], ids=lambda s: s.name)
@pytest.mark.parametrize("name", IN_TORCH)
def test_torch_script_walks_the_same_path(name, surface):
    pytest.importorskip("torch", reason="torch is not installed")
    check(experiment(new_run(name), surface), "torch", 1e-10)


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("name", ["sgd", "adamw", "rprop", "asgd"])
def test_torch_script_knows_what_every_loop_can_do(name, option):
    pytest.importorskip("torch", reason="torch is not installed")
    run = replace(new_run(name), learning_rate=0.01, **OPTIONS[option])
    check(experiment(run, TYPED), "torch", 1e-10)


@pytest.mark.parametrize("name", SCHEDULES)
def test_torch_script_has_the_schedule(name):
    pytest.importorskip("torch", reason="torch is not installed")
    for steps in (0, 130):
        run = new_run("sgd", schedule=ScheduleSettings(name=name, warm_up_steps=3))
        check(experiment(run, TYPED, steps=steps), "torch", 1e-10)


@pytest.mark.parametrize(
    "formula",
    ["sin(x)^2*exp(-y) + 3", "cbrt(x+5)+relu(x)*abs(y)", "min(x, 0.2*y)+max(2, x)", "4", "a*2",
     "atan2(y, x+9)+erf(x)+log1p(x^2)", "step(x)*y^2 + 2^x - x^-2", "floor(x)+1/(1+x^2)-(-x)^3"],
)  # fmt: skip
def test_torch_script_has_every_kind_of_function(formula):
    pytest.importorskip("torch", reason="torch is not installed")
    surface = SurfaceSettings(name="formula", formula=formula)
    check(experiment(new_run("sgd"), surface), "torch", 1e-10)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (new_run("lion"), "PyTorch has no Lion"),
        (new_run("sgd", learning_rate=-0.1), "refuses a negative learning rate"),
        (new_run("sgd", weight_decay=-0.1), "refuses a negative weight decay"),
        (
            new_run("sgd", hyperparameters={"nesterov": 1, "momentum": 0.9, "dampening": 0.5}),
            "Nesterov momentum with dampening",
        ),
    ],
)
def test_what_torch_refuses_is_said(run, words):
    with pytest.raises(ValueError, match=words):
        as_python(experiment(run, ROSENBROCK), 0, "torch")


@pytest.mark.parametrize("flavour", ["numpy", "torch"])
def test_switches_that_change_nothing_do_not_stop_torch(flavour):
    pytest.importorskip("torch", reason="torch is not installed")
    run = new_run("sgd", hyperparameters={"nesterov": 1})
    check(experiment(run, ROSENBROCK, steps=10), flavour, 1e-10)


def test_a_path_that_ends_in_nan_ends_the_script_too():
    run = new_run("sgd", learning_rate=10.0)
    check(experiment(run, ROSENBROCK), "numpy", 1e-12)


@pytest.mark.parametrize("flavour", ["numpy", "torch"])
def test_a_label_cannot_smuggle_code_in(flavour):
    pytest.importorskip("torch", reason="torch is not installed")
    label = '"""\nraise SystemExit\r\x0craise SystemExit\u2028raise SystemExit $steps \x00'
    surface = SurfaceSettings(name="formula", formula="x^2\n+ y^2")
    check(experiment(new_run("sgd", label=label), surface, steps=3), flavour, 1e-10)


def test_a_large_table_is_refused(tmp_path):
    table = tmp_path / "many.csv"
    rows = np.random.default_rng(0).standard_normal((15_000, 2))
    np.savetxt(table, rows, delimiter=",", header="a,b", comments="")
    data = DataSettings(table=str(table), batch_size=10)
    surface = SurfaceSettings(name="linear_regression", data=data)
    with pytest.raises(ValueError, match="Take a smaller table"):
        as_python(experiment(new_run("sgd"), surface), 0)


def test_the_script_stands_alone(tmp_path):
    file = tmp_path / "copied.py"
    file.write_text(as_python(experiment(new_run("adam"), ROSENBROCK), 0), encoding="utf-8")
    found = subprocess.run(
        [sys.executable, "-I", str(file)], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert found.stdout.startswith("after 40 steps: x = ")
    assert "engine" not in file.read_text(encoding="utf-8")
