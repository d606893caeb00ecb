"""Causes as switches, on surfaces and on networks: the run before and after any of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol

from msgspec.structs import replace
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.panels.run_changes import free_slots
from gui.theme import RHYTHM
from gui.views.why_causes_footer import CausesFooter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QHideEvent, QShowEvent

    from engine.explanation.comparison import Outcome
    from gui.explaining import Explaining
    from gui.state import Submit
    from gui.views.why_causes_body import CausesBody

#: What each switch alone would change is run once nothing has changed for this long.
REST_MS = 200
#: A comparison that has been walked for so long is ended when a newer one is asked for.
PATIENCE_SECONDS = 0.25


class Question(Protocol):
    """What is asked about a run; setting ``stop[0]`` to 1 ends the work."""

    @property
    def experiment(self) -> Any:
        """The experiment with the run."""

    @property
    def stop(self) -> NDArray[np.uint8]:
        """One byte, 1 to end the work."""


class AnyCausesPage(QWidget):
    """Switches, what each alone would change, and what those that are thrown do together."""

    #: How many runs there may be.
    most = 0

    def __init__(
        self, state: Explaining, submit: Submit, body: CausesBody, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._submit = state, submit
        self.body = body
        self.rows = self.body.rows
        self.empty, self.footer = QLabel(), CausesFooter()
        self._question: Question | None = None
        self._open: list[tuple[float, Question]] = []
        self._walking: Question | None = None
        self._outcomes: tuple[Outcome, ...] = ()
        self._reveals = False
        self._lay_out()
        self._soon = self._timer(0, self._ask)
        self._rest = self._timer(REST_MS, self._ask_alone)
        state.selected_changed.connect(lambda _: self._on_other_run())
        state.changed.connect(lambda old, new: self._on_runs_removed(new))
        state.head_changed.connect(self.body.set_head)
        self.rows.changed.connect(self._on_thrown)
        self.body.stepped.connect(state.set_head)
        self.footer.use.clicked.connect(lambda: self._change(self._take_over))
        self.footer.beside.clicked.connect(lambda: self._change(self._put_beside))
        self.footer.clear.clicked.connect(self._clear)

    def _asked(self, chosen: Mapping[str, float]) -> Question | None:
        """Return a question about the selected run as it was computed; None if it was not."""
        raise NotImplementedError

    def _present(self, chosen: Mapping[str, float]) -> Question | None:
        """Return a question about the selected run as it is set now."""
        raise NotImplementedError

    def _find(self, question: Any) -> Any:
        """Return the switches and what those that are thrown change; None if it was ended."""
        raise NotImplementedError

    def _find_outcomes(self, question: Any) -> tuple[Outcome, ...] | None:
        """Return what each switch alone would change, or None if the work was ended."""
        raise NotImplementedError

    def _changed(self, question: Any) -> Any:
        """Return the whole experiment with the chosen switches thrown."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while nobody looked."""
        super().showEvent(event)
        self._on_other_run()

    def hideEvent(self, event: QHideEvent) -> None:
        """End all work: nobody looks."""
        super().hideEvent(event)
        self._soon.stop()
        self._rest.stop()
        self._stop()

    def refresh(self) -> None:
        """Ask for switches, comparison and what each switch alone would change, at once."""
        self._ask()
        self._ask_alone()

    def _on_thrown(self) -> None:
        self._reveals = True
        self._soon.start()

    def _on_other_run(self) -> None:
        if self.isVisible():
            self._soon.start()
            self._rest.start()

    def _on_runs_removed(self, new: Any) -> None:
        if not new.runs:
            self._on_other_run()

    def _ask(self) -> None:
        question = self._asked(dict(self.rows.chosen))
        if question is None:
            self._show_nothing(self._nothing())
            return
        now = time.monotonic()
        for asked, earlier in self._open:
            if now - asked > PATIENCE_SECONDS:
                earlier.stop[0] = 1
        self._question = question
        self._open.append((now, question))
        self._submit("causes", lambda: self._find(question), self._on_found, self._show_nothing)

    def _ask_alone(self) -> None:
        walking = self._asked({}) if self._question is not None else None
        if walking is None:
            return
        if self._walking is not None:
            self._walking.stop[0] = 1
        self._walking = walking
        self._outcomes = ()
        self._submit(
            "causes alone",
            lambda: self._find_outcomes(walking),
            lambda found: self._on_outcomes(walking, found),
            self._show_nothing,
        )

    def _stop(self) -> None:
        for _, question in self._open:
            question.stop[0] = 1
        self._open = []
        if self._walking is not None:
            self._walking.stop[0] = 1

    def _on_found(self, found: Any | None) -> None:
        if found is None or self._question is None:
            return
        # Answers come in order, so whatever was asked before is settled.
        places = [i for i, (_, q) in enumerate(self._open) if q is found.question]
        self._open = self._open[places[0] + 1 :] if places else self._open
        self.empty.hide()
        self.body.show()
        self.rows.show_causes(found.causes)
        walked = self._walking
        # Outcomes may have come before the switches.
        if walked is not None and walked.experiment is found.question.experiment:
            self.rows.show_outcomes(self._outcomes)
        compared = found.compared
        self.body.show_comparison(compared, self._state.head)
        self.footer.setVisible(compared is not None)
        if compared is None:
            return
        self.footer.show_reason(compared.apart)
        if self._reveals:
            # Once the layout has made room for it.
            self._reveals = False
            QTimer.singleShot(0, self, self.body.reveal)

    def _on_outcomes(self, walking: Question, found: tuple[Outcome, ...] | None) -> None:
        if found is not None and walking is self._walking:
            self._outcomes = found
            self.rows.show_outcomes(found)

    def _change(self, take: Callable[[Any], None]) -> None:
        """Throw the switches on what is on screen now, then hand the result to `take`."""
        state, question = self._state, self._present(dict(self.rows.chosen))
        if question is None:
            return

        def done(experiment: Any) -> None:
            if state.experiment is question.experiment:
                take(experiment)

        self._submit("causes use", lambda: self._changed(question), done, state.say)

    def _take_over(self, experiment: Any) -> None:
        self.rows.choose({})
        self._state.set_experiment(experiment)

    def _put_beside(self, experiment: Any) -> None:
        state = self._state
        runs, at = state.experiment.runs, state.selected
        if len(runs) >= self.most:
            sentence = self.tr("At most {} runs are shown at once; remove one first.")
            state.say(sentence.format(self.most))
            return
        run = replace(experiment.runs[at], slot=free_slots(runs)[0])
        state.update(runs=(*runs[: at + 1], run, *runs[at + 1 :]))

    def _clear(self) -> None:
        self.rows.choose({})
        self._soon.start()

    def _nothing(self) -> str:
        if not self._state.experiment.runs:
            return self.tr("Add an optimizer: here will stand what would have saved its run.")
        return self._waiting()

    def _waiting(self) -> str:
        """Say when the switches will be here."""
        raise NotImplementedError

    def _show_nothing(self, sentence: str) -> None:
        self._stop()
        self._question = None
        self.body.hide()
        self.footer.hide()
        self.empty.setText(sentence)
        self.empty.show()

    def _timer(self, interval: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(lambda: act() if self.isVisible() else None)
        return timer

    def _lay_out(self) -> None:
        self.empty.setWordWrap(True)
        self.empty.setContentsMargins(RHYTHM, RHYTHM, RHYTHM, RHYTHM)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.empty)
        column.addWidget(self.body, 1)
        column.addWidget(self.footer)
        column.addStretch(0)
        self._show_nothing(self._nothing())
