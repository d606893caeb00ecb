"""LaTeX to vector pictures of pieces that can be set in a line or broken over several."""

from __future__ import annotations

import re
import threading
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MOST_CACHED = 512
#: Setting takes 0.15 ms per unit of `_cost`: what takes longer than this is shown as text.
MOST_COST = 4000
#: Units of the vector pictures for one em.
EM = 20.0

_TOKEN = re.compile(r"\\left|\\right|\\begin|\\end|\\.|[{}]|[+\-=]|[^\\{}+\-=]+")
_QUAD = re.compile(r"\\q?quad\b")
_DEPTH = {"{": 1, "}": -1, r"\left": 1, r"\right": -1, r"\begin": 1, r"\end": -1}
SIGNS = ("+", "-", "=")
#: Parts wider than this are also broken between factors.
WIDE = 24 * EM
PRODUCT = (r"\,",)
#: After one of these a sign belongs to what follows.
_OPENING = ("(", "[", "=", ",", "^", "_")


class Piece(Struct, frozen=True):
    """A part of a line that is never broken: its picture and extent, in units of `EM`.

    `leads` says that a new clause of the line begins here, so this is the best place to break.
    """

    svg: bytes
    width: float
    ascent: float
    descent: float
    leads: bool


Line = tuple[Piece, ...]
#: What has been rendered.
KNOWN: dict[str, Line] = {}
# The renderer has global settings and is asked from several threads.
_lock = threading.Lock()


def split(latex: str, signs: Sequence[str] = SIGNS) -> list[str]:
    """Return the parts of a clause between which it may be broken: before outer signs."""
    parts, depth, current = [], 0, ""
    for token in _TOKEN.findall(latex):
        depth += _DEPTH.get(token, 0)
        depth += token.count("(") - token.count(")") if not token.startswith("\\") else 0
        before = current.rstrip()
        if token in signs and depth == 0 and before and not before.endswith(_OPENING):
            parts.append(before)
            # The empty group makes the sign a binary one, with space on both sides.
            current = "{} " + token
        else:
            current += token
    return [*parts, current]


def render(latex: str) -> Line:
    """Return the pieces of one line of LaTeX. Slow at first: it imports the renderer.

    Raises ValueError for what the renderer cannot read or would take too long for.
    """
    if latex not in KNOWN:
        if _cost(latex) > MOST_COST:
            raise ValueError(f"This is too long to be shown as mathematics: {latex}")
        with _lock:
            set_type = _renderer()
            try:
                line = tuple(
                    piece for clause in _QUAD.split(latex) for piece in _pieces(clause, set_type)
                )
            except Exception as error:
                raise ValueError(f"This cannot be shown as mathematics: {latex}") from error
        while len(KNOWN) >= MOST_CACHED:
            KNOWN.pop(next(iter(KNOWN)))
        KNOWN[latex] = line
    return KNOWN[latex]


def _cost(latex: str) -> int:
    """Return the number of characters, doubled by each level in which the renderer nests them."""
    depth = cost = 0
    for token in _TOKEN.findall(latex):
        depth += _DEPTH.get(token, 0)
        cost += len(token) << max(0, depth)
    return cost


@cache
def _renderer() -> Callable[..., Any]:
    with warnings.catch_warnings():
        # Its import uses a function of the standard library that is deprecated in Python 3.11.
        warnings.simplefilter("ignore", DeprecationWarning)
        from ziamath.config import config
        from ziamath.zmath import Latex
    # Qt draws SVG 1.2 Tiny, which has no symbols.
    config.svg2 = False
    set_type: Callable[..., Any] = Latex
    return set_type


def _pieces(clause: str, set_type: Callable[..., Any]) -> Iterator[Piece]:
    leads = True
    for part in split(clause):
        whole = _piece(set_type(part, size=EM).svg(), leads=leads)
        factors = split(part, PRODUCT) if whole.width > WIDE else []
        if len(factors) > 1:
            for index, factor in enumerate(factors):
                svg = set_type(factor, size=EM).svg()
                yield _piece(svg, leads=leads and index == 0)
        else:
            yield whole
        leads = False


def _piece(svg: str, *, leads: bool) -> Piece:
    box = re.search(r'viewBox="(\S+) (\S+) (\S+) (\S+)"', svg)
    if box is None:
        raise ValueError("no viewBox")
    _, top, width, height = (float(number) for number in box.groups())
    return Piece(svg.encode(), width, -top, height + top, leads)
