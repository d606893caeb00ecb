"""What a mode does, in words, and the envelope that its multiplier predicts."""

from __future__ import annotations

import cmath
import math
from typing import TYPE_CHECKING

import numpy as np

from engine.numbers import short as number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.explanation.modes import Mode

    Array = NDArray[np.float64]

#: A multiplier this near to the unit circle neither grows nor shrinks.
EVEN = 1e-3
#: A root whose angle is smaller than this is real but for rounding; a smaller one is 0.
REAL = 1e-6


def multiplier_text(mode: Mode) -> str:
    """Return a multiplier as it is read: ``−0.92`` or ``0.95 turning 34°``; "" if there is none."""
    z = mode.multiplier
    if z is None or not cmath.isfinite(z):
        return ""
    if _is_real(z):
        return number(z.real)
    return f"{number(abs(z))} turning {number(math.degrees(abs(cmath.phase(z))), 2)}°"


def motion(mode: Mode) -> str:
    """Return what the error along a mode does, in a few words."""
    z = mode.multiplier
    if not math.isfinite(mode.eigenvalue):
        return "the curvature is not finite here"
    if z is None or not cmath.isfinite(z):
        return "bends down: no rest along it" if mode.eigenvalue < 0 else ""
    if mode.eigenvalue == 0 or mode.load == 0:
        return "flat: nothing pulls along it"
    if mode.eigenvalue < 0 and mode.load < 0:
        return "bends down: leaves the ridge"
    size = abs(z)
    if size <= REAL:
        return "gone in one step"
    end = "keeps its size" if abs(size - 1) <= EVEN else "grows" if size > 1 else "shrinks"
    if not _is_real(z):
        return f"swings and {end}"
    if z.real < 0:
        return f"overshoots each step and {end}"
    return f"{end} from one side" if size < 1 - EVEN else end


def flips_text(mode: Mode) -> str:
    """Return how often the error changed its side lately; of one that is gone rounding is left."""
    if mode.watched == 0 or (mode.multiplier is not None and abs(mode.multiplier) <= REAL):
        return ""
    if mode.flips == mode.watched:
        return "flips each step"
    if mode.flips == 0:
        return "no flips"
    return f"{mode.flips} flips in {mode.watched} steps"


def envelope(errors: Array, mode: Mode, step: int) -> Array | None:
    """Return the error's size along a mode if each step multiplied it by the multiplier, (n,).

    `errors` (n,) are those of the path. The envelope passes through the present one at `step`;
    it is NaN where it leaves what the path reaches, and None if nothing of it is left.
    """
    z = mode.multiplier
    if z is None or not math.isfinite(mode.coordinate):
        return None
    reached = np.abs(errors[np.isfinite(errors)]).max(initial=0.0)
    with np.errstate(all="ignore"):
        powers = abs(z) ** (np.arange(len(errors), dtype=np.float64) - step)
        sizes: Array = abs(mode.coordinate) * powers
    within = sizes <= 1.2 * reached
    return np.where(within, sizes, np.nan) if within.any() else None


def _is_real(z: complex) -> bool:
    return abs(z.imag) <= REAL * max(abs(z), 1e-300)
