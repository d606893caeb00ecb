"""Training runs over every choice there is, and what their scripts make of them."""

import runpy

import numpy as np
from msgspec.structs import replace

from engine import schedules
from engine.experiment import ScheduleSettings
from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.export import arrays
from engine.networks.initialisation import InitialSettings
from engine.networks.matrix_rules.rule import MatrixOptimizer
from engine.networks.network import bind
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun, rules
from engine.networks.training import Training

STEPS = 200
MOONS = NetworkDataSettings(source="moons", parameters={"size": 90})
SINE = NetworkDataSettings(source="sine", parameters={"size": 80}, scale_target="standardise")
IRIS = NetworkDataSettings(source="iris_species", scale_inputs="standardise")


def experiment(run, data=MOONS, batches=32, steps=STEPS, precision="float64", **model):
    """Return an experiment of one run with a small network."""
    return NetworkExperiment(
        data=data,
        model=ModelSettings(**({"hidden": (6, 6)} | model)),
        initial=InitialSettings(seed=3),
        batches=BatchSettings(size=batches, seed=1),
        steps=steps,
        precision=precision,
        runs=(run,),
    )


def run(optimizer="sgd", rate=0.05, schedule="constant", warm_up=0, values=None, **changes):
    """Return a run; `values` are the optimizer's, or the schedule's if it is not constant."""
    given = values or {}
    plain = schedule == "constant"
    return TrainingRun(
        optimizer=optimizer,
        learning_rate=rate,
        hyperparameters=given if plain else {},
        schedule=ScheduleSettings(
            name=schedule, parameters={} if plain else given, warm_up_steps=warm_up
        ),
        **changes,
    )


MOMENTUM = {"momentum": 0.9}
RUNS = {
    "tanh": experiment(run()),
    "relu, sum of squares": experiment(
        run(rate=0.002), SINE, activation="relu", loss="sum_squares"
    ),
    "leaky relu, huber": experiment(run(), SINE, activation="leaky_relu", loss="huber"),
    "gelu, classes": experiment(run(rate=0.1), IRIS, activation="gelu"),
    "silu, no bias": experiment(run(), activation="silu", bias=False),
    "softplus, classes by squares": experiment(
        run(), IRIS, activation="softplus", loss="mean_squares"
    ),
    "sigmoid, binary from probabilities": experiment(
        run(), activation="sigmoid", loss="cross_entropy_probabilities"
    ),
    "elu, classes from probabilities": experiment(
        run(), IRIS, activation="elu", loss="cross_entropy_probabilities"
    ),
    "sine, all rows": experiment(run(), SINE, batches=0, activation="sine"),
    "identity, dropout": experiment(run(), activation="identity", dropout=0.2),
    "no hidden layer": experiment(run(), IRIS, hidden=()),
    "layer norm": experiment(run(), hidden=(5, 7, 6), layer_norm=True),
    "residual": experiment(run(), hidden=(4, 4, 4), residual=True, activation="relu"),
    "layer norm, residual and dropout": experiment(
        run(), hidden=(8, 8), layer_norm=True, residual=True, dropout=0.3
    ),
    "one hidden layer, dropout, all rows": experiment(
        run(), SINE, batches=0, hidden=(9,), dropout=0.5
    ),
    "rows put back": replace(
        experiment(run()), batches=BatchSettings(size=7, seed=5, replacement=True)
    ),
    "no validation": experiment(run(), replace(MOONS, validation=0.0)),
    "momentum": experiment(run(values=MOMENTUM)),
    "momentum and Nesterov": experiment(run(values=MOMENTUM | {"nesterov": 1})),
    "momentum, dampened": experiment(run(values=MOMENTUM | {"dampening": 0.5})),
    "Nesterov, dampened": experiment(run(values=MOMENTUM | {"dampening": 0.5, "nesterov": 1})),
    "climbing": experiment(run(rate=0.001, maximize=True, weight_decay=0.1), SINE),
    "climbing with noise": experiment(run(rate=0.001, maximize=True, noise=0.1), SINE),
    "climbing, SAM": experiment(run(rate=0.001, maximize=True, sharpness=0.1), SINE),
    "Muon, climbing, SAM and noise": experiment(
        run("muon", 0.0002, maximize=True, sharpness=0.1, noise=0.1), SINE
    ),
    "coupled decay": experiment(run(weight_decay=0.1)),
    "decoupled decay": experiment(run(weight_decay=0.1, decoupled=True)),
    "clipped by value": experiment(run(rate=0.5, clip_value=0.01)),
    "clipped by norm": experiment(run(rate=0.5, clip_norm=0.05)),
    "noise": experiment(run(noise=0.05, seed=4, clip_norm=0.5), layer_norm=True),
    "SAM": experiment(run(sharpness=0.1)),
    "SAM, dropout, Adam": experiment(run("adam", 0.01, sharpness=0.1), dropout=0.2),
    "Adam, coupled": experiment(run("adam", 0.01, weight_decay=0.05)),
    "AdamW": experiment(run("adamw", 0.01, weight_decay=0.1, decoupled=True)),
    "Adam, ε large": experiment(run("adam", 0.05, values={"epsilon": 1e-3, "beta1": 0.5})),
    "RMSprop with momentum": experiment(run("rmsprop", 0.003, values=MOMENTUM)),
    "RMSprop, centred": experiment(run("rmsprop", 0.003, values={"centered": 1})),
    "Lion, decoupled": experiment(run("lion", 0.003, weight_decay=0.1, decoupled=True)),
    "LAMB": experiment(run("lamb", 0.005, weight_decay=0.01, decoupled=True), layer_norm=True),
    "LAMB, coupled": experiment(run("lamb", 0.02, weight_decay=0.01)),
    "LARS": experiment(run("lars", 1.0, values={"trust": 0.005}, weight_decay=0.01)),
    "LARS, decoupled": experiment(
        run("lars", 1.0, values={"trust": 0.005}, weight_decay=0.01, decoupled=True)
    ),
    "Muon": experiment(run("muon", 0.002, weight_decay=0.1, decoupled=True), layer_norm=True),
    "Muon, climbing": experiment(run("muon", 0.0002, maximize=True), SINE),
    "Shampoo": experiment(run("shampoo", 0.1, sharpness=0.05)),
    "Adafactor": experiment(run("adafactor", 0.01)),
    "Adafactor, decoupled": experiment(run("adafactor", 0.01, weight_decay=0.1, decoupled=True)),
    "L-BFGS": experiment(run("lbfgs", 0.1, values={"iterations": 4}), SINE, batches=0, steps=40),
    "L-BFGS, searching, coupled": experiment(
        run("lbfgs", 1.0, values={"strong_wolfe": 1, "iterations": 3}, weight_decay=0.01),
        SINE, batches=0, steps=8,
    ),
    "L-BFGS, decoupled, SAM": experiment(
        run("lbfgs", 0.01, weight_decay=0.1, decoupled=True, sharpness=0.01, clip_norm=1.0,
            values={"iterations": 2}),
        SINE, batches=0, steps=20,
    ),
    "Polyak": experiment(run("polyak", 0.1, weight_decay=0.01), SINE, batches=0, steps=15),
    "backtracking": experiment(run("backtracking", 1.0), SINE, batches=0, steps=30),
    "BFGS": experiment(run("bfgs", 1.0, weight_decay=0.001), SINE, batches=0, steps=15),
    "damped Newton": experiment(
        run("damped_newton", 0.5, values={"damping": 1.0}), SINE, batches=0, steps=10, hidden=(4,)
    ),
    "warm-up before a cosine": experiment(run("adam", 0.02, "cosine", warm_up=20)),
}  # fmt: skip


