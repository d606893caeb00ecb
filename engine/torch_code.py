"""A formula as a PyTorch expression, for autograd to differentiate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.formula.operators import ATOM, OPERATORS, POWER, PRODUCT, SIGN
from engine.script import literal

if TYPE_CHECKING:
    from engine.formula import Formula
    from engine.formula.graph import Graph

#: What is not called torch.<name>.
_CALLS = {
    "cbrt": "torch.sign({0}) * torch.abs({0}) ** (1 / 3)",
    "step": "({0} > 0).to({0}.dtype)",
    "softplus": "torch.logaddexp({0}, torch.zeros_like({0}))",
    "min": "torch.minimum({0}, {1})",
    "max": "torch.maximum({0}, {1})",
}
#: Longer expressions get a line and a name.
_LONGEST = 72


def torch_function(formula: Formula) -> str:
    """Return the text of ``loss_of(x, y)``; constants are read from the tensor ``data``."""
    lines = [f"    p{i} = data[{i}]  # {name}" for i, name in enumerate(formula.constants)]
    written = _Writer(formula.graph)
    answer = written.write(formula.roots[0])
    if not _depends(formula.graph, formula.roots[0]):
        # Autograd needs a path from the loss to the point.
        answer = f"0 * x + {answer}"
    return "\n".join(["def loss_of(x, y):", *lines, *written.lines, f"    return {answer}"])


def _depends(graph: Graph, root: int) -> bool:
    return any(graph.nodes[n].operation == "variable" for n in graph.needed([root]))


class _Writer:
    """Writes the nodes of a graph; one used twice, or a long one, gets a line and a name."""

    def __init__(self, graph: Graph) -> None:
        self.lines: list[str] = []
        self._graph = graph
        self._written: dict[int, tuple[str, int]] = {}
        self._names = 0

    def write(self, root: int) -> str:
        """Return the expression of a node, after the lines that it needs."""
        needed = self._graph.needed([root])
        uses = dict.fromkeys(needed, 0)
        for node in needed:
            for argument in self._graph.nodes[node].arguments:
                uses[argument] += 1
        for node in needed:
            text, strength = self._expression(node)
            if strength != ATOM and (uses[node] > 1 or len(text) > _LONGEST):
                text, strength = self._name(text), ATOM
            self._written[node] = text, strength
        return self._written[root][0]

    def _name(self, text: str) -> str:
        name = f"t{self._names}"
        self._names += 1
        self.lines.append(f"    {name} = {text}")
        return name

    def _operand(self, node: int, at_least: int) -> str:
        text, strength = self._written[node]
        return text if strength >= at_least else f"({text})"

    def _tensor(self, node: int) -> str:
        """Return an argument of a torch function, which takes no plain numbers, by name."""
        text, strength = self._written[node]
        if self._graph.value_of(node) is not None:
            return f"torch.tensor({text})"
        if strength != ATOM:
            text = self._name(text)
            self._written[node] = text, ATOM
        return text

    def _expression(self, node: int) -> tuple[str, int]:
        operation, arguments, value = self._graph.nodes[node]
        if operation == "number":
            text = literal(float(value))
            return text, SIGN if text.startswith("-") else ATOM
        if operation == "variable":
            return str(value), ATOM
        if operation == "parameter":
            return f"p{value}", ATOM
        if operation == "negative":
            return "-" + self._operand(arguments[0], SIGN), SIGN
        if operation == "whole_power":
            return f"{self._operand(arguments[0], ATOM)} ** {int(value)}", POWER
        if operation == "power":
            return " ** ".join(self._operand(a, ATOM) for a in arguments), POWER
        if operation in OPERATORS:
            sign, strength = OPERATORS[operation]
            left = self._operand(arguments[0], strength)
            return f"{left} {sign} {self._operand(arguments[1], strength + 1)}", strength
        return self._call(operation, arguments)

    def _call(self, operation: str, arguments: tuple[int, ...]) -> tuple[str, int]:
        if operation in _CALLS:
            text = _CALLS[operation].format(*map(self._tensor, arguments))
            return text, PRODUCT if operation == "cbrt" else POWER
        if len(arguments) == 1:
            return f"torch.{operation}({self._written[arguments[0]][0]})", POWER
        return f"torch.{operation}({', '.join(map(self._tensor, arguments))})", POWER
