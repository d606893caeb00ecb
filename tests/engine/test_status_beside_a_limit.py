"""What is said of paths that change so slowly that they look as if they did not."""

import pytest

from engine.api import descend, surface
from engine.status import judge


def _judged(name, optimizer="sgd", **settings):
    run = descend(name, optimizer, **settings)
    return judge(run, surface(name, precision=settings.get("precision", "float64")))


@pytest.mark.parametrize("rate", [0.99995, 0.9999, 1.0001, 1.00001])
def test_beside_its_limit_gradient_descent_does_not_oscillate_for_good(rate):
    assert _judged("square", start=(3.0, 0.0), learning_rate=rate, steps=2000).kind == "moving"


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_on_its_limit_it_does(precision):
    settings = {"start": (3.0, 0.0), "learning_rate": 1.0, "precision": precision}
    assert _judged("square", steps=2000, **settings).kind == "oscillating"


@pytest.mark.parametrize("rate", [1.02, 1.05, 1.1])
def test_a_path_on_its_way_into_a_cycle_oscillates(rate):
    status = _judged("double_well", start=(0.3, 0.0), learning_rate=rate, steps=200)
    assert (status.kind, status.period) == ("oscillating", 2)


def test_decay_that_is_too_weak_to_move_anything_balances_nothing():
    settings = {"start": (-3.0, 2.0), "learning_rate": 1e-300}
    status = _judged("pseudo_huber", "adamw", **settings)
    assert status.kind == "still"
    assert "the steps are too small to get anywhere" in status.sentence


def test_no_minimum_is_near_to_who_climbs():
    settings = {"start": (1.0, 1.0), "learning_rate": 1e-4, "maximize": True, "steps": 5}
    assert _judged("sphere", **settings).sentence == "Still moving after 5 steps: the loss is 2."
