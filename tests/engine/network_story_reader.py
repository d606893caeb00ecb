"""Reads a story that is told in a small network: trains its runs, changed as its text says."""

from functools import partial

import numpy as np
from msgspec.structs import replace
from story_reader import Reader, told

from engine.networks.answer import train_all
from engine.networks.explanation.objective import objective_of
from engine.networks.explanation.sharpness import sharpness_along, top
from engine.networks.network import bind

#: How far a number that the text calls "about" so much may be from it.
ABOUT = 0.1


class NetworkReader(Reader):
    """One story and what has been proved of it."""

    def train(self, index=0, **changes):
        """Return the history of one run, after changes to it or to parts of the experiment.

        Fields of ``data``, ``model``, ``initial`` and ``batches`` are given as dictionaries, those
        of the experiment as ``of_experiment``, all others are the run's.
        """
        return train_all(self.changed(index, **changes))[0]

    def changed(self, index=0, **changes):
        """Return the experiment with one run, after changes."""
        experiment, whole = self.experiment, changes.pop("of_experiment", {})
        for part in ("data", "model", "initial", "batches"):
            if part in changes:
                whole[part] = replace(getattr(experiment, part), **changes.pop(part))
        return replace(experiment, runs=(replace(experiment.runs[index], **changes),), **whole)

    def weights(self, steps, index=0, **changes):
        """Return the weights of a run after some steps."""
        changed = self.changed(index, **changes)
        history = train_all(replace(changed, steps=steps))[0]
        assert history.kept[-1] == steps
        return history.weights[-1]

    def sharpness(self, steps=0, index=0, **changes):
        """Return λ₁ after some steps of a run, usually none."""
        network = bind(self.changed(index, **changes))
        weights = self.weights(steps, index, **changes).astype(float)
        return float(top(objective_of(network), weights)[0][0])

    def sharpness_along(self, history, looks=60):
        """Return the curvature along a run that has been trained."""
        every = max(1, len(history.kept) // looks)
        return sharpness_along(bind(history.experiment), history, every=every, tolerance=1e-3)

    def about(self, said, value, before="about "):
        """Strike out a number that is only roughly so; it must be there and near."""
        self.says(f"{before}{said}")
        assert abs(value / float(said) - 1) < ABOUT, (said, value)

    def settings(self):
        experiment = self.experiment
        yield experiment.steps
        yield experiment.data.target_divisor
        yield experiment.initial.gain
        yield from experiment.model.hidden
        for run in experiment.runs:
            yield run.learning_rate
            yield run.clip_norm
            yield run.schedule.warm_up_steps


told = partial(told, reads=NetworkReader)


def settled(history):
    """Return the median loss on all rows over the second half of a run, which has to be finite."""
    assert history.fault is None, history.fault
    return float(np.median(history.training_loss[len(history.training_loss) // 2 :]))


def overflow(history):
    """Return the first step with a loss, or anything in it, that is not finite."""
    assert history.fault is not None, history.label
    return history.fault.step
