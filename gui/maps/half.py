"""The part of the window that shows maps: its pages, and how they are joined.

Pages of the centre stand in `_centre_pages`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.maps.trainability_presets import PRESETS
from gui.maps import session
from gui.maps.documents import MapDocuments
from gui.maps.many_runs import ManyRuns
from gui.maps.painter import Painter
from gui.maps.state import MapState
from gui.maps.views.map_view import MapView
from gui.pages import Pages
from gui.session import Keeper
from gui.views.centre import Centre, Page

if TYPE_CHECKING:
    from gui.message_line import MessageLine
    from gui.runner import Runner
    from gui.subjects import Subjects


class MapsHalf(QObject):
    """What is mapped, the picture, and what is known of it.

    Parameters
    ----------
    subjects : the runs of the other halves.

    Signals
    -------
    run_wanted : (str, experiment), an experiment is to be shown in SURFACE or NETWORK.
    rate_wanted : (str, int, float), a run there, by its place, is to be shown with a learning rate.
    """

    run_wanted = Signal(str, object)
    rate_wanted = Signal(str, int, float)

    def __init__(
        self, subjects: Subjects, runner: Runner, line: MessageLine, window: QWidget
    ) -> None:
        super().__init__(window)
        self._line, self._prepares = line, False
        experiment, sentence = session.restored()
        self.state = MapState(experiment)
        self.subjects = subjects
        self._runner = runner
        self.painter = Painter(self.state, runner)
        self.documents = MapDocuments(self.state, runner, line, window)
        self.keeper = Keeper(self.state, runner.submit, self, session.keep, "map session")
        self.many = ManyRuns(subjects, runner, self)
        self.centre = Centre(self._centre_pages(), "map_page")
        self.settings = Pages(self._settings())
        self.settings.show_page(self.centre.pages.key)
        self.pages: dict[str, QWidget] = {"centre": self.centre, "settings": self.settings}
        self.centre.pages.shown.connect(self.settings.show_page)
        self.many.message.connect(self.state.message)
        self.many.run_wanted.connect(self.run_wanted)
        self.many.rate_wanted.connect(self.rate_wanted)
        self.painter.waiting.connect(self._on_waiting)
        self.state.changed.connect(lambda *_: line.grow_old())
        self.state.shown_changed.connect(lambda _: line.forget_old())
        if sentence:
            line.say(sentence)

    def grounds(self) -> list[tuple[str, str, str]]:
        """Return the maps to begin with: (what it is, name, title)."""
        kind = self.tr("Map")
        return [(kind, preset.name, preset.title) for preset in PRESETS.values()]

    def choose_ground(self, name: str) -> None:
        """Show a map to begin with."""
        del name

    def fit(self) -> None:
        """Show the whole map again."""
        self.centre.fit()

    def close(self) -> None:
        """End what is at work, and take the plots down in time."""
        self.painter.close()
        self.documents.close()
        self.many.close()
        for page in self.pages.values():
            page.close()

    def keep(self) -> None:
        """Keep what is on screen for the next session."""
        session.keep(self.state.experiment)

    def _centre_pages(self) -> tuple[Page, ...]:
        """Return the pages of the centre; each widget is made when it is first shown."""
        return (Page("map", self.tr("Map"), self._make_map_view), *self.many.pages())

    def _make_map_view(self) -> QWidget:
        return MapView(self.state, self.painter)

    def _on_waiting(self, waiting: bool) -> None:
        if waiting and self.state.shown is None:
            self._prepares = True
            work = self.tr("Preparing maps for this machine; only the first time needs it.")
            self._line.show_progress(lambda: -1.0, work=work)
        elif self._prepares:
            self._prepares = False
            self._line.finish_progress()
        else:
            self._line.show_working(waiting)

    def _settings(self) -> dict[str, QWidget]:
        """Return what is asked for each page of the centre, by its key."""
        return {"map": QWidget(), **self.many.settings()}
