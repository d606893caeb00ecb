"""Keeps a plane laid through the runs' paths, and the paths in it, up to date with the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gui.networks.views import plane_work as work
from gui.networks.views.function_runs import visible_indices
from gui.networks.views.plane_asker import Newest
from gui.networks.views.plane_choice import laying_for, same_ground

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.networks.state import NetworkState
    from gui.networks.views.plane_choice import Laying, PlaneChoice
    from gui.networks.views.plane_start import PlaneStart
    from gui.networks.views.plane_work import Followed, Laid
    from gui.state import Submit

#: A plane follows paths that have rested so long, and such as move so often.
REST_MS, MOVING_MS = 250, 1500


class PlaneFollower(QObject):
    """Lays planes when paths rest, unless a start was placed in the one there is.

    Signals
    -------
    laid_anew : (Laid, bool), there is another plane; whether another one had been chosen.
    followed : (Followed), the paths as the present plane shows them.
    """

    laid_anew = Signal(object, bool)
    followed = Signal(object)

    def __init__(
        self,
        state: NetworkState,
        submit: Submit,
        start: PlaneStart,
        choice: Callable[[], PlaneChoice],
    ) -> None:
        super().__init__(start)
        self._state, self._start, self._choice = state, start, choice
        self._layer = Newest(submit, "plane", self._on_laid, state.say)
        self._paths = Newest(submit, "plane paths", self._on_followed, state.say)
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._on_rested)
        self._closed = False
        #: The present plane; None before the first.
        self.laid: Laid | None = None
        #: Whether the plane stays though the paths through which it was laid are others now.
        self.is_held = False

    def close(self) -> None:
        """Follow nothing any more."""
        self._closed = True
        self._later.stop()

    def lay(self) -> None:
        """Have the chosen plane laid now."""
        self._later.stop()
        wanted = laying_for(self._state, self._choice())
        if wanted is not None:
            self._layer.wish((wanted.key, wanted.choice), lambda: work.lay(wanted))

    def update(self, wanted: Laying, log: bool) -> None:
        """Have plane and paths brought up to date with what was trained."""
        laid, trained = self.laid, self._state.trained
        assert trained is not None
        other = laid is not None and wanted.key != laid.laying.key
        if laid is None or not same_ground(laid.laying.network, trained.network):
            self._start.let_go()
            self.lay()
        elif other and not self._start.holds and not self._later.isActive():
            self._later.start(MOVING_MS if self._state.running else REST_MS)
        self.is_held = other and self._start.holds
        if (laid := self.laid) is None or laid.plane is None:
            return
        if same_ground(laid.laying.network, trained.network):
            indices = tuple(visible_indices(self._state, trained))
            key = (id(laid), id(trained), indices, log)
            self._paths.wish(key, lambda: work.follow(laid, trained, indices, log))

    def _on_rested(self) -> None:
        wanted = laying_for(self._state, self._choice())
        if wanted is None or self._start.holds or self.laid is None:
            return
        if wanted.key != self.laid.laying.key:
            self.lay()

    def _on_laid(self, laid: Laid) -> None:
        if not self._closed:
            before, self.laid = self.laid, laid
            other = before is None or laid.laying.choice != before.laying.choice
            self.laid_anew.emit(laid, other)

    def _on_followed(self, followed: Followed) -> None:
        if not self._closed and followed.laid is self.laid:
            self.followed.emit(followed)
