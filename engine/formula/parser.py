"""Tokens to an expression.

Grammar, loosest first; ``^`` binds tighter than a sign before it and is right associative::

    sum     = product {("+" | "-") product}
    product = signed {("*" | "/" | nothing) signed}
    signed  = {"+" | "-"} power
    power   = atom {superscript} ["^" signed]
    atom    = number | name | function "(" sum {"," sum} ")" | "(" sum ")" | "|" sum "|" | "√" atom
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.formula.errors import FormulaError
from engine.formula.functions import ALIASES, FUNCTIONS
from engine.formula.mistakes import (
    missing_operand,
    missing_operator,
    mistake,
    not_a_function,
    not_called,
    wrong_count,
)
from engine.formula.tokens import Token, tokenize
from engine.formula.tree import Term

if TYPE_CHECKING:
    from collections.abc import Sequence

DEEPEST_NESTING = 100
MOST_CONSTANTS = 12
VARIABLES = ("x", "y")
NUMBERS = {"pi": math.pi, "π": math.pi, "e": math.e}

_AMBIGUOUS = "A product without * after a division can be read in two ways; write 1/(2*x) or 1/2*x."


class Parser:
    """Reads one formula; `terms` and `constants` hold the result of `read`."""

    def __init__(self, text: str, parameters: Sequence[str] | None) -> None:
        self.parameters = parameters
        self.terms: list[Term] = []
        self.constants: list[str] = []
        self._tokens = tokenize(text)
        self._position = 0
        self._depth = 0
        self._bars = 0

    def read(self) -> None:
        """Read the whole text, or raise FormulaError."""
        if self._next.kind == "end":
            raise FormulaError("The formula is empty; write for example x^2 + y^2.", 0, 0)
        self._sum()
        token = self._next
        if token.kind == ")":
            raise mistake("This ')' closes nothing; remove it or add '(' before it.", token)
        if token.kind == ",":
            raise mistake(
                "A comma only separates the arguments of a function; write 0.5 with a point.",
                token,
            )
        if token.kind != "end":
            raise missing_operator(self._before, self._next)

    @property
    def _next(self) -> Token:
        return self._tokens[self._position]

    @property
    def _before(self) -> Token:
        return self._tokens[self._position - 1]

    def _take(self) -> Token:
        token = self._tokens[self._position]
        self._position += 1
        return token

    def _add(self, kind: str, text: str = "", *arguments: int) -> int:
        self.terms.append(Term(kind, text, arguments))
        return len(self.terms) - 1

    def _sum(self) -> int:
        arguments, signs = [self._product()], "+"
        while self._next.kind in ("+", "-"):
            signs += self._take().kind
            arguments.append(self._product())
        return arguments[0] if len(arguments) == 1 else self._add("sum", signs, *arguments)

    def _product(self) -> int:
        arguments, signs = [self._signed()], "*"
        while True:
            if self._next.kind in ("*", "/"):
                signs += self._take().kind
            elif self._is_implicit():
                if signs.endswith("/"):
                    raise mistake(_AMBIGUOUS, self._next)
                signs += "*"
            else:
                break
            arguments.append(self._signed())
        return arguments[0] if len(arguments) == 1 else self._add("product", signs, *arguments)

    def _is_implicit(self) -> bool:
        """Tell whether the next token begins a factor without a multiplication sign before it."""
        before, token = self._before, self._next
        if token.kind == "|":
            return self._bars == 0 and before.kind != "name"
        if before.kind in ("number", ")", "|", "superscript"):
            return token.kind in ("name", "(", "√")
        return False

    def _signed(self) -> int:
        negative = False
        while self._next.kind in ("+", "-"):
            negative ^= self._take().kind == "-"
        argument = self._power()
        return self._add("negative", "", argument) if negative else argument

    def _power(self) -> int:
        result = self._atom()
        while self._next.kind == "superscript":
            digits = self._take().text
            exponent = self._add("number", digits.lstrip("-"))
            if digits.startswith("-"):
                exponent = self._add("negative", "", exponent)
            result = self._add("power", "", result, exponent)
        if self._next.kind == "^":
            self._enter(self._take())
            result = self._add("power", "", result, self._signed())
            self._depth -= 1
        return result

    def _enter(self, token: Token) -> None:
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise mistake(f"The formula is nested more than {DEEPEST_NESTING} levels deep.", token)

    def _atom(self) -> int:
        token = self._next
        if token.kind in ("end", "+", "-", "*", "/", "^", ")", ",", "superscript"):
            raise missing_operand(self._before if self._position else None, token)
        self._take()
        if token.kind == "number":
            return self._add("number", token.text)
        if token.kind == "name":
            return self._name(token)
        self._enter(token)
        if token.kind == "√":
            result = self._add("call", "sqrt", self._atom())
        elif token.kind == "|":
            result = self._add("call", "abs", self._group(token, "|"))
        else:
            result = self._group(token, ")")
        self._depth -= 1
        return result

    def _group(self, opening: Token, closing: str) -> int:
        outside, self._bars = self._bars, int(closing == "|")
        result = self._sum()
        self._close(opening, closing)
        self._bars = outside
        return result

    def _close(self, opening: Token, closing: str) -> None:
        if self._next.kind == closing:
            self._take()
        elif self._next.kind == "end":
            raise mistake(f"This '{opening.text}' is never closed; add '{closing}'.", opening)
        elif self._next.kind == "," and closing == ")":
            raise mistake("A comma only separates the arguments of a function.", self._next)
        elif self._next.kind in (")", ",", "|"):
            message = f"'{self._next.text}' comes before '{closing}' has closed '{opening.text}'."
            raise mistake(message, self._next)
        else:
            raise missing_operator(self._before, self._next)

    def _name(self, token: Token) -> int:
        name = ALIASES.get(token.text, token.text)
        known = self.parameters is not None and token.text in self.parameters
        called = self._next.kind == "("
        if name in FUNCTIONS and not known:
            if called:
                return self._call(name, token)
            raise not_called(token, self._next)
        if called:
            if known or len(name) == 1 or name in NUMBERS:
                message = f"{name} is not a function; for a product write {name}*(…)."
                raise mistake(message, token)
            raise not_a_function(token)
        if name not in VARIABLES and (known or name not in NUMBERS):
            self._constant(token)
        return self._add("name", name)

    def _call(self, name: str, token: Token) -> int:
        self._enter(token)
        opening = self._take()
        if self._next.kind == ")":
            raise FormulaError(
                f"{token.text} has no argument; write {token.text}(x).", token.start, self._next.end
            )
        outside, self._bars = self._bars, 0
        arguments = [self._sum()]
        while self._next.kind == ",":
            self._take()
            arguments.append(self._sum())
        self._close(opening, ")")
        self._bars = outside
        self._depth -= 1
        wanted = FUNCTIONS[name].arity
        if len(arguments) != wanted:
            raise wrong_count(token, wanted, len(arguments), self._before.end)
        return self._add("call", name, *arguments)

    def _constant(self, token: Token) -> None:
        name = token.text
        if self.parameters is not None:
            if name not in self.parameters:
                known = ", ".join((*VARIABLES, *self.parameters))
                raise mistake(f"There is no {name!r} here; known names: {known}.", token)
        elif len(name) > 1 and set(name) <= set(VARIABLES):
            raise mistake(f"For a product write {'*'.join(name)}; {name} is one name.", token)
        if name in self.constants:
            return
        if self.parameters is None and len(self.constants) == MOST_CONSTANTS:
            raise mistake(f"A formula may have at most {MOST_CONSTANTS} named constants.", token)
        self.constants.append(name)
