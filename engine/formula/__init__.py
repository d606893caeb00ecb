"""Mathematical text to exact value, gradient and Hessian, without evaluating code.

The text goes through `tokens` and `parser` to an expression as the user wrote it (`tree`), from
there to a graph in which equal subexpressions are one node (`graph`), is differentiated by rule
(`rules`), and comes out as straight-line Python (`source`) or as LaTeX (`latex`). Nothing here
imports Numba, numpy or sympy, and no text of the user's ever reaches the generated code.
"""

from engine.formula.errors import FormulaError
from engine.formula.formula import Formula, parse

__all__ = ["Formula", "FormulaError", "parse"]
