"""Tables of numbers: the bundled ones and the user's CSV files."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.csv_numbers import read_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

FOLDER = Path(__file__).parent.parent / "resources" / "data"


@dataclass(frozen=True, eq=False)
class Table:
    """Named columns of numbers, all of one length.

    Parameters
    ----------
    name : the bundled table's name or the file's.
    columns : name -> float64 array, read-only; NaN where a cell is blank or no finite number.
    notes : plain sentences about what was left out or assumed while reading.
    """

    name: str
    columns: dict[str, Column]
    notes: tuple[str, ...] = ()

    def pair(self, feature: str = "", target: str = "") -> Pair:
        """Return two columns, without the rows in which one of them has no finite number.

        Empty names mean the first columns. Raises ValueError for an unknown column and for fewer
        than two usable rows.
        """
        names = list(self.columns)
        feature = self._known(feature) if feature else next(n for n in names if n != target)
        target = self._known(target) if target else next(n for n in names if n != feature)
        x, y = self.columns[feature], self.columns[target]
        usable = np.isfinite(x) & np.isfinite(y)
        count = int(np.count_nonzero(usable))
        if count < 2:
            raise ValueError(
                f"{feature} and {target} of {self.name} have {count or 'no'} "
                f"row{'s' * (count != 1)} with two numbers; choose columns with at least two rows."
            )
        notes: tuple[str, ...] = ()
        if count < len(x):
            notes = (
                f"{len(x) - count:,} of {len(x):,} rows were left out: {feature} or {target} is "
                "blank or not a finite number there.",
            )
        return Pair(feature, target, x[usable], y[usable], notes)

    def _known(self, column: str) -> str:
        if column in self.columns:
            return column
        near = difflib.get_close_matches(column, self.columns, 1)
        some = list(self.columns)[:8]
        names = ", ".join(some) + (", …" if len(self.columns) > len(some) else "")
        hint = f"did you mean {near[0]!r}?" if near else f"its columns of numbers are {names}."
        raise ValueError(f"There is no column {column!r} of numbers in {self.name}; {hint}")


@dataclass(frozen=True, eq=False)
class Pair:
    """A feature and a target, finite, of one length (n,), with notes about what was left out."""

    feature: str
    target: str
    x: Column
    y: Column
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bundled:
    """A table that comes with the program; its first two columns are feature and target.

    `standardise` says whether the raw feature would make a poor first experiment.
    """

    name: str
    title: str
    source: str
    feature: str
    target: str
    standardise: bool = False


BUNDLED: tuple[Bundled, ...] = (
    Bundled("line", "A straight line", "Five exact points of y = 2x + 1; our own.", "x", "y"),
    Bundled(
        "cars",
        "Stopping distance of cars",
        "50 cars of the 1920s, in mph and feet; Ezekiel 1930, public domain.",
        "speed_mph",
        "distance_ft",
    ),
    Bundled(
        "trees",
        "Black cherry trees",
        "31 felled trees, in inches, cubic feet and feet; Ryan, Joiner and Ryan 1976, facts.",
        "girth_in",
        "volume_ft3",
    ),
    Bundled(
        "engel",
        "Income and food",
        "235 Belgian households, in francs a year; Ducpétiaux 1855, Engel 1857, public domain.",
        "income",
        "food",
        standardise=True,
    ),
    Bundled(
        "nile",
        "Flow of the Nile",
        "Yearly flow at Aswan 1871–1970, in 10⁸ m³; Cobb 1978, public domain.",
        "year",
        "flow",
        standardise=True,
    ),
    Bundled(
        "anscombe",
        "Anscombe's quartet",
        "Four tables with the same regression line; Anscombe 1973, facts.",
        "x",
        "y1",
    ),
    Bundled(
        "challenger",
        "O-rings of the space shuttle",
        "23 launches, temperature in °F and whether a seal was damaged; Rogers Commission 1986, "
        "public domain.",
        "temperature_f",
        "distress",
        standardise=True,
    ),
    Bundled(
        "iris",
        "Iris flowers",
        "150 flowers, in centimetres, and whether they are virginica or setosa; Fisher 1936, "
        "public domain.",
        "petal_length",
        "virginica",
    ),
)


def load(table: str | os.PathLike[str]) -> Table:
    """Return a bundled table by name, or the user's CSV file by path.

    Read again only when the file's size or time of change differs. Raises ValueError, with a
    plain sentence, when there is no such table or it cannot be used.
    """
    name = os.fspath(table)
    if any(bundled.name == name for bundled in BUNDLED):
        return _load_bundled(name)
    try:
        found = os.stat(name)
    except (OSError, ValueError):
        return read_table(name)
    return _load_file(os.path.abspath(name), found.st_mtime_ns, found.st_size)


@cache
def _load_bundled(name: str) -> Table:
    return read_table(FOLDER / f"{name}.csv", name)


@lru_cache(maxsize=4)
def _load_file(path: str, mtime_ns: int, size: int) -> Table:
    return read_table(path)


def read_table(path: str | os.PathLike[str], name: str = "") -> Table:
    """Read a CSV file of numbers; nothing in it is ever evaluated.

    Comma, semicolon, tab, bar or blanks between values, a header or none, quotes, UTF-8, UTF-16
    and Windows-1252, and decimal commas (where another sign separates values) are recognised.

    Raises
    ------
    ValueError : with a plain sentence saying what is wrong and how to mend it: no such file, not
        a text file, empty, fewer than two columns of numbers, fewer than two rows.
    """
    where = Path(path)
    columns, notes = read_numbers(where)
    for values in columns.values():
        values.setflags(write=False)
    return Table(name or where.name, columns, notes)
