"""The functions a formula may call: one line each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.formula import arithmetic
from engine.formula.arithmetic import logarithm, quiet

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Function:
    """A function by name.

    Parameters
    ----------
    evaluate : the value for Python numbers; answers inf or NaN, never raises.
    code : Python expression over np, math and the arguments ``{0}`` and ``{1}``; ``{zero}`` and
        ``{one}`` stand for the numbers, ``{real}`` for the type, in the working precision.
    latex : operator name, or a whole expression over ``{0}`` and ``{1}``.
    arity : number of arguments.
    smooth : whether its gradient is continuous where the function is finite.
    """

    evaluate: Callable[..., float]
    code: str
    latex: str
    arity: int = 1
    smooth: bool = True


#: Derivatives are in `engine.formula.rules`. log is natural; sign, step and floor have slope 0.
FUNCTIONS: dict[str, Function] = {
    "sin": Function(quiet(math.sin), "np.sin({0})", r"\sin"),
    "cos": Function(quiet(math.cos), "np.cos({0})", r"\cos"),
    "tan": Function(quiet(math.tan), "np.tan({0})", r"\tan"),
    "asin": Function(quiet(math.asin), "np.arcsin({0})", r"\arcsin"),
    "acos": Function(quiet(math.acos), "np.arccos({0})", r"\arccos"),
    "atan": Function(math.atan, "np.arctan({0})", r"\arctan"),
    "sinh": Function(arithmetic.sinh, "np.sinh({0})", r"\sinh"),
    "cosh": Function(quiet(math.cosh), "np.cosh({0})", r"\cosh"),
    "tanh": Function(math.tanh, "np.tanh({0})", r"\tanh"),
    "exp": Function(quiet(math.exp), "np.exp({0})", r"\exp"),
    "expm1": Function(quiet(math.expm1), "np.expm1({0})", r"\operatorname{{expm1}}"),
    "log": Function(logarithm(math.log), "np.log({0})", r"\ln"),
    "log10": Function(logarithm(math.log10), "np.log10({0})", r"\log_{{10}}"),
    "log2": Function(logarithm(math.log2), "np.log2({0})", r"\log_{{2}}"),
    "log1p": Function(logarithm(math.log1p, -1.0), "np.log1p({0})", r"\operatorname{{log1p}}"),
    "sqrt": Function(quiet(math.sqrt), "np.sqrt({0})", r"\sqrt{{{0}}}"),
    "cbrt": Function(math.cbrt, "np.cbrt({0})", r"\sqrt[3]{{{0}}}"),
    "abs": Function(abs, "abs({0})", r"\left|{0}\right|", smooth=False),
    "sign": Function(arithmetic.sign, "np.sign({0})", r"\operatorname{{sign}}", smooth=False),
    "floor": Function(
        arithmetic.floor, "np.floor({0})", r"\left\lfloor {0}\right\rfloor", smooth=False
    ),
    "step": Function(
        lambda u: float(u > 0),
        "{real}({0} > {zero})",
        r"\operatorname{{step}}",
        smooth=False,
    ),
    "relu": Function(
        lambda u: arithmetic.maximum(u, 0.0),
        "np.maximum({0}, {zero})",
        r"\operatorname{{relu}}",
        smooth=False,
    ),
    # exp(-u) overflows to inf for very negative u, whose reciprocal is the right answer, 0.
    "sigmoid": Function(
        arithmetic.sigmoid, "({one} / ({one} + np.exp(-{0})))", r"\operatorname{{sigmoid}}"
    ),
    "softplus": Function(
        arithmetic.softplus,
        "(np.maximum({0}, {zero}) + np.log1p(np.exp(-abs({0}))))",
        r"\operatorname{{softplus}}",
    ),
    "erf": Function(math.erf, "{real}(math.erf({0}))", r"\operatorname{{erf}}"),
    "min": Function(arithmetic.minimum, "np.minimum({0}, {1})", r"\min", 2, smooth=False),
    "max": Function(arithmetic.maximum, "np.maximum({0}, {1})", r"\max", 2, smooth=False),
    "hypot": Function(math.hypot, "np.hypot({0}, {1})", r"\operatorname{{hypot}}", 2, smooth=False),
    "atan2": Function(math.atan2, "np.arctan2({0}, {1})", r"\operatorname{{atan2}}", 2),
}

#: Other spellings.
ALIASES = {
    "ln": "log",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "heaviside": "step",
}
