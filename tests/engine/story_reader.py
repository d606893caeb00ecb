"""Reads a story of the collection: walks its runs, and sees to it that no number goes unproved."""

import re
from contextlib import contextmanager

import numpy as np
from msgspec.structs import replace

from engine.answer import answer, landscape_of
from engine.numbers import short
from engine.stories import CATALOGUE

#: Neither float32 nor λ₁ nor x² holds one: letters before it, subscripts and superscripts.
NUMBER = re.compile(r"(?<![\w.])−?\d+(?:\.\d+)?(?:e-?\d+)?")


class Reader:
    """One story and what has been proved of it."""

    def __init__(self, name):
        self.experiment = next(s.experiment for s in CATALOGUE if s.name == name)
        self.words = "\n".join([self.experiment.story.text, *self.experiment.story.tries])
        self.left = self.words

    def says(self, *phrases):
        """Strike out phrases made of computed numbers; they must be there."""
        for phrase in phrases:
            # Not 1 where 1.2 stands.
            whole = re.compile(re.escape(phrase) + r"(?!\.?\d)")
            assert whole.search(self.words), f"{phrase!r} is not said in: {self.words}"
            self.left = whole.sub(" ", self.left)

    def walk(self, index=0, **changes):
        """Return the trajectory of one run, after changes to it or to the experiment."""
        return self.answered(index, **changes).trajectories[0]

    def status(self, index=0, **changes):
        """Return what became of one run."""
        return self.answered(index, **changes).statuses[0]

    def answered(self, index=0, *, surface=None, data=None, of_experiment=None, **of_run):
        changed = self.changed(surface, data, of_experiment)
        run = replace(self.experiment.runs[index], **of_run)
        return answer(replace(changed, runs=(run,)))

    def changed(self, surface=None, data=None, of_experiment=None):
        """Return the experiment with other parameters, data settings or fields."""
        settings = self.experiment.surface
        if surface is not None:
            settings = replace(settings, parameters={**settings.parameters, **surface})
        if data is not None:
            settings = replace(settings, data=replace(settings.data, **data))
        return replace(self.experiment, **{"surface": settings, **(of_experiment or {})})

    def landscape(self, **changes):
        return landscape_of(self.changed(**changes), "float64")

    def settings(self):
        yield self.experiment.steps
        yield from self.experiment.start
        yield from self.experiment.surface.parameters.values()
        for run in self.experiment.runs:
            yield run.learning_rate
            yield run.clip_norm
            yield from run.start or ()
            yield from run.hyperparameters.values()


@contextmanager
def told(name, reads=Reader):
    """Read a story; at the end each of its numbers is proved or one of its settings."""
    reader = reads(name)
    yield reader
    unproved = set(NUMBER.findall(reader.left)) - {short(v) for v in reader.settings()}
    assert not unproved, f"{sorted(unproved)} in: {reader.left}"


def curvatures(landscape, point=(0.0, 0.0)):
    """Return the largest and the smallest eigenvalue of the Hessian."""
    low, high = np.linalg.eigvalsh(landscape.hessian(point))
    return float(high), float(low)


def percent(share):
    return f"{short(100 * share)} %"


def first_above(values, bound):
    """Return the first row above a bound; NaN and infinity are above any."""
    return int(np.flatnonzero(~(np.asarray(values, float) <= bound))[0])


def overflow(trajectory):
    """Return the first step at which the loss is not finite."""
    return first_above(trajectory.loss, np.finfo(trajectory.loss.dtype).max)


def ratios(values):
    values = np.asarray(values, float)
    return values[1:] / values[:-1]
