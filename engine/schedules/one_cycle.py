"""The one-cycle policy (Smith & Topin 2019) over the whole run.

The highest rate is η, torch's ``max_lr``. torch cycles the momentum too unless told not to; here
momentum stays. Where torch divides 0 by 0, because the first phase has no length, the rate is
that of the phase's end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.parameter import Parameter
from engine.schedules.schedule import Schedule, numbered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


def _one_cycle(base: float, steps: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    warm = values["pct_start"] * steps
    first = base / values["div_factor"]
    least = first / values["final_div_factor"]
    if values["three_phase"]:
        ends = np.array([0.0, warm - 1.0, 2.0 * warm - 2.0, steps - 1.0])
        rates = np.array([first, base, first, least])
    else:
        ends = np.array([0.0, warm - 1.0, steps - 1.0])
        rates = np.array([first, base, least])
    t = numbered(steps)
    phase = np.searchsorted(ends[1:-1], t)
    length = (ends[1:] - ends[:-1])[phase]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(length == 0.0, 1.0, (t - ends[phase]) / length)
    if not values["linear"]:
        share = (1.0 - np.cos(np.pi * share)) / 2.0
    chosen: NDArray[np.float64] = rates[phase] + (rates[phase + 1] - rates[phase]) * share
    return chosen


ONE_CYCLE = Schedule(
    name="one_cycle",
    title="One cycle",
    help="Warms up to η, then falls far below where it started, once over the whole run.",
    latex=(
        r"\eta/d \rightarrow \eta \rightarrow \eta/(d\, d_{end})",
        r"\eta/d \rightarrow \eta \rightarrow \eta/d \rightarrow \eta/(d\, d_{end})"
        r" \quad \mathrm{(three\ phases)}",
    ),
    rates=_one_cycle,
    parameters=(
        Parameter(
            "pct_start",
            "rise",
            0.3,
            0.01,
            0.99,
            "Share of the run that the rate rises.",
            minimum=0.0,
            maximum=1.0,
        ),
        Parameter(
            "div_factor",
            "d",
            25.0,
            1.0,
            100.0,
            "How many times below η the run starts.",
            log=True,
            minimum=1e-6,
        ),
        Parameter(
            "final_div_factor",
            "d end",
            1e4,
            1.0,
            1e6,
            "How many times below its start the run ends.",
            log=True,
            minimum=1e-6,
        ),
        Parameter("linear", "Linear", 0.0, 0.0, 1.0, "Straight lines, not cosines.", kind="switch"),
        Parameter(
            "three_phase",
            "Three phases",
            0.0,
            0.0,
            1.0,
            "Back down to the start first, then to the end.",
            kind="switch",
        ),
    ),
    torch=(
        "torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr={base}, total_steps={steps}, "
        "pct_start={pct_start}, anneal_strategy='linear' if {linear} else 'cos', "
        "cycle_momentum=False, div_factor={div_factor}, final_div_factor={final_div_factor}, "
        "three_phase={three_phase})"
    ),
)
