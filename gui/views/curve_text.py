"""What stands beside a curve plot: ticks, steps, names of quantities and of what is not finite."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFont

from gui.numbers import show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.drawing.curve_scale import Tick

SMALL = 0.88
MOST_DIGITS = 12
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def tr(text: str) -> str:
    """Translate a literal string."""
    return QCoreApplication.translate("curves", text)


def quantities() -> dict[str, str]:
    """Return the names on screen of what can be plotted."""
    return {
        "loss": tr("Loss"),
        "distance": tr("Distance to minimum"),
        "gradient_norm": tr("Gradient norm"),
        "step_norm": tr("Step norm"),
        "learning_rate": tr("Learning rate"),
        "stability": tr("Stability"),
        "load": tr("Rate × curvature"),
        "sharpness": tr("Sharpness"),
    }


def scales() -> dict[str, str]:
    """Return the names on screen of the scales."""
    return {"log": tr("log"), "linear": tr("linear"), "symlog": tr("symlog")}


def small(font: QFont) -> QFont:
    """Return the font of ticks and labels, with figures of one width."""
    result = QFont(font)
    result.setPointSizeF(font.pointSizeF() * SMALL)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def tick_texts(ticks: Sequence[Tick]) -> list[str]:
    """Return what is written beside each tick, with as many digits as tell them apart."""
    plain = [tick.value for tick in ticks if not tick.power]
    digits = _digits(plain)
    return [_power(t.value) if t.power else show(t.value, digits) for t in ticks]


def step_text(step: int) -> str:
    """Return a step number with its thousands apart."""
    return f"{step:,}".replace(",", "\u202f")


def mark_text(value: float, step: int, last_finite: float) -> str:
    """Return what is said about the step at which a curve stopped being finite."""
    if math.isfinite(value):
        return tr("stopped at step {step}").format(step=step_text(step))
    sentence = tr("{value} at step {step}").format(value=show(value), step=step_text(step))
    if not math.isfinite(last_finite):
        return sentence
    return sentence + tr(", last {value}").format(value=show(last_finite, 2))


def _digits(values: Sequence[float]) -> int:
    """Return how many significant digits write each value exactly enough."""
    if len(values) < 2:
        return 3
    gap = min(abs(b - a) for a, b in itertools.pairwise(values))
    for digits in range(1, MOST_DIGITS):
        if all(abs(float(f"{v:.{digits}g}") - v) <= 1e-3 * gap for v in values):
            return digits
    return MOST_DIGITS


def _power(value: float) -> str:
    exponent = str(round(math.log10(abs(value)))).translate(_SUPERSCRIPT)
    return f"−10{exponent}" if value < 0 else f"10{exponent}"
