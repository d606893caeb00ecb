"""The columns of a table of any kind: numbers, or texts as numbers into a list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Codes = NDArray[np.int32]
    Mask = NDArray[np.bool_]

Kind = Literal["number", "whole number", "text", "yes/no", "date"]

#: Pairs of texts that mean no and yes.
YES_NO = (("no", "yes"), ("false", "true"), ("n", "y"), ("f", "t"))
DATE = re.compile(
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{2}|\d{4}))([T ]\d{1,2}:.*)?"
)


@dataclass(frozen=True, eq=False)
class NumberColumn:
    """Numbers (n,), NaN where a cell is blank, not finite, or one of the `strange` texts."""

    values: Array
    strange: int = 0

    @property
    def kind(self) -> Kind:
        """``"whole number"`` if all are."""
        found = self.values[self.present]
        with np.errstate(invalid="ignore"):
            return "whole number" if len(found) and (found == np.rint(found)).all() else "number"

    @property
    def present(self) -> Mask:
        """Which rows have a number, (n,)."""
        return np.isfinite(self.values)


@dataclass(frozen=True, eq=False)
class TextColumn:
    """Numbers (n,) into sorted texts, −1 where blank.

    A `crowded` column has more texts than are kept; all others share the number after the last.
    In a yes/no column 0 is no and 1 is yes.
    """

    codes: Codes
    texts: tuple[str, ...]
    kind: Kind
    crowded: bool = False

    @property
    def present(self) -> Mask:
        """Which rows have a text, (n,)."""
        return self.codes >= 0


Column = NumberColumn | TextColumn


@dataclass(frozen=True, eq=False)
class MixedTable:
    """Columns of one length by name, with plain sentences about how the file was read."""

    name: str
    columns: dict[str, Column]
    rows: int
    notes: tuple[str, ...] = ()


def text_column(codes: Codes, texts: Sequence[str], most: int) -> TextColumn:
    """Return a column with its texts sorted.

    Parameters
    ----------
    codes : (n,) numbers into `texts`; −1 is blank, and `most` a text that is not kept.
    texts : all different, at most `most`.
    """
    crowded = bool((codes == most).any())
    pair = None if crowded else _yes_no(texts)
    if pair:
        meaning = [pair.index(text.casefold()) for text in texts]
        kept: tuple[str, ...] = pair
    else:
        order = sorted(range(len(texts)), key=lambda i: (texts[i].casefold(), texts[i]))
        kept = tuple(texts[i] for i in order)
        meaning = np.argsort(order).tolist()
    # The last entry is for −1; those between the texts and `most` are not in use.
    lookup = np.full(most + 2, -1, dtype=np.int32)
    lookup[: len(meaning)] = meaning
    if crowded:
        lookup[most] = len(kept)
    return TextColumn(lookup[codes], kept, "yes/no" if pair else _kind(kept), crowded)


def _yes_no(texts: Sequence[str]) -> tuple[str, str] | None:
    folded = {text.casefold() for text in texts}
    return next((pair for pair in YES_NO if folded == set(pair)), None)


def _kind(texts: tuple[str, ...]) -> Kind:
    return "date" if texts and all(DATE.fullmatch(text) for text in texts) else "text"
