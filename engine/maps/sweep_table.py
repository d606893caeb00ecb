"""A sweep as CSV: a row per run, learning rate and seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import atomic
from engine.csv_writer import cells, portable
from engine.maps.curve import UNKNOWN
from engine.maps.outcomes import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.maps.curve import Curve
    from engine.maps.sweep import Sweep

COLUMNS = (
    "run", "label", "optimizer", "learning_rate", "seed", "first_loss", "loss", "best_loss",
    "target", "steps_to_target", "verdict", "ended", "factor", "growth", "steps_to_overflow",
    "limit_found", "limit_start", "limit_lowest", "limit_minimum",
)  # fmt: skip


def write_sweep(path: str | Path, sweep: Sweep) -> None:
    """Write a sweep, as far as it has come; see `engine.maps.sweep.Sweep.to_csv`."""
    with atomic.replacing(path) as file:
        for line in sweep_lines(sweep):
            file.write(line)


def sweep_lines(sweep: Sweep) -> Iterator[bytes]:
    """Yield the lines of the CSV, the names of the columns first."""
    yield cells(COLUMNS) + b"\r\n"
    for number, curve in enumerate(sweep.curves):
        for place, rate in enumerate(sweep.rates.tolist()):
            beside = _beside(curve, rate)
            for seed in range(curve.seeds):
                if curve.verdict[place, seed] == UNKNOWN:
                    continue
                found = [
                    str(number), portable(curve.label), curve.run.optimizer, _text(rate), str(seed),
                    *_row(curve, place, seed), *beside,
                ]  # fmt: skip
                yield cells(found) + b"\r\n"


def _row(curve: Curve, place: int, seed: int) -> list[str]:
    at, steps = (place, seed), int(curve.steps[place, seed])
    return [
        _text(float(curve.first[at])), _text(float(curve.loss[at])), _text(float(curve.best[at])),
        _text(curve.target), "" if steps < 0 else str(steps), VERDICTS[curve.verdict[at]],
        str(int(curve.ended[at])), _text(float(curve.factor[at])),
    ]  # fmt: skip


def _beside(curve: Curve, rate: float) -> list[str]:
    """Return what theory says of growth at a rate, and the limits; empty where it is silent."""
    limits = curve.limits
    if limits is None:
        return [""] * 6
    theory = limits.theory
    steps = theory.overflow(rate, curve.precision, limits.rate)
    factor = _text(theory.factor(rate, limits.rate))
    rates = (limits.found, theory.start, theory.lowest, theory.minimum)
    known = ("" if found is None else _text(found) for found in rates)
    return ["" if factor == "nan" else factor, "" if steps is None else str(steps), *known]


def _text(value: float) -> str:
    """Return the shortest decimals that give the same number back."""
    return repr(float(value))
