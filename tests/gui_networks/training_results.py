"""Histories made by hand, and a state of the network half that shows them."""

import numpy as np
from msgspec.structs import replace

from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.history import Fault, History
from engine.networks.network import bind
from engine.networks.settings import ModelSettings, NetworkExperiment, new_training_run
from gui.networks.state import NetworkState, Trained

STEPS, EVERY = 100, 10
MOONS = NetworkExperiment(
    data=NetworkDataSettings(source="moons"), model=ModelSettings(hidden=(3,)), steps=STEPS
)
LINE = replace(MOONS, data=NetworkDataSettings(source="noisy_line"))


def decay(rate, steps=STEPS):
    return np.exp(-rate * np.arange(steps + 1) / max(steps, 1))


def blow_up(steps=STEPS, at=20):
    t = np.arange(steps + 1)
    growing = 10.0 ** (np.minimum(t, at) * 30.0 / at)
    return np.where(t < at, growing, np.where(t == at, np.inf, np.nan))


def history_of(run, loss, last=None, every=EVERY, classes=True, **changes):
    """Return what a run of this training loss recorded; its batches wave around it."""
    broken = np.flatnonzero(~np.isfinite(loss))
    last = (int(broken[0]) if len(broken) else len(loss) - 1) if last is None else last
    fault = Fault(int(broken[0]), "activation", 2, "inf") if len(broken) else None
    taken = np.where(np.arange(len(loss)) <= last, loss, np.nan)
    scored = np.unique(np.append(np.arange(0, last + 1, every), last))
    share = 1.0 - 0.5 * decay(3, len(loss) - 1)[scored] if classes else np.full(len(scored), np.nan)
    wave = np.where(np.arange(len(loss)) % 2, 0.8, 1.25)
    made = {
        "run": run, "label": f"SGD η {run.learning_rate:g}", "loss": wave * taken,
        "gradient_norm": taken, "step_norm": np.where(np.arange(len(loss)) < last, taken, np.nan),
        "learning_rates": np.full(len(loss), run.learning_rate), "scored": scored,
        "training_loss": taken[scored], "validation_loss": 2 * taken[scored],
        "training_accuracy": share, "validation_accuracy": 0.9 * share,
        "kept": scored[:1], "weights": np.zeros((1, 1)), "last_step": last, "fault": fault,
    }  # fmt: skip
    return History(**{**made, **changes})


def experiment_of(count, experiment=MOONS, batch=10):
    runs = tuple(new_training_run("sgd", learning_rate=0.1 + i, slot=i) for i in range(count))
    return replace(experiment, runs=runs, batches=BatchSettings(size=batch))


def trained_on(experiment, losses, last=None, **changes):
    classes = experiment.data.source == "moons"
    histories = tuple(
        history_of(run, loss, last, classes=classes, **changes)
        for run, loss in zip(experiment.runs, losses, strict=True)
    )
    step = max((history.last_step for history in histories), default=0)
    return Trained(experiment, bind(experiment), histories, step, step == experiment.steps)


def state_of(*losses, experiment=MOONS, batch=10, **changes):
    state = NetworkState(experiment_of(len(losses), experiment, batch))
    state.set_trained(trained_on(state.experiment, losses, **changes))
    return state
