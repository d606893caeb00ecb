"""Which columns of a table a network learns from: those that were named, or those that can be."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from engine.networks.data.columns import NumberColumn, TextColumn

if TYPE_CHECKING:
    from engine.networks.data.columns import MixedTable

#: A column of texts becomes at most so many inputs.
MOST_ENCODED = 50


class Chosen(NamedTuple):
    """Names of columns, and a note about those that were passed over."""

    features: tuple[str, ...]
    target: str
    notes: tuple[str, ...]


def choose(table: MixedTable, features: tuple[str, ...], target: str) -> Chosen:
    """Return the columns to use; ValueError, naming column and fix, for what cannot be used.

    Without a target it is the last column that can be used and has not one text in every row,
    without features all other ones.
    """
    misfits = {name: why for name in table.columns if (why := unfit(table, name))}
    if target:
        _check_known(table, target)
    else:
        fit = [name for name in table.columns if name not in misfits and name not in features]
        if not fit:
            raise ValueError(
                f"No column of {table.name} can be the target: {_listed(misfits)}; give one of "
                "numbers, or of few different texts."
            )
        # A single text in every row would be the only class there is.
        target = next((name for name in reversed(fit) if not _is_one_text(table, name)), fit[-1])
    if features:
        for name in features:
            _check_known(table, name)
            if name in misfits:
                raise ValueError(f"{name} of {table.name} cannot be a feature: {misfits[name]}.")
        return Chosen(features, target, ())
    others = [name for name in table.columns if name != target]
    features = tuple(name for name in others if name not in misfits)
    passed = {name: misfits[name] for name in others if name in misfits}
    if not features:
        raise ValueError(f"No column of {table.name} can be a feature: {_listed(passed)}.")
    return Chosen(features, target, (f"Not used: {_listed(passed)}.",) if passed else ())


def unfit(table: MixedTable, name: str) -> str:
    """Return why a column cannot become inputs; empty if it can."""
    column = table.columns[name]
    if not column.present.any():
        return "it is blank in every row"
    if isinstance(column, NumberColumn):
        return ""
    if column.kind == "date":
        return "it holds dates, which would have to be written as numbers, such as days"
    if column.crowded or len(column.texts) > MOST_ENCODED:
        count = f"{'more than ' * column.crowded}{len(column.texts):,}"
        return f"it has {count} different texts, and at most {MOST_ENCODED} become inputs"
    return ""


def _is_one_text(table: MixedTable, name: str) -> bool:
    column = table.columns[name]
    return isinstance(column, TextColumn) and len(column.texts) == 1


def _listed(reasons: dict[str, str]) -> str:
    some = [f"{name}, because {why}" for name, why in list(reasons.items())[:3]]
    return "; ".join(some) + ("; …" if len(reasons) > 3 else "")


def _check_known(table: MixedTable, name: str) -> None:
    if name in table.columns:
        return
    near = get_close_matches(name, table.columns, 1)
    some = list(table.columns)[:8]
    listed = ", ".join(some) + (", …" if len(table.columns) > len(some) else "")
    hint = f"did you mean {near[0]!r}?" if near else f"its columns are {listed}."
    raise ValueError(f"There is no column {name!r} in {table.name}; {hint}")
