"""A loss that grows by decades diverges, however unevenly it grows, unless it comes back."""

import numpy as np
import pytest

from engine.answer import answer
from engine.divergence import blow_up, has_blown_up
from engine.experiment import RunSettings
from engine.stories import Story
from engine.trajectory import Trajectory


def path_of(loss):
    """Return a path that wanders too unevenly for any growth of its steps to be seen."""
    rows = len(loss)
    chance = np.random.default_rng(0).standard_normal((rows, 2))
    points = chance * np.sqrt(np.abs(loss))[:, np.newaxis]
    return Trajectory(
        run=RunSettings(),
        label="",
        surface="bowl",
        points=points,
        loss=loss,
        seen_loss=loss,
        gradients=points,
        learning_rates=np.full(rows, 0.1),
        minima=np.empty((0, 3)),
        last_step=rows - 1,
    )


def test_batches_that_throw_a_run_for_good_make_it_diverge():
    found = answer(Story("another_batch").experiment).statuses[1]
    assert found.kind == "diverged"
    assert "tenfold in 13 steps on average; it is 7.75e79 after 1000 steps" in found.sentence
    assert found.short.startswith("diverged at step 5: loss")


@pytest.mark.parametrize("sign", [1, -1], ids=["up", "down"])
def test_growth_by_chance_has_an_onset_and_a_pace(sign):
    path = path_of(sign * 10.0 ** (np.arange(401) / 10))
    assert has_blown_up(path)
    found = blow_up(path)
    assert found.kind == "diverged"
    assert "tenfold in 10 steps on average" in found.sentence
    assert (found.onset, found.step) == (1, 400)


def test_a_pace_is_measured_from_the_first_loss_above_zero():
    path = path_of(np.concatenate([[0.0], 10.0 ** (np.arange(401) / 10)]))
    assert has_blown_up(path)
    found = blow_up(path)
    assert "tenfold in 10 steps on average" in found.sentence
    assert found.onset == 1


@pytest.mark.parametrize(
    "decades",
    [
        np.linspace(0, 9, 400),
        np.concatenate([np.linspace(0, 40, 200), np.linspace(40, 0, 200)]),
        np.concatenate([np.linspace(0, 40, 200), np.full(200, 39.0)]),
    ],
    ids=["too little", "comes back", "has stopped"],
)
def test_other_losses_have_not_blown_up(decades):
    assert not has_blown_up(path_of(10.0**decades))
