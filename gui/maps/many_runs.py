"""The pages on many runs at many learning rates, with the settings that belong to each."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import session
from gui.maps.compare_state import CompareSettings, CompareState
from gui.maps.comparer import Comparer
from gui.maps.panels.compare_panel import ComparePanel
from gui.maps.panels.sweep_panel import SweepPanel
from gui.maps.sweep_state import SweepSettings, SweepState
from gui.maps.sweeper import Sweeper
from gui.maps.views.compare_page import ComparePage
from gui.maps.views.sweep_page import SweepPage
from gui.panels.side_column import NARROWEST_PX
from gui.theme import RHYTHM
from gui.views.centre import Page
from gui.views.explaining_page import scrolling

if TYPE_CHECKING:
    from gui.runner import Runner
    from gui.subjects import Subjects


Kept = TypeVar("Kept", bound=msgspec.Struct)


class ManyRuns(QObject):
    """What is swept and compared.

    Signals
    -------
    message : (str), one plain sentence for the user.
    run_wanted : (str, experiment), an experiment is to be shown in SURFACE or NETWORK.
    rate_wanted : (str, int, float), the half, the place of one of its runs, and the learning rate
        that this is to be shown with.
    """

    message = Signal(str)
    run_wanted = Signal(str, object)
    rate_wanted = Signal(str, int, float)

    def __init__(self, subjects: Subjects, runner: Runner, parent: QObject) -> None:
        super().__init__(parent)
        self._subjects, self._runner = subjects, runner
        self.sweep = SweepState(_restored("sweep", SweepSettings))
        self.sweeper = Sweeper(self.sweep, subjects, runner)
        self.compare = CompareState(_restored("compare", CompareSettings))
        self.comparer = Comparer(self.compare, subjects, runner)
        self.sweep.message.connect(self.message)
        self.compare.message.connect(self.message)
        self.sweep.changed.connect(lambda _, new: _keep("sweep", new))
        self.compare.changed.connect(lambda _, new: _keep("compare", new))

    def pages(self) -> tuple[Page, ...]:
        """Return the pages of the centre."""
        return (
            Page("sweep", self.tr("Sweep"), self._sweep_page),
            Page("compare", self.tr("Compare"), self._compare_page),
        )

    def settings(self) -> dict[str, QWidget]:
        """Return what is asked for each page, by its key."""
        return {
            "sweep": _column(SweepPanel(self.sweep, self._subjects)),
            "compare": _column(ComparePanel(self.compare)),
        }

    def close(self) -> None:
        """End what is at work."""
        self.sweeper.close()
        self.comparer.cancel()

    def _sweep_page(self) -> QWidget:
        page = SweepPage(self.sweep, self._subjects, self.sweeper, self._runner.submit)
        page.rate_wanted.connect(self.rate_wanted)
        return page

    def _compare_page(self) -> QWidget:
        page = ComparePage(self.compare, self.comparer, self._runner.submit)
        page.run_wanted.connect(self.run_wanted)
        return page


def _restored(kind: str, settings: type[Kept]) -> Kept:
    """Return what was asked in the last session, or the usual."""
    text = str(session.settings().value(f"maps/{kind}", "", type=str))
    try:
        return msgspec.json.decode(text.encode(), type=settings) if text else settings()
    except (msgspec.DecodeError, ValueError):
        return settings()


def _keep(kind: str, settings: msgspec.Struct) -> None:
    session.settings().setValue(f"maps/{kind}", msgspec.json.encode(settings).decode())


def _column(panel: QWidget) -> QWidget:
    """Return a panel as a column that scrolls."""
    content = QWidget()
    layout = QVBoxLayout(content)
    layout.setContentsMargins(RHYTHM, RHYTHM, RHYTHM, RHYTHM)
    layout.addWidget(panel)
    area = scrolling(content)
    area.setMinimumWidth(NARROWEST_PX)
    return area
