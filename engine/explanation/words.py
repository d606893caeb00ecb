"""Phrases that several verdicts share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.diagnosis import Claim
from engine.explanation.limits import limit as limit_without_decay
from engine.numbers import short as number

if TYPE_CHECKING:
    from engine.explanation.case import Case


def capital(text: str) -> str:
    """Return a sentence's first word with a capital; symbols stay as they are."""
    return text[:1].upper() + text[1:] if text[:1].isascii() and not text.startswith("η") else text


def first_above(case: Case) -> int:
    """Return the first row whose load is above the limit, or 0."""
    above = case.signs.ratio > 1
    return int(np.argmax(above)) if above.any() else 0


def above_limit(case: Case, row: int) -> str:
    """Return ``ηλ₁ = 2.84 is above gradient descent's limit 2``, and when it came to be so."""
    load, limit = told_apart(case.load(row), case.limit(row))
    if case.limit(row) == 0 and limit_without_decay(*case.linear) == 0:
        return f"No learning rate is stable for {case.method} with these settings"
    if case.limit(row) == 0:
        factor = number(1 - float(case.decays[row]))
        return (
            f"Decoupled weight decay alone multiplies the point by {factor} a step, which nothing "
            "makes stable"
        )
    text = f"{case.symbol} = {load} is above {case.method}'s limit {limit}"
    if row > 0:
        begun = number(case.load(0))
        text = (
            f"{case.symbol} is {begun} at the start and passes {case.method}'s limit {limit} at "
            f"step {row}, with {load}"
        )
    return capital(text)


def below_limit(case: Case, row: int) -> str:
    """Return ``ηλ₁ = 0.5 is below gradient descent's limit 2``."""
    load, limit = told_apart(case.load(row), case.limit(row))
    return capital(f"{case.symbol} = {load} is below {case.method}'s limit {limit}")


def told_apart(load: float, limit: float) -> tuple[str, str]:
    """Return two numbers in as many digits as it takes to tell them apart, 3 at least."""
    for digits in range(3, 9):
        texts = number(load, digits), number(limit, digits)
        if texts[0] != texts[1]:
            break
    return texts


def no_limit(reason: str) -> Claim:
    """Return the sentence that says why no limit is given."""
    return Claim(f"No limit is given: {reason}.")


def a_step(factor: float) -> str:
    """Return ``1.2-fold a step``, or a percentage where the factor is close to 1."""
    if 0.9 < factor < 1.1:
        return f"by {number(100 * (factor - 1))} % a step"
    return f"{number(factor)}-fold a step"


__all__ = [
    "a_step",
    "above_limit",
    "below_limit",
    "capital",
    "first_above",
    "no_limit",
    "number",
    "told_apart",
]
