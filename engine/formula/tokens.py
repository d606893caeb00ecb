"""Characters to tokens."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from engine.formula.errors import FormulaError

LONGEST_TEXT = 2000

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_OPERATORS = {"**": "^", "−": "-", "–": "-", "×": "*", "·": "*", "∗": "*", "⋅": "*", "÷": "/"}
# Letters are Latin and Greek only: a Cyrillic х would look like x and be a constant.
_LETTER = "A-Za-zµͰ-Ͽ"
_PATTERN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<name>[{_LETTER}][{_LETTER}0-9_₀-₉]*)
    |(?P<superscript>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)
    |(?P<operator>\*\*|[-+*/^(),|√−–×·∗⋅÷])""",
    re.VERBOSE,
)
_ADVICE = {
    "=": "A formula has no '='; write only what stands to its right.",
    "[": "Use round brackets ( ) instead of '['.",
    "]": "Use round brackets ( ) instead of ']'.",
    "{": "Use round brackets ( ) instead of '{'.",
    "}": "Use round brackets ( ) instead of '}'.",
    ";": "Write a single formula, without ';'.",
    "<": "Comparisons are not available; step(x) is 1 for x > 0 and else 0.",
    ">": "Comparisons are not available; step(x) is 1 for x > 0 and else 0.",
    "_": "A name must begin with a letter, not with '_'.",
    "'": "Derivatives are made for you; write the formula without quotation marks.",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text: ``number``, ``name``, ``superscript``, an operator's sign, or ``end``."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Return the tokens of `text`, the last of kind ``end``; raise FormulaError."""
    if len(text) > LONGEST_TEXT:
        raise FormulaError(
            f"The formula has {len(text)} characters; at most {LONGEST_TEXT} are read.",
            LONGEST_TEXT,
            len(text),
        )
    tokens = []
    position = 0
    while position < len(text):
        match = _PATTERN.match(text, position)
        if match is None:
            raise _stray(text[position], position)
        if match.lastgroup != "space":
            tokens.append(_token(match))
        position = match.end()
    end = len(text.rstrip())
    tokens.append(Token("end", "", end, end))
    return tokens


def _token(match: re.Match[str]) -> Token:
    kind, text = str(match.lastgroup), match.group()
    if kind == "operator":
        kind = text = _OPERATORS.get(text, text)
    elif kind == "superscript":
        text = text.translate(_SUPERSCRIPTS)
    elif kind == "name":
        # One letter has several code points: µ and μ, ϕ and φ, x₁ and x1.
        text = unicodedata.normalize("NFKC", text)
    return Token(kind, text, match.start(), match.end())


def _stray(character: str, position: int) -> FormulaError:
    message = _ADVICE.get(character)
    if message is None:
        name = unicodedata.name(character, "").lower()
        described = f"'{character}' ({name})" if name and character.isprintable() else "This"
        message = f"{described} has no meaning in a formula; remove it or write it another way."
    return FormulaError(message, position, position + 1)
