"""What a method and its load are called inside a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.explanation.limits import dominant

if TYPE_CHECKING:
    from typing import Protocol

    from engine.optimizers.optimizer import Numbers
    from engine.optimizers.stability import Stability

    class Named(Protocol):
        """An optimizer, of coordinates or of whole tensors."""

        @property
        def name(self) -> str:
            """Identifier."""

        @property
        def title(self) -> str:
            """Name on screen."""


#: Whose names keep their capital inside a sentence.
PEOPLE = ("Polyak",)


def method_name(optimizer: Named, stability: Stability, h: Numbers) -> str:
    """Return the method's name; plain gradient descent under any name is that."""
    if stability.filter is not None and not stability.gains_vary:
        if abs(dominant(stability, h, 0.5) - 0.5) < 1e-12:
            return "gradient descent"
        if optimizer.name == "sgd":
            return "momentum SGD"
    title = optimizer.title
    words = title.split()
    common = len(words) > 1 and words[0][1:].islower() and words[0] not in PEOPLE
    return title[0].lower() + title[1:] if common else title


def symbol_of(stability: Stability, coupled: float) -> str:
    """Return how the load is written, with coupled weight decay or without."""
    if stability.preconditioned:
        return "the preconditioned ηλ₁"
    return "η(λ₁ + w)" if coupled else "ηλ₁"
