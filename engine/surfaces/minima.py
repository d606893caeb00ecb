"""Known minima that do not depend on a surface's parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.surfaces.surface import Minima


def fixed(*minima: tuple[float, float, float]) -> Minima:
    """Return the function that answers these (x, y, value) for any parameters."""

    def answer(parameters: Mapping[str, float]) -> tuple[tuple[float, float, float], ...]:
        return minima

    return answer


ORIGIN = fixed((0.0, 0.0, 0.0))
