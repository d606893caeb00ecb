"""Trust ratios: how long a tensor's step is beside the tensor itself."""

from __future__ import annotations

from typing import Any


def trust_ratio(weights: Any, update: Any, coefficient: float = 1.0) -> Any:
    """Return coefficient·‖weights‖/‖update‖ from the two norms, or 1 where one of them is zero.

    The papers leave a tensor of zeros, such as a bias at the start, where it is for ever; a ratio
    of 1 lets it move, as in optax.scale_by_trust_ratio.
    """
    if weights == 0.0 or update == 0.0:
        return 1.0
    return coefficient * weights / update
