"""Differentiation: one rule for each operation.

A rule answers the derivative of a node from the node itself (its value is reused: the derivative
of tanh is 1 - tanh²), its arguments and their derivatives. Where a function has a kink the
derivative is torch's: 0 for abs and relu at 0, the first argument's for min and max of equals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from engine.formula.graph import Graph

#: (graph, node, arguments, derivatives of the arguments) -> derivative of the node.
Rule = Callable[[Graph, int, Sequence[int], Sequence[int]], int]
#: (graph, node, argument) -> derivative of a function of one argument.
Slope = Callable[[Graph, int, int], int]


def derivative(graph: Graph, root: int, variable: str) -> int:
    """Return the node that is the derivative of `root` with respect to ``"x"`` or ``"y"``."""
    zero = graph.number(0.0)
    slopes: dict[int, int] = {}
    for node in graph.needed([root]):
        operation, arguments, value = graph.nodes[node]
        inner = [slopes[a] for a in arguments]
        if operation == "variable" and value == variable:
            slopes[node] = graph.number(1.0)
        elif all(slope == zero for slope in inner):
            slopes[node] = zero
        else:
            slopes[node] = _RULES[operation](graph, node, arguments, inner)
    return slopes[root]


def _chain(slope: Slope) -> Rule:
    def rule(g: Graph, node: int, u: Sequence[int], du: Sequence[int]) -> int:
        return g.multiply(slope(g, node, u[0]), du[0])

    return rule


def _over(denominator: Slope) -> Rule:
    def rule(g: Graph, node: int, u: Sequence[int], du: Sequence[int]) -> int:
        return g.divide(du[0], denominator(g, node, u[0]))

    return rule


def _one_minus_square(g: Graph, u: int) -> int:
    """Return (1 - u)(1 + u), which is exact near ±1 where 1 - u² is not."""
    one = g.number(1.0)
    return g.multiply(g.subtract(one, u), g.add(one, u))


def _product(g: Graph, node: int, u: Sequence[int], du: Sequence[int]) -> int:
    return g.add(g.multiply(du[0], u[1]), g.multiply(u[0], du[1]))


def _quotient(g: Graph, node: int, u: Sequence[int], du: Sequence[int]) -> int:
    return g.divide(g.subtract(du[0], g.multiply(node, du[1])), u[1])


def _whole_power(g: Graph, node: int, u: Sequence[int], du: Sequence[int]) -> int:
    n = int(g.nodes[node].value)
    return g.multiply(g.multiply(g.number(n), g.whole_power(u[0], n - 1)), du[0])


def _power(g: Graph, node: int, u: Sequence[int], du: Sequence[int]) -> int:
    return _scaled_power(g, node, (g.number(1.0), *u), (g.number(0.0), *du))


def _scaled_power(g: Graph, node: int, u: Sequence[int], du: Sequence[int]) -> int:
    """Return the derivative of c·a^b: by c, by the base and by the exponent."""
    c, a, b = u
    by_factor = g.multiply(du[0], g.power(a, b))
    # b·a^(b-1), not a^b·b/a: right at a = 0.
    lower = g.subtract(b, g.number(1.0))
    by_base = g.multiply(g.scaled_power(g.multiply(c, b), a, lower), du[1])
    by_exponent = g.multiply(g.multiply(node, g.call("log", a)), du[2])
    return g.add(g.add(by_factor, by_base), by_exponent)


def _ratio(g: Graph, node: int, u: Sequence[int], du: Sequence[int]) -> int:
    return g.ratio(g.subtract(du[0], g.multiply(node, du[1])), u[1])


def _hypot(g: Graph, node: int, u: Sequence[int], du: Sequence[int]) -> int:
    first = g.multiply(g.ratio(u[0], node), du[0])
    return g.add(first, g.multiply(g.ratio(u[1], node), du[1]))


def _atan2(g: Graph, node: int, u: Sequence[int], du: Sequence[int]) -> int:
    across = g.subtract(g.multiply(u[1], du[0]), g.multiply(u[0], du[1]))
    return g.divide(across, g.add(g.whole_power(u[0], 2), g.whole_power(u[1], 2)))


def _half_bell(g: Graph, node: int, u: int) -> int:
    bell = g.call("exp", g.negative(g.whole_power(u, 2)))
    return g.multiply(g.number(2.0 / math.sqrt(math.pi)), bell)


def _flat(g: Graph, node: int, u: Sequence[int], du: Sequence[int]) -> int:
    return g.number(0.0)


_RULES: dict[str, Rule] = {
    "negative": lambda g, node, u, du: g.negative(du[0]),
    "add": lambda g, node, u, du: g.add(du[0], du[1]),
    "subtract": lambda g, node, u, du: g.subtract(du[0], du[1]),
    "multiply": _product,
    "divide": _quotient,
    "whole_power": _whole_power,
    "power": _power,
    "scaled_power": _scaled_power,
    "ratio": _ratio,
    "select": lambda g, node, u, du: g.select(u[0], u[1], du[2], du[3]),
    "sin": _chain(lambda g, node, u: g.call("cos", u)),
    "cos": _chain(lambda g, node, u: g.negative(g.call("sin", u))),
    "tan": _chain(lambda g, node, u: g.add(g.number(1.0), g.whole_power(node, 2))),
    "asin": _over(lambda g, node, u: g.call("sqrt", _one_minus_square(g, u))),
    "acos": _over(lambda g, node, u: g.negative(g.call("sqrt", _one_minus_square(g, u)))),
    "atan": _over(lambda g, node, u: g.add(g.number(1.0), g.whole_power(u, 2))),
    "sinh": _chain(lambda g, node, u: g.call("cosh", u)),
    "cosh": _chain(lambda g, node, u: g.call("sinh", u)),
    "tanh": _chain(lambda g, node, u: g.subtract(g.number(1.0), g.whole_power(node, 2))),
    "exp": _chain(lambda g, node, u: node),
    "expm1": _chain(lambda g, node, u: g.call("exp", u)),
    "log": _over(lambda g, node, u: u),
    "log10": _over(lambda g, node, u: g.multiply(g.number(math.log(10.0)), u)),
    "log2": _over(lambda g, node, u: g.multiply(g.number(math.log(2.0)), u)),
    "log1p": _over(lambda g, node, u: g.add(g.number(1.0), u)),
    "sqrt": _over(lambda g, node, u: g.multiply(g.number(2.0), node)),
    "cbrt": _over(lambda g, node, u: g.multiply(g.number(3.0), g.whole_power(node, 2))),
    "abs": _chain(lambda g, node, u: g.call("sign", u)),
    "sign": _flat,
    "floor": _flat,
    "step": _flat,
    "relu": lambda g, node, u, du: g.select(u[0], g.number(0.0), g.number(0.0), du[0]),
    "sigmoid": _chain(lambda g, node, u: g.multiply(node, g.subtract(g.number(1.0), node))),
    "softplus": _chain(lambda g, node, u: g.call("sigmoid", u)),
    "erf": _chain(_half_bell),
    "min": lambda g, node, u, du: g.select(u[0], u[1], du[0], du[1]),
    "max": lambda g, node, u, du: g.select(u[1], u[0], du[0], du[1]),
    "hypot": _hypot,
    "atan2": _atan2,
}
