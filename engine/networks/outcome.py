"""What became of a training run so far, in one sentence: read from what was recorded, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.networks.ending import ending_of, losses_before_end
from engine.numbers import short as number
from engine.verdict import Status, fit, steps_words

if TYPE_CHECKING:
    from engine.networks.history import Fault, History


def outcome(history: History) -> Status:
    """Return what is to be said about a run: its losses, or how it came to be not finite.

    The kind is "diverged", "nan" or "moving", as `engine.networks.ending` decides.
    """
    fault, end, kind = history.fault, _last(history.training_loss), ending_of(history)
    if fault is not None and not np.isfinite(end):
        return _broken(history, fault, kind == "diverged")
    if kind == "diverged":
        return _blown(history, end)
    short, sentence = _losses(history, end)
    if fault is not None:
        short += f", {fault.value} at step {fault.step}"
        sentence = f"{_first_fault(fault)}, and yet it went on. {sentence}"
    if history.stopped:
        sentence += f" Stopped: {history.stopped}."
    return Status(kind="moving", sentence=sentence, short=fit(short), step=history.last_step)


def _last(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    return float(values[-1]) if len(values) else float("nan")


def _broken(history: History, fault: Fault, grew: bool) -> Status:
    finite = losses_before_end(history)
    known = f" (last finite loss {number(float(finite[-1]))})" if len(finite) else ""
    where = f"{fault.value} in layer {fault.layer}" if fault.layer else fault.value
    if fault.quantity == "step":
        where = f"step {fault.value}"
    at = f"at step {fault.step}" if fault.step else "at the start"
    return Status(
        kind="diverged" if grew else "nan",
        sentence=f"{'Diverged' if grew else 'Stopped'}: {_first_fault(fault, capital=False)}"
        f"{known}.",
        short=fit(f"diverged: {where} {at}" if grew else f"{where} {at}"),
        step=fault.step,
        cause=fault.quantity,
    )


def _first_fault(fault: Fault, capital: bool = True) -> str:
    at = f"at step {fault.step}" if fault.step else "at the start"
    return f"{'The' if capital else 'the'} {fault.words} is {fault.value} {at}"


def _blown(history: History, end: float) -> Status:
    losses = history.loss[: history.last_step + 1]
    low = np.flatnonzero(losses <= losses[0])
    onset = int(low[-1]) + 1 if len(low) else 1
    return Status(
        kind="diverged",
        sentence=f"Diverged at step {onset}: from there on the loss stays above that of the start; "
        f"on all training rows it is {number(end)} after {steps_words(history.last_step)}.",
        short=fit(f"diverged at step {onset}: loss {number(end)}"),
        step=history.last_step,
        onset=onset,
    )


def _losses(history: History, end: float) -> tuple[str, str]:
    """Return losses and accuracy, short and in a sentence."""
    short = f"loss {number(end)}"
    sentence = f"After {steps_words(history.last_step)} the training loss is {number(end)}"
    held, right = _last(history.validation_loss), _last(history.training_accuracy)
    if not np.isnan(held):
        short += f", validation {number(held)}"
        sentence += f", the validation loss {number(held)}"
    if np.isnan(right):
        return short, sentence + "."
    whose, sentence = f"{_percent(right)} of the training rows", sentence + "; "
    held_right = _last(history.validation_accuracy)
    if not np.isnan(held_right):
        whose += f" and {_percent(held_right)} of the validation rows"
        right = held_right
    return f"{short}, {_percent(right)}", f"{sentence}{whose} are classed right."


def _percent(share: float) -> str:
    """Return a share in hundredths; one below 1 never reads as all of them."""
    shown = 100.0 * share
    return f"{number(shown if share == 1 else min(shown, 99.9))} %"
