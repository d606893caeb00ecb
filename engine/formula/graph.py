"""Expressions as a graph in which equal subexpressions are one node."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from engine.formula import arithmetic
from engine.formula.functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MOST_NODES = 2500
#: Whole powers up to this become multiplications.
MOST_FACTORS = 64


class GraphTooLarge(Exception):
    """More than `MOST_NODES` nodes."""


class Node(NamedTuple):
    """An operation on earlier nodes; `value` is a number, an exponent, an index or a name."""

    operation: str
    arguments: tuple[int, ...] = ()
    value: float | str = 0.0


#: ``ratio`` is a/h with 0 at h = 0: the slope of hypot(a, b) in a, 0 at the kink as that of abs.
#: ``scaled_power`` is c·a^b with 0 at c = 0, where 0·0^(-1) would be NaN. ``select`` is c if a ≤ b,
#: else d: unlike a product with 0 or 1 it keeps the branch not taken out of the result.
EVALUATE: Mapping[str, Callable[..., float]] = {
    **{name: function.evaluate for name, function in FUNCTIONS.items()},
    "negative": lambda a: -a,
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": arithmetic.divide,
    "power": arithmetic.power,
    "scaled_power": lambda c, a, b: 0.0 if c == 0 else c * arithmetic.power(a, b),
    "ratio": lambda a, h: 0.0 if h == 0 else a / h,
    "select": lambda a, b, c, d: c if a <= b else d,
}


class Graph:
    """A growing list of nodes; each method returns the position of the node it asks for.

    Numbers are folded and 0, 1 and signs simplified as nodes are made. 0·u is 0 even where u is
    infinite, as in any symbolic derivative.
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._positions: dict[Node, int] = {}

    def number(self, value: float) -> int:
        """Return the node of a number."""
        return self._node(Node("number", (), value))

    def variable(self, name: str) -> int:
        """Return the node of ``"x"`` or ``"y"``."""
        return self._node(Node("variable", (), name))

    def parameter(self, index: int) -> int:
        """Return the node of the named constant number `index`."""
        return self._node(Node("parameter", (), index))

    def value_of(self, node: int) -> float | None:
        """Return a number's value, or None for anything else."""
        operation, _, value = self.nodes[node]
        return float(value) if operation == "number" else None

    def call(self, name: str, *arguments: int) -> int:
        """Return the node of a function or operation."""
        numbers = [v for v in map(self.value_of, arguments) if v is not None]
        if len(numbers) == len(arguments):
            return self.number(EVALUATE[name](*numbers))
        return self._node(Node(name, arguments))

    def negative(self, a: int) -> int:
        """Return -a."""
        operation, arguments, _ = self.nodes[a]
        if operation == "negative":
            return arguments[0]
        if operation == "subtract":
            return self.subtract(arguments[1], arguments[0])
        if operation == "multiply" and (c := self.value_of(arguments[0])) is not None:
            return self.multiply(self.number(-c), arguments[1])
        return self.call("negative", a)

    def add(self, a: int, b: int) -> int:
        """Return a + b."""
        if self.value_of(a) == 0:
            return b
        if self.value_of(b) == 0:
            return a
        if self.nodes[b].operation == "negative":
            return self.subtract(a, self.nodes[b].arguments[0])
        if self.nodes[a].operation == "negative":
            return self.subtract(b, self.nodes[a].arguments[0])
        if a == b:
            return self.multiply(self.number(2.0), a)
        for term, other in ((b, a), (a, b)):
            if (self.value_of(term) or 0.0) < 0 and self.value_of(other) is None:
                return self.subtract(other, self.call("negative", term))
        return self._commutative("add", a, b)

    def subtract(self, a: int, b: int) -> int:
        """Return a - b."""
        if self.value_of(b) == 0:
            return a
        if self.value_of(a) == 0:
            return self.negative(b)
        if a == b:
            return self.number(0.0)
        if self.nodes[b].operation == "negative":
            return self.add(a, self.nodes[b].arguments[0])
        return self.call("subtract", a, b)

    def multiply(self, a: int, b: int) -> int:
        """Return a·b."""
        if self.value_of(b) is not None:
            a, b = b, a
        c = self.value_of(a)
        if c is not None and self.value_of(b) is None:
            return self._scale(c, b)
        for left, right in ((a, b), (b, a)):
            operation, arguments, exponent = self.nodes[left]
            if operation == "negative":
                return self.negative(self.multiply(arguments[0], right))
            if operation == "divide" and self.value_of(arguments[0]) == 1:
                return self.divide(right, arguments[1])
            if operation == "whole_power" and arguments == (right,) and float(exponent) > 0:
                return self.whole_power(right, int(exponent) + 1)
            if operation == "multiply" and self.value_of(arguments[0]) is not None:
                return self.multiply(arguments[0], self.multiply(arguments[1], right))
        if a == b and c is None:
            return self.whole_power(a, 2)
        return self._commutative("multiply", a, b)

    def _commutative(self, name: str, a: int, b: int) -> int:
        return self._positions.get(Node(name, (b, a))) or self.call(name, a, b)

    def _scale(self, c: float, b: int) -> int:
        operation, arguments, _ = self.nodes[b]
        if c == 0:
            return self.number(0.0)
        if c == 1:
            return b
        if c == -1:
            return self.negative(b)
        if operation == "negative":
            return self._scale(-c, arguments[0])
        inner = self.value_of(arguments[0]) if operation in ("multiply", "divide") else None
        if inner is not None and operation == "multiply":
            return self._scale(c * inner, arguments[1])
        if inner is not None:
            return self.divide(self.number(c * inner), arguments[1])
        return self._node(Node("multiply", (self.number(c), b)))

    def divide(self, a: int, b: int) -> int:
        """Return a/b."""
        numerator, denominator = self.value_of(a), self.value_of(b)
        if denominator == 1 or (numerator == 0 and denominator is None):
            return a
        for argument, other in ((a, (None, b)), (b, (a, None))):
            if self.nodes[argument].operation == "negative":
                inner = self.nodes[argument].arguments[0]
                first, second = (inner if o is None else o for o in other)
                return self.negative(self.divide(first, second))
        if self.nodes[b].operation == "exp":
            # exp(u) overflows where exp(-u) is an honest 0.
            exponent = self.nodes[b].arguments[0]
            return self.multiply(a, self.call("exp", self.negative(exponent)))
        operation, arguments, _ = self.nodes[a]
        if denominator and operation == "multiply":
            c = self.value_of(arguments[0])
            if c is not None and c / denominator * denominator == c:
                return self.multiply(self.number(c / denominator), arguments[1])
        return self.call("divide", a, b)

    def power(self, a: int, b: int) -> int:
        """Return a to the power b."""
        exponent = self.value_of(b)
        if exponent is not None and self.value_of(a) is None:
            if exponent == 0.5:
                return self.call("sqrt", a)
            if exponent == -0.5:
                return self.divide(self.number(1.0), self.call("sqrt", a))
            if exponent.is_integer() and abs(exponent) <= MOST_FACTORS:
                return self.whole_power(a, int(exponent))
        if self.value_of(a) == math.e and exponent is None:
            return self.call("exp", b)
        return self.call("power", a, b)

    def whole_power(self, a: int, n: int) -> int:
        """Return a to a whole power, which becomes multiplications."""
        if n == 0:
            return self.number(1.0)
        if n == 1:
            return a
        operation, arguments, inner = self.nodes[a]
        if operation == "negative":
            result = self.whole_power(arguments[0], n)
            return self.negative(result) if n % 2 else result
        if operation == "whole_power" and n > 0 and 0 < float(inner) * n <= MOST_FACTORS:
            return self.whole_power(arguments[0], n * int(inner))
        value = self.value_of(a)
        if value is not None:
            return self.number(arithmetic.power(value, n))
        return self._node(Node("whole_power", (a,), n))

    def scaled_power(self, c: int, a: int, b: int) -> int:
        """Return c·a^b, or 0 where c is 0."""
        if self.value_of(c) is None:
            return self.call("scaled_power", c, a, b)
        return self.multiply(c, self.power(a, b))

    def select(self, a: int, b: int, c: int, d: int) -> int:
        """Return c where a ≤ b, else d."""
        return c if c == d else self.call("select", a, b, c, d)

    def ratio(self, a: int, h: int) -> int:
        """Return a/h, or 0 where h is 0."""
        return a if self.value_of(a) == 0 else self.call("ratio", a, h)

    def needed(self, roots: Iterable[int]) -> list[int]:
        """Return the nodes that `roots` depend on, arguments first."""
        found: set[int] = set()
        waiting = list(roots)
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting.extend(self.nodes[node].arguments)
        return sorted(found)

    def _node(self, node: Node) -> int:
        position = self._positions.get(node)
        if position is None:
            if len(self.nodes) == MOST_NODES:
                raise GraphTooLarge
            position = self._positions[node] = len(self.nodes)
            self.nodes.append(node)
        return position
