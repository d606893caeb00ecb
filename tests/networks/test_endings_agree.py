"""Chip, command line and explanation never disagree about how a run ended."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.ending import ending_of
from engine.networks.explanation.verdict import verdict_on
from engine.networks.initialisation import InitialSettings
from engine.networks.network import bind
from engine.networks.outcome import outcome
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun
from engine.networks.training import Training
from engine.networks.verdict import judge

CARS = NetworkExperiment(
    data=NetworkDataSettings(source="cars"),
    model=ModelSettings(hidden=(8,), activation="relu"),
    batches=BatchSettings(size=1),
    steps=200,
)
NAIVE = replace(
    CARS,
    data=NetworkDataSettings(source="moons", parameters={"noise": 0.0}),
    model=ModelSettings(hidden=(8,), loss="cross_entropy_probabilities"),
    batches=BatchSettings(size=0),
)
DEEP = ModelSettings(hidden=(8,) * 6, activation="identity")
RUNS = {
    "carried off": (
        replace(CARS, model=ModelSettings(hidden=(8,), activation="identity")),
        TrainingRun(learning_rate=0.1), "diverged",
    ),
    "by its first step": (CARS, TrainingRun(learning_rate=1e38), "diverged"),
    "by log 0": (NAIVE, TrainingRun(learning_rate=30.0), "nan"),
    "from the start": (
        replace(CARS, initial=InitialSettings(gain=1e6), model=DEEP),
        TrainingRun(), "nan",
    ),
    "uphill a little": (
        replace(CARS, steps=3), TrainingRun(learning_rate=1e-9, maximize=True), "going"
    ),
    "to fifty times its loss": (replace(CARS, steps=12), TrainingRun(learning_rate=3e-4), None),
    "well": (CARS, TrainingRun(learning_rate=1e-6), "going"),
    "not yet": (replace(CARS, steps=0), TrainingRun(), "going"),
}  # fmt: skip


@pytest.mark.parametrize("name", RUNS)
def test_all_who_tell_of_a_run_say_the_same(name):
    experiment, run, expected = RUNS[name]
    network = bind(experiment)
    training = Training(network, run, experiment.steps)
    with np.errstate(all="ignore"):
        training.advance(experiment.steps)
    history = training.history()
    ending = ending_of(history)
    assert expected in (None, ending)
    told = {"diverged": "diverged", "nan": "non-finite"}.get(ending)
    assert (judge(history).kind == told) if told else judge(history).kind in ("finished", "stopped")
    assert outcome(history).kind == {"going": "moving"}.get(ending, ending)
    found = verdict_on(network, history)[0]
    loud = {"divergence": "diverged", "nan": "nan"}.get(found.kind, "going")
    assert loud == ending, found.text
    assert "nan" not in found.text
