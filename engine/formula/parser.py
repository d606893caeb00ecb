"""Tokens to an expression.

Grammar, loosest first; ``^`` binds tighter than a sign before it and is right associative::

    sum     = product {("+" | "-") product}
    product = signed {("*" | "/" | nothing) signed}
    signed  = {"+" | "-"} power
    power   = atom {superscript} ["^" signed]
    atom    = number | name | function "(" sum {"," sum} ")" | "(" sum ")" | "|" sum "|" | "√" atom
"""

from __future__ import annotations

import difflib
import math
from typing import TYPE_CHECKING

from engine.formula.errors import FormulaError
from engine.formula.functions import ALIASES, FUNCTIONS
from engine.formula.tokens import Token, tokenize
from engine.formula.tree import Term

if TYPE_CHECKING:
    from collections.abc import Sequence

DEEPEST_NESTING = 100
MOST_CONSTANTS = 12
VARIABLES = ("x", "y")
NUMBERS = {"pi": math.pi, "π": math.pi, "e": math.e}
_FUNCTION_NAMES = (*FUNCTIONS, *ALIASES)


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
            raise _error("This ')' closes nothing; remove it or add '(' before it.", token)
        if token.kind == ",":
            raise _error(
                "A comma only separates the arguments of a function; write 0.5 with a point.",
                token,
            )
        if token.kind != "end":
            raise self._missing_operator()

    @property
    def _next(self) -> Token:
        return self._tokens[self._position]

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
                    raise self._ambiguous_quotient()
                signs += "*"
            else:
                break
            arguments.append(self._signed())
        return arguments[0] if len(arguments) == 1 else self._add("product", signs, *arguments)

    def _is_implicit(self) -> bool:
        """Tell whether the next token begins a factor without a multiplication sign before it."""
        before, token = self._tokens[self._position - 1], self._next
        if token.kind == "|":
            return self._bars == 0 and before.kind != "name"
        if before.kind in ("number", ")", "|", "superscript"):
            return token.kind in ("name", "(", "√")
        return False

    def _ambiguous_quotient(self) -> FormulaError:
        token = self._next
        message = "A product without * after a division can be read in two ways; write 1/(2*x) "
        return _error(message + "or 1/2*x.", token)

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
            raise _error(f"The formula is nested more than {DEEPEST_NESTING} levels deep.", token)

    def _atom(self) -> int:
        token = self._next
        if token.kind in ("end", "+", "-", "*", "/", "^", ")", ",", "superscript"):
            raise self._missing_operand()
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
            raise _error(f"This '{opening.text}' is never closed; add '{closing}'.", opening)
        elif self._next.kind == "," and closing == ")":
            raise _error("A comma only separates the arguments of a function.", self._next)
        elif self._next.kind in (")", ",", "|"):
            message = f"'{self._next.text}' comes before '{closing}' has closed '{opening.text}'."
            raise _error(message, self._next)
        else:
            raise self._missing_operator()

    def _name(self, token: Token) -> int:
        name = ALIASES.get(token.text, token.text)
        known = self.parameters is not None and token.text in self.parameters
        called = self._next.kind == "("
        if name in FUNCTIONS and not known:
            if not called:
                raise _error(
                    f"{token.text} needs its argument in brackets: {token.text}(…).", token
                )
            return self._call(name, token)
        if called:
            raise self._not_a_function(token, known)
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
            words = "one argument" if wanted == 1 else f"{wanted} arguments"
            end = self._tokens[self._position - 1].end
            message = f"{token.text} takes {words}, not {len(arguments)}."
            raise FormulaError(message, token.start, end)
        return self._add("call", name, *arguments)

    def _constant(self, token: Token) -> None:
        name = token.text
        if self.parameters is not None:
            if name not in self.parameters:
                known = ", ".join((*VARIABLES, *self.parameters))
                raise _error(f"There is no {name!r} here; known names: {known}.", token)
        elif len(name) > 1 and set(name) <= set(VARIABLES):
            raise _error(f"For a product write {'*'.join(name)}; {name} is one name.", token)
        if name in self.constants:
            return
        if self.parameters is None and len(self.constants) == MOST_CONSTANTS:
            raise _error(f"A formula may have at most {MOST_CONSTANTS} named constants.", token)
        self.constants.append(name)

    def _not_a_function(self, token: Token, known: bool) -> FormulaError:
        name = token.text
        near = difflib.get_close_matches(name, _FUNCTION_NAMES, 1, 0.6)
        if not known and len(name) > 1 and name not in NUMBERS:
            if near:
                return _error(f"There is no function '{name}'; did you mean {near[0]}?", token)
            known_names = ", ".join(FUNCTIONS)
            return _error(f"There is no function '{name}'. There are {known_names}.", token)
        return _error(f"{name} is not a function; for a product write {name}*(…).", token)

    def _missing_operand(self) -> FormulaError:
        token = self._next
        before = self._tokens[self._position - 1] if self._position else None
        if before is None:
            return _error(f"The formula cannot begin with '{token.text}'.", token)
        if token.kind == "end":
            return _error(f"Something is missing after '{before.text}' at the end.", before)
        if before.kind in ("(", ",", "|"):
            message = f"Something is missing between '{before.text}' and '{token.text}'."
        else:
            message = f"'{token.text}' cannot follow '{before.text}'; a number or name is missing."
        return FormulaError(message, before.start, token.end)

    def _missing_operator(self) -> FormulaError:
        before, token = self._tokens[self._position - 1], self._next
        message = f"Between '{before.text}' and '{token.text}' an operator is missing, such as *."
        return FormulaError(message, before.start, token.end)


def _error(message: str, token: Token) -> FormulaError:
    return FormulaError(message, token.start, token.end)
