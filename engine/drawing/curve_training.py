"""Curves of training runs: of each step what its batch gave, and now and then of all rows."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.drawing.curve_series import Mark, Prepared, Series, spanning
from engine.networks.outcome import outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.networks.history import History

    Array = NDArray[np.float64]

#: Of which steps a quantity has values, besides those that were looked at with all rows.
QUANTITIES = {
    "loss": "loss", "gradient_norm": "gradient_norm", "step_norm": "step_norm",
    "learning_rate": "learning_rates",
}  # fmt: skip
#: Where further lines of run i stand among the series of n runs: i + BATCH n, i + VALIDATION n.
BATCH, VALIDATION = 1, 2
LOUD = ("diverged", "nan")
ALL_RIGHT = 100.0
#: A batch may be so much easier than all rows before its loss leaves the axis.
BELOW = 0.1


def prepare_training(histories: Sequence[History], quantity: str, full: bool) -> Prepared:
    """Collect one quantity of all runs.

    The series are one for each run; for "loss" and "accuracy" (in percent) these are of all
    training rows, and behind them follow those of the batches and of the validation rows, empty
    where there are none. "stability" and "sharpness" are what looks at curvature found.

    Parameters
    ----------
    full : whether every batch is all training rows, without dropout: then its loss is theirs.
    """
    calm = [outcome(history).kind not in LOUD for history in histories]
    pairs = list(zip(histories, calm, strict=True))
    if quantity in ("stability", "sharpness"):
        from engine.drawing.curve_training_loads import prepare_training_loads

        return prepare_training_loads(histories, calm, quantity)
    if quantity == "accuracy":
        series = [_looks(h, 100.0 * h.training_accuracy, c) for h, c in pairs]
        series += [_nothing()] * len(pairs)
        series += [_looks(h, 100.0 * h.validation_accuracy, c) for h, c in pairs]
        always = (ALL_RIGHT,) if any(s.highest > -math.inf for s in series) else ()
        return Prepared(quantity, tuple(series), 0.0, True, False, always)
    series = [_steps(h, c, quantity) for h, c in pairs]
    if quantity == "loss":
        batch = [_nothing()] * len(pairs) if full else series
        if not full:
            series = [
                _looks(h, h.training_loss, c, each.mark)
                for (h, c), each in zip(pairs, batch, strict=True)
            ]
        series = [*series, *batch, *(_looks(h, h.validation_loss, c) for h, c in pairs)]
    lowest = min((s.lowest for s in series), default=math.inf)
    least = -math.inf if full or quantity != "loss" else _least(series, len(pairs))
    return Prepared(quantity, tuple(series), 0.0, True, lowest < 0, least=least)


def _least(series: Sequence[Series], count: int) -> float:
    """Return below which value only single batches come."""
    seen = [*series[:count], *series[VALIDATION * count :]]
    above = [s.lowest if s.lowest > 0 else s.second for s in seen]
    lowest = min(above, default=math.inf)
    return BELOW * lowest if lowest < math.inf else -math.inf


def _nothing() -> Series:
    return spanning(np.empty(0), True)


def _looks(history: History, values: Array, calm: bool, mark: Mark | None = None) -> Series:
    """Return what was seen in all rows; empty if that is nothing but NaN."""
    if np.isnan(values).all() and mark is None:
        return _nothing()
    return spanning(np.ascontiguousarray(values), calm, mark, steps=history.scored)


def _steps(history: History, calm: bool, quantity: str) -> Series:
    # A step or a rate belongs to the step that leaves a row, so the last row has none.
    leaving = quantity in ("step_norm", "learning_rate")
    end = history.last_step + (0 if leaving else 1)
    values = np.ascontiguousarray(getattr(history, QUANTITIES[quantity])[:end])
    found = spanning(values, calm)
    if quantity == "learning_rate" or found.highest == -math.inf:
        return found
    mark = _mark(history, values)
    return found if mark is None else replace(found, mark=mark, calm=False)


def _mark(history: History, values: Array) -> Mark | None:
    """Return where a run's values stop being finite, or the run itself though they are."""
    if history.fault is None:
        return None
    broken = ~np.isfinite(values)
    if broken.any():
        first = int(broken.argmax())
        before = float(values[first - 1]) if first else math.nan
        return Mark(first, float(values[first]), before)
    last = float(values[-1])
    broke_off = history.fault.step >= history.last_step - 1
    return Mark(history.last_step, last, last) if broke_off else None
