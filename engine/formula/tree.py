"""An expression as the user wrote it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """One node of an expression.

    An expression is a list of terms in which arguments come before the terms that use them and
    the last one is the whole: loops suffice to read it, so no depth of nesting can exhaust the
    stack.

    Parameters
    ----------
    kind : ``number``, ``name``, ``call``, ``sum``, ``product``, ``negative`` or ``power``.
    text : the digits, the name, the function's name, or one sign for each argument of a sum
        (``+-``) or product (``*/``); empty otherwise.
    arguments : positions in the list.
    """

    kind: str
    text: str = ""
    arguments: tuple[int, ...] = ()
