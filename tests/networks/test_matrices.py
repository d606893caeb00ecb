"""Register-blocked products against NumPy's, at every kind of edge."""

import numba
import numpy as np
import pytest

from engine.networks.matrices import BIAS, NOTHING, SUM, correlate, multiply
from engine.networks.tiles import lanes_of

SHAPES = [
    (1, 1, 1),
    (1, 7, 2),
    (3, 5, 1),
    (4, 4, 4),
    (6, 9, 3),
    (7, 13, 5),
    (10, 128, 9),
    (33, 2, 8),
]


@numba.njit
def _multiply(c, a, down, along, b, bias, mode, rows, inner, lanes):
    multiply(c, 2, a, 1, down, along, b, 3, bias, 1, mode, rows, inner, lanes)


@numba.njit
def _correlate(g, d, h, mode, rows, columns, lanes):
    correlate(g, 2, d, 1, h, 3, mode, rows, columns, lanes)


def shifted(values, offset):
    return np.concatenate([np.full(offset, np.nan, values.dtype), values.ravel()])


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize(("rows", "inner", "vectors"), SHAPES)
def test_products_are_those_of_numpy(precision, rows, inner, vectors):
    rng = np.random.default_rng(0)
    lanes = vectors * lanes_of(precision)
    tolerance = {"rtol": 2e-4 if precision == "float32" else 1e-12, "atol": 1e-4}
    if precision == "float64":
        tolerance["atol"] = 1e-12
    weights, inputs, errors, start, bias, before = (
        rng.standard_normal(shape).astype(precision)
        for shape in (
            (rows, inner),
            (inner, lanes),
            (rows, lanes),
            (rows, lanes),
            rows,
            (inner, lanes),
        )
    )
    flat_bias = shifted(bias, 1)
    for mode, added in ((NOTHING, 0), (BIAS, bias[:, None]), (SUM, start)):
        out = shifted(start, 2)
        _multiply(
            out,
            shifted(weights, 1),
            inner,
            1,
            shifted(inputs, 3),
            flat_bias,
            mode,
            rows,
            inner,
            lanes,
        )
        np.testing.assert_allclose(
            out[2:].reshape(rows, lanes), weights @ inputs + added, **tolerance
        )
    out = shifted(before, 2)
    _multiply(
        out, shifted(weights, 1), 1, inner, shifted(errors, 3), flat_bias, SUM, inner, rows, lanes
    )
    np.testing.assert_allclose(
        out[2:].reshape(inner, lanes), weights.T @ errors + before, **tolerance
    )
    for mode, added in ((NOTHING, 0), (SUM, weights)):
        out = shifted(weights, 2)
        _correlate(out, shifted(errors, 1), shifted(inputs, 3), mode, rows, inner, lanes)
        np.testing.assert_allclose(
            out[2:].reshape(rows, inner), errors @ inputs.T + added, **tolerance
        )
