"""What became of a training run, in one clause with its numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.networks.ending import ending_of
from engine.numbers import short
from engine.verdict import steps_words

if TYPE_CHECKING:
    from engine.networks.history import History

Kind = Literal["finished", "stopped", "diverged", "non-finite"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one training run.

    Parameters
    ----------
    kind : ``"finished"``, ``"stopped"`` (before its last step, by a rule or by somebody),
        ``"diverged"``, or ``"non-finite"`` (broken off without having grown before).
    sentence : one plain, exact clause, to stand behind the run's name.
    """

    kind: Kind
    sentence: str


def judge(history: History) -> Verdict:
    """Return what became of a training run."""
    kind, words = ending_of(history), _course(history)
    if history.fault is not None and not math.isfinite(history.training_loss[-1]):
        return _broken(history, kind == "diverged")
    if kind == "diverged":
        return Verdict("diverged", f"diverged: {words}")
    if history.stopped:
        return Verdict("stopped", f"{words}; ended early: {history.stopped}")
    return Verdict("finished" if history.last_step == history.steps else "stopped", words)


def _course(history: History) -> str:
    first, last = (short(float(history.training_loss[row])) for row in (0, -1))
    parts = [f"loss {first} to {last} in {steps_words(history.last_step)}"]
    held, accuracy = float(history.validation_loss[-1]), float(history.validation_accuracy[-1])
    if not math.isnan(held):
        parts.append(f"validation {short(held)}")
    if math.isnan(accuracy):
        accuracy = float(history.training_accuracy[-1])
    if not math.isnan(accuracy):
        parts.append(f"accuracy {short(100 * accuracy)} %")
    if history.fault is not None:
        parts.append(_first(history))
    return ", ".join(parts)


def _broken(history: History, grew: bool) -> Verdict:
    losses = history.loss[: history.last_step + 1]
    finite = np.flatnonzero(np.isfinite(losses))
    if not len(finite):
        return Verdict("non-finite", f"not finite from the start: {_first(history)}")
    top = int(finite[losses[finite].argmax()])
    if grew:
        at = f"loss {short(float(losses[top]))} at step {top}"
        return Verdict("diverged", f"diverged: {at}, {_first(history)}")
    before = int(finite[-1])
    at = f"loss {short(float(losses[before]))} at step {before}"
    return Verdict("non-finite", f"not finite: {_first(history)}, after {at}")


def _first(history: History) -> str:
    fault = history.fault
    assert fault is not None
    return f"first {fault.value}: {fault.words} at step {fault.step}"
