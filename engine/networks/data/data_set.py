"""What a network learns from: rows of numbers, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Rows = NDArray[np.int64]

Task = Literal["regression", "binary", "classes"]


@dataclass(frozen=True, eq=False)
class DataSet:
    """Rows of inputs with their targets, in the units of their source.

    Parameters
    ----------
    name : of the declaration or the file.
    task : ``"regression"``, ``"binary"`` (two classes, one output) or ``"classes"``.
    inputs : (n, d) float64, finite, read-only.
    targets : (n, k) float64 for regression, else (n,) int64 numbers into `class_names`; read-only.
    feature_names : d names; ``"colour=red"`` is 1 where the column colour says red, else 0.
    target_names : k names; the one column of classes otherwise.
    class_names : in the order of their numbers; none for regression.
    notes : plain sentences about what was left out or assumed.
    """

    name: str
    task: Task
    inputs: Array
    targets: Array | Rows
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Make the arrays read-only: they are shared by everybody who loads the same data."""
        self.inputs.setflags(write=False)
        self.targets.setflags(write=False)

    @property
    def outputs(self) -> int:
        """How many outputs a network for it has: one for two classes, else one per class."""
        return len(self.class_names) if self.task == "classes" else len(self.target_names)


def as_task(data: DataSet, task: str) -> DataSet:
    """Return the data for the task that was asked for; ``"auto"`` is its own.

    Raises ValueError where numbers are asked for and there are classes, or the other way round.
    """
    if task in ("auto", data.task):
        return data
    if task == "regression":
        raise ValueError(
            f"task is regression, but {data.name} has classes; give auto, binary or classes."
        )
    if data.task == "regression":
        raise ValueError(f"task is {task}, but {data.name} has numbers; give auto or regression.")
    if task == "classes":
        return replace(data, task="classes")
    raise ValueError(
        f"task is binary, but {data.target_names[0]} of {data.name} has "
        f"{len(data.class_names)} classes; give auto or classes."
    )
