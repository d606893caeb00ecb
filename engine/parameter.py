"""How a number the user may set is declared: once, for slider, file, validation and help."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Parameter:
    """One named number.

    Parameters
    ----------
    name : identifier in files, in the API and in formulas, e.g. ``"beta1"``.
    symbol : how it is written on screen, e.g. ``"β₁"``.
    default : value when nothing is said; a switch has 0 or 1.
    low, high : range of the slider. Values outside it are allowed up to ``minimum``/``maximum``.
    help : one sentence.
    log : whether the slider is logarithmic.
    kind : ``"real"``, ``"integer"`` or ``"switch"``.
    minimum, maximum : hard limits; a value outside is an error.
    """

    name: str
    symbol: str
    default: float
    low: float
    high: float
    help: str
    log: bool = False
    kind: str = "real"
    minimum: float = -math.inf
    maximum: float = math.inf

    def check(self, value: float) -> float:
        """Return `value`, or raise ValueError with a sentence naming the parameter and the fix."""
        if math.isnan(value):
            raise ValueError(f"{self.name} is not a number; give a value such as {self.default:g}.")
        if math.isinf(value):
            raise ValueError(
                f"{self.name} is {value:g}; give a finite number such as {self.default:g}."
            )
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"{self.name} is {value:g}; {self._range_words()}.")
        if self.kind == "integer" and value != int(value):
            raise ValueError(f"{self.name} is {value:g}; it must be a whole number.")
        if self.kind == "switch" and value not in (0, 1):
            raise ValueError(f"{self.name} is {value:g}; it is a switch: give 1 (on) or 0 (off).")
        return float(value)

    def _range_words(self) -> str:
        if self.maximum == math.inf:
            return f"it must be at least {self.minimum:g}"
        if self.minimum == -math.inf:
            return f"it must be at most {self.maximum:g}"
        return f"it must lie between {self.minimum:g} and {self.maximum:g}"


def complete(parameters: Iterable[Parameter], given: Mapping[str, float]) -> dict[str, float]:
    """Return every parameter's value: the given one, checked, or its default.

    Raises ValueError for a name that is not declared or a value that is not allowed.
    """
    declared = {p.name: p for p in parameters}
    for name in given:
        if name not in declared:
            known = ", ".join(declared) or "none"
            raise ValueError(f"There is no parameter {name!r} here; known: {known}.")
    return {name: p.check(given.get(name, p.default)) for name, p in declared.items()}
