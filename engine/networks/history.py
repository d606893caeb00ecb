"""What a training run recorded: every step, and every so often the loss on all data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.numbers import short as number

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from engine.networks.explanation.load import Sharpness
    from engine.networks.model import Tensor
    from engine.networks.settings import NetworkExperiment, TrainingRun

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fault:
    """The first quantity that was not finite: its step, what it was, its layer counted from 1.

    The layer is 0 for the loss, which belongs to none; the value is "inf" or "NaN".
    """

    step: int
    quantity: str
    layer: int = 0
    value: str = "NaN"

    @property
    def words(self) -> str:
        """Quantity and layer, e.g. ``"activation of layer 2"``."""
        return f"{self.quantity} of layer {self.layer}" if self.layer else self.quantity


@dataclass(frozen=True, eq=False)
class History:
    """A run so far. Row t belongs to the weights before step t; row `last_step` is the end.

    Parameters
    ----------
    run : the settings that made it.
    label : name on screen.
    loss : (steps + 1,), of the batch that step t sees; NaN behind the end.
    gradient_norm, step_norm : (steps + 1,), of that batch's gradient and of the step; the last
        row of step_norm is NaN.
    learning_rates : (steps + 1,); the last row repeats.
    scored : (m,) int64, the steps at which all data were looked at.
    training_loss, validation_loss : (m,), without dropout; NaN without validation rows.
    training_accuracy, validation_accuracy : (m,), shares of right classes; NaN for regression.
    kept : (k,) int64, the steps of which the weights were kept, and the last one.
    weights : (k, P), in the run's precision.
    last_step : the last step that was taken; `steps` unless it was stopped or broke off.
    fault : the first thing that was not finite, or None.
    stopped : why it ended before its last step though all is finite, in a clause, or "".
    changes : (step, settings) of each time from which on others held than `run`.
    seconds : how long its steps took.
    tensors : the network's tensors, by which the columns of `weights` are told apart.
    notes : what is to be said about data and batches, in sentences.
    experiment : what it was trained in, with this run alone.
    curvature : the looks at curvature, if there were any: the largest eigenvalue and the load
        against the optimizer's limit.
    """

    run: TrainingRun
    label: str
    loss: Array
    gradient_norm: Array
    step_norm: Array
    learning_rates: Array
    scored: NDArray[np.int64]
    training_loss: Array
    validation_loss: Array
    training_accuracy: Array
    validation_accuracy: Array
    kept: NDArray[np.int64]
    weights: NDArray[Any]
    last_step: int
    fault: Fault | None = None
    stopped: str = ""
    changes: tuple[tuple[int, TrainingRun], ...] = ()
    seconds: float = 0.0
    tensors: tuple[Tensor, ...] = ()
    notes: tuple[str, ...] = ()
    experiment: NetworkExperiment | None = None
    curvature: Sharpness | None = None

    def __repr__(self) -> str:
        """Return what a notebook shows of it: the run in one line, without its arrays."""
        first, last = (float(self.loss[row]) for row in (0, self.last_step))
        ends = f"loss {number(first)} to {number(last)}"
        return f"<{self.label}: {self.last_step} of {self.steps} steps, {ends}>"

    @property
    def steps(self) -> int:
        """Number of steps asked for."""
        return len(self.loss) - 1

    def nearest_kept(self, step: int) -> int:
        """Return the row of `kept` and `weights` that is nearest to a step; the later of two."""
        return len(self.kept) - 1 - int(abs(self.kept[::-1] - step).argmin())

    def to_csv(self, path: str | Path, *, weights: bool = False) -> None:
        """Write every step as a row; the file appears whole or not at all.

        With `weights` each weight has a column. Raises OSError with a plain sentence if it cannot
        be written, ValueError if the weights are too many for a table.
        """
        from engine.networks.history_csv import write_csv

        write_csv(path, [self], weights=weights)

    def to_parquet(self, path: str | Path, *, weights: bool = False) -> None:
        """Write the same table as Parquet; ValueError besides if pyarrow is not installed."""
        from engine.networks.history_parquet import write_parquet

        write_parquet(path, [self], weights=weights)
