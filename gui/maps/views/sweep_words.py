"""What is said about one rate of a sweep."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from gui.maps.views.sweep_lines import QUARTILES_FROM, band_shares
from gui.numbers import count, show

if TYPE_CHECKING:
    from engine.maps.curve import Curve
    from gui.maps.sweep_state import Swept


def verdicts() -> tuple[str, ...]:
    """Return the verdicts in words, in the order of `engine.maps.outcomes.VERDICTS`."""
    return (
        _tr("converged"), _tr("still moving"), _tr("oscillates"), _tr("diverged"),
        _tr("ended at NaN"), _tr("stands still"),
    )  # fmt: skip


def words_at(swept: Swept, row: int, place: int) -> str:
    """Return what became of a run at a rate, and what theory says of growth there."""
    curve, rate = swept.sweep.curves[row], float(swept.sweep.rates[place])
    if not curve.done[place]:
        return ""
    parts = [
        _tr("{label} at η {rate}: {fate}").format(
            label=curve.label, rate=show(rate, 4), fate=_fate(curve, place)
        ),
        _loss(curve, place),
        _steps(curve, place),
        *_growth(curve, rate, place),
    ]
    return "; ".join(part for part in parts if part) + "."


def _fate(curve: Curve, place: int) -> str:
    names, kinds = verdicts(), curve.verdict[place].tolist()
    if curve.seeds == 1:
        step = count(int(curve.ended[place, 0]))
        broke = kinds[0] in (0, 3, 4)
        return _tr("{} at step {}").format(names[kinds[0]], step) if broke else names[kinds[0]]
    told = {kind: kinds.count(kind) for kind in sorted(set(kinds))}
    if len(told) == 1:
        return _tr("all {} seeds: {}").format(curve.seeds, names[kinds[0]])
    many = [_tr("{} {}").format(number, names[kind]) for kind, number in told.items()]
    return _tr("of {} seeds {}").format(curve.seeds, ", ".join(many))


def _loss(curve: Curve, place: int) -> str:
    low, middle, high = curve.quantiles(*band_shares(curve.seeds))[:, place].tolist()
    text = _tr("loss {}").format(show(middle))
    if curve.seeds > 1:
        ends = _tr("quartiles") if curve.seeds >= QUARTILES_FROM else _tr("from")
        text += _tr(" ({ends} {low} to {high})").format(ends=ends, low=show(low), high=show(high))
    (best,) = curve.quantiles(0.5, of="best")
    if best[place] != middle and math.isfinite(best[place]):
        text += _tr(", at best {}").format(show(float(best[place])))
    return text


def _steps(curve: Curve, place: int) -> str:
    (steps,) = curve.quantiles(0.5, of="steps")
    if math.isnan(curve.target):
        return ""
    target = show(curve.target)
    if not math.isfinite(steps[place]):
        return _tr("never at {}").format(target)
    return _tr("at {} after {} steps").format(target, count(int(steps[place])))


def _growth(curve: Curve, rate: float, place: int) -> list[str]:
    """Say how fast the error grew, and by theory grows, above the limit."""
    parts = []
    measured = float(curve.factor[place, 0])
    if measured == measured:
        parts.append(_tr("each step multiplied the error by {}").format(show(measured)))
    limits = curve.limits
    if limits is None or limits.rate is None or rate <= limits.rate:
        return parts
    factor = limits.theory.factor(rate, limits.rate)
    if factor > 1.0:
        steps = limits.theory.overflow(rate, curve.precision, limits.rate)
        words = _tr("by theory × {} a step").format(show(factor))
        parts.append(
            words + (_tr(", overflow after {} steps").format(count(steps)) if steps else "")
        )
    return parts


def _tr(text: str) -> str:
    return QCoreApplication.translate("sweep", text)
