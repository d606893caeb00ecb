"""Sentences for what the parser cannot read."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from engine.formula.errors import FormulaError
from engine.formula.functions import ALIASES, FUNCTIONS

if TYPE_CHECKING:
    from engine.formula.tokens import Token


def mistake(message: str, token: Token) -> FormulaError:
    """Return an error that underlines one token."""
    return FormulaError(message, token.start, token.end)


def not_a_function(token: Token) -> FormulaError:
    """Describe a word before a bracket that names no function."""
    name = token.text
    near = difflib.get_close_matches(name, (*FUNCTIONS, *ALIASES), 1, 0.6)
    if near:
        return mistake(f"There is no function '{name}'; did you mean {near[0]}?", token)
    return mistake(f"There is no function '{name}'. There are {', '.join(FUNCTIONS)}.", token)


def not_called(token: Token, following: Token) -> FormulaError:
    """Describe a function's name without its brackets."""
    example = f"{token.text}(x)^2" if following.kind == "^" else f"{token.text}(x)"
    return mistake(f"{token.text} needs its argument in brackets: {example}.", token)


def missing_operand(before: Token | None, token: Token) -> FormulaError:
    """Describe a place where a number, name or bracket should stand."""
    if before is None:
        return mistake(f"The formula cannot begin with '{token.text}'.", token)
    if token.kind == "end":
        return mistake(f"Something is missing after '{before.text}' at the end.", before)
    if before.kind in ("(", ",", "|"):
        message = f"Something is missing between '{before.text}' and '{token.text}'."
    else:
        message = f"'{token.text}' cannot follow '{before.text}'; a number or name is missing."
    return FormulaError(message, before.start, token.end)


def missing_operator(before: Token, token: Token) -> FormulaError:
    """Describe two operands side by side."""
    message = f"Between '{before.text}' and '{token.text}' an operator is missing, such as *."
    return FormulaError(message, before.start, token.end)


def wrong_count(token: Token, wanted: int, found: int, end: int) -> FormulaError:
    """Describe a call with too few or too many arguments."""
    words = "one argument" if wanted == 1 else f"{wanted} arguments"
    return FormulaError(f"{token.text} takes {words}, not {found}.", token.start, end)
