"""Maps of any two settings of a network's training: each pixel is a whole run of the experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from engine.experiment import Settings
from engine.maps.network_axes import names, with_setting
from engine.maps.outcomes import NO_BASIN, VERDICTS, Outcomes, unknown
from engine.networks.settings import NetworkExperiment  # noqa: TC001 (msgspec reads it)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.history import History
    from engine.networks.network import Network

    Reals = NDArray[np.float64]

#: As in `engine.maps.trainability_kernel`, whose rule of what has converged is used here too.
MOST, TAIL = 1e6, 20


class NetworkMap(Settings, frozen=True):
    """An experiment with one run, and which two of its settings vary; an `engine.maps.task.Task`.

    ``x`` and ``y`` are names that `engine.maps.network_axes.names` gives. Whole numbers are
    rounded. A limit in seconds is left out: what it does depends on the machine.
    """

    experiment: NetworkExperiment
    x: str
    y: str

    def __post_init__(self) -> None:
        """Raise ValueError, naming the field and the fix, for what is not allowed."""
        count = len(self.experiment.runs)
        if count != 1:
            raise ValueError(f"The experiment has {count} runs; a map takes one with just one run.")
        known = [found.name for found in names(self.experiment)]
        for field in ("x", "y"):
            if getattr(self, field) not in known:
                raise ValueError(
                    f"{field} is {getattr(self, field)!r}; give one of {', '.join(known)}."
                )
        if self.x == self.y:
            raise ValueError(f"x and y are both {self.x}; give two different settings.")

    def at(self, x: float, y: float) -> NetworkExperiment:
        """Return the experiment behind a pixel; ValueError for settings that are not allowed."""
        changed = with_setting(with_setting(self.experiment, self.x, x), self.y, y)
        rules = msgspec.structs.replace(changed.stop, seconds=0.0)
        return msgspec.structs.replace(changed, stop=rules)

    def run(self, xs: Reals, ys: Reals, stop: NDArray[np.uint8]) -> Outcomes:
        """See `engine.maps.task.Task.run`.

        Raises
        ------
        ValueError : a pixel's settings are not allowed, or data, network and optimizer do not go
            together (a plain sentence).
        """
        from engine.descent import Cancelled
        from engine.maps.network_pixel import trained
        from engine.networks.network import bind

        found = unknown(len(xs))
        pixels = [self.at(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
        keys = [_binding(pixel) for pixel in pixels]
        network: Network | None = None
        before = b""
        for n in sorted(range(len(pixels)), key=keys.__getitem__):
            if stop[0]:
                raise Cancelled
            if network is None or keys[n] != before:
                network, before = bind(pixels[n]), keys[n]
            outcome = outcome_of(trained(network, pixels[n], stop), network, pixels[n].steps)
            for field, value in zip(Outcomes._fields, outcome, strict=True):
                getattr(found, field)[n] = value
        return found


def _binding(experiment: NetworkExperiment) -> bytes:
    """Return what data and first weights depend on."""
    bare = msgspec.structs.replace(experiment, runs=(), steps=0)
    return msgspec.json.encode(bare)


def outcome_of(
    history: History, network: Network, steps: int
) -> tuple[float, float, int, int, int]:
    """Return what a map says of a training run, in the order of `Outcomes`.

    The measure is taken of the losses that each step saw, which are those of its batch, beside the
    first loss on all data. A run that did not break off has converged if the last 20 lie on average
    below that.
    """
    losses = history.loss[: history.last_step + 1]
    first = float(history.training_loss[0])
    if network.model.loss == "sum_squares":
        first *= network.order.size / network.order.rows
    with np.errstate(all="ignore"):
        ratios = losses[1:] / first
        ratios = np.where(ratios < MOST, ratios, MOST)
        missing = steps - history.last_step if history.fault is not None else 0
        ratios = np.append(ratios, np.full(missing, MOST))
        down = bool(ratios[-TAIL:].mean() < 1.0) if len(ratios) else False
        kind = _kind(history, down)
        if kind == "converged":
            measure = float(ratios.sum())
        else:
            measure = -float(np.minimum(1.0 / ratios, MOST).sum())
    end = history.last_step if history.fault is None else history.fault.step
    last = float(history.training_loss[-1])
    return last, measure, end, VERDICTS.index(kind), NO_BASIN


def _kind(history: History, down: bool) -> str:
    """Return the verdict on a training run as maps count verdicts."""
    from engine.networks.verdict import judge

    kind = judge(history).kind
    if kind == "diverged":
        return "diverged"
    if kind == "non-finite":
        return "nan"
    if history.last_step and not np.nan_to_num(history.step_norm).any():
        return "still"
    return "converged" if down else "moving"
