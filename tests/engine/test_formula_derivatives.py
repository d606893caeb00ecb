"""Value, gradient and Hessian of formulas against mpmath, interpreted, as Python and compiled."""

import numba
import numpy as np
import pytest
from formula_by_mpmath import assert_close

from engine.compile import load_generated
from engine.formula import parse
from engine.formula.functions import FUNCTIONS

ANYWHERE = """\
3
x
x*y
x - y*x + 3*(x + y)*(x - y)
-x^2
(-x)^3
2^-x
x^2/10 + a*y^2
x^7*y^5
x^20 - y^33
(x + y)^-2
1/(1 + x^2 + y^2)
1/(3 + x)^3
(x*y - 1)^2/2
(1 - x)^2 + 100*(y - x^2)^2
(x^2 + 1)^1.7
(x^2 + 1)^-0.3
(x^2 + 1)^0.5
(x^2 + 1)^-0.5
(x^2 + 1)^a
(x^2 + 1)^y
(x^2 + y^2 + 1)^(x*y)
a^x
e^(x*y)
exp(-x^2 - y^2)/exp(x)
x/exp(y)
sin(3*x)*cos(y)
tan(x/2)
sin(cos(sin(x*y)))
asin(x/4)
acos(x*y/6)
atan(x - 2*y)
sinh(x*y)
cosh(x)^2
tanh(2*x + y)^3
log(cosh(x) + y^2)
expm1(x*y)
log1p(x^2*y^2)
log10(x^2 + 2)
log2(y^2 + x^4 + 1)
ln(3 + x)
sqrt(x^2 + y^2 + 1)
cbrt(x + 4*y + 0.1)
abs(x)*y
abs(x*y - 0.3)^3
sign(x)*x^2
floor(3*x)*y
step(x - y)*x*y
relu(x*y + 0.1)^2
relu(1 - x)
sigmoid(3*x - y)
softplus(x*y)
softplus(2*x) - x
erf(x + y/2)
min(x, y^2)
max(sin(x), cos(y))*x
hypot(x, 2*y)
cos(5*hypot(x, y))
atan2(y, x)
atan2(x*y + 3, a)
min(max(x, y), x*y)
sin(x)/x
(x + y)/(x - y + 5)
-(-(-x))
x - (y - (x - a*y))
(x^2)^3/(x^2 + 1)^3
exp(x)*exp(-x)*y
2*(3*(x*4))/(8*y - 40)
a*b*x + b^2*y - x/b
sin(pi*x)^2 + (x - 1)^2*(1 + sin(2*pi*y)^2)""".splitlines()
POSITIVE = [
    "log(x)*log(y)",
    "sqrt(x*y)",
    "x^y",
    "y^x^0.7",
    "x^1.5 - y^-2.5",
    "x^a/y^b",
    "cbrt(x)/log10(1 + y)",
    "(x - y)^4*x^0.5",
    "hypot(log(x), sqrt(y))",
]
CONSTANTS = {"a": 1.7, "b": 0.6}
EVERYTHING = (
    "+".join(
        f"{name}(a*x+y)" if function.arity == 1 else f"{name}(x*a,y*y)"
        for name, function in FUNCTIONS.items()
    )
    + "+x^a+a^x+x^y+(x+y)^-3+x^2.5+(x+1)^13+|x-y|"
)


def points(low, high, count=3):
    return np.random.default_rng(7).uniform(low, high, (count, 2)).tolist()


def python_function(formula, precision="float64"):
    names = {}
    exec(formula.python_source(precision), names)
    return names["second_order"], names["value_gradient"]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [(t, -1.5, 1.5) for t in ANYWHERE] + [(t, 0.2, 2.0) for t in POSITIVE],
)
def test_derivatives_agree_with_mpmath(text, low, high):
    formula = parse(text)
    constants = {name: CONSTANTS[name] for name in formula.constants}
    second_order, value_gradient = python_function(formula)
    data = list(constants.values())
    for x, y in points(low, high):
        assert_close(formula.evaluate(x, y, constants), text, (x, y), constants)
        found = second_order(x, y, data, -1)
        assert_close(found, text, (x, y), constants)
        assert value_gradient(x, y, data, -1) == pytest.approx(found[:3], rel=1e-14, abs=1e-14)


def test_the_table_uses_every_function():
    used = {node.operation for t in [*ANYWHERE, *POSITIVE] for node in parse(t).graph.nodes}
    assert set(FUNCTIONS) <= used
    assert len(ANYWHERE) + len(POSITIVE) >= 60


@pytest.mark.parametrize(("precision", "relative"), [("float64", 1e-13), ("float32", 2e-5)])
def test_kernels_compute_in_their_precision(precision, relative):
    formula = parse(EVERYTHING)
    module = load_generated(formula.source(precision))
    real, data = getattr(np, precision), np.array([0.7])
    for x, y in points(0.2, 0.6):
        found = module["second_order"](real(x), real(y), data.ctypes.data, -1)
        exact = formula.evaluate(float(real(x)), float(real(y)), {"a": float(real(0.7))})
        np.testing.assert_allclose(found, exact, rtol=relative)
        short = module["value_gradient"](real(x), real(y), data.ctypes.data, -1)
        np.testing.assert_allclose(short, found[:3], rtol=relative)


