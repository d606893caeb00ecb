"""Numbers for people, both ways."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.numbers import exact, read, show


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.012, "0.012"),
        (3.2e-5, "3.2e-5"),
        (-1.5, "−1.5"),
        (0.0, "0"),
        (100.0, "100"),
        (math.inf, "inf"),
        (-math.inf, "−inf"),
        (math.nan, "NaN"),
        (1e300, "1e300"),
    ],
)
def test_numbers_are_short_and_have_no_trailing_zeros(value, text):
    assert show(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_shown_exactly_reads_back_as_the_same_number(value):
    assert read(exact(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 1e-3), (".5", 0.5), ("−2", -2.0), (" 7 ", 7.0), ("1e308", 1e308),
        ("10 000", 1e4), ("5.", 5.0),
    ],
)  # fmt: skip
def test_any_finite_number_can_be_typed(text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "old number stays"), ("  ", "old number stays"), ("0,5", "comma"),
        ("1e400", "too large"), ("inf", "too large"), ("nan", "NaN is no number"),
        ("abc", "'abc' is no number"), ("1_000", "is no number"), ("1e", "is no number"),
        ("__import__('os')", "is no number"), ("9" * 400, "too large"),
    ],
)  # fmt: skip
def test_everything_else_is_refused_with_a_sentence(text, words):
    with pytest.raises(ValueError, match=r"\.$") as refused:
        read(text)
    assert words in str(refused.value)
    assert len(str(refused.value)) < 120
