"""What can be mapped: the experiments of the halves with runs, also of one that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.session import NETWORK, SURFACE

if TYPE_CHECKING:
    from engine.experiment import Experiment
    from engine.networks.settings import NetworkExperiment
    from gui.editing import Editing


class Subjects(QObject):
    """The experiments of surfaces and networks, and which of their runs is selected.

    Before the network half is first shown, its experiment is the one that it will begin with.

    Signals
    -------
    changed : (str), the experiment of SURFACE or NETWORK has changed, or its selected run.
    """

    changed = Signal(str)

    def __init__(self, surface: Editing, parent: QObject) -> None:
        super().__init__(parent)
        self._states: dict[str, Editing] = {}
        self._network: NetworkExperiment | None = None
        self._take(SURFACE, surface)

    def take_network(self, state: Editing) -> None:
        """Follow the network half, which is there now."""
        self._take(NETWORK, state)
        self.changed.emit(NETWORK)

    @property
    def surface(self) -> Experiment:
        """The experiment on a surface."""
        found: Experiment = self._states[SURFACE].experiment
        return found

    @property
    def network(self) -> NetworkExperiment:
        """The experiment on networks."""
        if NETWORK in self._states:
            found: NetworkExperiment = self._states[NETWORK].experiment
            return found
        if self._network is None:
            from gui.networks import session

            self._network = session.restored()[0]
        return self._network

    def selected(self, name: str) -> int:
        """Return which run of SURFACE or NETWORK is selected."""
        return self._states[name].selected if name in self._states else 0

    def _take(self, name: str, state: Editing) -> None:
        self._states[name] = state
        state.changed.connect(lambda *_: self.changed.emit(name))
        state.selected_changed.connect(lambda _: self.changed.emit(name))
