import re
from functools import cache

import mpmath
import numpy as np
import pytest
from numba import void

import engine.vector_math  # noqa: F401
from engine import elementary
from engine.compile import NUMBA_REALS, REALS, jit

MOST_ULPS = 4
#: By name: the exact function, and how far from 0 its argument may be in each precision.
FUNCTIONS = {
    "exp": (mpmath.exp, 746, 104),
    "expm1": (mpmath.expm1, 710, 89),
    "log": (mpmath.log, 1e300, 1e38),
    "softplus": (lambda x: mpmath.log1p(mpmath.exp(x)), 746, 104),
    "sigmoid": (lambda x: 1 / (1 + mpmath.exp(-x)), 746, 104),
    "tanh": (mpmath.tanh, 21, 11),
    "erf": (mpmath.erf, 6.5, 4.5),
    "sin": (mpmath.sin, 1e6, 1e6),
    "cos": (mpmath.cos, 1e6, 1e6),
}
WAVES = ("sin", "cos")
each = pytest.mark.parametrize("name", FUNCTIONS)
both = pytest.mark.parametrize("precision", REALS)


@cache
def loop_over(name, precision):
    function = getattr(elementary, name)
    array = NUMBA_REALS[precision][::1]

    @jit(void(array, array), cache=False)
    def loop(values, results):
        for i in range(values.shape[0]):
            results[i] = function(values[i])

    return loop


def compiled(name, values):
    results = np.empty_like(values)
    loop_over(name, str(values.dtype))(values, results)
    return results


def points(name, precision):
    """Return arguments over the whole range, around 0, down to denormals, and where it is hard."""
    real, random = REALS[precision], np.random.default_rng(7)
    limits = np.finfo(real)
    limits, reach = np.finfo(real), FUNCTIONS[name][1 + list(REALS).index(precision) % 2]
    reach = FUNCTIONS[name][1 if real is np.float64 else 2]
    if name == "log":
        top, bottom = np.log(float(limits.max)), np.log(float(limits.smallest_subnormal))
        near_one = 1 + random.uniform(-1, 1, 400) * 10.0 ** random.uniform(-8, 0, 400)
        values = [np.exp(random.uniform(bottom, top, 400)), near_one, [limits.max, limits.tiny]]
    else:
        small = random.standard_normal(400) * 10.0 ** random.uniform(-30, 1, 400)
        values = [random.uniform(-r, r, 400) for r in (reach, 3.0, 0.6)]
        values += [small, [limits.tiny, -limits.tiny / 8, limits.smallest_subnormal]]
    if name in WAVES:
        quarters = np.concatenate([np.arange(-150, 150), random.integers(-630000, 630000, 300)])
        values.append(quarters * np.pi / 2)
    return np.concatenate(values).astype(real)


def ulps(result, exact, real):
    """Return by how many units in the last place of the exact value a result is off."""
    limits = np.finfo(real)
    if not np.isfinite(result):
        return 0 if exact * (1 + mpmath.mpf(2) ** -50) > float(limits.max) else np.inf
    _, exponent = mpmath.frexp(exact)
    unit = mpmath.mpf(2) ** max(exponent - 1 - limits.nmant, limits.minexp - limits.nmant)
    return float(abs(mpmath.mpf(float(result)) - exact) / unit)


@each
@both
def test_within_four_units_in_the_last_place(name, precision):
    values = points(name, precision)
    exact = FUNCTIONS[name][0]
    with mpmath.workdps(40):
        gaps = [
            ulps(r, exact(mpmath.mpf(float(v))), REALS[precision])
            for v, r in zip(values, compiled(name, values), strict=True)
        ]
    worst = int(np.argmax(gaps))
    assert gaps[worst] <= MOST_ULPS, f"{name}({values[worst]!r})"


@pytest.mark.parametrize(
    ("name", "at_zero", "above", "below"),
    [
        ("exp", 1, np.inf, 0),
        ("expm1", 0, np.inf, -1),
        ("log", -np.inf, np.inf, np.nan),
        ("softplus", np.log(2), np.inf, 0),
        ("sigmoid", 0.5, 1, 0),
        ("tanh", 0, 1, -1),
        ("erf", 0, 1, -1),
        ("sin", 0, np.nan, np.nan),
        ("cos", 1, np.nan, np.nan),
    ],
)
@both
def test_ends(name, at_zero, above, below, precision):
    real = REALS[precision]
    results = compiled(name, np.array([0.0, -0.0, np.inf, -np.inf, np.nan], real))
    expected = np.array([at_zero, at_zero, above, below, np.nan], real)
    np.testing.assert_allclose(results, expected, rtol=2 * np.finfo(real).eps)


@pytest.mark.parametrize("name", ["tanh", "erf", "sigmoid", *WAVES])
@both
def test_never_beyond_one(name, precision):
    values = np.linspace(-60, 60, 200_001).astype(precision)
    assert np.max(np.abs(compiled(name, values))) <= 1


@pytest.mark.parametrize("name", ["exp", "expm1"])
@both
def test_overflow_begins_where_numbers_end(name, precision):
    last = np.log(np.finfo(REALS[precision]).max)
    values = np.array([np.nextafter(last, 0), last * 1.0001, np.finfo(last).max], last.dtype)
    results = compiled(name, values)
    assert np.isfinite(results[0])
    assert np.all(results[1:] == np.inf)


@pytest.mark.parametrize("name", WAVES)
@both
def test_waves_stay_waves_far_out(name, precision):
    top = np.log10(np.finfo(precision).max)
    values = (10.0 ** np.linspace(6, float(top) - 0.01, 5000)).astype(precision)
    assert np.max(np.abs(compiled(name, values))) <= 1


@each
@both
def test_loops_are_vectors_of_their_own_precision(name, precision):
    loop = loop_over(name, precision)
    (code,) = loop.inspect_llvm().values()
    lanes, other = ("double", "float") if precision == "float64" else ("float", "double")
    assert re.search(rf"<\d+ x {lanes}>", code)
    assert not re.search(rf"\b{other}\b", code)


@each
@both
def test_plain_python_agrees(name, precision):
    values = np.array([0.3, 1.7, 9.5], precision)
    plain = [getattr(elementary, name)(value) for value in values]
    np.testing.assert_allclose(compiled(name, values), plain, rtol=4 * np.finfo(precision).eps)
