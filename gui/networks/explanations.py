"""Keeps the explanation of the selected run up to date with its training, while it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QObject

from gui.turns import Turns

if TYPE_CHECKING:
    from engine.networks.explanation.watch import Need, RunExplained, Watch
    from engine.networks.history import History
    from engine.networks.network import Network
    from gui.networks.state import NetworkState
    from gui.runner import Runner

#: The first look at newer steps takes so long before it is shown, the next ones longer.
FIRST_SECONDS, NEXT_SECONDS = 0.03, 0.15
#: So many runs are remembered.
MOST_KNOWN = 4


class Wish(Struct, frozen=True, eq=False):
    """What is to be known of which run, and at which step of it."""

    network: Network
    history: History
    index: int
    head: int
    needs: frozenset[Need]

    def same_as(self, other: Wish | None) -> bool:
        """Return whether both ask for the same."""
        return (
            other is not None
            and self.history is other.history
            and (self.head, self.needs) == (other.head, other.needs)
        )


class NetworkExplanations(QObject):
    """Asks the engine for more as long as anything shows it and something is left to be known.

    It follows the training's news, rests between its turns, and never has two at work.
    """

    def __init__(self, state: NetworkState, runner: Runner) -> None:
        super().__init__(runner)
        self._state, self._runner = state, runner
        self._work = ExplainingWork()
        self._asked: Wish | None = None
        self._done: Wish | None = None
        self._turns = Turns(self._ask, self)
        for signal in (
            state.trained_changed, state.selected_changed, state.head_changed,
            state.explanation_wanted,
        ):  # fmt: skip
            signal.connect(self._on_changed)

    def _on_changed(self) -> None:
        self._forget_others()
        self._turns.ask_soon()

    def _forget_others(self) -> None:
        """Show nothing of a run that is not the selected one any more."""
        known, wish = self._state.explained, self._wish()
        if known is not None and (wish is None or not _is_of(known, wish)):
            self._state.set_explained(None)

    def _wish(self) -> Wish | None:
        state, at = self._state, self._state.selected
        if state.trained is None or not 0 <= at < len(state.trained.histories):
            return None
        history = state.trained.histories[at]
        head = min(state.head, history.last_step)
        return Wish(state.trained.network, history, at, head, state.needs)  # type: ignore[arg-type]

    def _ask(self) -> bool:
        wish = self._wish()
        if wish is None or not wish.needs or wish.same_as(self._done):
            return False
        seconds = NEXT_SECONDS if wish.same_as(self._asked) else FIRST_SECONDS
        self._asked = wish
        self._runner.submit(
            "why networks", lambda: self._work(wish, seconds), self._on_explained,
            self._on_failed,
        )  # fmt: skip
        return True

    def _on_explained(self, explained: RunExplained) -> None:
        if explained.complete:
            self._done = self._asked
        wish = self._wish()
        if wish is not None and _is_of(explained, wish):
            self._state.set_explained(explained)
        self._turns.rest()

    def _on_failed(self, sentence: str) -> None:
        # Not again before something changes.
        self._done = self._asked
        self._state.say(sentence)
        self._turns.rest()


class ExplainingWork:
    """Explains in a thread, and remembers what it knows. One call at a time."""

    def __init__(self) -> None:
        self._known: dict[int, Watch] = {}

    def __call__(self, wish: Wish, seconds: float) -> RunExplained:
        """Look at a run for about so long."""
        from engine.networks.explanation.watch import Watch

        known = self._known.pop(wish.index, None)
        if known is None or known.network is not wish.network or not known.go_on_with(wish.history):
            known = Watch(wish.network, wish.history)
        self._known = {i: w for i, w in self._known.items() if w.network is wish.network}
        self._known[wish.index] = known
        for oldest in list(self._known)[:-MOST_KNOWN]:
            del self._known[oldest]
        return known.look(wish.head, wish.needs, seconds)


def _is_of(known: RunExplained, wish: Wish) -> bool:
    """Return whether what is known may be shown until more is.

    What was known before a change of a number stays until the new is there, so that nothing
    flickers; of other data, another loss, or another optimizer it would be wrong.
    """
    return _kind_of(known.network, known.history) == _kind_of(wish.network, wish.history)


def _kind_of(network: Network, history: History) -> tuple[object, ...]:
    experiment = history.experiment
    data = (experiment.data.source, experiment.data.target) if experiment else ()
    return history.run.slot, history.run.optimizer, network.model.loss, data
