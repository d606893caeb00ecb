"""From settings to what a network is trained on: scaled, split, and with the way back to units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.networks.data.load import load
from engine.networks.data.scaling import Scaling, fit
from engine.networks.data.split import split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.networks.data.data_set import Array, DataSet, Rows
    from engine.networks.data.settings import NetworkDataSettings

#: The squares of larger numbers overflow in float32.
LARGEST_32 = 1.8e19


@dataclass(frozen=True, eq=False)
class Prepared:
    """Data as a network sees them.

    Parameters
    ----------
    data : all n rows, in the units of their source.
    inputs, targets : the training rows, scaled; inputs (m, d), targets (m, k) float64 for
        regression, else (m,) int64.
    validation_inputs, validation_targets : the rows set aside, likewise; perhaps none.
    rows, validation_rows : (m,) and (n − m,) int64, which rows of `data` they are.
    input_scaling : of the d inputs.
    target_scaling : of the k targets; for classes it changes nothing.
    notes : those of `data`, and what was found while preparing.
    """

    data: DataSet
    inputs: Array
    targets: Array | Rows
    validation_inputs: Array
    validation_targets: Array | Rows
    rows: Rows
    validation_rows: Rows
    input_scaling: Scaling
    target_scaling: Scaling
    notes: tuple[str, ...]


def prepare(settings: NetworkDataSettings) -> Prepared:
    """Load, split and scale; scalings are fitted on the training rows alone.

    Raises ValueError as `engine.networks.data.load` does.
    """
    return prepare_data(load(settings), settings)


def prepare_data(data: DataSet, settings: NetworkDataSettings) -> Prepared:
    """Split and scale rows that are loaded already; the settings' source is not looked at."""
    regression = data.task == "regression"
    training, aside = split(
        len(data.inputs), settings.validation, settings.split_seed,
        None if regression else data.targets.astype(np.int64),
    )  # fmt: skip
    inputs, held = data.inputs[training], data.inputs[aside]
    targets, held_targets = data.targets[training], data.targets[aside]
    input_scaling = fit(inputs, settings.scale_inputs)
    target_scaling = fit(np.zeros((1, 1)), "none")
    if regression:
        numbers = np.asarray(targets, dtype=np.float64)
        target_scaling = fit(numbers, settings.scale_target, settings.target_divisor)
        targets = target_scaling.scaled(numbers)
        held_targets = target_scaling.scaled(np.asarray(held_targets, dtype=np.float64))
    inputs, held = input_scaling.scaled(inputs), input_scaling.scaled(held)
    notes = (*data.notes, *_notes(data, settings, input_scaling, aside), *_large(inputs, targets))
    return Prepared(
        data, inputs, targets, held, held_targets, training, aside, input_scaling,
        target_scaling, notes,
    )  # fmt: skip


def _notes(
    data: DataSet, settings: NetworkDataSettings, scaling: Scaling, aside: Rows
) -> Iterator[str]:
    constant = np.flatnonzero(scaling.constant)
    if settings.scale_inputs != "none" and len(constant):
        some = ", ".join(data.feature_names[j] for j in constant[:5])
        some += ", …" if len(constant) > 5 else ""
        yield f"The same in every training row, and therefore 0 once scaled: {some}."
    rows = len(data.inputs)
    several = rows > 1
    if settings.validation and not len(aside):
        yield (
            f"Too few rows to set {settings.validation:.0%} aside for validation; "
            f"{'all ' * several}{rows:,} {'are' if several else 'is'} trained on."
        )


def _large(inputs: Array, targets: Array | Rows) -> Iterator[str]:
    for values, subject, field in (
        (inputs, "The inputs reach", "scale_inputs"),
        (targets, "The target reaches", "scale_target"),
    ):
        largest = max(float(values.max()), -float(values.min()))
        if largest > LARGEST_32:
            yield (
                f"{subject} {largest:.3g}, whose square overflows in float32; give {field} "
                "standardise or min-max."
            )
