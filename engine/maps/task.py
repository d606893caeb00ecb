"""What a map asks for each pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.maps.outcomes import Outcomes


class Task(Protocol):
    """Everything that says what becomes of a run with two of its settings given.

    Frozen and picklable: it is sent to other processes and machines. What it compiles or loads
    it makes there, at the first call. Each pixel's outcome depends on its own two values only,
    bit for bit: neither on its neighbours nor on how many are asked for at once.
    """

    def run(
        self, xs: NDArray[np.float64], ys: NDArray[np.float64], stop: NDArray[np.uint8]
    ) -> Outcomes:
        """Return what becomes of runs with settings (xs[i], ys[i]); each array has shape (n,).

        Another thread may set ``stop`` (1,) to 1: then `engine.descent.Cancelled` is raised soon.
        Releases the GIL while it computes.
        """
