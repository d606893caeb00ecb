"""The spectrum of the Hessian at the play head, beside the limit of the run's optimizer."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.networks.views.share_bars import ShareBars
from gui.networks.views.spectrum_plot import SpectrumPlot
from gui.networks.views.why_page import NetworkWhyPage
from gui.theme import FAINT, RHYTHM, THEME
from gui.turns import Turns
from gui.views.curve_text import step_text
from gui.views.explaining_page import bold

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QHideEvent

    from engine.networks.explanation.replay import Replay
    from engine.networks.explanation.spectrum_at import SpectrumAt
    from engine.networks.history import History
    from engine.networks.network import Network
    from gui.networks.state import NetworkState
    from gui.state import Submit

#: What has been computed for so long is ended when something else is to be seen.
PATIENCE_SECONDS = 0.25


@dataclass(frozen=True, eq=False)
class SpectrumWish:
    """Which run's spectrum at which step; setting ``stop[0]`` to 1 ends the work."""

    network: Network
    history: History
    head: int
    scaled: bool
    stop: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(1, np.uint8))
    since: float = field(default_factory=time.monotonic)

    def same_as(self, other: SpectrumWish | None) -> bool:
        """Return whether both wish for the same."""
        return (
            other is not None
            and self.history is other.history
            and (self.head, self.scaled) == (other.head, other.scaled)
        )

    def of_same_run(self, other: SpectrumWish) -> bool:
        """Return whether both are of one run in training."""
        slots = self.history.run.slot, other.history.run.slot
        return self.network is other.network and slots[0] == slots[1]


class NetworkSpectrumPage(NetworkWhyPage):
    """Eigenvalues, what the gradient has to do with the largest ones, and a few sentences."""

    def __init__(self, state: NetworkState, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(state, submit, parent)
        self.heading, self.words, self.note = QLabel(), QLabel(), QLabel()
        self.plot, self.shares = SpectrumPlot(), ShareBars()
        self.scaled = QCheckBox()
        self.scaled.setChecked(True)
        self._work = SpectrumWork()
        self._asked: SpectrumWish | None = None
        self._working = False
        self._shown: tuple[SpectrumWish, SpectrumAt] | None = None
        self._lay_out()
        self._turns = Turns(self._ask, self)
        self.outdated.connect(self.refresh)
        self.scaled.toggled.connect(self.refresh)
        state.trained_changed.connect(self.refresh_soon)

    def hideEvent(self, event: QHideEvent) -> None:
        """End the work: nobody looks."""
        super().hideEvent(event)
        if self._asked is not None:
            self._asked.stop[0] = 1

    def refresh(self) -> None:
        """Show what is known, and ask for what is to be seen now."""
        wish, shown = self._wish(), self._shown
        if shown is None or wish is None or not _may_stand_for(shown[0], wish):
            self._shown = None
            asked = wish is not None and self.isVisible()
            self._show_nothing(
                self.tr("The spectrum is being computed …") if asked else self.reason
            )
        elif shown is not None:
            self._dress(shown[1])
        self._end_what_is_outdated(wish)
        self._turns.ask_soon()

    def _wish(self) -> SpectrumWish | None:
        state, at = self._state, self._state.selected
        trained = state.trained
        if trained is None or not 0 <= at < len(trained.histories) or not state.experiment.runs:
            return None
        history = trained.histories[at]
        head = min(state.head, history.last_step)
        return SpectrumWish(trained.network, history, head, self.scaled.isChecked())

    def _end_what_is_outdated(self, wish: SpectrumWish | None) -> None:
        """End work on another run at once; on another step of a run at rest, after a while."""
        asked = self._asked
        if asked is None or not self._working or (wish is not None and wish.same_as(asked)):
            return
        other = wish is None or not wish.of_same_run(asked)
        long = time.monotonic() - asked.since > PATIENCE_SECONDS
        if other or (long and not self._state.running):
            asked.stop[0] = 1

    def _ask(self) -> bool:
        wish = self._wish()
        if wish is None or not self.isVisible():
            return False
        if wish.same_as(self._asked) and self._asked is not None and not self._asked.stop[0]:
            return False
        self._asked, self._working = wish, True
        self._submit(
            "spectrum", lambda: self._work(wish), lambda found: self._on_found(wish, found),
            self._on_failed,
        )  # fmt: skip
        return True

    def _on_found(self, wish: SpectrumWish, found: SpectrumAt | None) -> None:
        self._working = False
        now = self._wish()
        if found is not None and now is not None and _may_stand_for(wish, now):
            self._shown = (wish, found)
            self._show(found)
        self._turns.rest()

    def _on_failed(self, sentence: str) -> None:
        self._working = False
        self._state.say(sentence)
        self._turns.rest()

    def _show(self, seen: SpectrumAt) -> None:
        from engine.networks.explanation.linear import linear_of
        from engine.networks.explanation.spectrum_at import words
        from engine.networks.settings import rule_named

        self._show_body()
        self.heading.setText(self.tr("Step {}").format(step_text(seen.step)))
        self.scaled.setVisible(linear_of(seen.run)[0].preconditioned)
        title = rule_named(seen.run.optimizer).title
        self.scaled.setText(self.tr("as {} scales it").format(title))
        self.words.setText(" ".join(words(seen)))
        self.note.setText(seen.note)
        self._dress(seen)

    def _dress(self, seen: SpectrumAt) -> None:
        self.plot.show_spectrum(seen)
        drawn = self.plot.picture is not None
        self.plot.setVisible(drawn)
        self.shares.setVisible(drawn)
        self.shares_title.setVisible(drawn)
        self.shares.show_share(seen.share, THEME.path_colour(seen.run.slot))

    def _lay_out(self) -> None:
        bold(self.heading)
        self.scaled.setToolTip(
            self.tr("The curvature that the optimizer’s limit applies to, not that of the loss")
        )
        self.shares_title = QLabel(self.tr("The gradient along the steepest directions"))
        for label in (self.shares_title, self.note):
            label.setForegroundRole(FAINT)
        for label in (self.words, self.note):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        header = QHBoxLayout()
        header.addWidget(self.heading, 1)
        header.addWidget(self.scaled)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(RHYTHM // 2)
        column.addLayout(header)
        for part, stretch in (
            (self.plot, 1), (self.words, 0), (self.shares_title, 0), (self.shares, 0),
            (self.note, 0),
        ):  # fmt: skip
            column.addWidget(part, stretch)
        self._place(body)


class SpectrumWork:
    """Computes spectra in a thread, and takes the run's steps again from where it stands."""

    def __init__(self) -> None:
        self._replay: Replay | None = None

    def __call__(self, wish: SpectrumWish) -> SpectrumAt | None:
        """Return a spectrum, or None if the work was ended."""
        from engine.descent import Cancelled
        from engine.networks.explanation.replay import Replay
        from engine.networks.explanation.spectrum_at import last_finite, spectrum_at

        known = self._replay
        if known is None or known.network is not wish.network:
            known = None
        if known is None or not known.go_on_with(wish.history):
            known = Replay(wish.network, wish.history)
        self._replay = known
        step = last_finite(wish.history, wish.head)
        try:
            return spectrum_at(known, step, scaled=wish.scaled, stop=wish.stop)
        except Cancelled:
            return None


def _may_stand_for(shown: SpectrumWish, wish: SpectrumWish) -> bool:
    """Return whether one run's spectrum may be seen until another's is there."""
    old, new = shown.history.run, wish.history.run
    return (old.slot, old.optimizer) == (new.slot, new.optimizer)
