from functools import cache

import mpmath
import numpy as np
import pytest
import sympy
from numba import int64, void

from engine.compile import NUMBA_REALS, REALS, jit
from engine.networks.activation_kernels import apply, apply_bent
from engine.networks.activations import CATALOGUE, activation_named, code_of

a = sympy.Symbol("a")
normal = (1 + sympy.erf(a / sympy.sqrt(2))) / 2
#: By name: what it is below 0 and above.
EXACT = {
    "tanh": (sympy.tanh(a),) * 2,
    "relu": (sympy.Integer(0), a),
    "leaky_relu": (a / 100, a),
    "gelu": (a * normal,) * 2,
    "silu": (a / (1 + sympy.exp(-a)),) * 2,
    "softplus": (sympy.log(1 + sympy.exp(a)),) * 2,
    "sigmoid": (1 / (1 + sympy.exp(-a)),) * 2,
    "elu": (sympy.exp(a) - 1, a),
    "sine": (sympy.sin(a),) * 2,
    "identity": (a, a),
}
NAMES = [activation.name for activation in CATALOGUE]
each = pytest.mark.parametrize("name", NAMES)
both = pytest.mark.parametrize("precision", REALS)


@cache
def kernels(precision):
    array = NUMBA_REALS[precision][::1]

    @jit(void(int64, array, array, array), name=precision)
    def straight(code, a, h, s):
        apply(code, a, h, s)

    @jit(void(int64, array, array, array, array), name=precision)
    def bent(code, a, h, s, b):
        apply_bent(code, a, h, s, b)

    return straight, bent


def found(name, sums):
    """Return values, slopes and bends as compiled code has them."""
    results = [np.full_like(sums, np.nan) for _ in range(3)]
    kernels(str(sums.dtype))[1](code_of(name), sums, *results)
    return results


def points(precision="float64"):
    random = np.random.default_rng(3)
    sums = np.concatenate([random.standard_normal(300) * 2, random.uniform(-30, 30, 100)])
    return sums.astype(precision)


def exact(name, sums):
    rows = []
    with mpmath.workdps(40):
        for order in range(3):
            sides = [sympy.lambdify(a, sympy.diff(e, a, order), "mpmath") for e in EXACT[name]]
            rows.append([float(sides[int(x > 0)](mpmath.mpf(float(x)))) for x in sums])
    return np.array(rows)


def test_each_name_and_title_is_used_once():
    assert len(set(NAMES)) == len({activation.title for activation in CATALOGUE}) == len(CATALOGUE)


def test_codes_count_through_the_catalogue():
    assert [code_of(name) for name in NAMES] == list(range(len(CATALOGUE)))


@pytest.mark.parametrize(
    ("name", "hint"), [("leaky relu", "did you mean leaky_relu"), ("qqq", "known: tanh, relu")]
)
def test_an_unknown_name_is_answered_with_known_ones(name, hint):
    with pytest.raises(ValueError, match=hint):
        activation_named(name)


@each
def test_value_slope_and_bend_are_exact(name):
    sums = points()
    # What is taken from 1 − φ, as in torch, is right to a rounding of 1, times sums up to 30.
    np.testing.assert_allclose(found(name, sums), exact(name, sums), rtol=1e-12, atol=5e-15)


@each
def test_float32_is_right_to_its_own_rounding(name):
    sums = points("float32")
    results = found(name, sums)
    assert all(result.dtype == np.float32 for result in results)
    eps = np.finfo(np.float32).eps
    np.testing.assert_allclose(results, exact(name, sums), rtol=8 * eps, atol=8 * eps)


@each
@both
def test_without_bends_values_and_slopes_are_the_same(name, precision):
    sums = points(precision)
    values, slopes = np.empty_like(sums), np.empty_like(sums)
    kernels(precision)[0](code_of(name), sums, values, slopes)
    np.testing.assert_array_equal([values, slopes], found(name, sums)[:2])


@each
def test_the_rule_in_plain_python_is_the_compiled_one(name):
    sums = points()
    plain = np.array([activation_named(name).rule(float(x)) for x in sums]).T
    np.testing.assert_allclose(found(name, sums), plain, rtol=1e-13, atol=5e-15)


@each
@both
def test_nothing_becomes_nan_but_nan(name, precision):
    largest = np.finfo(precision).max
    sums = np.array([0.0, largest, -largest, 1e25, -1e25, np.nan], precision)
    values, slopes, bends = found(name, sums)
    assert np.isnan(values[-1])
    assert np.all(np.isfinite([values[:-1], slopes[:-1], bends[:-1]]))


def test_kinks():
    zero = np.array([0.0])
    assert [result.item() for result in found("relu", zero)] == [0, 0, 0]
    assert [result.item() for result in found("leaky_relu", zero)] == [0, 0.01, 0]
    assert [result.item() for result in found("elu", zero)] == [0, 1, 1]


def test_a_saturated_unit_lets_nothing_through():
    for name in ("tanh", "sigmoid"):
        values, slopes, _ = found(name, np.array([17.5], np.float32))
        assert (values.item(), slopes.item()) == (1, 0)


@each
def test_torch_agrees(name):
    torch = pytest.importorskip("torch")
    sums = points()
    argument = torch.tensor(sums, requires_grad=True)
    scope = {"a": argument, "torch": torch, "F": torch.nn.functional}
    results = [eval(activation_named(name).torch, scope)]
    for _ in range(2):
        last = results[-1].sum()
        if not last.requires_grad:
            results.append(torch.zeros_like(argument))
            continue
        (slope,) = torch.autograd.grad(last, argument, create_graph=True)
        results.append(slope)
    expected = [result.detach().numpy() for result in results]
    np.testing.assert_allclose(found(name, sums), expected, rtol=1e-12, atol=5e-15)


@each
def test_jax_agrees(name):
    jax = pytest.importorskip("jax")
    sums = points("float32")
    scope = {"a": jax.numpy.array(sums), "jax": jax, "jnp": jax.numpy}
    values = np.asarray(eval(activation_named(name).jax, scope))
    np.testing.assert_allclose(found(name, sums)[0], values, rtol=2e-6, atol=2e-6)
