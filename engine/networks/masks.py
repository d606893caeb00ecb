"""Which units a step leaves out: decided by counting, so that any step can be repeated alone.

Source: Srivastava et al. 2014; the hash is SplitMix64 (Steele, Lea and Flood 2014), as in Java's
SplittableRandom, of the unit's number, so that exported scripts can make the same masks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.inlining import inlined
from engine.networks.norm_kernels import row_of

_GOLDEN, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


@inlined
def _mixed(number: Any) -> Any:
    z = number * np.uint64(_GOLDEN)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(_FIRST)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(_SECOND)
    return z ^ (z >> np.uint64(31))


@inlined
def drop(after: Any, slope: Any, bend: Any, lanes: int, share: float, key: int, layer: int) -> None:
    """Set a share of a block's values, slopes and bends, if any, to 0; scale up the others."""
    kept, zero = after.dtype.type(1.0 / (1.0 - share)), after.dtype.type(0.0)
    # 2⁵³ values of equal chance, as many as a float64 tells apart below 1.
    bound = np.uint64(share * 9007199254740992.0)
    stream = _mixed(_mixed(np.uint64(key)) + np.uint64(layer + 1))
    for u in range(len(after) // lanes):
        seed = _mixed(stream + np.uint64(u + 1))
        value, rise = row_of(after, u, lanes), row_of(slope, u, lanes)
        for b in range(lanes):
            gone = _mixed(seed + np.uint64(b + 1)) >> np.uint64(11) < bound
            factor = zero if gone else kept
            value[b] *= factor
            rise[b] *= factor
            if len(bend) > 0:
                bend[u * lanes + b] *= factor
