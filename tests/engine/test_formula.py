"""Reading formulas: grammar, mistakes, limits, and what they look like as mathematics."""

import math
import warnings

import pytest

from engine.formula import Formula, FormulaError, parse
from engine.formula.functions import FUNCTIONS

X, Y = 0.3, 0.4


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (".5 + 1. + 1e-3 + 2E2", 201.501),
        ("2x", 0.6),
        ("3(x+1)", 3.9),
        ("2 sin(x)", 2 * math.sin(X)),
        ("(x+1)(y-1)", -0.78),
        ("2|x-1|", 1.4),
        ("|x||y|", 0.12),
        ("||x|-1|+2|x|", 1.3),
        ("|x|(y+1)", 0.42),
        ("2x^2y", 0.072),
        ("2pi", 2 * math.pi),
        ("2e", 2 * math.e),
        ("2e+x", 2 * math.e + X),
        ("2e+1", 20.0),
        ("π·x", math.pi * X),
        ("x − y × 2 ÷ 4", X - Y / 2),
        ("x² + y³", 0.09 + 0.064),
        ("x¹² + x⁻²", X**12 + X**-2),
        ("√x + √(x+1) + 2√y", math.sqrt(X) + math.sqrt(1 + X) + 2 * math.sqrt(Y)),
        ("x**2", 0.09),
        ("-x^2", -0.09),
        ("(-x)^2", 0.09),
        ("2^3^2", 512.0),
        ("2^-1", 0.5),
        ("2*-x", -0.6),
        ("x--y", 0.7),
        ("+-+x", -0.3),
        ("1 - 2 - 3", -4.0),
        ("8/4/2", 1.0),
        ("8/4*2", 4.0),
        ("1/2*x", 0.15),
        ("ln(x) - log(x)", 0.0),
        ("arctan(x) - atan(x)", 0.0),
        ("heaviside(x) + step(0)", 1.0),
        ("floor(-x) + sign(-y)", -2.0),
        ("min(x, y) + max(x, y)", 0.7),
    ],
)
def test_grammar(text, value):
    assert parse(text).evaluate(X, Y)[0] == pytest.approx(value, rel=1e-14, abs=1e-15)


@pytest.mark.parametrize(
    ("text", "underlined", "words"),
    [
        ("", "", "empty"),
        ("   ", "", "empty"),
        ("x+", "+", "missing after '+'"),
        ("*x", "*", "cannot begin with '*'"),
        ("2*/x", "*/", "'/' cannot follow '*'"),
        ("x^*y", "^*", "'*' cannot follow '^'"),
        ("sine(x)", "sine", "did you mean sin?"),
        ("sqr(x)", "sqr", "did you mean sqrt?"),
        ("frobnicate(x)", "frobnicate", "There are sin, cos"),
        ("sin", "sin", "brackets: sin(x)."),
        ("sin x", "sin", "brackets: sin(x)."),
        ("sin^2(x)", "sin", "sin(x)^2"),
        ("sin()", "sin()", "no argument"),
        ("min(x)", "min(x)", "takes 2 arguments, not 1"),
        ("sin(x, y)", "sin(x, y)", "takes one argument, not 2"),
        ("min(x,,y)", ",,", "between ',' and ','"),
        ("()", "()", "between '(' and ')'"),
        ("(x", "(", "never closed; add ')'"),
        ("sin(x", "(", "never closed"),
        ("|x", "|", "never closed; add '|'"),
        ("(|x)|", ")", "before '|' has closed"),
        ("x)", ")", "closes nothing"),
        ("(x, y)", ",", "comma only separates"),
        ("0,5*x", ",", "0.5 with a point"),
        ("x y", "x y", "operator is missing"),
        ("2 3", "2 3", "operator is missing"),
        ("(x+1)2", ")2", "operator is missing"),
        ("(x y)", "x y", "operator is missing"),
        ("xy", "xy", "write x*y"),
        ("x(y+1)", "x", "write x*(…)"),
        ("a(x)", "a", "write a*(…)"),
        ("pi(x)", "pi", "write pi*(…)"),
        ("1/2x", "x", "read in two ways"),
        ("x = 2", "=", "no '='"),
        ("[x]", "[", "round brackets"),
        ("x < y", "<", "step(x)"),
        ("5!", "!", "exclamation mark"),
        ("\u0445 + 1", "\u0445", "cyrillic small letter ha"),
        ("x\x00", "\x00", "no meaning"),
        ("_a*x", "_", "begin with a letter"),
        ("²x", "²", "cannot begin"),
    ],
)
def test_mistakes_are_underlined_with_a_sentence(text, underlined, words):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    error = caught.value
    assert text[error.start : error.end] == underlined
    assert words in error.message
    assert error.message == str(error)
    assert error.message[-1] in ".?"


