"""The half of the window in which optimizers walk surfaces: its parts, and how they are joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.experiment import surface_of
from engine.formula import FormulaError
from engine.surfaces import CATALOGUE
from gui import session
from gui.basins import Basins
from gui.documents import Documents
from gui.explanations import Explanations
from gui.panels.run_actions import RunActions
from gui.panels.side_panel import SidePanel
from gui.paths import Paths
from gui.player import Player
from gui.state import State
from gui.theme import RHYTHM
from gui.views.curve_stack import CurveStack
from gui.views.landscape_view import LandscapeView
from gui.views.player_bar import PlayerBar
from gui.views.status_strip import StatusStrip
from gui.views.why_panel import WhyPanel

if TYPE_CHECKING:
    from engine.experiment import Experiment
    from gui.message_line import MessageLine
    from gui.runner import Runner


class SurfaceHalf(QObject):
    """Settings of surface and runs, the landscape, curves, explanations and the player."""

    def __init__(
        self, experiment: Experiment, runner: Runner, line: MessageLine, window: QWidget
    ) -> None:
        super().__init__(window)
        self.state = State(experiment)
        self.play = Player(self.state)
        self.run_actions = RunActions(self.state)
        # Before the views, so that a change is at work while they take note of it.
        self.paths = Paths(self.state, runner)
        self.landscape = LandscapeView(self.state, runner.submit)
        self.basins = Basins(self.state, self.landscape, runner)
        self.curves = CurveStack(self.state, runner.submit)
        self.why = WhyPanel(self.state, runner.submit)
        self.side_panel = SidePanel(self.state, runner.submit, self.run_actions)
        self.runs = self.side_panel.runs
        self.strip = StatusStrip(self.state)
        self.documents = Documents(self.state, runner, line, window)
        self.keeper = session.Keeper(self.state, runner.submit, self)
        self.explanations = Explanations(self.state, runner)
        self.pages: dict[str, QWidget] = {
            "centre": self.landscape, "settings": self.side_panel, "curves": self.curves,
            "why": self.why, "bottom": self._bottom(),
        }  # fmt: skip
        self.paths.waiting.connect(line.show_working)
        self.paths.answered.connect(line.forget_old)
        self.strip.menu_wanted.connect(self.runs.open_menu)
        self.landscape.run_menu_wanted.connect(self.runs.open_menu)

    def grounds(self) -> list[tuple[str, str, str]]:
        """Return every surface: (what it is, name, title)."""
        kind = self.tr("Surface")
        return [(kind, surface.name, surface.title) for surface in CATALOGUE]

    def choose_ground(self, name: str) -> None:
        """Go to a surface of the catalogue."""
        self.side_panel.choose_surface(name)

    def fit(self) -> None:
        """Show the whole surface and all steps again."""
        self.state.update_display(view=None, blow_up=False)
        self.landscape.fit()
        self.curves.fit()

    def tell(self, page: str) -> None:
        """Show a story's text; the centre has the landscape alone."""
        del page
        self.why.show_page("story")

    def has_one_variable(self) -> bool:
        """Return whether the surface can be drawn as a curve."""
        try:
            return surface_of(self.state.experiment.surface).one_variable
        except FormulaError:
            return False

    def close(self) -> None:
        """End what is at work, and take the plots down in time."""
        self.play.pause()
        self.documents.close()
        self.basins.close()
        self.landscape.close()
        self.curves.close()

    def keep(self) -> None:
        """Keep what is on screen for the next session."""
        session.keep(self.state.experiment)

    def _bottom(self) -> QWidget:
        bottom = QWidget()
        rows = QVBoxLayout(bottom)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(RHYTHM // 2)
        rows.addWidget(self.strip)
        rows.addWidget(PlayerBar(self.state, self.play))
        return bottom
