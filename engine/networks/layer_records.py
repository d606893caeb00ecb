"""What is measured inside a network's layers, at one step and over the kept steps of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.history import Fault
    from engine.networks.spread import Spread


@dataclass(frozen=True, eq=False)
class Sizes:
    """How large everything is at one kept step; NaN or inf where something is not finite.

    Parameters
    ----------
    step : whose weights they are.
    weights, gradients, updates : (T,), Euclidean norms by tensor; no updates (NaN) at the first.
    ratios : (T,), of an update to the weights that it changed.
    activations : (L,), root mean square by layer.
    dead, saturated : (L − 1,), shares of the hidden layers' units: those whose slope is 0 on every
        row, so that nothing of them learns; those of tanh and sigmoid that are flat on nearly all.
    broken : the first tensor in the order of a step that is not finite, or None.
    """

    step: int
    weights: NDArray[np.float64]
    gradients: NDArray[np.float64]
    updates: NDArray[np.float64]
    ratios: NDArray[np.float64]
    activations: NDArray[np.float64]
    dead: NDArray[np.float64]
    saturated: NDArray[np.float64]
    broken: Fault | None


@dataclass(frozen=True, eq=False)
class Spreads:
    """`Sizes` at one kept step with the spread of all numbers; no updates at the first step."""

    sizes: Sizes
    weights: tuple[Spread, ...]
    gradients: tuple[Spread, ...]
    updates: tuple[Spread, ...]
    activations: tuple[Spread, ...]


@dataclass(frozen=True, eq=False)
class Course:
    """`Sizes` over the kept steps, k of them, those in the beginning that are measured already.

    Parameters
    ----------
    steps : (k,) int64.
    weights, gradients, updates, ratios : (T, k).
    activations : (L, k).
    dead, saturated : (L − 1, k).
    broken : at the first step where anything is not finite, or None.
    complete : whether these are all kept steps.
    """

    steps: NDArray[np.int64]
    weights: NDArray[np.float64]
    gradients: NDArray[np.float64]
    updates: NDArray[np.float64]
    ratios: NDArray[np.float64]
    activations: NDArray[np.float64]
    dead: NDArray[np.float64]
    saturated: NDArray[np.float64]
    broken: Fault | None
    complete: bool

    def breaks_at(self, name: str, line: int) -> int:
        """Return the first step at which an array's line is not finite, -1 if it always is.

        An update's ratio to weights of 0 is none, so it breaks where the update itself does; at the
        first kept step there is no update.
        """
        array = self.updates if name == "ratios" else getattr(self, name)
        odd = ~np.isfinite(array[line])
        if name in ("updates", "ratios"):
            odd[0] = False
        return int(self.steps[odd.argmax()]) if odd.any() else -1
