"""Which rows each step sees: the same order for every run and optimizer, for any step at once.

Rows are drawn as torch's DataLoader draws them: each epoch a new permutation, or with replacement
as many draws as there are rows (RandomSampler), cut into batches, the last one smaller if need be
(``drop_last=False``). Epochs come in blocks with a random generator each (PCG64, seeded by seed
and block), so that no step needs those before it, and that a small table's epochs, of two or
three batches, do not spend their time on making generators.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from engine.experiment import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Rows that a block of epochs has at least, and blocks that are kept: runs that are together need
#: one, and one that is behind has not to draw its own again and again.
BLOCK_ROWS = 16384
KEPT = 4


class BatchSettings(Settings, frozen=True):
    """Size of a batch, 0 for all rows; seed of their order; whether rows are put back."""

    size: int = 0
    seed: int = 0
    replacement: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for an impossible size or seed."""
        if self.size < 0:
            raise ValueError(f"size is {self.size}; give 0 for all rows, or 1 and more.")
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; give a whole number of 0 or more.")


@dataclass(frozen=True)
class BatchOrder:
    """The order in which a table's rows are seen.

    Parameters
    ----------
    rows : number of rows, at least 1; ValueError otherwise.
    settings : size, seed, replacement.
    """

    rows: int
    settings: BatchSettings

    def __post_init__(self) -> None:
        """Raise ValueError for a table without rows."""
        if self.rows < 1:
            raise ValueError("There are no rows to train on; leave at least one.")

    @cached_property
    def full(self) -> bool:
        """Whether every step sees all rows, in the table's order."""
        size = self.settings.size
        return (
            size == 0 or size > self.rows or (size == self.rows and not self.settings.replacement)
        )

    @cached_property
    def size(self) -> int:
        """Rows of a step, the last of an epoch excepted."""
        return self.rows if self.full else self.settings.size

    @cached_property
    def per_epoch(self) -> int:
        """Steps of an epoch."""
        return -(-self.rows // self.size)

    def epochs(self, steps: int) -> float:
        """Return how often so many steps go through the table."""
        return steps / self.per_epoch

    @property
    def note(self) -> str:
        """A sentence about a batch that is larger than the data; else empty."""
        if self.settings.size <= self.rows:
            return ""
        return (
            f"A batch of {self.settings.size:,} is more than the {self.rows:,} rows there are; "
            "each step sees all of them."
        )

    def rows_of(self, step: int) -> NDArray[np.int64]:
        """Return the rows that a step, counted from 0, sees; read-only (size or fewer,)."""
        rows, counts = self.order(step, 1)
        return rows[0, : counts[0]]

    def order(self, first: int, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows of `count` steps from step `first` on.

        Returns
        -------
        rows : (count, size) int64, read-only; behind a smaller batch stands row 0. Contiguous,
            except that with `full` all steps share one row of memory: a kernel needs none then.
        counts : (count,) int64, how many of them the step sees.
        """
        steps = np.arange(first, first + count)
        counts = np.full(count, self.size)
        counts[steps % self.per_epoch == self.per_epoch - 1] -= (
            self.per_epoch * self.size - self.rows
        )
        if self.full:
            return np.broadcast_to(_all(self.rows), (count, self.rows)), counts
        return self._drawn(first, count), counts

    @cached_property
    def _epochs(self) -> int:
        return max(1, BLOCK_ROWS // self.rows)

    def _drawn(self, first: int, count: int) -> NDArray[np.int64]:
        steps = self._epochs * self.per_epoch
        last = max(first, first + count - 1)
        parts = []
        for number in range(first // steps, last // steps + 1):
            start = number * steps
            block = _block(self.rows, self.size, self._epochs, self.settings, number)
            parts.append(block[max(first - start, 0) : max(first + count - start, 0)])
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


@lru_cache(maxsize=1)
def _all(rows: int) -> NDArray[np.int64]:
    order = np.arange(rows)
    order.flags.writeable = False
    return order


@lru_cache(maxsize=KEPT)
def _block(
    rows: int, size: int, epochs: int, settings: BatchSettings, number: int
) -> NDArray[np.int64]:
    """Return one block's batches, (epochs · batches of an epoch, size), read-only."""
    sequence = np.random.SeedSequence(settings.seed, spawn_key=(number,))
    generator = np.random.Generator(np.random.PCG64(sequence))
    batches = np.zeros((epochs, -(-rows // size) * size), dtype=np.int64)
    drawn = batches[:, :rows]
    if settings.replacement:
        drawn[:] = generator.integers(0, rows, (epochs, rows))
    else:
        drawn[:] = np.arange(rows)
        generator.permuted(drawn, axis=1, out=drawn)
    batches.flags.writeable = False
    return batches.reshape(-1, size)
