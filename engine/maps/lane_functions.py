"""Functions that formulas call and that need vector code, beside those of `engine.elementary`."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.inlining import inlined

#: Squares of numbers between these neither overflow nor lose digits.
_SMALL, _LARGE = 1e-145, 1e150
_UP, _DOWN = 2.0**520, 2.0**-520


@inlined
def hypot(x: Any, y: Any) -> Any:
    """Return √(x² + y²), right to 2 units in the last place; infinite if either is."""
    a, b = abs(x), abs(y)
    size = a if a > b else b
    up = _UP if size < _SMALL else 1.0
    scale = _DOWN if size > _LARGE else up
    back = _UP if size > _LARGE else 1.0
    back = _DOWN if size < _SMALL else back
    a, b = a * scale, b * scale
    return np.sqrt(a * a + b * b) * back
