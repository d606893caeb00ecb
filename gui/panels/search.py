"""Finding what somebody means by a few typed letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Item = TypeVar("Item")


def search(
    query: str, items: Iterable[Item], fields: Callable[[Item], Sequence[str]]
) -> list[Item]:
    """Return the items that match every word of the query, best first.

    Parameters
    ----------
    fields : the texts of an item, the most telling first: its title, then the rest.
    """
    words = _plain(query).split()
    scored = []
    for item in items:
        texts = [_plain(text) for text in fields(item)]
        scores = [_score(word, texts) for word in words]
        if all(scores):
            scored.append((-sum(scores), item))
    # Stable, so equal matches stay in the catalogue's order.
    return [item for _, item in sorted(scored, key=lambda pair: pair[0])]


def _score(word: str, texts: Sequence[str]) -> float:
    """Return how well a word matches: 0 not at all."""
    best = 0.0
    for rank, text in enumerate(texts):
        weight = 1.0 / (1 + rank)
        if text.startswith(word):
            best = max(best, 4 * weight)
        elif f" {word}" in text:
            best = max(best, 3 * weight)
        elif word in text:
            best = max(best, 2 * weight)
    if not best and texts and _in_order(word, texts[0]):
        best = 0.5
    return best


def _in_order(word: str, text: str) -> bool:
    """Return whether all letters of a word occur in a text in their order."""
    rest = iter(text)
    return len(word) > 1 and all(letter in rest for letter in word)


def _plain(text: str) -> str:
    for old, new in (("é", "e"), ("ö", "o"), ("ä", "a"), ("²", "2"), ("³", "3")):
        text = text.lower().replace(old, new)
    return text.replace("-", " ").replace("–", " ").replace("_", " ")
