"""Which rows train a network and which only tell how well it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.networks.data.draws import Draws

if TYPE_CHECKING:
    from engine.networks.data.data_set import Rows


#: A stream of its own: that of made-up data with the same seed would set aside those rows whose
#: first draw is small, such as one end of a curve.
KEY = (0, 0, 0)


def split(rows: int, share: float, seed: int, classes: Rows | None = None) -> tuple[Rows, Rows]:
    """Return the numbers of the training and of the validation rows, both ascending.

    Parameters
    ----------
    rows : how many there are, at least 1.
    share : of the rows that is set aside, rounded; at least one row is left for training.
    seed : the same seed draws the same rows.
    classes : (rows,) each class gives the same share, and keeps at least one row for training;
        None for regression.
    """
    groups = np.zeros(rows, dtype=np.int64) if classes is None else classes
    order = Draws(seed, KEY).order(rows)
    order = order[np.argsort(groups[order], kind="stable")]
    sizes = np.bincount(groups)
    aside = _quotas(sizes, share)
    first = np.cumsum(sizes) - sizes
    # The place of each row within its group, in random order.
    place = np.arange(rows) - np.repeat(first, sizes)
    validation = place < np.repeat(aside, sizes)
    return np.sort(order[~validation]), np.sort(order[validation])


def _quotas(sizes: Rows, share: float) -> Rows:
    """Return how many rows each group gives, (groups,): largest remainders make up the total."""
    wanted = share * sizes
    quotas: Rows = np.floor(wanted).astype(np.int64)
    lacking = round(share * int(sizes.sum())) - int(quotas.sum())
    largest = np.argsort(-(wanted - quotas), kind="stable")[: max(lacking, 0)]
    quotas[largest] += 1
    np.minimum(quotas, np.maximum(sizes - 1, 0), out=quotas)
    return quotas
