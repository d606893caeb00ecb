"""Trains in a thread: follows the newest goal until it is reached, and tells of it on the way."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from gui.networks.state import Trained

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from engine.networks.network import Network
    from engine.networks.session import Session
    from engine.networks.settings import NetworkExperiment
    from gui.networks.goal import Goal

    Stop = NDArray[np.uint8]

#: News are told so often.
NEWS_SECONDS, WHOLE_NEWS_SECONDS = 0.05, 0.015
#: Making news takes no more than this share of the time.
NEWS_SHARE = 0.2
#: A goal has so long to be reached before a newer one takes its place: under a drag one sees whole
#: trainings, not the beginnings of many.
PATIENCE_SECONDS = 0.1


class TrainingWork:
    """A session, and the goal that it is to reach. Only one thread calls it at a time.

    Attributes
    ----------
    goal : set by the UI thread at any time.
    followed : the goal that the session is on its way to; None before the first.
    tried : the same, or one that has been refused.
    """

    def __init__(self, goal: Goal) -> None:
        self.goal = goal
        self.followed: Goal | None = None
        self.tried: Goal | None = None
        self._session: Session | None = None
        self._since = self._told = self._cost = 0.0

    def __call__(self, stop: Stop, tell: Callable[[Trained], None]) -> Trained | None:
        """Train until the newest goal is reached, or until it is stopped; ValueError if refused."""
        from engine.descent import Cancelled

        try:
            while True:
                session, until = self._session_for(stop)
                going = session.advance(stop, until)
                if not going and self.goal is self.followed:
                    return self._news()
                if self._are_due(whole=not going):
                    tell(self._news())
        except Cancelled:
            return None

    def _session_for(self, stop: Stop) -> tuple[Session, int | None]:
        """Follow a newer goal, if it is time; return who is to advance, and how far."""
        goal = self.goal
        if goal is not self.followed and self._gives_way(goal):
            self._follow(goal, stop)
        assert self._session is not None
        assert self.followed is not None
        return self._session, self.followed.until

    def _are_due(self, whole: bool) -> bool:
        """Return whether it is time for news: at once of whole trainings, later of beginnings."""
        now = monotonic()
        rest = max(WHOLE_NEWS_SECONDS if whole else NEWS_SECONDS, self._cost / NEWS_SHARE)
        return now - self._told > rest and (whole or now - self._since > NEWS_SECONDS)

    def _gives_way(self, goal: Goal) -> bool:
        """Return whether the present goal is reached, has had its time, or is of the past."""
        session, followed = self._session, self.followed
        if session is None or followed is None:
            return True
        if goal.experiment is followed.experiment or session.reached(followed.until):
            return True
        return monotonic() - self._since > PATIENCE_SECONDS

    def _follow(self, goal: Goal, stop: Stop) -> None:
        self.tried = goal
        session, followed = self._session, self.followed
        if session is None or followed is None:
            self._session = _session(goal.experiment, None)
        elif begins_anew(followed.experiment, goal.experiment):
            self._session = _anew(goal.experiment, followed.experiment, session)
        else:
            if goal.back_to is not None and goal.back_to < session.step:
                session.go_back(session.step - goal.back_to, stop)
            session.match(goal.experiment.runs, keep=goal.keeps or goal.back_to is not None)
        self.followed, self._since = goal, monotonic()

    def _news(self) -> Trained:
        session, followed = self._session, self.followed
        assert session is not None
        assert followed is not None
        began = monotonic()
        found = Trained(
            followed.experiment, session.network, session.histories(), session.step,
            session.over, session.progress.remaining,
        )  # fmt: skip
        self._told = monotonic()
        self._cost = self._told - began
        return found


def _session(experiment: NetworkExperiment, network: Network | None) -> Session:
    from engine.networks.session import Session

    return Session(experiment, network)


def _anew(experiment: NetworkExperiment, before: NetworkExperiment, session: Session) -> Session:
    """Return a session from the beginning; the data are prepared again only if they are others."""
    from engine.networks.network import begun_anew

    if _base(before) != _base(experiment):
        return _session(experiment, None)
    network = session.network
    if before.initial != experiment.initial:
        network = begun_anew(network, experiment.initial)
    return _session(experiment, network)


def begins_anew(old: NetworkExperiment, new: NetworkExperiment) -> bool:
    """Return whether all runs must begin anew."""
    return (*_ground(old), *_course(old)) != (*_ground(new), *_course(new))


def _course(experiment: NetworkExperiment) -> tuple[Any, ...]:
    return experiment.steps, experiment.stop, experiment.curvature_every


def _ground(experiment: NetworkExperiment) -> tuple[Any, ...]:
    return *_base(experiment), experiment.initial


def _base(experiment: NetworkExperiment) -> tuple[Any, ...]:
    return experiment.data, experiment.model, experiment.batches, experiment.precision
