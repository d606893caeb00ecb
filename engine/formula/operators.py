"""How the four operations are written in Python, and how tightly they bind."""

from __future__ import annotations

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
OPERATORS = {
    "add": ("+", SUM),
    "subtract": ("-", SUM),
    "multiply": ("*", PRODUCT),
    "divide": ("/", PRODUCT),
}
