"""Which runs are still the same when settings change: by what they do, not by how they look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.networks.settings import TrainingRun


def looking_like(run: TrainingRun, looks: TrainingRun) -> TrainingRun:
    """Return a run with another's name, place and visibility."""
    return msgspec.structs.replace(run, visible=looks.visible, label=looks.label, slot=looks.slot)


def takes_same_steps(one: TrainingRun, other: TrainingRun) -> bool:
    """Return whether two runs differ in their looks at most."""
    return looking_like(one, other) == other


def matched(
    present: Sequence[TrainingRun], wanted: Sequence[TrainingRun], by_slot: bool
) -> list[int | None]:
    """Return for each wanted run which of the present ones it is, or None for a new one.

    A run is the one that takes the same steps, if possible in the same slot; with `by_slot` else
    the one in the same slot, which has other settings now. No run is taken twice.
    """
    rules = [_same_in_place, takes_same_steps, *([_same_place] if by_slot else [])]
    left = list(range(len(present)))
    found: list[int | None] = [None] * len(wanted)
    for fits in rules:
        for index, run in enumerate(wanted):
            if found[index] is None:
                found[index] = next((old for old in left if fits(present[old], run)), None)
                left = [old for old in left if old != found[index]]
    return found


def _same_place(one: TrainingRun, other: TrainingRun) -> bool:
    return one.slot == other.slot


def _same_in_place(one: TrainingRun, other: TrainingRun) -> bool:
    return _same_place(one, other) and takes_same_steps(one, other)
