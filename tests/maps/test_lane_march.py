"""Steps of a surface and an optimizer compiled together are the same steps, bit for bit."""

import numpy as np
import pytest

from engine.answer import landscape_of
from engine.experiment import Experiment, SurfaceSettings, new_run
from engine.maps import surface_lanes
from engine.maps.lane_march import march_address
from engine.maps.outcomes import VERDICTS
from engine.maps.surface_task import Basins, outcome_of
from engine.surfaces import surface_named

GO = np.zeros(1, np.uint8)
PAIRS = [
    ("rosenbrock", "adam", 100, 0.05),
    ("rosenbrock", "sgd", 100, 0.002),
    ("himmelblau", "heavy_ball", 150, 0.01),
    ("six_hump_camel", "rmsprop", 200, 0.05),
    ("factorisation", "sgd", 130, 0.2),
    ("ackley", "adam", 60, 0.05),
]


def task_of(surface, optimizer, steps, rate):
    return Basins(
        experiment=Experiment(
            surface=SurfaceSettings(name=surface),
            steps=steps,
            runs=(new_run(optimizer, learning_rate=rate),),
        )
    )


def starts(surface, count):
    left, right, bottom, top = surface_named(surface).view
    rng = np.random.default_rng(7)
    return rng.uniform(left, right, count), rng.uniform(bottom, top, count)


@pytest.fixture
def together(monkeypatch):
    """Have steps compiled together however few they are, and wait for that."""
    monkeypatch.setattr(surface_lanes, "WORTH_COMPILING", 0)
    asked = []

    def wait(surface, optimizer):
        asked.append(march_address(surface, optimizer, wait=True))
        return asked[-1]

    monkeypatch.setattr(surface_lanes, "march_address", wait)
    yield
    assert all(asked)
    assert asked


@pytest.mark.parametrize(("surface", "optimizer", "steps", "rate"), PAIRS)
def test_pixels_are_the_same_either_way(surface, optimizer, steps, rate, together, monkeypatch):
    task, (xs, ys) = task_of(surface, optimizer, steps, rate), starts(surface, 1500)
    found = task.run(xs, ys, GO)
    monkeypatch.setattr(surface_lanes, "march_address", lambda surface, optimizer: 0)
    for one, other in zip(found, task.run(xs, ys, GO), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("surface", "optimizer", "steps", "rate"), PAIRS[:5])
def test_pixels_are_single_runs_bit_for_bit(surface, optimizer, steps, rate, together):
    task, (xs, ys) = task_of(surface, optimizer, steps, rate), starts(surface, 300)
    found = task.run(xs, ys, GO)
    landscape = landscape_of(task.experiment)
    rows = [outcome_of(task.at(x, y), landscape, GO) for x, y in zip(xs, ys, strict=True)]
    loss, measure, taken, verdict, basin = (np.array(column) for column in zip(*rows, strict=True))
    np.testing.assert_array_equal(found.verdict, verdict)
    np.testing.assert_array_equal(found.loss, loss)
    np.testing.assert_array_equal(found.steps, taken)
    np.testing.assert_array_equal(found.basin, basin)
    np.testing.assert_allclose(found.measure, measure, rtol=1e-9)
    assert len(VERDICTS) not in found.verdict


def test_neighbours_change_nothing(together):
    task, (xs, ys) = task_of("rosenbrock", "sgd", 100, 0.002), starts("rosenbrock", 200)
    whole = task.run(xs, ys, GO)
    order = np.random.default_rng(3).permutation(len(xs))
    for places in (order, order[:70], order[:20], order[:1]):
        for one, part in zip(whole, task.run(xs[places], ys[places], GO), strict=True):
            np.testing.assert_array_equal(one[places], part)
