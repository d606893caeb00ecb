"""Whose function is shown: runs of what was trained, at the kept weights nearest to the head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.history import History
    from engine.networks.network import Network
    from engine.networks.settings import TrainingRun
    from gui.networks.state import NetworkState, Trained


class Shown(Struct, frozen=True, eq=False):
    """One run's weights at one step; two of them are equal if the weights are the same.

    Parameters
    ----------
    network : what the run shares with others.
    run, changes : the settings that led here.
    step : the step that the weights belong to.
    asked : the step that was asked for, at most the run's last one.
    last : the last step that the run has taken.
    weights : (P,).
    label, slot : name on screen, colour and dash.
    """

    network: Network
    run: TrainingRun
    changes: tuple[tuple[int, TrainingRun], ...]
    step: int
    asked: int
    last: int
    weights: NDArray[Any]
    label: str
    slot: int

    def __eq__(self, other: object) -> bool:
        """Return whether the weights are the same."""
        return (
            isinstance(other, Shown)
            and self.network is other.network
            and (self.run, self.changes, self.step) == (other.run, other.changes, other.step)
        )

    __hash__ = None  # type: ignore[assignment]


def selected_run(state: NetworkState) -> Shown | None:
    """Return the selected run at the head, or None if nothing has been trained."""
    trained = state.trained
    if trained is None or not 0 <= state.selected < len(trained.histories):
        return None
    return _shown(trained, state.selected, state.head)


def visible_runs(state: NetworkState) -> tuple[Shown, ...]:
    """Return the visible runs at the head; the selected one, visible or not, comes last."""
    trained, chosen = state.trained, selected_run(state)
    if trained is None or chosen is None:
        return ()
    others = (i for i in visible_indices(state, trained) if i != state.selected)
    return (*(_shown(trained, i, state.head) for i in others), chosen)


def visible_indices(state: NetworkState, trained: Trained) -> list[int]:
    """Return which of the trained runs are visible now."""
    runs = state.experiment.runs
    seen = runs if len(runs) == len(trained.histories) else trained.experiment.runs
    return [i for i, run in enumerate(seen) if run.visible]


def _shown(trained: Trained, index: int, head: int) -> Shown:
    history: History = trained.histories[index]
    asked = min(head, history.last_step)
    row = history.nearest_kept(asked)
    run = trained.experiment.runs[index]
    return Shown(
        trained.network, history.run, history.changes, int(history.kept[row]), asked,
        history.last_step, history.weights[row], history.label, run.slot,
    )  # fmt: skip
