"""From a table's column to what a network has to predict: numbers or classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.networks.data.columns import NumberColumn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.data.columns import Column
    from engine.networks.data.data_set import Array, Rows, Task

    Mask = NDArray[np.bool_]

MOST_CLASSES = 100
#: Whole numbers with so few different values are taken as classes, if each comes often enough.
FEW_VALUES = 10
OFTEN = 5


class Target(NamedTuple):
    """A task, the targets, (n, 1) numbers or (n,) classes, the classes' names, and notes."""

    task: Task
    values: Array | Rows
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def target_of(name: str, column: Column, usable: Mask, task: str) -> Target:
    """Return the usable rows of a column for a task; ``"auto"`` decides by its values.

    Texts are classes, and so are whole numbers with at most 10 different values, each five times
    on average. Raises ValueError, naming the column and the fix.
    """
    if isinstance(column, NumberColumn):
        return _of_numbers(name, column.values[usable], task)
    if task == "regression":
        raise ValueError(f"{name} holds texts; give task classes, or a target of numbers.")
    if column.crowded or len(column.texts) > MOST_CLASSES:
        count = f"{'more than ' * column.crowded}{len(column.texts):,}"
        raise _too_many(name, f"{count} different texts", "another target")
    present, which = np.unique(column.codes[usable], return_inverse=True)
    return _classes(name, which, tuple(column.texts[i] for i in present), task)


def _of_numbers(name: str, numbers: Array, task: str) -> Target:
    values, which = np.unique(numbers, return_inverse=True)
    few = len(values) <= min(FEW_VALUES, len(numbers) // OFTEN)
    classes = len(values) > 1 and few and bool((values == np.rint(values)).all())
    if task == "regression" or (task == "auto" and not classes):
        same = (f"{name} is {values[0]:g} in every row.",) if len(values) == 1 else ()
        return Target("regression", numbers[:, None], notes=same)
    if len(values) > MOST_CLASSES:
        raise _too_many(name, f"{len(values):,} different values", "task regression")
    found = _classes(name, which, tuple(f"{value:.15g}" for value in values), task)
    if task == "auto" and len(values) > 2:
        note = (
            f"{name} has {len(values)} different values, which are taken as classes; "
            "give task regression to fit it as a number."
        )
        return found._replace(notes=(note, *found.notes))
    return found


def _classes(name: str, which: Rows, classes: tuple[str, ...], task: str) -> Target:
    if len(classes) == 1:
        raise ValueError(
            f"{name} is {classes[0]} in every row, but classes need two at least; choose another "
            "target."
        )
    if task == "binary" and len(classes) > 2:
        raise ValueError(
            f"task is binary, but {name} has {len(classes)} classes; give auto or classes."
        )
    alone = [classes[i] for i in np.flatnonzero(np.bincount(which) == 1)]
    some = ", ".join(alone[:5]) + (", …" if len(alone) > 5 else "")
    notes = (f"Classes of {name} with a single row: {some}.",) if alone else ()
    two = len(classes) == 2 and task != "classes"
    return Target("binary" if two else "classes", which.astype(np.int64), classes, notes)


def _too_many(name: str, count: str, fix: str) -> ValueError:
    return ValueError(f"{name} has {count}; at most {MOST_CLASSES} are classes: give {fix}.")
