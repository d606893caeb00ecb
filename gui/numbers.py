"""The one place where numbers are written for people and read from them."""

from __future__ import annotations

import math

from engine.numbers import short


def show(value: float, digits: int = 3) -> str:
    """Return a number for the screen: 0.012, 3.2e-5, −1.5, inf, NaN; no trailing zeros."""
    return short(value, digits)


def count(number: int) -> str:
    """Return a whole number with its thousands apart."""
    return f"{number:,}".replace(",", "\u202f")


def exact(value: float) -> str:
    """Return the shortest text that `read` turns back into exactly `value`."""
    text = repr(float(value))
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa.removesuffix('.0')}e{int(exponent)}"
    return text.removesuffix(".0").replace("-", "−", 1) if value < 0 else text.removesuffix(".0")


def read(text: str) -> float:
    """Return the finite number that a person typed.

    Raises ValueError with a plain sentence for anything else; nothing is evaluated.
    """
    plain = text.strip().replace("−", "-")
    if not plain:
        raise ValueError("Nothing is typed here; the old number stays.")
    if "," in plain:
        raise ValueError(f"{text.strip()!r} has a comma; write decimals with a point, as in 0.5.")
    try:
        value = float(plain.replace(" ", "").replace("_", "x"))
    except ValueError:
        raise ValueError(f"{_clip(text)!r} is no number; type one such as 0.01 or 1e-3.") from None
    if math.isnan(value):
        raise ValueError("NaN is no number to work with; type one such as 0.01 or 1e-3.")
    if math.isinf(value):
        raise ValueError(f"{_clip(text)} is too large; the largest number is about 1.8e308.")
    return value


def _clip(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 20 else text[:19] + "…"
