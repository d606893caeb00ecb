"""An expression as LaTeX, in the structure in which it was written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.formula.functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.formula.tree import Term

#: How tightly a piece holds together; one that holds less than its place asks for is bracketed.
_SUM, _NEGATIVE, _PRODUCT, _POWER, _ATOM = range(5)
_GREEK_NAMES = (
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi o pi rho sigma "
    "tau upsilon varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
        _GREEK_NAMES.split(),
        strict=True,
    )
)
_GREEK_WORDS = frozenset(_GREEK.values()) | {"epsilon", "phi"}
#: Functions whose power is written on the name: sin²(x).
_NAMED = frozenset(("sin", "cos", "tan", "sinh", "cosh", "tanh"))

Piece = tuple[str, int]


def latex(terms: Sequence[Term]) -> str:
    """Return an expression as LaTeX."""
    pieces: list[Piece] = []
    for term in terms:
        pieces.append(_write(term, pieces, terms))
    return pieces[-1][0]


def _write(term: Term, pieces: Sequence[Piece], terms: Sequence[Term]) -> Piece:
    arguments = [pieces[a] for a in term.arguments]
    if term.kind == "number":
        return _number(term.text)
    if term.kind == "name":
        return _name(term.text), _ATOM
    if term.kind == "negative":
        return "-" + _bracketed(arguments[0], _PRODUCT), _NEGATIVE
    if term.kind == "call":
        return _call(term.text, [text for text, _ in arguments])
    if term.kind == "sum":
        return _sum(term.text, arguments), _SUM
    first = terms[term.arguments[0]]
    if term.kind == "power":
        return _power(first, arguments)
    if first.kind == "negative":
        # -a/b reads better as -(a/b).
        text, _ = _product(term.text, [pieces[first.arguments[0]], *arguments[1:]])
        return "-" + text, _NEGATIVE
    return _product(term.text, arguments)


def _bracketed(piece: Piece, at_least: int) -> str:
    text, strength = piece
    return text if strength >= at_least else rf"\left({text}\right)"


def _number(digits: str) -> Piece:
    mantissa, _, exponent = digits.lower().partition("e")
    if not exponent:
        return ("0" + digits if digits.startswith(".") else digits.rstrip(".")), _ATOM
    power = f"10^{{{int(exponent)}}}"
    if float(mantissa) == 1:
        return power, _POWER
    return rf"{mantissa} \cdot {power}", _PRODUCT


def _name(name: str) -> str:
    base, _, index = name.partition("_")
    match = re.fullmatch(r"(.*?)([0-9]+)", base)
    if match and not index and match[1]:
        base, index = match[1], match[2]
    if base in _GREEK_WORDS or base in _GREEK:
        base = "\\" + _GREEK.get(base, base)
    elif len(base) > 1:
        base = rf"\mathrm{{{base}}}"
    if len(index) > 1 and not index.isdigit():
        index = rf"\mathrm{{{index}}}".replace("_", r"\_")
    return f"{base}_{{{index}}}" if index else base


def _call(name: str, arguments: Sequence[str]) -> Piece:
    pattern = FUNCTIONS[name].latex
    if "{0}" in pattern:
        return pattern.format(*arguments), _ATOM
    return pattern.format() + rf"\left({', '.join(arguments)}\right)", _POWER


def _sum(signs: str, arguments: Sequence[Piece]) -> str:
    text = arguments[0][0]
    for sign, piece in zip(signs[1:], arguments[1:], strict=True):
        text += f" {sign} " + _bracketed(piece, _PRODUCT)
    return text


def _product(signs: str, arguments: Sequence[Piece]) -> Piece:
    """Write factors side by side; a division puts what stands before it over what follows."""
    text, strength = arguments[0]
    for sign, piece in zip(signs[1:], arguments[1:], strict=True):
        if sign == "/":
            text, strength = rf"\frac{{{text}}}{{{piece[0]}}}", _PRODUCT
            continue
        factor = _bracketed(piece, _PRODUCT)
        dot = r" \cdot " if factor[0].isdigit() else r" \, "
        text, strength = _bracketed((text, strength), _PRODUCT) + dot + factor, _PRODUCT
    return text, strength


def _power(base: Term, arguments: Sequence[Piece]) -> Piece:
    (text, _), (exponent, _) = arguments
    if base.kind == "call" and base.text in _NAMED:
        name = FUNCTIONS[base.text].latex
        return f"{name}^{{{exponent}}}{text.removeprefix(name)}", _POWER
    return f"{_bracketed(arguments[0], _ATOM)}^{{{exponent}}}", _POWER
