"""How numbers are written for people: short, without trailing zeros, with a real minus sign."""

from __future__ import annotations

import math


def short(value: float, digits: int = 3) -> str:
    """Return `value` with up to `digits` significant digits: 0.012, 3.2e-5, −1.5, inf, NaN."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "−inf"
    if value == 0:
        return "0"
    text = f"{value:.{digits}g}"
    size = abs(float(text))
    if 1e-3 <= size < 10 ** max(digits, 5):
        text = _plain(float(text), digits)
    else:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−", 1) if text.startswith("-") else text


def _plain(value: float, digits: int) -> str:
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
