"""One training run on the table: everything that its verdict is made from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.explanation.change import cosines
from engine.explanation.limits import transient_of
from engine.explanation.method import method_name, symbol_of
from engine.networks.ending import last_growth
from engine.networks.explanation.layers import layers_at
from engine.networks.explanation.linear import coupled_decay, linear_of
from engine.networks.explanation.objective import objective_of
from engine.networks.explanation.replay import run_at
from engine.networks.settings import rule_named

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.growth import Growth
    from engine.networks.explanation.layers import Layers
    from engine.networks.explanation.load import Sharpness
    from engine.networks.explanation.objective import NetworkObjective
    from engine.networks.history import History
    from engine.networks.network import Network
    from engine.networks.settings import TrainingRun

    Array = NDArray[np.float64]

#: Kept weights at which batches are compared with all rows.
COMPARED = 12
#: Less than this part of the loss is rounding in float32.
ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class RunCase:
    """A run with its network, and its curvature where that was looked at."""

    network: Network
    history: History
    sharpness: Sharpness | None = None

    @cached_property
    def run(self) -> TrainingRun:
        """The settings that held in the end."""
        return run_at(self.history, self.history.last_step)

    @property
    def method(self) -> str:
        """The method's name inside a sentence."""
        return method_name(rule_named(self.run.optimizer), *linear_of(self.run))

    @property
    def symbol(self) -> str:
        """How the load is written."""
        return symbol_of(linear_of(self.run)[0], coupled_decay(self.run))

    @property
    def random(self) -> bool:
        """Whether chance moves the run."""
        return not self.network.order.full or self.run.noise > 0 or self.network.model.dropout > 0

    @cached_property
    def objective(self) -> NetworkObjective:
        """The loss on all training rows, or on enough of them."""
        return objective_of(self.network).thinned()

    @cached_property
    def looks(self) -> tuple[NDArray[np.int64], Array]:
        """Steps and training losses, (m,) each, of the looks that found it finite."""
        history = self.history
        finite = np.isfinite(history.training_loss)
        return history.scored[finite], history.training_loss[finite]

    @cached_property
    def losses(self) -> Array:
        """Loss on all rows: of each step where every step sees them all, else of each look."""
        if self.random:
            return self.looks[1]
        loss: Array = self.history.loss[: self.history.last_step + 1]
        return np.asarray(loss[np.isfinite(loss)])

    @property
    def rises(self) -> int:
        """How often the loss on all rows rose from one step, or look, to the next."""
        loss = self.losses
        return int(np.count_nonzero(np.diff(loss) > ROUNDING * np.abs(loss[:-1])))

    @cached_property
    def growth(self) -> Growth | None:
        """How the steps grow at the end of what is finite."""
        return last_growth(self.history)

    @cached_property
    def curvature(self) -> tuple[NDArray[np.int64], Array, Array, Array]:
        """Steps, loads, limits and their ratio where a limit applies; empty without."""
        found = self.sharpness
        if found is None:
            nothing = np.empty(0)
            return np.empty(0, np.int64), nothing, nothing, nothing
        ratio = found.ratio
        # A preconditioner that has just begun makes long first steps, whatever the curvature is.
        rows = np.isfinite(ratio) & (found.steps >= transient_of(*linear_of(self.run)))
        return found.steps[rows], found.values[rows], found.limits[rows], ratio[rows]

    @cached_property
    def first_layers(self) -> Layers:
        """The layers at the first weights."""
        return layers_at(self.objective, self.history.weights[0])

    @cached_property
    def last_weights(self) -> Array:
        """The last kept weights that are finite, (P,)."""
        finite = np.isfinite(self.history.weights).all(axis=1)
        return np.asarray(self.history.weights[np.flatnonzero(finite)[-1]], np.float64)

    @cached_property
    def last_layers(self) -> Layers:
        """The layers at the last kept weights that are finite."""
        return layers_at(self.objective, self.last_weights)

    @cached_property
    def agreement(self) -> Array:
        """Cosines between batch and full gradients at weights of the run's second half."""
        history, order = self.history, self.network.order
        late = np.flatnonzero(2 * history.kept >= history.last_step)
        if order.full or not len(late):
            return np.empty(0)
        rows = late[np.unique(np.linspace(0, len(late) - 1, COMPARED).astype(int))]
        found, whole = [], objective_of(self.network)
        for row in rows:
            weights = history.weights[row]
            own = whole.of_rows(order.rows_of(int(history.kept[row])))
            full = self.objective.gradient(weights)
            found.append(cosines(own.gradient(weights)[None], full)[0])
        return np.array(found)[np.isfinite(found)]
