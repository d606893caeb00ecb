"""Whatever is typed, the parser answers with a formula or with a FormulaError."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.formula import FormulaError, parse
from engine.formula.functions import FUNCTIONS

PIECES = [
    *"xyab012.()|^*/+-, ²√πλ",
    "**",
    "1e5",
    "pi",
    *(f"{name}(" for name in FUNCTIONS),
]


def read(text):
    try:
        formula = parse(text)
    except FormulaError as error:
        start, end, message = error.start, error.end, error.message
    else:
        use(formula)
        return formula
    assert 0 <= start <= end <= len(text)
    assert message
    return None


def use(formula):
    assert formula.latex()
    compile(formula.source("float32"), "kernel", "exec")
    compile(formula.python_source(), "python", "exec")
    constants = dict.fromkeys(formula.constants, 0.7)
    for x, y in ((0.3, -0.4), (0.0, 0.0), (-1e300, 1e300), (math.inf, math.nan)):
        assert all(isinstance(n, float) for n in formula.evaluate(x, y, constants))


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text(text):
    read(text)


@given(st.lists(st.sampled_from(PIECES), max_size=25))
@settings(deadline=None, max_examples=300)
def test_any_sequence_of_pieces(pieces):
    read("".join(pieces))


LEAVES = st.sampled_from(["x", "y", "a", "2", "0", "1", "0.5", "pi", "-1"])


def grow(inner):
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*/^"), inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        st.tuples(st.sampled_from(sorted(FUNCTIONS)), inner, inner).map(
            lambda t: f"{t[0]}({t[1]})" if FUNCTIONS[t[0]].arity == 1 else f"{t[0]}({t[1]},{t[2]})"
        ),
    )


@given(st.recursive(LEAVES, grow, max_leaves=12))
@settings(deadline=None, max_examples=200)
def test_any_valid_expression(text):
    formula = read(text)
    assert formula is not None
    names = {}
    exec(formula.python_source(), names)
    python = names["second_order"](0.3, -0.4, [0.7] * len(formula.constants), -1)
    ours = formula.evaluate(0.3, -0.4, dict.fromkeys(formula.constants, 0.7))
    for theirs, mine in zip(python, ours, strict=True):
        same = math.isclose(theirs, mine, rel_tol=1e-6, abs_tol=1e-9)
        # Where one overflows or leaves its domain on the way, the other may keep a huge number.
        assert same or not math.isfinite(theirs) or abs(mine) > 1e150
