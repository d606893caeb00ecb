"""The verdict on a run and the words it is told in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.numbers import short as number

Kind = Literal["converged", "moving", "oscillating", "diverged", "nan", "still"]
Point = tuple[float, float]

LONGEST_SHORT = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The verdict on one run.

    Parameters
    ----------
    kind : ``"converged"``, ``"moving"``, ``"oscillating"``, ``"diverged"``, ``"nan"`` (stopped at
        a non-finite number without having grown towards it) or ``"still"`` (nothing moves, and
        not because a minimum was reached).
    sentence : one plain, exact sentence.
    short : the same in at most 45 characters.
    step : the step at which it converged or became non-finite, else the last step.
    onset : the step from which on a finite path has diverged: its loss stays above the start's or,
        where it falls without end, its steps only grow.
    factor : what each step multiplies the error by at the end; negative if it flips sides.
    minimum : where it converged to, (x, y).
    minimum_index : which of the trajectory's known minima that is.
    amplitude : half the width of an oscillation.
    period : steps until an oscillation repeats; 0 if it does not.
    cause : what became non-finite first: "loss", "gradient", "optimizer state", "weight".
    """

    kind: Kind
    sentence: str
    short: str
    step: int
    onset: int | None = None
    factor: float | None = None
    minimum: Point | None = None
    minimum_index: int | None = None
    amplitude: float | None = None
    period: int = 0
    cause: str = ""


def place(point: Point, grain: float = 0.0) -> str:
    """Return a point as it is read on screen, e.g. ``(1, −0.5)``; less than `grain` is 0."""
    return f"({', '.join(number(c if abs(c) > grain else 0.0) for c in point)})"


def steps_words(count: int) -> str:
    """Return ``1 step`` or ``500 steps``."""
    return f"{count} step{'s' * (count != 1)}"


def fit(text: str) -> str:
    """Return a text cut to the length of a status strip's chip."""
    return text if len(text) <= LONGEST_SHORT else text[: LONGEST_SHORT - 1].rstrip() + "…"
