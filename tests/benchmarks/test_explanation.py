"""What explaining every step costs, in parts of walking the path itself."""

import pytest

from engine.answer import landscape_of, perform_run
from engine.experiment import Experiment, SurfaceSettings, new_run
from engine.explanation.explain import explain

STEPS = 10_000
ROUNDS = 60
#: (surface, optimizer, learning rate): plain and preconditioned, a cheap surface and a dear one.
CASES = {
    "SGD on x²": ("square", "sgd", 1e-6),
    "SGD on Rosenbrock": ("rosenbrock", "sgd", 1e-4),
    "Adam on Rosenbrock": ("rosenbrock", "adam", 1e-3),
    "SGD on linear regression": ("linear_regression", "sgd", 1e-4),
    "Adam on Rastrigin": ("rastrigin", "adam", 1e-3),
}


def prepared(surface, optimizer, rate, runs=1, steps=STEPS):
    run = new_run(optimizer, learning_rate=rate)
    experiment = Experiment(
        surface=SurfaceSettings(name=surface), steps=steps, runs=(run,) * runs,
    )  # fmt: skip
    landscape = landscape_of(experiment)
    paths = [perform_run(experiment, run, landscape) for run in experiment.runs]
    return experiment, landscape, paths


@pytest.mark.parametrize("case", CASES)
def test_all_columns_at_every_step(case, race, report):
    experiment, landscape, (path,) = prepared(*CASES[case])
    seconds = race(
        {
            "path": lambda: perform_run(experiment, experiment.runs[0], landscape),
            "explanation": lambda: explain(path, experiment),
        },
        ROUNDS,
    )
    ratio = seconds["explanation"] / seconds["path"]
    each = seconds["explanation"] / STEPS * 1e9
    report(f"explaining {case}", f"{ratio:.1f} ×", f"at most 10 × the path; {each:.0f} ns a step")


def test_eight_runs(race, report):
    experiment, _, paths = prepared("rosenbrock", "adam", 1e-3, runs=8)
    seconds = race({"eight": lambda: [explain(path, experiment) for path in paths]}, ROUNDS)
    report("explaining 8 runs of 10 000 steps", f"{seconds['eight'] * 1e3:.1f} ms")
