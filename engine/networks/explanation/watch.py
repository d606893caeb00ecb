"""Explains one run, also while it is trained: a little at a time, and nothing twice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.networks.explanation.objective import objective_of
from engine.networks.explanation.replay import Replay
from engine.networks.explanation.steps import (
    budgets_of,
    gradients_around,
    line_of_step_by_pieces,
    step_of,
    step_under,
)
from engine.networks.explanation.verdict import verdict_on
from engine.networks.explanation.watched_curvature import WatchedCurvature

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator, Sequence

    from engine.explanation.batches import BatchGradients, BatchStep
    from engine.explanation.microscope import StepLine
    from engine.networks.explanation.load import Sharpness
    from engine.networks.explanation.steps import Budgets
    from engine.networks.explanation.verdict import Finding
    from engine.networks.history import History
    from engine.networks.network import Network

#: What can be asked for: what happened and why; all kept steps; of the step under the play head
#: what it did, its line, and what other batches ask for there.
Need = Literal["verdict", "steps", "step", "line", "batches"]
AT_HEAD: tuple[Need, ...] = ("step", "line", "batches")

#: So many batches are compared at a step.
BATCHES = 8
#: A verdict is not made anew before so many times as long as it took has gone by; the first one
#: may have waited for a compiler.
REST, LONGEST_REST_SECONDS = 5.0, 1.0
_NOTHING = np.empty(0)


@dataclass(frozen=True, eq=False)
class StepSeen:
    """One step of a run from near by.

    Parameters
    ----------
    change : what it did to its batch and to all training rows.
    line, batch_line : the loss along it, on all rows and on its batch's; None unless asked for,
        and where the step is not finite.
    has_lines : whether lines were asked for.
    batches : gradients of its batch and the next ones at its weights; None unless asked for, and
        where every step sees all rows.
    """

    change: BatchStep
    line: StepLine | None = None
    batch_line: StepLine | None = None
    has_lines: bool = False
    batches: BatchGradients | None = None

    @property
    def step(self) -> int:
        """Its number."""
        return self.change.step


@dataclass(frozen=True, eq=False)
class RunExplained:
    """What is known of a run so far.

    Parameters
    ----------
    network, history : the run.
    findings : what it bears out, what happened first; empty unless asked for.
    sharpness : the curvature that they are made from.
    drafted : whether more looks at curvature are to come.
    budgets : of the kept steps that have been looked at.
    at : the step under the play head, if it was asked for; another one until it is known.
    complete : whether all is there that was asked for.
    """

    network: Network
    history: History
    findings: tuple[Finding, ...] = ()
    sharpness: Sharpness | None = None
    drafted: bool = False
    budgets: Budgets | None = None
    at: StepSeen | None = None
    complete: bool = True


@dataclass
class _Verdict:
    """The newest verdict, when it was made, and how long that took."""

    history: History
    findings: tuple[Finding, ...]
    sharpness: Sharpness
    drafted: bool
    made: float = field(default_factory=monotonic)
    took: float = 0.0


class Watch:
    """Follows one run. Not for several threads at once.

    Parameters
    ----------
    network : what the runs share.
    history : the run so far.
    """

    def __init__(self, network: Network, history: History) -> None:
        self.network, self.history = network, history
        # One is led by the play head, the other goes along all steps.
        self._near, self._along = Replay(network, history), Replay(network, history)
        self._curvature = WatchedCurvature(network, history)
        self._budgets: dict[int, BatchStep] = {}
        self._at: StepSeen | None = None
        self._lines: Iterator[tuple[StepLine | None, StepLine | None] | None] | None = None
        self._at_in = history
        self._verdict: _Verdict | None = None
        self._note = objective_of(network).thinned().note

    def go_on_with(self, history: History) -> bool:
        """Take a longer record of the same run; False, and nothing happens, if it is another."""
        before = self.history.last_step
        if not self._near.go_on_with(history):
            return False
        self._along.go_on_with(history)
        if history.last_step > before:
            # Its last weights had no step of their own yet.
            self._curvature.forget_after(before)
        self.history = history
        return True

    def look(self, head: int, needs: Collection[Need], seconds: float) -> RunExplained:
        """Look further, for about so many seconds and at least a little.

        Parameters
        ----------
        head : the row under the play head.
        needs : what is asked for.
        """
        history, until = self.history, monotonic() + seconds
        if history.last_step == 0 and history.fault is None:
            return RunExplained(self.network, history)
        under = step_under(history, head)
        step = self._begun_or(under, needs)
        wanted = [need for need in AT_HEAD if need in needs] if step >= 0 else []
        there = not wanted or (self._look_at(step, wanted, until) and step == under)
        swept = self._sweep(needs, until)
        if "verdict" in needs:
            self._judge(drafted=bool(self._curvature.missing(history)))
        found = RunExplained(
            self.network, history, at=self._at if wanted else None,
            budgets=self._known_budgets() if "steps" in needs else None,
            complete=there and swept,
        )  # fmt: skip
        known = self._verdict
        if "verdict" not in needs or known is None:
            return found
        newest = known.history is history and known.drafted == bool(
            self._curvature.missing(history)
        )
        return replace(
            found, findings=known.findings, sharpness=known.sharpness, drafted=known.drafted,
            complete=found.complete and newest,
        )  # fmt: skip

    def _begun_or(self, step: int, needs: Collection[Need]) -> int:
        """Return the step whose lines are to come, while it trains, or else another.

        The head goes along with the training, faster than lines come.
        """
        seen, trains = self._at, self._at_in is not self.history
        return seen.step if seen and "line" in needs and not seen.has_lines and trains else step

    def _look_at(self, step: int, wanted: Sequence[Need], until: float) -> bool:
        """Look at one step from near by; return whether all is there."""
        seen = self._at
        if seen is None or seen.step != step:
            if not self._near.to(step, until=until):
                return False
            self._at = seen = StepSeen(step_of(self._near, step))
            self._at_in, self._lines = self.history, None
            if monotonic() > until:
                return tuple(wanted) == ("step",)
        if "batches" in wanted and seen.batches is None and not self.network.order.full:
            self._at = seen = replace(seen, batches=gradients_around(self._near, step, BATCHES))
        return "line" not in wanted or seen.has_lines or self._look_along(seen, until)

    def _look_along(self, seen: StepSeen, until: float) -> bool:
        """Look along the lines of a step; return whether they are there."""
        if self._lines is None:
            self._lines = self._lines_of(seen.step)
        for lines in self._lines:
            if lines is not None:
                self._at = replace(seen, line=lines[0], batch_line=lines[1], has_lines=True)
                return True
            if monotonic() > until:
                return False
        # A piece before has failed: all begins anew.
        self._lines = None
        return False

    def _lines_of(self, step: int) -> Iterator[tuple[StepLine | None, StepLine | None] | None]:
        """Yield None while there is more to be done, then the lines on all rows and on its own."""
        full = yield from _last_of(line_of_step_by_pieces(self._near, step))
        own = full
        if not self.network.sees_all:
            own = yield from _last_of(line_of_step_by_pieces(self._near, step, on_batch=True))
        yield full, own

    def _sweep(self, needs: Collection[Need], until: float) -> bool:
        """Look at kept weights and their steps; return whether none is left."""
        history = self.history
        rows = self._curvature.missing(history) if "verdict" in needs else []
        steps = [t for t in history.kept.tolist() if t < history.last_step]
        steps = [t for t in steps if t not in self._budgets] if "steps" in needs else []
        for row in rows:
            if not self._curvature.look(history, row, self._along, until):
                return False
            if monotonic() > until:
                return row == rows[-1] and not steps
        for step in steps:
            if not self._along.to(step, until=until):
                return False
            seen = step_of(self._along, step)
            # Gradients of all steps together would fill the memory.
            self._budgets[step] = replace(seen, batch_gradient=_NOTHING, full_gradient=_NOTHING)
            if monotonic() > until:
                return bool(step == steps[-1])
        return True

    def _known_budgets(self) -> Budgets:
        return budgets_of([self._budgets[t] for t in sorted(self._budgets)], self._note)

    def _judge(self, drafted: bool) -> None:
        """Make a verdict of what is known, unless the last one is good enough for now."""
        known, began = self._verdict, monotonic()
        if known is not None:
            same = known.history is self.history and not (known.drafted or drafted)
            if same or began - known.made < min(REST * known.took, LONGEST_REST_SECONDS):
                return
        sharpness = self._curvature.sharpness(self.history)
        findings = verdict_on(self.network, self.history, sharpness)
        self._verdict = _Verdict(
            self.history, findings, sharpness, drafted, took=monotonic() - began
        )


def _last_of(pieces: Iterator[StepLine | None]) -> Generator[None, None, StepLine | None]:
    last = None
    for piece in pieces:
        last = piece
        yield None
    return last