def test_constants_come_in_order_of_appearance():
    formula = parse("b*x + a_2*y + λ₁*b + µ + αβ")
    assert formula.constants == ("b", "a_2", "λ1", "μ", "αβ")
    assert parse("x + pi + e + π").constants == ()


def test_given_parameters_fix_names_and_order():
    formula = parse("b*x + e", ("a", "b", "e"))
    assert formula.constants == ("a", "b", "e")
    assert formula.evaluate(2.0, 0.0, {"a": 9.0, "b": 3.0, "e": 1.0})[:2] == (7.0, 3.0)
    with pytest.raises(FormulaError, match="no 'c' here; known names: x, y, a, b"):
        parse("c*x", ("a", "b"))
    assert parse("sin*x", ("sin",)).evaluate(2.0, 0.0, {"sin": 3.0})[0] == 6.0


def test_twelve_constants_and_no_more():
    assert len(parse("+".join(f"a{i}" for i in range(12))).constants) == 12
    with pytest.raises(FormulaError, match="at most 12"):
        parse("+".join(f"a{i}" for i in range(13)))


@pytest.mark.parametrize(
    ("text", "depends_on_y", "smooth"),
    [
        ("x^2", False, True),
        ("x + 0*y", False, True),
        ("sin(x*y)", True, True),
        ("|x|", False, False),
        ("sqrt(x^2+y^2)", True, True),
        *((f"{name}(x{', y' * (f.arity - 1)})", f.arity == 2, f.smooth) for name, f in
          FUNCTIONS.items()),
    ],
)  # fmt: skip
def test_what_a_formula_knows_of_itself(text, depends_on_y, smooth):
    formula = parse(text)
    assert (formula.depends_on_y, formula.smooth) == (depends_on_y, smooth)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("x^2/10 + a*y^2", r"\frac{x^{2}}{10} + a \, y^{2}"),
        ("sin(3*x)^2*cos(y)", r"\sin^{2}\left(3 \, x\right) \, \cos\left(y\right)"),
        ("(x+1)^2", r"\left(x + 1\right)^{2}"),
        ("a*x/b*y", r"\frac{a \, x}{b} \, y"),
        ("-x*y", r"-x \, y"),
        ("-(x+1)/2", r"-\frac{x + 1}{2}"),
        ("x*(-y)", r"x \, \left(-y\right)"),
        ("x - (y - 1)", r"x - \left(y - 1\right)"),
        ("(-x)^2", r"\left(-x\right)^{2}"),
        ("x^-2", r"x^{-2}"),
        ("2*3*x", r"2 \cdot 3 \, x"),
        ("x*2^y", r"x \cdot 2^{y}"),
        ("|x|^2", r"\left|x\right|^{2}"),
        ("exp(x)^2", r"\left(\exp\left(x\right)\right)^{2}"),
        ("sqrt(x)*cbrt(y)", r"\sqrt{x} \, \sqrt[3]{y}"),
        ("log(x) + log2(y)", r"\ln\left(x\right) + \log_{2}\left(y\right)"),
        ("min(x, y)", r"\min\left(x, y\right)"),
        ("softplus(x)", r"\operatorname{softplus}\left(x\right)"),
        ("floor(x)", r"\left\lfloor x\right\rfloor"),
        ("lambda1*α + λ_max", r"\lambda_{1} \, \alpha + \lambda_{\mathrm{max}}"),
        ("width*x_2*a_bc_d", r"\mathrm{width} \, x_{2} \, a_{\mathrm{bc\_d}}"),
        ("1e-3*x + 2.5e4", r"10^{-3} \, x + 2.5 \cdot 10^{4}"),
        ("2.5e4^2 + 1e3^2", r"\left(2.5 \cdot 10^{4}\right)^{2} + \left(10^{3}\right)^{2}"),
        (".5*x + 2.", r"0.5 \, x + 2"),
        ("2pi", r"2 \, \pi"),
        ("e^(x+y)", r"e^{x + y}"),
    ],
)
def test_latex_keeps_the_structure(text, latex):
    assert parse(text).latex() == latex


