"""The half of the window in which networks are trained: its parts, and how they are joined.

Pages of the centre stand in `_centre_pages`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.networks.data.catalogue import CATALOGUE
from gui.networks import session
from gui.networks.documents import NetworkDocuments
from gui.networks.explanations import NetworkExplanations
from gui.networks.panels.run_actions import NetworkRunActions
from gui.networks.panels.run_panel import NetworkRunPanel
from gui.networks.panels.sections import Sections
from gui.networks.playback import Playback
from gui.networks.side_panel import NetworkSidePanel
from gui.networks.state import NetworkState
from gui.networks.trainer import Trainer
from gui.networks.views.function_view import FunctionView
from gui.networks.views.graph_view import GraphView
from gui.networks.views.layers_view import LayersView
from gui.networks.views.plane_view import PlaneView
from gui.networks.views.training_bar import TrainingBar
from gui.networks.views.training_curves import TrainingCurves
from gui.networks.views.training_strip import TrainingStrip
from gui.networks.views.why_pages import PAGES, offers
from gui.session import Keeper
from gui.theme import RHYTHM
from gui.views.centre import Centre, Page
from gui.views.why_panel import WhyPanel

if TYPE_CHECKING:
    from gui.message_line import MessageLine
    from gui.runner import Runner


class NetworkHalf(QObject):
    """Settings of data, model and runs, what the network computes, curves, and the player."""

    def __init__(self, runner: Runner, line: MessageLine, window: QWidget) -> None:
        super().__init__(window)
        self._line, self._prepares = line, False
        experiment, sentence = session.restored()
        self.state = NetworkState(experiment)
        self._submit = runner.submit
        self.trainer = Trainer(self.state, runner)
        self.play = Playback(self.state, self.trainer)
        self.run_actions = NetworkRunActions(self.state)
        self.runs = NetworkRunPanel(self.state, runner.submit, self.run_actions)
        self.sections = Sections(self.state, runner.submit)
        self.side_panel = NetworkSidePanel(self.state, self.sections.all(), self.runs)
        self.centre = Centre(self._centre_pages(), "network_page")
        self.curves = TrainingCurves(self.state, runner.submit)
        self.why = WhyPanel(self.state, runner.submit, pages=PAGES, offered=offers)
        self.explanations = NetworkExplanations(self.state, runner)
        self.bar = TrainingBar(self.state, self.trainer, self.play)
        self.documents = NetworkDocuments(self.state, runner, line, window)
        self.keeper = Keeper(self.state, runner.submit, self, session.keep, "network session")
        self.pages: dict[str, QWidget] = {
            "centre": self.centre, "settings": self.side_panel,
            "curves": self.curves, "why": self.why, "bottom": self._bottom(),
        }  # fmt: skip
        self.trainer.waiting.connect(self._on_waiting)
        self.trainer.answered.connect(line.forget_old)
        self.state.changed.connect(lambda *_: line.grow_old())
        self.documents.table_wanted.connect(self.sections.data.open_table)
        if sentence:
            line.say(sentence)
        self.trainer.start()

    def grounds(self) -> list[tuple[str, str, str]]:
        """Return every data set that comes with the program: (what it is, name, title)."""
        kind = self.tr("Data")
        return [(kind, entry.name, entry.title) for entry in CATALOGUE]

    def choose_ground(self, name: str) -> None:
        """Learn from other data."""
        self.sections.data.choose(name)

    def fit(self) -> None:
        """Show all of what the network computes, and all steps, again."""
        self.centre.fit()
        self.curves.fit()

    def tell(self, page: str) -> None:
        """Show a story's text, and the page of the centre that shows it best."""
        self.centre.show_page(page)
        self.why.show_page("story")

    def close(self) -> None:
        """End what is at work, and take the plots down in time."""
        self.play.pause()
        self.trainer.close()
        self.documents.close()
        for page in self.pages.values():
            page.close()

    def keep(self) -> None:
        """Keep what is on screen for the next session."""
        session.keep(self.state.experiment)

    def _on_waiting(self, waiting: bool) -> None:
        if waiting and self.state.trained is None:
            self._prepares = True
            work = self.tr("Preparing networks for this machine; only the first time needs it.")
            self._line.show_progress(lambda: -1.0, work=work)
        elif self._prepares:
            self._prepares = False
            self._line.finish_progress()
        else:
            self._line.show_working(waiting)

    def _centre_pages(self) -> tuple[Page, ...]:
        """Return the pages of the centre; each widget is made when it is first shown."""
        return (
            Page("function", self.tr("Function"), lambda: FunctionView(self.state, self._submit)),
            Page("graph", self.tr("Graph"), lambda: GraphView(self.state, self._submit)),
            Page("layers", self.tr("Layers"), lambda: LayersView(self.state, self._submit)),
            Page("plane", self.tr("Plane"), lambda: PlaneView(self.state, self._submit)),
        )

    def _bottom(self) -> QWidget:
        bottom = QWidget()
        rows = QVBoxLayout(bottom)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(RHYTHM // 2)
        strip = TrainingStrip(self.state)
        strip.menu_wanted.connect(self.runs.open_menu)
        rows.addWidget(strip)
        rows.addWidget(self.bar)
        return bottom
