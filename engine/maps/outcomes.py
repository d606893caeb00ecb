"""What became of many runs: one number per run and question."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What `Outcomes.verdict` counts: the kinds of `engine.verdict.Status`, in this order.
VERDICTS = ("converged", "moving", "oscillating", "diverged", "nan", "still")
NO_BASIN = -1


class Outcomes(NamedTuple):
    """What became of each run; all arrays have the same shape.

    Attributes
    ----------
    loss : float64, the loss at the end: inf or NaN if the run ended there.
    measure : float64, how long it took to converge (above 0) or to diverge (below 0), largest in
        size beside the border: over the losses ℓ_t after each step, Σ ℓ_t/ℓ₀ of a run that
        converged and −Σ ℓ₀/ℓ_t of one that did not; each term is at most 10⁶, and ℓ_t/ℓ₀ is 10⁶
        where ℓ_t is not finite (Sohl-Dickstein 2024, with the opposite sign).
    steps : int32, steps until it had converged, or to the end.
    verdict : uint8, an index into `VERDICTS`.
    basin : int16, which of the known minima it reached, or `NO_BASIN`.
    """

    loss: NDArray[np.float64]
    measure: NDArray[np.float64]
    steps: NDArray[np.int32]
    verdict: NDArray[np.uint8]
    basin: NDArray[np.int16]


#: The types of the arrays, in order.
TYPES = (np.float64, np.float64, np.int32, np.uint8, np.int16)


def unknown(*shape: int) -> Outcomes:
    """Return outcomes of runs that nobody has asked for yet."""
    loss, measure = np.full(shape, np.nan), np.full(shape, np.nan)
    verdict = np.full(shape, len(VERDICTS), np.uint8)
    return Outcomes(
        loss, measure, np.zeros(shape, np.int32), verdict, np.full(shape, NO_BASIN, np.int16)
    )