ATTACKS = [
    "__import__('os').system('true')",
    "().__class__.__bases__[0]",
    "lambda: 1",
    "exec(x)",
    "eval(x)",
    "x; import os",
    "x\nimport os",
    'x"""+y',
    "x # comment",
    "{x}",
    "f\\x",
    "\u2102 + x",
    "\uff58 + 1",
    "x.real",
    "(" * 100_000,
    "(" * 900 + "x" + ")" * 900,
    "x" + "^x" * 900,
    "sin(" * 200 + "x" + ")" * 200,
    "√" * 1000 + "x",
    "2^" * 500 + "-" * 500 + "x",
    "|" * 1999,
]


@pytest.mark.parametrize("text", ATTACKS, ids=lambda text: text[:20])
def test_attacks_are_mistakes(text):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert 0 <= caught.value.start <= caught.value.end <= len(text)
    assert len(caught.value.message) < 400


@pytest.mark.parametrize(
    "text",
    [
        "9^9^9^9",
        "9**9**9*x",
        "-" * 1999 + "x",
        "x" + "/x" * 200,
        "x" + "+x" * 900,
        "x" + "*y" * 200,
        "(" * 99 + "x" + ")" * 99,
        "x" + "^1" * 90,
        "1" * 1999,
        "exec*x + eval + import_os",
    ],
)
def test_odd_but_harmless(text):
    formula = parse(text)
    numbers = formula.evaluate(1.5, 0.5, dict.fromkeys(formula.constants, 1.0))
    assert all(isinstance(number, float) for number in numbers)
    assert formula.latex()


def test_a_formula_whose_derivatives_are_too_long_is_refused():
    with pytest.raises(FormulaError, match="more than 2500 operations; make it shorter"):
        parse("x/y^x+" * 20 + "*".join(f"sin({i}x+y)" for i in range(150)))


def test_a_sum_of_bells_as_long_as_may_be_typed_is_no_burden():
    formula = parse("+".join(f"exp(-((x-{i})^2+(y-{i})^2))" for i in range(72)))
    assert formula.evaluate(1.0, 1.0)[0] == pytest.approx(1 + 2 * math.exp(-2), abs=1e-3)


def test_names_never_reach_generated_code():
    names = ("import", "class", "T", "np", "data", "exec", "λ", "t0", "p1", "value_gradient")
    formula = parse("+".join(f"{name}*x^{i}" for i, name in enumerate(names)))
    for line in formula.source("float64").splitlines():
        assert not line.startswith(("import os", "exec"))
    namespace = {}
    exec(formula.python_source(), namespace)
    data = [float(i) for i in range(len(names))]
    found = namespace["value_gradient"](0.5, 0.0, data, -1)
    assert found[0] == pytest.approx(sum(i * 0.5**i for i in range(len(names))))


def test_generated_python_is_quiet_where_numpy_would_warn():
    namespace = {}
    exec(parse("log(x) + exp(1000*x) + 1/y + x^0.5").python_source(), namespace)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert math.isnan(namespace["second_order"](-1.0, 0.0, [], -1)[0])
        assert namespace["value_gradient"](1.0, 1.0, [], -1)[0] == math.inf


def test_a_formula_is_equal_to_its_twin():
    assert parse("x + a") == parse("x + a")
    assert isinstance(parse("x"), Formula)
    assert parse("x*y") != parse("y*x")
