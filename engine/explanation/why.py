"""One run explained, as a notebook gets it: numbers for each step, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.explanation.diagnosis import Diagnosis
    from engine.explanation.explanation import Budget, Curvature, Explanation, Load


@dataclass(frozen=True)
class Why:
    """Why the loss fell or rose at each step of a run.

    Parameters
    ----------
    explanation : all that is known of each step.
    verdict : the same in a paragraph of claims, each of which says how it was checked.
    """

    explanation: Explanation
    verdict: Diagnosis

    def __repr__(self) -> str:
        """Return the verdict, which is what a notebook shows of it."""
        return f"{self.verdict.title}. {self.verdict.paragraph}"

    @property
    def budget(self) -> Budget:
        """First order, second order, remainder and measured change of each step, (n − 1,)."""
        return self.explanation.budget

    @property
    def curvature(self) -> Curvature:
        """Hessians and their eigenvalues, (n, 2), at each row."""
        return self.explanation.curvature

    @property
    def load(self) -> Load:
        """ηλ of each step, (n,), and the optimizer's own limit on it."""
        return self.explanation.load
