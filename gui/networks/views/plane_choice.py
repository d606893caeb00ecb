"""Which plane through the weights is to be seen, and from what it is laid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from gui.networks.views.function_runs import visible_indices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.history import History
    from engine.networks.network import Network
    from gui.networks.state import NetworkState, Trained

Kind = Literal["principal", "curvature", "random", "line"]
Around = Literal["start", "head", "end"]
#: The other end of a line that leads to the selected run's own first weights.
OWN_START = -1


class PlaneChoice(Struct, frozen=True):
    """What has been chosen in the page; no part of the experiment.

    Parameters
    ----------
    kind : principal components of the paths, steepest curvature, random directions, or the
        straight line between two networks.
    around : where the selected run's curvature is taken, or random directions begin.
    seed : of the random directions.
    other : the run to whose end the line leads, or `OWN_START`.
    batch : whether the loss is that of the head's batch instead of all rows.
    """

    kind: Kind = "principal"
    around: Around = "end"
    seed: int = 0
    other: int = OWN_START
    batch: bool = False


class Laying(Struct, frozen=True, eq=False):
    """From what a plane is laid; two with the same ``key`` give the same plane.

    Parameters
    ----------
    paths : (k, P) each, of the visible runs, the selected one first.
    ends : (P,), the point that the plane goes through, or both ends of a line.
    """

    key: tuple[object, ...]
    choice: PlaneChoice
    network: Network
    paths: tuple[NDArray[Any], ...]
    ends: tuple[NDArray[Any], ...]


def same_ground(one: Network, other: Network) -> bool:
    """Return whether the same weights have the same loss in both networks."""
    return one.prepared is other.prepared and one.model == other.model


def laying_for(state: NetworkState, choice: PlaneChoice) -> Laying | None:
    """Return from what the chosen plane is laid now; None before anything has been trained."""
    trained, selected = state.trained, state.selected
    if trained is None or not 0 <= selected < len(trained.histories):
        return None
    others = [i for i in visible_indices(state, trained) if i != selected]
    histories = [trained.histories[i] for i in (selected, *others)]
    paths = tuple(history.weights for history in histories)
    ends: tuple[NDArray[Any], ...] = ()
    key: tuple[object, ...] = (choice.kind,)
    if choice.kind == "principal":
        key += tuple(_key(history, history.last_step) for history in histories)
    elif choice.kind == "line":
        ends, key = _line(trained, selected, choice.other, key)
    else:
        history = histories[0]
        row = _row(history, choice.around, state.head)
        ends, key = (history.weights[row],), (*key, _key(history, int(history.kept[row])))
        key += (choice.seed,) if choice.kind == "random" else ()
    key = (*key, trained.network)
    return Laying(key, choice, trained.network, paths, ends)


def _line(
    trained: Trained, selected: int, other: int, key: tuple[object, ...]
) -> tuple[tuple[NDArray[Any], ...], tuple[object, ...]]:
    """Return both ends of the line, and its key."""
    own = trained.histories[selected]
    here = _key(own, own.last_step)
    if other in (OWN_START, selected) or other >= len(trained.histories):
        return (own.weights[0], own.weights[-1]), (*key, here)
    there = trained.histories[other]
    return (own.weights[-1], there.weights[-1]), (*key, here, _key(there, there.last_step))


def _row(history: History, around: Around, head: int) -> int:
    if around == "start":
        return 0
    return len(history.kept) - 1 if around == "end" else history.nearest_kept(head)


def _key(history: History, step: int) -> tuple[object, ...]:
    """Return what a run's weights at a step follow from."""
    # At the start no setting of the run has had any effect.
    return (history.run, history.changes, step) if step else (step,)