def test_nothing_in_a_float32_kernel_widens():
    """Without a declared result Numba would infer float64 from one wide literal or power."""
    module = load_generated(parse(EVERYTHING).source("float32"))
    function = numba.njit(module["second_order"].py_func)
    arguments = (numba.float32, numba.float32, numba.intp, numba.int64)
    function.compile(arguments)
    assert function.overloads[arguments].signature.return_type == numba.types.UniTuple(
        numba.float32, 6
    )


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_python_source_keeps_its_precision(precision):
    for text in (EVERYTHING, "3", "x", "x^0 + a"):
        second_order, value_gradient = python_function(parse(text), precision)
        found = (*second_order(0.3, 0.4, [0.7], -1), *value_gradient(0.3, 0.4, [0.7], -1))
        assert {type(number) for number in found} == {getattr(np, precision)}


OUTSIDE = [
    ("log(x)", -1.0, np.nan),
    ("log(x)", 0.0, -np.inf),
    ("log1p(x)", -1.0, -np.inf),
    ("sqrt(x)", -1.0, np.nan),
    ("x^0.3", -1.0, np.nan),
    ("exp(x)", 1e4, np.inf),
    ("exp(-x)", 1e4, 0.0),
    ("cosh(x)", -1e4, np.inf),
    ("sinh(x)", -1e4, -np.inf),
    ("1/x", 0.0, np.inf),
    ("x/0", -1.0, -np.inf),
    ("x^-2", 0.0, np.inf),
    ("x^-0.3", 0.0, np.inf),
    ("x^4", 1e200, np.inf),
    ("x^70.5", 1e200, np.inf),
    ("x^71", -1e200, -np.inf),
    ("sin(x)", np.inf, np.nan),
    ("tan(x)", np.nan, np.nan),
    ("asin(x)", 2.0, np.nan),
    ("sigmoid(x)", -1e4, 0.0),
    ("sigmoid(x)", 1e4, 1.0),
    ("softplus(x)", 1e4, 1e4),
    ("softplus(x)", -1e4, 0.0),
    ("relu(x)", np.nan, np.nan),
    ("max(x, 1)", np.nan, np.nan),
    ("min(1, x)", np.nan, np.nan),
    ("sign(x)", np.nan, np.nan),
    ("floor(x)", np.inf, np.inf),
    ("9^9^9^9*x", 1.0, np.inf),
    ("1e999 + x", 1.0, np.inf),
]


@pytest.mark.parametrize(("text", "x", "value"), OUTSIDE)
def test_outside_the_domain_is_inf_or_nan_everywhere(text, x, value):
    formula = parse(text)
    np.testing.assert_equal(formula.evaluate(x, 0.0)[0], value)
    np.testing.assert_equal(float(python_function(formula)[0](x, 0.0, [], -1)[0]), value)


def test_kernels_answer_outside_the_domain_as_well():
    formula = parse("log(x) + sqrt(x) + x^0.3*y + 1/(x + 1) + exp(-1000*x)")
    kernel = load_generated(formula.source("float64"))["second_order"]
    for x in (-2.0, -1.0, 0.0, 1e300, np.inf, -np.inf, np.nan):
        np.testing.assert_allclose(kernel(x, 0.5, 0, -1), formula.evaluate(x, 0.5), rtol=1e-14)


@pytest.mark.parametrize(
    ("text", "x", "slope", "curvature"),
    [
        ("abs(x)", 0.0, 0.0, 0.0),
        ("relu(x)", 0.0, 0.0, 0.0),
        ("hypot(x, y)", 0.0, 0.0, 0.0),
        ("min(exp(x), 1)", 1000.0, 0.0, 0.0),
        ("max(x^2, -exp(x))", 1000.0, 2000.0, 2.0),
        ("relu(-exp(x))", 1000.0, 0.0, 0.0),
        ("x^2", 0.0, 0.0, 2.0),
        ("x^p", 0.0, 0.0, 2.0),
        ("x*x^q", 0.0, 0.0, 2.0),
        ("(x-1)^r", 1.0, 1.0, 0.0),
        ("tanh(x)", 1000.0, 0.0, 0.0),
        ("sigmoid(x)", -1000.0, 0.0, 0.0),
        ("1/exp(x)", 1000.0, 0.0, 0.0),
    ],
)
def test_derivatives_are_finite_where_the_true_ones_are(text, x, slope, curvature):
    formula = parse(text, ("p", "q", "r"))
    found = formula.evaluate(x, 0.0, {"p": 2.0, "q": 1.0, "r": 1.0})
    assert (found[1], found[3]) == (slope, curvature)


def test_powers_of_negative_numbers_have_slopes():
    formula = parse("x^p", ("p",))
    assert formula.evaluate(-2.0, 0.0, {"p": 3.0}) == (-8.0, 12.0, 0.0, -12.0, 0.0, 0.0)
