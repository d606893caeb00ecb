"""Layer normalisation over the units of each sample, with its derivatives.

Source: Ba, Kiros and Hinton 2016, eq. 4; torch.nn.LayerNorm. A block is (units, lanes), flat;
statistics are rows of lanes, so that every inner loop runs along samples.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.inlining import inlined
from engine.networks.model import NORM_EPSILON


@inlined
def row_of(block: Any, unit: int, lanes: int) -> Any:
    """Return one unit's samples."""
    return block[unit * lanes : (unit + 1) * lanes]


@inlined
def fill(array: Any, value: Any) -> None:
    """Write one value everywhere; an assignment to a slice takes Numba a second to compile."""
    for b in range(len(array)):
        array[b] = value


@inlined
def copy(source: Any, to: Any) -> None:
    """Write one array over another."""
    for b in range(len(to)):
        to[b] = source[b]


@inlined
def normalise(affine: Any, normal: Any, scale: Any, mean: Any, gain: Any, shift: Any) -> None:
    """Write z = (a − mean)/√(variance + ε), its factor, and γz + β in place of a."""
    real, lanes, units = affine.dtype.type, len(scale), len(gain)
    one = real(1.0)
    share, small = one / real(units), real(NORM_EPSILON)
    mean_of(affine, mean, units)
    fill(scale, real(0.0))
    for u in range(units):
        a, z = row_of(affine, u, lanes), row_of(normal, u, lanes)
        for b in range(lanes):
            gap = a[b] - mean[b]
            z[b] = gap
            scale[b] += gap * gap
    for b in range(lanes):
        scale[b] = one / np.sqrt(scale[b] * share + small)
    for u in range(units):
        a, z = row_of(affine, u, lanes), row_of(normal, u, lanes)
        for b in range(lanes):
            value = z[b] * scale[b]
            z[b] = value
            a[b] = gain[u] * value + shift[u]


@inlined
def mean_of(block: Any, mean: Any, units: int) -> None:
    """Write the mean over the units of each sample."""
    real, lanes = block.dtype.type, len(mean)
    share = real(1.0) / real(units)
    fill(mean, real(0.0))
    for u in range(units):
        row = row_of(block, u, lanes)
        for b in range(lanes):
            mean[b] += row[b]
    for b in range(lanes):
        mean[b] *= share


@inlined
def mean_of_products(first: Any, second: Any, mean: Any, units: int) -> None:
    """Add the mean over the units of each sample's products."""
    real, lanes = first.dtype.type, len(mean)
    share = real(1.0) / real(units)
    for u in range(units):
        one, other = row_of(first, u, lanes), row_of(second, u, lanes)
        for b in range(lanes):
            mean[b] += share * one[b] * other[b]


@inlined
def project(error: Any, normal: Any, mean: Any, product: Any, units: int) -> None:
    """Write e − mean(e) − z·mean(e·z) in place of e: what normalising leaves of a change."""
    lanes = len(mean)
    mean_of(error, mean, units)
    fill(product, error.dtype.type(0.0))
    mean_of_products(error, normal, product, units)
    for u in range(units):
        e, z = row_of(error, u, lanes), row_of(normal, u, lanes)
        for b in range(lanes):
            e[b] -= mean[b] + z[b] * product[b]


@inlined
def scaled(block: Any, scale: Any, units: int) -> None:
    """Multiply each sample's units by its factor."""
    lanes = len(scale)
    for u in range(units):
        row = row_of(block, u, lanes)
        for b in range(lanes):
            row[b] *= scale[b]
