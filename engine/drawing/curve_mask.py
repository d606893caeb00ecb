"""How much of each pixel a curve covers: a mask (width, height) of 0 to 255, and what it touches.

``touched`` is (2, width): the lowest and the highest row covered in each column.
"""

from __future__ import annotations

from typing import Any

from engine.inlining import inlined, larger, smaller

#: Pixels beyond which a point is simply "far out": keeps slopes and arithmetic finite.
FAR = 1e5


@inlined
def touch(touched: Any, i: int, top: int, bottom: int) -> None:
    """Note that the rows `top` to `bottom` of column `i` are covered."""
    touched[0, i] = smaller(touched[0, i], top)
    touched[1, i] = larger(touched[1, i], bottom)
