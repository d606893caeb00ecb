"""All eigenvalues of a network's Hessian: one by one if there are few, else how densely they lie.

Source: Ghorbani, Krishnan, Xiao 2019 (arXiv:1901.10159), Algorithm 1 and 2: stochastic Lanczos
quadrature, with Gaussian probes and a Gaussian of small width in place of each node.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.descent import Cancelled
from engine.lanczos import quadrature

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from engine.networks.explanation.objective import NetworkObjective

    Array = NDArray[np.float64]

#: So many parameters have their whole Hessian computed.
MOST_WHOLE = 1000
#: Random vectors, and products for each of them.
PROBES, PRODUCTS = 8, 64


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Eigenvalues with their parts of the whole.

    Parameters
    ----------
    values : (m,), rising: all eigenvalues, or the nodes of a quadrature.
    weights : (m,), what each stands for, as a part of all P eigenvalues; together they are 1.
    whole : whether these are the eigenvalues themselves.
    note : how it was found, in a sentence.
    """

    values: Array
    weights: Array
    whole: bool
    note: str

    def density(self, places: ArrayLike, width: float) -> Array:
        """Return the density of eigenvalues at some places (n,), each seen `width` (σ) wide."""
        gaps = (np.asarray(places, np.float64)[:, None] - self.values) / width
        bells = np.exp(-0.5 * gaps**2) / (width * np.sqrt(2.0 * np.pi))
        density: Array = bells @ self.weights
        return density

    def share_above(self, value: float) -> float:
        """Return which part of all eigenvalues is above a value."""
        return float(self.weights[self.values > value].sum())


def spectrum_of(
    objective: NetworkObjective,
    point: ArrayLike,
    *,
    scale: Array | None = None,
    decay: float = 0.0,
    most_whole: int = MOST_WHOLE,
    probes: int = PROBES,
    products: int = PRODUCTS,
    stop: NDArray[np.uint8] | None = None,
) -> Spectrum:
    """Return the spectrum of S(H + decay)S at a point (P,); NaN where it is not finite.

    Parameters
    ----------
    scale : (P,), the diagonal of S; left out, 1.
    most_whole : up to how many parameters each eigenvalue is computed, by P products.
    probes, products : beyond that, random vectors and products for each of them.

    Raises
    ------
    engine.descent.Cancelled : `stop` was set.
    """
    if objective.size <= most_whole:
        return _whole(objective, point, scale, decay, stop)
    near, size = objective.near(point), objective.size
    random, around = np.random.default_rng(0), 1.0 if scale is None else scale

    def product(vector: Array) -> Array:
        _watch(stop)
        inside = around * vector
        return np.asarray(around * (near.product(inside) + decay * inside))

    found = [quadrature(product, random.standard_normal(size), products) for _ in range(probes)]
    values = np.concatenate([nodes for nodes, _ in found])
    weights = np.concatenate([weight for _, weight in found]) / probes
    order = np.argsort(values)
    note = (
        f"A density by stochastic Lanczos quadrature with {probes} random "
        f"{'vector' if probes == 1 else 'vectors'} and {products} products each: {size:,} "
        "eigenvalues are too many to be computed one by one."
    )
    return Spectrum(values[order], weights[order], False, _join(note, objective.note))


def _whole(
    objective: NetworkObjective,
    point: ArrayLike,
    scale: Array | None,
    decay: float,
    stop: NDArray[np.uint8] | None,
) -> Spectrum:
    hessian = hessian_of(objective, point, stop) + decay * np.eye(objective.size)
    if scale is not None:
        with np.errstate(all="ignore"):
            hessian = scale[:, None] * hessian * scale
    size = objective.size
    values = np.full(size, np.nan)
    if np.isfinite(hessian).all():
        values = np.linalg.eigvalsh(hessian)
    note = f"All {size:,} eigenvalues."
    return Spectrum(values, np.full(size, 1.0 / size), True, _join(note, objective.note))


def hessian_of(
    objective: NetworkObjective, point: ArrayLike, stop: NDArray[np.uint8] | None = None
) -> Array:
    """Return the whole Hessian at a point (P,), (P, P), symmetric to the last digit."""
    near = objective.near(point)
    hessian, axis = np.empty((objective.size, objective.size)), np.zeros(objective.size)
    for j in range(objective.size):
        _watch(stop)
        axis[j] = 1.0
        hessian[j] = near.product(axis)
        axis[j] = 0.0
    with np.errstate(all="ignore"):
        return 0.5 * (hessian + hessian.T)


def _watch(stop: NDArray[np.uint8] | None) -> None:
    if stop is not None and stop[0]:
        raise Cancelled


def _join(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
