"""One run on the table: everything that the verdict on it is made from."""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.answer import landscape_of
from engine.explanation.limits import coupled_decay, dominant, stability_of, transient
from engine.explanation.load import decays_of
from engine.explanation.method import method_name, symbol_of
from engine.explanation.signs import Signs, read_signs
from engine.explanation.usual import Usual, usual_of
from engine.optimizers import optimizer_named
from engine.status import judge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment import Experiment, RunSettings
    from engine.explanation.explanation import Explanation
    from engine.landscape import Landscape
    from engine.optimizers.optimizer import Numbers
    from engine.optimizers.stability import Stability
    from engine.verdict import Status

#: Part of the largest curvature below which an eigenvalue is rounding.
FLAT = 1e-6


@dataclass(frozen=True)
class Case:
    """An explained run with its experiment and the surface it ran on."""

    explanation: Explanation
    experiment: Experiment

    @cached_property
    def landscape(self) -> Landscape:
        """The surface, in the run's precision."""
        return landscape_of(self.experiment)

    @property
    def run(self) -> RunSettings:
        """The run's settings."""
        return self.explanation.trajectory.run

    @cached_property
    def signs(self) -> Signs:
        """What the run shows."""
        trajectory = self.explanation.trajectory
        return read_signs(self.explanation, judge(trajectory, self.landscape))

    @property
    def status(self) -> Status:
        """What became of the run, from its path alone."""
        return self.signs.status

    @property
    def grows(self) -> bool:
        """Whether the steps grow from one to the next and the loss with them."""
        factor = self.status.factor
        return factor is not None and abs(factor) > 1 and not self.signs.recovered

    @property
    def row(self) -> int:
        """The last row that is finite throughout."""
        return self.signs.row

    @property
    def sense(self) -> float:
        """What makes of the surface what is lowered: −1 for a run that maximises, else 1."""
        return -1.0 if self.run.maximize else 1.0

    @property
    def worse(self) -> str:
        """Which way the surface's loss goes when it goes wrong: ``rises``, or ``falls``."""
        return "falls" if self.run.maximize else "rises"

    @property
    def better(self) -> str:
        """Which way the surface's loss goes when all is well: ``falls``, or ``rises``."""
        return "rises" if self.run.maximize else "falls"

    def loss(self, row: int) -> float:
        """Return the surface's own loss at a row, also where it is climbed."""
        return self.sense * float(self.explanation.loss[row])

    @property
    def batched(self) -> bool:
        """Whether the run saw another batch at each step."""
        return self.landscape.batched

    @property
    def random(self) -> bool:
        """Whether chance moves the run."""
        return self.batched or self.run.noise > 0

    @cached_property
    def linear(self) -> tuple[Stability, Numbers]:
        """The method as a linear filter: (stability, hyperparameters)."""
        return stability_of(self.run)

    @property
    def method(self) -> str:
        """The method's name inside a sentence; plain gradient descent under any name is that."""
        return method_name(optimizer_named(self.run.optimizer), *self.linear)

    @property
    def symbol(self) -> str:
        """How the load is written."""
        return symbol_of(self.linear[0], coupled_decay(self.run))

    @cached_property
    def decays(self) -> NDArray[np.float64]:
        """By which part of itself each step shrinks the point, beside the gradient's, (n,)."""
        load = self.explanation.load
        rates = self.explanation.trajectory.learning_rates[: self.explanation.rows]
        return decays_of(self.run, rates, load.gains)

    def load(self, row: int) -> float:
        """Return s = ηλ of the steep direction at a row."""
        return float(self.explanation.load.values[row])

    def flat_load(self, row: int) -> float:
        """Return s = ηλ of the flat direction at a row."""
        return float(self.explanation.load.lowest[row])

    @property
    def scheduled(self) -> bool:
        """Whether the rate changed so much on the way that the last one tells little."""
        rates = np.abs(self.explanation.trajectory.learning_rates[: self.row + 1])
        return bool(rates.min() < 0.9 * rates.max())

    def limit(self, row: int) -> float:
        """Return the largest stable load at a row; NaN where theory does not apply."""
        return float(self.explanation.load.limits[row])

    def rate(self, row: int) -> float:
        """Return the learning rate of the step that leaves a row."""
        return float(self.explanation.trajectory.learning_rates[row])

    def multiplier(self, load: float, row: int = 0) -> complex:
        """Return what one step multiplies the error by along a direction of this load."""
        stability, h = self.linear
        return dominant(stability, h, load, float(self.decays[row]))

    def curvature(self, row: int) -> float:
        """Return the surface's own largest curvature at a row, λ₁."""
        return float(self.explanation.curvature.eigenvalues[row, 0])

    def bends(self, row: int) -> tuple[float, float]:
        """Return the curvatures of what is lowered at a row, largest first, decay included."""
        high, low = self.explanation.curvature.eigenvalues[row] + self.run.weight_decay
        return float(high), float(low)

    def flat_or_convex(self, row: int) -> bool:
        """Return whether the surface bends down in no direction, rounding aside."""
        high, low = self.bends(row)
        return low >= -FLAT * abs(high)

    @cached_property
    def usual(self) -> Usual:
        """What slope, curvature and loss usually are on this surface."""
        return usual_of(self.landscape, self.sense)

    @property
    def known_lowest(self) -> float:
        """The lowest known value of what is lowered; infinite if none is known."""
        minima = self.explanation.trajectory.minima
        known = len(minima) and not self.run.maximize
        return float(minima[:, 2].min()) if known else math.inf

    @property
    def nearly_there(self) -> bool:
        """Whether a known minimum lies within a thousandth of the way that led to it."""
        minima = self.explanation.trajectory.minima[:, :2]
        if not len(minima) or self.run.maximize:
            return False
        left, way = (np.hypot(*(minima - self.explanation.points[row]).T) for row in (self.row, 0))
        return bool((left < 1e-3 * way).any())

    @property
    def condition(self) -> float:
        """κ at the end, |λ₁ / λ₂|; infinite along a direction that is exactly flat."""
        high, low = self.bends(self.row)
        if low == 0:
            return math.inf if high else 1.0
        return abs(high / low)

    @cached_property
    def centre(self) -> tuple[float, float]:
        """The middle of the last rows' box, or the known minimum that lies in that box."""
        rows = self.explanation.points[max(0, self.row - 63) : self.row + 1]
        low, high = rows.min(axis=0), rows.max(axis=0)
        for x, y, _ in self.explanation.trajectory.minima:
            if ((low <= (x, y)) & ((x, y) <= high)).all():
                return float(x), float(y)
        x, y = (low + high) / 2
        return float(x), float(y)

    @property
    def at_centre(self) -> tuple[float, float]:
        """Load and limit in the middle of a cycle; NaN for methods that are preconditioned."""
        if self.linear[0].filter is None or self.linear[0].gains_vary:
            return math.nan, math.nan
        hessian = self.sense * self.landscape.hessian(self.centre)
        if not np.isfinite(hessian).all():
            return math.nan, math.nan
        bend = float(np.linalg.eigvalsh(hessian)[-1]) + coupled_decay(self.run)
        return self.rate(self.row) * bend, self.limit(self.row)

    def why_silent(self, row: int) -> str:
        """Return why no limit can be given at a row, in one clause, or ""."""
        if self.explanation.load.reason:
            return self.explanation.load.reason
        if row < transient(self.run):
            return "bias corrections still lengthen its first steps"
        if not math.isfinite(self.load(row)):
            return "the curvature is not a finite number here"
        if not self.load(row) > 0:
            return "the surface does not bend up here"
        return "" if math.isfinite(self.limit(row)) else "no rate is too large for this method"


def period(multiplier: complex) -> float:
    """Return in how many steps a mode goes round once: 2 for a flip at each step."""
    angle = abs(cmath.phase(multiplier))
    return math.inf if angle < 1e-6 else 2 * math.pi / angle
