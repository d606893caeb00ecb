"""Random numbers that are the same on every machine and with every version of NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_TWO_PI = 2.0 * np.pi


class Draws:
    """A stream of draws from one seed; with another `key` it is another stream.

    NumPy promises that the raw numbers of a bit generator stay as they are, but not the ways in
    which its `Generator` shapes them (NEP 19); so the shaping is done here.
    """

    def __init__(self, seed: int, key: tuple[int, ...] = ()) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key))

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Array:
        """Return numbers from [low, high), each with 53 random bits."""
        raw = np.asarray(self._bits.random_raw(int(np.prod(shape))), dtype=np.uint64)
        unit = (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53
        return (low + (high - low) * unit).reshape(shape)

    def normal(self, *shape: int) -> Array:
        """Return standard normal numbers (Box and Muller 1958)."""
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(*shape)))
        return radius * np.cos(_TWO_PI * self.uniform(*shape))

    def order(self, count: int) -> NDArray[np.int64]:
        """Return the numbers below `count` in random order."""
        return np.argsort(self.uniform(count), kind="stable").astype(np.int64)
