"""A network as a graph that can be looked at: of wide layers the units and weights that matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.networks.model import Model

    Array = NDArray[np.float64]
    Units = NDArray[np.int64]

#: A unit that is shown already stays until another one is so much stronger: nothing flickers.
STAYS = 1.5
#: Weights smaller than this share of their layer's largest are left out.
FAINT = 0.02


class Column(NamedTuple):
    """Inputs, or a layer's units that are shown: (m,) rising numbers, of so many in all."""

    units: Units
    total: int


class Edges(NamedTuple):
    """Weights from one column to the next, smallest first; what is not finite comes last.

    ``sources`` and ``targets`` (e,) are places in the columns; ``largest`` is the largest size of
    all the layer's weights, shown or not, and not finite if one of them is not.
    """

    sources: Units
    targets: Units
    weights: Array
    largest: float


@dataclass(frozen=True, eq=False)
class Wiring:
    """Columns from the inputs to the outputs, the edges between them, and biases.

    ``biases`` belong to the columns behind the inputs, (m,) each; None where there are none.
    """

    columns: tuple[Column, ...]
    edges: tuple[Edges, ...]
    biases: tuple[Array | None, ...]


def wiring(
    model: Model,
    parameters: NDArray[Any],
    most_units: int,
    most_edges: int,
    shown: Sequence[Column] = (),
) -> Wiring:
    """Return what is to be seen of a network.

    Parameters
    ----------
    parameters : (P,).
    most_units : per column; of more, those are shown whose weights on both sides are largest.
    most_edges : in all; of more, the largest of each layer.
    shown : columns that are on screen already, of a network of the same shape.
    """
    parts = zip(model.tensors, model.views(parameters), strict=True)
    tensors = {(t.layer, t.kind): v.astype(np.float64) for t, v in parts}
    matrices = [tensors[layer, "weight"] for layer in range(model.layers)]
    if [column.total for column in shown] != list(model.sizes):
        shown = ()
    columns = tuple(
        _column(matrices, k, most_units, shown[k].units if shown else None)
        for k in range(model.layers + 1)
    )
    share = max(1, most_edges // model.layers)
    edges = tuple(_edges(m, columns[k], columns[k + 1], share) for k, m in enumerate(matrices))
    found = (tensors.get((layer, "bias")) for layer in range(model.layers))
    biases = tuple(
        None if b is None else b[column.units] for b, column in zip(found, columns[1:], strict=True)
    )
    return Wiring(columns, edges, biases)


def strengths(matrices: Sequence[Array], column: int) -> Array:
    """Return (units,) how much goes through each unit of a column; inf where it is not finite."""
    with np.errstate(all="ignore"):
        found: Array = np.ones(1)
        if column > 0:
            found = found * np.linalg.norm(matrices[column - 1], axis=1)
        if column < len(matrices):
            found = found * np.linalg.norm(matrices[column], axis=0)
    return np.where(np.isfinite(found), found, np.inf)


def _column(matrices: Sequence[Array], k: int, most: int, shown: Units | None) -> Column:
    strength = strengths(matrices, k)
    total = len(strength)
    if total > most:
        if shown is not None:
            strength[shown] *= STAYS
        # Of equally strong ones the first.
        order = np.argsort(-strength, kind="stable")[:most]
        return Column(np.sort(order), total)
    return Column(np.arange(total), total)


def _edges(matrix: Array, before: Column, after: Column, most: int) -> Edges:
    largest = float(np.abs(matrix).max())
    shown = matrix[np.ix_(after.units, before.units)]
    targets, sources = np.indices(shown.shape).reshape(2, -1)
    weights = shown.reshape(-1)
    size = np.abs(weights)
    size[~np.isfinite(size)] = np.inf
    finite = size[np.isfinite(size)]
    top = float(finite.max()) if len(finite) else 0.0
    order = np.argsort(size, kind="stable")
    order = order[size[order] > FAINT * top][-most:]
    return Edges(sources[order], targets[order], weights[order], largest)
