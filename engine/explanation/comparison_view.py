"""What is shown of a run before and after: numbers side by side and both losses in one unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.answer import landscape_of
from engine.explanation.causes_in_rates import limit_of
from engine.explanation.comparison import curvature_notes
from engine.explanation.effect import translated
from engine.numbers import short as number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.explanation.comparison import Comparison, Sharpness, Side
    from engine.verdict import Status

    Array = NDArray[np.float64]

#: A loss that grows to this many times the larger of both starts' is left where it does.
CEILING = 1e3


@dataclass(frozen=True, slots=True)
class Figure:
    """One number before and after, NaN where there is none; `help` says what it is, or why not."""

    name: str
    before: float
    after: float
    help: str


@dataclass(frozen=True, eq=False)
class ComparisonView:
    """What a comparison looks like.

    Parameters
    ----------
    figures : λ₁ and κ at the start, the same at the minimum where they differ, and η/limit.
    curves : loss above the lowest known value at each step, before (n,) and after (m,), in the
        unit of the unchanged surface; infinity where a diverging run has left for good.
    scale : "log" where the lowest value is known or nothing is negative, else "symlog".
    same_surface : whether both paths can be drawn on one ground.
    remarks : what the figures do not say, in sentences.
    """

    figures: tuple[Figure, ...]
    curves: tuple[Array, Array]
    scale: str
    same_surface: bool
    remarks: tuple[str, ...]


def comparison_view(comparison: Comparison, index: int) -> ComparisonView:
    """Return what is shown of the comparison of run `index`."""
    before, after = comparison.before, comparison.after
    said = curvature_notes(before, after)
    curves, scale = _curves(before, after)
    return ComparisonView(
        figures=(*_sharpness(before, after), _share(before, after, index)),
        curves=curves,
        scale=scale,
        same_surface=before.experiment.surface == after.experiment.surface,
        remarks=tuple(note for note in comparison.notes if note not in said),
    )


def _sharpness(before: Side, after: Side) -> list[Figure]:
    figures = _at("at the start", before.start, after.start)
    if before.minimum is not None and after.minimum is not None:
        there = _at("at the minimum", before.minimum, after.minimum)
        same = all(
            np.allclose((a.before, a.after), (b.before, b.after), rtol=1e-9, equal_nan=True)
            for a, b in zip(figures, there, strict=True)
        )
        figures = _at("", before.start, after.start) if same else [*figures, *there]
    return figures


def _at(where: str, old: Sharpness, new: Sharpness) -> list[Figure]:
    largest = "Largest eigenvalue of the Hessian on all data, in float64"
    condition = "Condition number λ₁/λ₂: how narrow the valley is"
    return [
        Figure(f"λ₁ {where}".rstrip(), old.largest, new.largest, largest),
        Figure(f"κ {where}".rstrip(), old.condition, new.condition, condition),
    ]


def _share(before: Side, after: Side, index: int) -> Figure:
    """Return which part of its largest stable learning rate each run takes."""
    shares, reasons = [], []
    for side in (before, after):
        limit = limit_of(side.experiment, index)
        rate = abs(side.experiment.runs[index].learning_rate)
        shares.append(math.nan if isinstance(limit, str) else rate / limit)
        reasons += [limit] if isinstance(limit, str) else []
    words = "Learning rate as a part of the largest stable one: above 1 it is unstable"
    tip = ". Not known where ".join([words, *dict.fromkeys(reasons)])
    return Figure("η/limit", shares[0], shares[1], tip)


def _curves(before: Side, after: Side) -> tuple[tuple[Array, Array], str]:
    """Return both losses on the unchanged surface, on all data, at the same models."""
    landscape = landscape_of(before.experiment, "float64")
    with np.errstate(all="ignore"):
        losses = [
            landscape.value(translated(side.experiment, before.experiment, _points(side)))
            for side in (before, after)
        ]
        lowest = float(landscape.minima[:, 2].min()) if len(landscape.minima) else 0.0
        smallest = min(float(loss[np.isfinite(loss)].min(initial=lowest)) for loss in losses)
        base = lowest if smallest >= lowest else 0.0
        heights = [loss - base for loss in losses]
        ceiling = CEILING * max(abs(float(height[0])) for height in heights)
        one, other = (_cut(height, ceiling) for height in heights)
    return (one, other), "log" if smallest >= base else "symlog"


def _points(side: Side) -> Array:
    return side.trajectory.points[: side.trajectory.last_step + 1].astype(np.float64)


def _cut(heights: Array, ceiling: float) -> Array:
    """Return the values up to where they rise above the ceiling for good."""
    below = np.flatnonzero(np.abs(heights) <= ceiling)
    end = int(below[-1]) + 2 if len(below) else 1
    kept = heights[:end].copy()
    # One that jumps to 1e300 must not press the others flat.
    kept[-1] = np.clip(kept[-1], -10.0 * ceiling, 10.0 * ceiling)
    return kept


def brief(status: Status) -> str:
    """Return what became of a run in the few characters that a narrow row has."""
    if status.kind == "converged":
        return f"settles at step {status.step}"
    if status.kind == "diverged" and status.factor is not None:
        return f"diverges ×{number(status.factor)}"
    return status.short.removeprefix("still moving: ")
