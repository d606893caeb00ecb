"""Causes as switches: the run before and after any combination of them, side by side."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from engine.experiment import MOST_RUNS
from gui.panels.run_changes import free_slots
from gui.theme import RHYTHM
from gui.views.why_causes_body import CausesBody
from gui.views.why_causes_footer import CausesFooter
from gui.views.why_causes_work import Question, changed, find, outcomes

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent, QShowEvent

    from engine.experiment import Experiment
    from engine.explanation.comparison import Outcome
    from gui.state import State, Submit
    from gui.views.why_causes_work import Found

#: What each switch alone would change is run once nothing has changed for this long.
REST_MS = 200
#: A comparison that has been walked for so long is ended when a newer one is asked for.
PATIENCE_SECONDS = 0.25


class CausesPage(QWidget):
    """Switches, what each alone would change, and what those that are thrown do together."""

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._submit = state, submit
        self.body = CausesBody(submit)
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
        for signal in (state.results_changed, state.selected_changed):
            signal.connect(lambda _: self._on_other_run())
        state.changed.connect(lambda old, new: self._on_runs_removed(new))
        state.head_changed.connect(self.body.set_head)
        self.rows.changed.connect(self._on_thrown)
        self.body.details.stepped.connect(state.set_head)
        self.footer.use.clicked.connect(lambda: self._change(self._take_over))
        self.footer.beside.clicked.connect(lambda: self._change(self._put_beside))
        self.footer.clear.clicked.connect(self._clear)

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

    def _on_runs_removed(self, new: Experiment) -> None:
        if not new.runs:
            self._on_other_run()

    def _ask(self) -> None:
        results, index = self._state.results, self._state.selected
        runs = results.experiment.runs if results is not None else ()
        if results is None or index >= len(runs) or not self._state.experiment.runs:
            self._show_nothing(self._nothing())
            return
        now = time.monotonic()
        for asked, earlier in self._open:
            if now - asked > PATIENCE_SECONDS:
                earlier.stop[0] = 1
        self._question = question = Question(results.experiment, index, dict(self.rows.chosen))
        self._open.append((now, question))
        self._submit("causes", lambda: find(question), self._on_found, self._show_nothing)

    def _ask_alone(self) -> None:
        question = self._question
        if question is None:
            return
        if self._walking is not None:
            self._walking.stop[0] = 1
        self._walking = walking = Question(question.experiment, question.index, {})
        self._outcomes = ()
        self._submit(
            "causes alone",
            lambda: outcomes(walking),
            lambda found: self._on_outcomes(walking, found),
            self._show_nothing,
        )

    def _stop(self) -> None:
        for _, question in self._open:
            question.stop[0] = 1
        self._open = []
        if self._walking is not None:
            self._walking.stop[0] = 1

    def _on_found(self, found: Found | None) -> None:
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
        self.footer.show_comparison(compared.comparison)
        if self._reveals:
            # Once the layout has made room for it.
            self._reveals = False
            QTimer.singleShot(0, self, self.body.reveal)

    def _on_outcomes(self, walking: Question, found: tuple[Outcome, ...] | None) -> None:
        if found is not None and walking is self._walking:
            self._outcomes = found
            self.rows.show_outcomes(found)

    def _change(self, take: Callable[[Experiment], None]) -> None:
        """Throw the switches on what is on screen now, then hand the result to `take`."""
        state = self._state
        question = Question(state.experiment, state.selected, dict(self.rows.chosen))

        def done(experiment: Experiment) -> None:
            if state.experiment is question.experiment:
                take(experiment)

        self._submit("causes use", lambda: changed(question), done, state.say)

    def _take_over(self, experiment: Experiment) -> None:
        self.rows.choose({})
        self._state.set_experiment(experiment)

    def _put_beside(self, experiment: Experiment) -> None:
        state = self._state
        runs, at = state.experiment.runs, state.selected
        if len(runs) >= MOST_RUNS:
            sentence = self.tr("At most {} runs are shown at once; remove one first.")
            state.say(sentence.format(MOST_RUNS))
            return
        run = replace(experiment.runs[at], slot=free_slots(runs)[0])
        state.update(runs=(*runs[: at + 1], run, *runs[at + 1 :]))

    def _clear(self) -> None:
        self.rows.choose({})
        self._soon.start()

    def _nothing(self) -> str:
        if not self._state.experiment.runs:
            return self.tr("Add an optimizer: here will stand what would have saved its run.")
        return self.tr("The switches follow as soon as the path is there.")

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
