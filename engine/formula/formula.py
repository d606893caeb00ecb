"""A formula with its exact derivatives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.formula.errors import FormulaError
from engine.formula.functions import FUNCTIONS
from engine.formula.graph import EVALUATE, MOST_NODES, Graph, GraphTooLarge
from engine.formula.latex import latex
from engine.formula.parser import NUMBERS, Parser
from engine.formula.rules import derivative
from engine.formula.source import kernel_source, python_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.formula.tree import Term


@dataclass(frozen=True, slots=True)
class Formula:
    """A loss over x, y and named constants, with first and second derivatives by rule.

    Parameters
    ----------
    text : what was read.
    constants : names of the constants; their order is that of the numbers in a kernel's data.
    depends_on_y : whether y occurs in the loss.
    smooth : whether no function with a kink (abs, relu, min, hypot …) occurs.
    terms : the expression as written.
    graph : nodes of the loss and its derivatives.
    roots : positions of f, f_x, f_y, f_xx, f_xy, f_yy in the graph.
    """

    text: str
    constants: tuple[str, ...]
    depends_on_y: bool
    smooth: bool
    terms: Sequence[Term] = field(repr=False)
    graph: Graph = field(repr=False, compare=False)
    roots: tuple[int, ...] = field(repr=False)

    def latex(self) -> str:
        """Return the loss as LaTeX, in the structure in which it was written."""
        return latex(self.terms)

    def source(self, precision: str) -> str:
        """Return the text of a module with the compiled kernels of `engine.compile`.

        Parameters
        ----------
        precision : ``"float64"`` or ``"float32"``.
        """
        return kernel_source(self.graph, self.roots, len(self.constants), precision)

    def python_source(self, precision: str = "float64") -> str:
        """Return ``value_gradient`` and ``second_order`` as plain Python over numpy.

        Both take (x, y, data, step) with `data` a sequence of the constants' values, and answer
        inf or NaN where a kernel does.
        """
        return python_source(self.graph, self.roots, self.constants, precision)

    def evaluate(
        self, x: float, y: float, constants: Mapping[str, float] | None = None
    ) -> tuple[float, ...]:
        """Return (f, f_x, f_y, f_xx, f_xy, f_yy) at one point, slowly: for checks.

        Raises KeyError if a constant has no value.
        """
        given = [(constants or {})[name] for name in self.constants]
        values: dict[int, float] = {}
        for node in self.graph.needed(self.roots):
            operation, arguments, value = self.graph.nodes[node]
            if operation == "number":
                values[node] = float(value)
            elif operation == "variable":
                values[node] = float(x if value == "x" else y)
            elif operation == "parameter":
                values[node] = float(given[int(value)])
            elif operation == "whole_power":
                values[node] = EVALUATE["power"](values[arguments[0]], float(value))
            else:
                values[node] = EVALUATE[operation](*(values[a] for a in arguments))
        return tuple(values[root] for root in self.roots)


def parse(text: str, parameters: Sequence[str] | None = None) -> Formula:
    """Read a formula and differentiate it twice.

    Parameters
    ----------
    text : at most 2000 characters over x, y, numbers, pi, e, named constants, ``+ - * / ^``,
        brackets, ``|…|`` and the functions of `engine.formula.functions`. ``2x`` and ``3(x+1)``
        are products.
    parameters : names of the constants, in order; no others may occur. Left out, every other name
        is a constant, in order of appearance, at most 12.

    Raises
    ------
    FormulaError : a ValueError with a sentence and the span of characters to underline.
    """
    parser = Parser(text, parameters)
    parser.read()
    constants = tuple(parser.constants if parameters is None else parameters)
    graph = Graph()
    try:
        value = _lower(graph, parser.terms, constants)
        roots = _derivatives(graph, value)
    except GraphTooLarge:
        raise FormulaError(
            f"With its derivatives this formula needs more than {MOST_NODES} operations; "
            "make it shorter.",
            0,
            len(text),
        ) from None
    nodes = [graph.nodes[i] for i in graph.needed([value])]
    called = [FUNCTIONS[n.operation] for n in nodes if n.operation in FUNCTIONS]
    return Formula(
        text=text,
        constants=constants,
        depends_on_y=any(n.operation == "variable" and n.value == "y" for n in nodes),
        smooth=all(function.smooth for function in called),
        terms=tuple(parser.terms),
        graph=graph,
        roots=roots,
    )


def _derivatives(graph: Graph, value: int) -> tuple[int, ...]:
    gx, gy = derivative(graph, value, "x"), derivative(graph, value, "y")
    return (
        value,
        gx,
        gy,
        derivative(graph, gx, "x"),
        derivative(graph, gx, "y"),
        derivative(graph, gy, "y"),
    )


def _lower(graph: Graph, terms: Sequence[Term], constants: Sequence[str]) -> int:
    nodes: list[int] = []
    for term in terms:
        arguments = [nodes[a] for a in term.arguments]
        nodes.append(_lower_term(graph, term, arguments, constants))
    return nodes[-1]


def _lower_term(
    graph: Graph, term: Term, arguments: Sequence[int], constants: Sequence[str]
) -> int:
    if term.kind == "number":
        return graph.number(float(term.text))
    if term.kind == "name":
        return _lower_name(graph, term.text, constants)
    if term.kind == "negative":
        return graph.negative(arguments[0])
    if term.kind == "power":
        return graph.power(arguments[0], arguments[1])
    if term.kind == "call":
        return graph.call(term.text, *arguments)
    combine = {"+": graph.add, "-": graph.subtract, "*": graph.multiply, "/": graph.divide}
    result = arguments[0]
    for sign, argument in zip(term.text[1:], arguments[1:], strict=True):
        result = combine[sign](result, argument)
    return result


def _lower_name(graph: Graph, name: str, constants: Sequence[str]) -> int:
    if name in ("x", "y"):
        return graph.variable(name)
    if name in constants:
        return graph.parameter(constants.index(name))
    return graph.number(NUMBERS[name])
