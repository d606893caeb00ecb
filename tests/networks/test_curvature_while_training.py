"""Looks at curvature while a run trains: wired into training, sessions, tables and settings."""

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

import engine
from engine.compile import NUMBA_REALS
from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.experiment_file import dump, parse
from engine.networks.explanation.gains_kernel import gains_kernel
from engine.networks.explanation.linear import gains_rule, linear_of
from engine.networks.explanation.objective import objective_of
from engine.networks.explanation.spectrum import hessian_of
from engine.networks.explanation.tracking import Tracker
from engine.networks.history_csv import write_csv
from engine.networks.history_reader import read_history
from engine.networks.network import bind
from engine.networks.session import Session
from engine.networks.settings import (
    ModelSettings,
    NetworkExperiment,
    StopSettings,
    new_training_run,
    rules,
)
from engine.networks.steps import Chunk, CompiledSteps, steps_of
from engine.networks.training import Training

MOONS = NetworkExperiment(
    data=NetworkDataSettings(source="moons"),
    model=ModelSettings(hidden=(8, 8)),
    batches=BatchSettings(size=16),
    steps=90,
    precision="float64",
    curvature_every=10,
)
SGD, ADAM = new_training_run("sgd", learning_rate=0.5), new_training_run("adam", noise=0.01)
SCALED = [rule.name for rule in rules() if linear_of(new_training_run(rule.name))[0].preconditioned]
ARRAYS = ("steps", "eigenvalues", "values", "limits")


def trained(experiment, run, *parts):
    training = Training(bind(experiment), run, experiment.steps, experiment.stop,
                        experiment.curvature_every)  # fmt: skip
    for part in parts or (experiment.steps,):
        training.advance(part)
    return training


def same(one, other):
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def test_each_look_is_the_hessian_s_largest_eigenvalue():
    network = bind(MOONS)
    objective, theta = objective_of(network), network.start[: network.model.size]
    wanted = np.linalg.eigvalsh(hessian_of(objective, theta))[-1]
    tracker = Tracker(network, rows=network.training.count, tolerance=1e-12, products=60)
    for step in range(3):
        tracker.look(step, network.start, SGD, 0.5)
    np.testing.assert_allclose(tracker.result().eigenvalues[:, 0], wanted, rtol=1e-6)
    np.testing.assert_allclose(tracker.result().values, 0.5 * wanted, rtol=1e-6)


@pytest.mark.parametrize("name", ["sgd", "adam", "muon"])
def test_training_takes_the_same_steps_and_looks_at_every_tenth(name):
    run = new_training_run(name)
    looked, plain = trained(MOONS, run).history(), trained(
        replace(MOONS, curvature_every=0), run
    ).history()  # fmt: skip
    assert plain.curvature is None
    np.testing.assert_array_equal(looked.weights, plain.weights)
    np.testing.assert_array_equal(looked.loss, plain.loss)
    assert looked.curvature.steps.tolist() == list(range(0, 90, 10))
    assert np.isfinite(looked.curvature.eigenvalues).all() == (name != "adam")
    assert "Curvature is that of 64 of 160 training rows" in looked.notes[-1]


@pytest.mark.parametrize("run", [SGD, ADAM])
def test_looks_do_not_depend_on_how_the_steps_are_cut(run):
    whole = trained(MOONS, run).history().curvature
    same(trained(MOONS, run, 7, 1, 12, 70).history().curvature, whole)


def test_going_back_forgets_looks_and_repeats_them():
    training = trained(MOONS, ADAM, 35)
    moment = training.moment()
    training.advance(40)
    training.go_back_to(moment)
    assert training.history().curvature.steps.tolist() == [0, 10, 20, 30]
    training.advance(90)
    same(training.history().curvature, trained(MOONS, ADAM).history().curvature)


def test_another_optimizer_brings_its_own_load_and_limit():
    training = trained(MOONS, SGD, 40)
    training.change(ADAM)
    training.advance(90)
    found = training.history().curvature
    assert found.steps.tolist() == list(range(0, 90, 10))
    np.testing.assert_allclose(found.limits, [2] * 4 + [38] * 5)
    assert np.isnan(found.eigenvalues[:, 0]).tolist() == [False] * 4 + [True] * 5
    assert found.preconditioned


def test_a_run_that_ends_at_its_first_fault_has_no_look_twice():
    experiment = replace(
        MOONS, data=NetworkDataSettings(source="sine"), stop=StopSettings(non_finite=True),
        model=ModelSettings(hidden=(8,), activation="identity"), precision="float32",
        curvature_every=1,
    )  # fmt: skip
    history = trained(experiment, new_training_run("sgd", learning_rate=1e6)).history()
    assert history.fault is not None
    assert history.curvature.steps.tolist() == list(range(history.last_step))


@pytest.mark.parametrize("precision", sorted(NUMBA_REALS))
@pytest.mark.parametrize("name", SCALED)
def test_gains_are_those_that_the_optimizer_declares(name, precision):
    network, run = bind(replace(MOONS, precision=precision)), new_training_run(name)
    steps = steps_of(network, run)
    assert isinstance(steps, CompiledSteps)
    rows, stop = np.arange(16), np.zeros(1, np.uint8)
    for t in range(3):
        before = steps.snapshot()
        chunk = Chunk(t, rows, np.array([16]), True, np.array([0.01]), np.zeros((0, 0)))
        arguments = steps.arguments(chunk, np.empty((3, 1)), stop)
        steps.take(chunk, np.empty((3, 1)), stop)
        wanted = gains_rule(run)(t, 0.01, before, steps.snapshot())
        roots = np.empty_like(steps.theta)
        gains_kernel(name, precision)(t, 0.01, arguments[16], before[2], before[1],
                                      steps.snapshot()[1], roots)  # fmt: skip
        inside = slice(network.model.size)
        tolerance = 1e-12 if precision == "float64" else 2e-6
        np.testing.assert_allclose(roots[inside] ** 2, wanted[inside], rtol=tolerance)


def test_sessions_files_and_tables_carry_it(tmp_path: Path):
    experiment = replace(MOONS, runs=(SGD, ADAM, new_training_run("muon")))
    assert parse(dump(experiment)).curvature_every == 10
    session = Session(experiment)
    while session.advance():
        pass
    histories = session.histories()
    write_csv(tmp_path / "steps.csv", histories)
    for one, other in zip(histories, read_history(tmp_path / "steps.csv"), strict=True):
        same(one.curvature, other.curvature)
        for name in ("preconditioned", "reason"):
            assert getattr(one.curvature, name) == getattr(other.curvature, name)


def test_train_looks_when_asked():
    history = engine.train("xor", "sgd", hidden=(4,), steps=30, curvature_every=15)
    assert history.curvature.steps.tolist() == [0, 15]
    assert history.experiment.curvature_every == 15
    with pytest.raises(ValueError, match=r"curvature_every is -1; give 0 \(off\) or more"):
        engine.train("xor", curvature_every=-1)
