"""From an experiment to trajectories: what is reused, what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from msgspec.structs import replace

from engine.answer import answer
from engine.experiment import Experiment, RunSettings, SurfaceSettings, new_run

EXPERIMENT = Experiment(
    surface=SurfaceSettings(name="bowl"), steps=40, runs=(new_run("sgd"), new_run("adam"))
)


def same_arrays(a, b):
    return np.shares_memory(a.points, b.points)


def test_only_the_run_that_changed_is_walked_again():
    first = answer(EXPERIMENT)
    slower = replace(EXPERIMENT.runs[0], learning_rate=1e-3)
    second = answer(replace(EXPERIMENT, runs=(slower, EXPERIMENT.runs[1])), first)
    assert not same_arrays(second.trajectories[0], first.trajectories[0])
    assert same_arrays(second.trajectories[1], first.trajectories[1])


def test_hiding_recolouring_or_naming_a_run_walks_nothing():
    first = answer(EXPERIMENT)
    changed = replace(EXPERIMENT.runs[0], visible=False, slot=7, label="mine")
    second = answer(replace(EXPERIMENT, runs=(changed, EXPERIMENT.runs[1])), first)
    assert same_arrays(second.trajectories[0], first.trajectories[0])
    assert second.trajectories[0].run == changed
    assert second.trajectories[0].label == "mine"


@pytest.mark.parametrize(
    "change",
    [
        {"start": (0.5, 0.5)},
        {"steps": 41},
        {"precision": "float32"},
        {"surface": SurfaceSettings(name="bowl", parameters={"kappa": 3.0})},
    ],
)
def test_what_moves_every_path_walks_every_path(change):
    first = answer(EXPERIMENT)
    second = answer(replace(EXPERIMENT, **change), first)
    for a, b in zip(first.trajectories, second.trajectories, strict=True):
        assert not same_arrays(a, b)


def test_a_run_with_its_own_start_stays_when_the_shared_start_moves():
    own = replace(EXPERIMENT.runs[0], start=(1.0, 1.0))
    experiment = replace(EXPERIMENT, runs=(own, EXPERIMENT.runs[1]))
    first = answer(experiment)
    second = answer(replace(experiment, start=(2.0, 2.0)), first)
    assert same_arrays(second.trajectories[0], first.trajectories[0])
    np.testing.assert_array_equal(second.trajectories[1].points[0], (2.0, 2.0))


def test_threads_change_no_bit():
    many = replace(
        EXPERIMENT, runs=tuple(new_run("adam", learning_rate=0.01 * i) for i in range(9))
    )
    with ThreadPoolExecutor(3) as pool:
        spread = answer(many, None, None, pool.map)
    for a, b in zip(answer(many).trajectories, spread.trajectories, strict=True):
        np.testing.assert_array_equal(a.points, b.points)


def test_more_memory_than_there_is_is_refused_with_the_number():
    huge = replace(EXPERIMENT, steps=10_000_000, runs=(new_run("sgd"),) * 32)
    with pytest.raises(ValueError, match=r"32 runs of 10,000,000 steps need about \d+\.\d GiB"):
        answer(huge)


def test_a_recorded_run_is_read_from_its_file(tmp_path):
    import engine

    path = tmp_path / "run.csv"
    walked = engine.descend("bowl", "heavy_ball", steps=25, start=(1.0, 2.0))
    walked.to_csv(path)
    recorded = RunSettings(optimizer="heavy_ball", recorded=str(path))
    found = answer(replace(EXPERIMENT, runs=(recorded,))).trajectories[0]
    np.testing.assert_array_equal(found.points[:26], walked.points)
    assert np.isnan(found.points[26:]).all()
    assert found.last_step == 25
    cut = answer(replace(EXPERIMENT, steps=10, runs=(recorded,))).trajectories[0]
    np.testing.assert_array_equal(cut.points, walked.points[:11])


def test_a_recorded_run_that_is_not_in_its_file_is_a_sentence(tmp_path):
    path = tmp_path / "run.csv"
    path.write_text("step,x,y,loss\n0,1,2,3\n")
    with pytest.raises(ValueError, match=r"no run with the number 1, .* last is number 0"):
        answer(replace(EXPERIMENT, runs=(RunSettings(recorded=str(path), recorded_run=1),)))


def test_a_recorded_run_whose_file_is_gone_is_a_sentence(tmp_path):
    gone = RunSettings(recorded=str(tmp_path / "gone.csv"))
    with pytest.raises(ValueError, match=r"gone\.csv"):
        answer(replace(EXPERIMENT, runs=(gone,)))
