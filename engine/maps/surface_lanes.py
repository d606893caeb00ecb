"""Many runs on one bound surface, walked side by side: what becomes of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.answer import rule_of
from engine.compile import address_of
from engine.descent import Cancelled
from engine.experiment import start_of
from engine.maps.lane_march import march_address
from engine.maps.lane_rows import LANES
from engine.maps.lane_sums import lowest_loss
from engine.maps.lane_surfaces import lane_kernel
from engine.maps.lane_verdict import verdict_kernel
from engine.maps.lane_walk import (
    CLIP_NORM,
    CLIP_VALUE,
    NOISE,
    SETTINGS,
    WEIGHT_DECAY,
    WORK_ROWS,
    lane_walk,
)
from engine.maps.outcomes import Outcomes, unknown
from engine.optimizers import optimizer_named
from engine.schedules import rates_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment import Experiment, RunSettings
    from engine.landscape import Landscape

    Reals = NDArray[np.float64]

#: Longer runs are walked one by one: lanes keep every step, 1.5 kB for a block of 64.
MOST_KEPT = 16_384
#: From as many steps of all runs on, a second of compiling soon pays.
WORTH_COMPILING = 200_000
_ROWS = {
    "weight_decay": WEIGHT_DECAY, "clip_value": CLIP_VALUE, "clip_norm": CLIP_NORM, "noise": NOISE,
}  # fmt: skip


class Lanes(NamedTuple):
    """The settings of n runs of one optimizer.

    Attributes
    ----------
    starts : (2, n), where each run begins.
    settings : (`SETTINGS`, n or 1), hyperparameters and what is done to gradients.
    rates : (m, 1) or (m, steps), learning rates of each step.
    which : (n,), which of the rates a run has.
    """

    starts: Reals
    settings: Reals
    rates: Reals
    which: NDArray[np.int64]


def fits(experiment: Experiment, landscape: Landscape) -> bool:
    """Return whether a run's arithmetic is that of lanes: elementwise, float64, no mini-batches."""
    return (
        optimizer_named(experiment.runs[0].optimizer).step is None
        and experiment.precision == "float64"
        and not landscape.batched
        and experiment.steps <= MOST_KEPT
    )


def lanes_of(experiment: Experiment, given: dict[str, Reals], count: int) -> Lanes:
    """Return `count` runs that differ in the settings `given`, each with a value for every run.

    Raises ValueError for a learning rate or a schedule that is not allowed.
    """
    run = experiment.runs[0]
    optimizer, hyperparameters, shared = rule_of(run)
    x, y = start_of(experiment, run)
    starts = np.empty((2, count))
    starts[0], starts[1] = given.get("x", x), given.get("y", y)
    if "start_scale" in given:
        starts *= given["start_scale"]
    differ = any(name in _ROWS or name.startswith("hyperparameters.") for name in given)
    settings = np.zeros((SETTINGS, count if differ else 1))
    settings[: len(hyperparameters)] = hyperparameters[:, None]
    own = shared.weight_decay, shared.clip_value, shared.clip_norm, shared.noise
    settings[WEIGHT_DECAY : NOISE + 1] = np.array(own)[:, None]
    for name, values in given.items():
        if name in _ROWS:
            settings[_ROWS[name]] = values
        elif name.startswith("hyperparameters."):
            order = [f"hyperparameters.{p.name}" for p in optimizer.parameters]
            settings[order.index(name)] = values
    asked = given.get("learning_rate", np.full(1, run.learning_rate))
    distinct, which = np.unique(asked, return_inverse=True)
    tables = [rates_of(run.schedule, float(rate), experiment.steps) for rate in distinct]
    rates = np.array(tables) if experiment.steps else np.zeros((len(distinct), 1))
    which = np.array(np.broadcast_to(which, (count,)), np.int64)
    return Lanes(starts, settings, rates, which)


def outcomes_of(
    experiment: Experiment,
    landscape: Landscape,
    lanes: Lanes,
    varied: bool,
    stop: NDArray[np.uint8],
) -> Outcomes:
    """Walk all runs; those that lanes cannot judge have the verdict `UNSURE`.

    `varied` says whether learning rates or hyperparameters may differ. Raises
    `engine.descent.Cancelled` once `stop` (1,) is set.
    """
    run, count = experiment.runs[0], lanes.starts.shape[1]
    found = unknown(count)
    steps = experiment.steps
    kernel = lane_walk(run.optimizer, varied)
    surface = lane_kernel(landscape.surface)
    pair = 0
    if not varied and count * steps >= WORTH_COMPILING:
        pair = march_address(landscape.surface, run.optimizer)
    noisy = bool(lanes.settings[NOISE].any())
    noise = np.random.default_rng(run.seed).standard_normal((steps, 2)) if noisy else _NO_NOISE
    record, work = np.empty((3 * steps + 5) * LANES), np.zeros(WORK_ROWS * LANES)
    moving: NDArray[np.bool_] = (lanes.rates != 0.0).any(axis=1)
    idle = np.where(moving, 0, 1).astype(np.uint8)[lanes.which]
    kernel(
        pair, address_of(surface), address_of(landscape.value_gradient),
        address_of(landscape.second_order), address_of(verdict_kernel()), landscape.address,
        record.ctypes.data, work.ctypes.data,
        lanes.starts, lanes.settings, np.ascontiguousarray(lanes.rates), lanes.which, noise,
        run.decoupled, run.maximize, steps, idle, landscape.minima,
        lowest_loss(landscape.minima), float(np.finfo(np.float64).eps), _largest(run), stop,
        *found,
    )  # fmt: skip
    if stop[0]:
        raise Cancelled
    return found


_NO_NOISE = np.empty((0, 2))


def _largest(run: RunSettings) -> float:
    """Return below which size a gradient leaves the optimizer's state finite: with squares, less.

    With clipping, 0: then a gradient that is not finite need not be the last one.
    """
    if run.clip_value > 0.0 or run.clip_norm > 0.0:
        return 0.0
    optimizer, h, _ = rule_of(run)
    assert optimizer.update is not None
    _, k = optimizer.per_step(1, run.learning_rate, tuple(h), optimizer.carry)
    with np.errstate(all="ignore"):
        state = optimizer.update(0.0, np.float64(1e300), optimizer.state, k)[1]
    return 1e300 if np.isfinite(state).all() else 1e150
