"""The state of the network's half: what is trained, what was recorded so far, where we look."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import Signal

from gui.explaining import Explaining

if TYPE_CHECKING:
    from engine.networks.explanation.watch import RunExplained
    from engine.networks.history import History
    from engine.networks.network import Network
    from engine.networks.settings import NetworkExperiment
    from gui.editing import Document


@dataclass(frozen=True, eq=False)
class Trained:
    """What all runs of an experiment recorded so far, in order.

    Parameters
    ----------
    experiment : what is trained; settings changed since then are not in it.
    network : data, model and first weights that the runs share.
    histories : one per run.
    step : the step that the furthest run has reached.
    over : whether no run has a step left to take.
    remaining : seconds until all runs are at their ends, about; NaN if nothing is known of it.
    """

    experiment: NetworkExperiment
    network: Network
    histories: tuple[History, ...]
    step: int
    over: bool
    remaining: float = math.nan


class NetworkState(Explaining):
    """Settings of a network's experiment, its training, selection and play head.

    Signals
    -------
    trained_changed : (Trained or None), when more steps have been taken, about 20 times a second
        while it trains; the last good training stays until there is something newer.
    running_changed : (bool), whether it trains now.
    head_changed : (int), the step that is looked at: the last one unless someone moved it back.
    explained_changed : (RunExplained or None), when more is known of the selected run.
    """

    trained_changed = Signal(object)
    running_changed = Signal(bool)

    experiment: NetworkExperiment

    def __init__(self, experiment: NetworkExperiment) -> None:
        super().__init__(experiment)
        self.trained: Trained | None = None
        self.explained: RunExplained | None = None
        self.running = False
        self.head = 0
        self._follows = True

    @property
    def follows(self) -> bool:
        """Whether the head goes along with the training."""
        return self._follows

    def update_data(self, gesture: str = "", **fields: Any) -> None:
        """Replace fields of the data settings."""
        self.update_part("data", gesture, **fields)

    def update_model(self, gesture: str = "", **fields: Any) -> None:
        """Replace fields of the model settings."""
        self.update_part("model", gesture, **fields)

    def update_initial(self, gesture: str = "", **fields: Any) -> None:
        """Replace fields of the settings of the first weights."""
        self.update_part("initial", gesture, **fields)

    def update_batches(self, gesture: str = "", **fields: Any) -> None:
        """Replace fields of the batches' settings."""
        self.update_part("batches", gesture, **fields)

    def set_experiment(
        self, experiment: Any, gesture: str = "", document: Document[Any] | None = None
    ) -> None:
        """Replace the whole experiment; weights that were given do not outlive what they fit to."""
        if document is None and are_outlived(self.experiment, experiment):
            experiment = replace(experiment, initial=replace(experiment.initial, weights=""))
        super().set_experiment(experiment, gesture, document)

    def set_trained(self, trained: Trained | None) -> None:
        """Take what was recorded; the head goes along unless it was moved back."""
        self.trained = trained
        self.trained_changed.emit(trained)
        if self._follows or trained is None:
            self._put_head(trained.step if trained else 0)

    def set_explained(self, explained: RunExplained | None) -> None:
        """Take what is known of the selected run, perhaps no longer as far as it is trained."""
        self.explained = explained
        self.explained_changed.emit(explained)

    def set_running(self, running: bool) -> None:
        """Note whether it trains."""
        if running != self.running:
            self.running = running
            self.running_changed.emit(running)

    def set_head(self, step: int) -> None:
        """Look at a step; out of range is clipped; at the last one the head follows training."""
        last = self.trained.step if self.trained else 0
        self._follows = step >= last
        self._put_head(max(0, min(step, last)))

    def _put_head(self, step: int) -> None:
        if step != self.head:
            self.head = step
            self.head_changed.emit(step)


def are_outlived(old: NetworkExperiment, new: NetworkExperiment) -> bool:
    """Return whether first weights that were given belong to another network than the new one.

    Who changes how weights are drawn wants them drawn.
    """
    given = new.initial.weights
    if not given or given != old.initial.weights:
        return False
    return old.initial != new.initial or _shape(old) != _shape(new)


def _shape(experiment: NetworkExperiment) -> tuple[Any, ...]:
    data, model = experiment.data, experiment.model
    return (
        data.source, data.features, data.target, data.task,
        model.hidden, model.bias, model.layer_norm,
    )  # fmt: skip
