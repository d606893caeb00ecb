"""The order of generated arithmetic: quick where that is safe, as written where it is not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.formula import parse

TERMS = ("x", "y", "a", "(y - x^2)", "(x*y)", "3", "(1 - x)^2", "(x + a*y)")


def gradient_line(text, names=()):
    source = parse(text, names).source("float64")
    body = source[: source.index("def second_order")]
    return next(line for line in body.splitlines() if line.startswith("    return "))


def value_gradient(text, names, constants, point):
    scope = {}
    exec(parse(text, names).python_source("float64"), scope)
    return scope["value_gradient"](*point, constants, -1)


def test_only_one_multiplication_waits_for_the_latest_factor():
    line = gradient_line("(1 - x)^2 + a*(y - x^2)^2", ("a",))
    assert line.endswith("T(-4.0) * p0 * x * t1 + T(-2.0) * t0, T(2.0) * p0 * t1")


def test_products_with_functions_stay_as_written():
    """Far out x·y is infinite and exp(-x²) an honest 0: reordered, their product is NaN."""
    assert value_gradient("x*(y*exp(-x^2))", (), [], (1e200, 1e200))[0] == 0


@pytest.mark.parametrize("constant", [-0.7, 2.5])
@given(st.lists(st.sampled_from(TERMS), min_size=2, max_size=6))
def test_another_order_is_the_same_product(constant, factors):
    text = factors[0]
    for i, factor in enumerate(factors[1:]):
        text = f"{text}*{factor}" if i % 2 else f"({factor}*({text}))"
    x, y = 0.6, -1.3
    expected = np.prod(
        [eval(t.replace("^", "**"), {"x": x, "y": y, "a": constant}) for t in factors]
    )
    f, gx, gy = value_gradient(text, ("a",), [constant], (x, y))
    assert f == pytest.approx(expected, rel=1e-13)
    step = 1e-6
    for slope, (dx, dy) in ((gx, (step, 0)), (gy, (0, step))):
        high, low = (
            value_gradient(text, ("a",), [constant], (x + s * dx, y + s * dy))[0] for s in (1, -1)
        )
        assert slope == pytest.approx((high - low) / (2 * step), rel=1e-6, abs=1e-7)
