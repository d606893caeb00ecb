"""The part of the window that shows maps: its pages, and how they are joined.

Pages of the centre stand in `_centre_pages`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from engine.maps.trainability_presets import PRESETS
from gui.maps import session
from gui.maps.around import around_run, preset
from gui.maps.base import whole_of
from gui.maps.documents import MapDocuments
from gui.maps.many_runs import ManyRuns
from gui.maps.painter import Painter
from gui.maps.panels.map_panel import MapPanel
from gui.maps.pixel import PixelOpener
from gui.maps.state import MapState
from gui.maps.views.map_details import MapDetails
from gui.maps.views.map_view import MapView
from gui.pages import Pages
from gui.session import Keeper
from gui.views.centre import Centre, Page

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.maps.map_experiment import MapExperiment
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
        self.state.whole = whole_of(experiment)
        self.subjects = subjects
        self._runner = runner
        self.painter = Painter(self.state, runner)
        self.documents = MapDocuments(self.state, runner, line, window)
        self.keeper = Keeper(self.state, runner.submit, self, session.keep, "map session")
        self.many = ManyRuns(subjects, runner, self)
        self.opener = PixelOpener(self.state, runner.submit, self)
        self.panel = MapPanel(self.state, subjects)
        self.details = MapDetails(self.state)
        self.centre = Centre(self._centre_pages(), "map_page")
        self.settings = Pages(self._settings())
        #: What stands beside the map has no place beside the other pages.
        self.beside = Pages({"map": self.details})
        self.beside.setWindowTitle(self.tr("Border and run"))
        for pages in (self.settings, self.beside):
            pages.show_page(self.centre.pages.key)
            self.centre.pages.shown.connect(pages.show_page)
        self.pages: dict[str, QWidget] = {
            "centre": self.centre, "settings": self.settings, "curves": self.beside,
        }  # fmt: skip
        self.many.message.connect(self.state.message)
        self.many.run_wanted.connect(self.run_wanted)
        self.many.rate_wanted.connect(self.rate_wanted)
        self.panel.subject.around_wanted.connect(self.map_around)
        self.panel.presets.chosen.connect(self.choose_ground)
        self.opener.run_wanted.connect(self.run_wanted)
        self.opener.trained.connect(self.details.show_run)
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
        self.centre.show_page("map")
        self._show_map(preset(name))

    def map_around(self, name: str, starts: bool = False) -> None:
        """Map the selected run of SURFACE or NETWORK over its settings, or its start points."""
        self.centre.show_page("map")
        try:
            self._show_map(around_run(self.subjects, name, starts=starts))
        except ValueError as error:
            self.state.say(str(error))

    def _show_map(self, experiment: MapExperiment) -> None:
        present = self.state.experiment
        size = {"width": present.width, "height": present.height}
        self.state.set_map(replace(experiment, **size))

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
        view = MapView(self.state, self.painter)
        view.pixel_wanted.connect(self.opener.open)
        return view

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
        return {"map": self.panel, **self.many.settings()}
