"""When a run ends though all is finite: rules about its losses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.numbers import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.networks.looks import Look
    from engine.networks.settings import StopSettings


def reason_to_stop(rules: StopSettings, looks: Sequence[Look], validated: bool) -> str:
    """Return in a clause why a run ends at its last look; empty if it goes on.

    Parameters
    ----------
    rules : loss and patience.
    looks : all looks so far, at least one.
    validated : whether there are validation rows, whose loss is judged then.
    """
    if not rules.loss_below and not rules.patience:
        return ""
    which = "validation" if validated else "training"
    losses = np.array([look.validation_loss if validated else look.training_loss for look in looks])
    if losses[-1] < rules.loss_below:
        return f"the {which} loss fell below {short(rules.loss_below)}"
    if not rules.patience or np.isnan(losses).all():
        return ""
    best = looks[int(np.nanargmin(losses))].step
    if looks[-1].step - best >= rules.patience:
        return f"the {which} loss has not improved since step {best:,}"
    return ""