def _of_rule(rule):
    """Return a short run of an optimizer as it is declared."""
    changes = {"weight_decay": rule.weight_decay, "decoupled": rule.decoupled}
    whole = isinstance(rule, MatrixOptimizer)
    rate, steps = (0.1 * rule.learning_rate, 5) if whole else (rule.learning_rate, 20)
    return experiment(run(rule.name, rate, **changes), SINE, batches=0, steps=steps, hidden=(5,))


EVERY_RULE = {rule.name: _of_rule(rule) for rule in rules()}
EVERY_SCHEDULE = {
    schedule.name: experiment(run("sgd", 0.02, schedule.name, warm_up=3), steps=60, hidden=(5,))
    for schedule in schedules.CATALOGUE
}


def trained(asked):
    """Return what our own training recorded."""
    training = Training(bind(asked), asked.runs[0], asked.steps)
    while not training.over:
        training.advance(1000)
    return training.history()


def ran(asked, write, folder):
    """Return what a script leaves behind; it lies with its arrays in a folder of its own."""
    path = folder / "copied.py"
    path.write_text(write(asked, 0), encoding="utf-8")
    np.savez(path.with_suffix(".npz"), **arrays(asked))
    return runpy.run_path(str(path))


def off(asked, write, folder):
    """Return by how much a script's losses, each step's and at the end, are off; relative."""
    wanted = trained(asked)
    left = ran(asked, write, folder)
    losses = np.asarray(left["losses"])
    assert len(losses) == wanted.last_step == asked.steps
    parts = [losses / wanted.loss[: asked.steps]]
    parts.append([left["training"] / wanted.training_loss[-1]])
    assert ("validation" in left) == np.isfinite(wanted.validation_loss[-1])
    if "validation" in left:
        parts.append([left["validation"] / wanted.validation_loss[-1]])
    return float(np.abs(np.concatenate(parts) - 1).max())
