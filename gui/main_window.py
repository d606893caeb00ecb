"""Places panels and views, connects signals; does nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QMainWindow,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from engine.experiment import surface_of
from engine.formula import FormulaError
from gui import session
from gui.commands import Commands
from gui.docks import Dock, DockLayout
from gui.documents import Documents
from gui.explanations import Explanations
from gui.key_filter import KeyFilter
from gui.menus import all_commands
from gui.message_line import MessageLine
from gui.panels.run_actions import RunActions
from gui.panels.side_panel import SidePanel
from gui.paths import Paths
from gui.player import Player
from gui.recent_menu import RecentMenu
from gui.runner import Runner
from gui.state import State
from gui.story_menu import StoryMenu
from gui.tab_order import as_read, move_focus
from gui.theme import RHYTHM
from gui.tool_bar import EXPORT_OF_RUN, ToolBar
from gui.views.curve_stack import CurveStack
from gui.views.landscape_view import LandscapeView
from gui.views.player_bar import PlayerBar
from gui.views.status_strip import StatusStrip
from gui.views.why_panel import WhyPanel

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QCloseEvent,
        QDragEnterEvent,
        QDropEvent,
        QPaintEvent,
        QResizeEvent,
    )

    from engine.experiment import Experiment
    from gui.engine_start import EngineStart

SIZE_PX = (1280, 800)


class MainWindow(QMainWindow):
    """The window: settings at the left, the landscape, curves at the right, player below."""

    def __init__(self, experiment: Experiment | None = None, files: tuple[Path, ...] = ()) -> None:
        super().__init__()
        sentence = hint = ""
        self._hint = session.Hint()
        if experiment is None:
            experiment, sentence = session.restored()
            hint = self._hint.text
        self.setObjectName("main")
        # The docks' places are counted from the lines between them.
        self.ensurePolished()
        self.setAcceptDrops(True)
        self._painted = False
        self.resize(*SIZE_PX)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._key_filter = KeyFilter(application, self)
        self.state = State(experiment)
        self.runner = Runner(self)
        self.player = Player(self.state)
        self.run_actions = RunActions(self.state)
        # Before the views, so that a change is at work while they take note of it.
        self.paths = Paths(self.state, self.runner)
        self._place_views()
        self.documents = Documents(self.state, self.runner, self.line, self)
        self.keeper = session.Keeper(self.state, self.runner.submit, self)
        self.explanations = Explanations(self.state, self.runner)
        self._engine_start: EngineStart | None = None
        self.commands = Commands(self, all_commands(self))
        self.recent_menu = RecentMenu(self)
        self.story_menu = StoryMenu(self)
        self.commands.menus["&Help"].addMenu(self.story_menu)
        self.tool_bar = ToolBar(self)
        self.addToolBar(self.tool_bar)
        self._connect()
        self._layout.restore()
        self._on_document_changed()
        self.commands.refresh()
        self.line.say(sentence)
        self.line.set_hint(hint)
        for path in files:
            self.documents.open_path(path)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Let the threads begin after the first paint, which they would delay."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._begin)

    def reset_layout(self) -> None:
        """Bring every dock home."""
        self._layout.go_home()
        self._size_docks()
        # A dock that floated a moment ago takes its place later, and widths with it.
        QTimer.singleShot(0, self, self._size_docks)

    def fit(self) -> None:
        """Show the whole surface and all steps again."""
        self.state.update_display(view=None, blow_up=False)
        self.landscape.fit()
        self.curves.fit()

    def go_to_end(self) -> None:
        """Put the play head on the last step."""
        self.state.set_head(self.state.experiment.steps)

    def has_one_variable(self) -> bool:
        """Return whether the surface can be drawn as a curve."""
        try:
            return surface_of(self.state.experiment.surface).one_variable
        except FormulaError:
            return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the landscape its share, unless someone has chosen other widths."""
        super().resizeEvent(event)
        self._layout.apply_widths()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep session and layout, end all work, and take the plots down in time."""
        self.player.pause()
        self._layout.keep()
        if self._engine_start is not None:
            self._engine_start.close()
        self.documents.close()
        self.runner.close()
        # Last, so that no thread writes an older one after it.
        session.keep(self.state.experiment)
        self._key_filter.close()
        self.landscape.close()
        self.curves.close()
        super().closeEvent(event)
        self.deleteLater()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab go from the tools over settings, landscape and curves to the player."""
        docks = [dock for dock in self.findChildren(QDockWidget) if not dock.isFloating()]
        columns = as_read((*docks, self.landscape))
        return move_focus((self.tool_bar, *columns, self.player_tools), forward)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept experiments and trajectories."""
        if any(_is_ours(url.toLocalFile()) for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        for url in event.mimeData().urls():
            if _is_ours(url.toLocalFile()):
                self.documents.open_path(Path(url.toLocalFile()))
        event.acceptProposedAction()

    def _place_views(self) -> None:
        self.landscape = LandscapeView(self.state, self.runner.submit)
        self.curves = CurveStack(self.state, self.runner.submit)
        self.why = WhyPanel(self.state, self.runner.submit)
        self.side_panel = SidePanel(self.state, self.runner.submit, self.run_actions)
        self.strip = StatusStrip(self.state)
        self.line = MessageLine()
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.landscape, 1)
        self.setCentralWidget(middle)
        bottom = QWidget()
        rows = QVBoxLayout(bottom)
        rows.setContentsMargins(RHYTHM, 0, RHYTHM, RHYTHM // 2)
        rows.setSpacing(RHYTHM // 2)
        rows.addWidget(self.line)
        rows.addWidget(self.strip)
        rows.addWidget(PlayerBar(self.state, self.player))
        area = Qt.DockWidgetArea
        self.settings_dock = self._dock(
            self.tr("Settings"), self.side_panel, area.LeftDockWidgetArea
        )
        self.curves_dock = self._dock(self.tr("Curves"), self.curves, area.RightDockWidgetArea)
        self.why_dock = self._dock(self.tr("Why"), self.why, area.RightDockWidgetArea)
        # A tool bar is as high as what it holds; a dock would keep the height of a longer message.
        self.player_tools = QToolBar(self.tr("Player"))
        self.player_tools.setObjectName("player")
        self.player_tools.setMovable(False)
        self.player_tools.addWidget(bottom)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, self.player_tools)
        docks = (self.settings_dock, self.curves_dock)
        self._layout = DockLayout(self, docks, self.landscape)
        self._size_docks()

    def _dock(self, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = Dock(title, self)
        dock.setObjectName(title)
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        return dock

    def _size_docks(self) -> None:
        self._layout.apply_widths()
        half = self.height() // 2
        self.resizeDocks([self.curves_dock, self.why_dock], [half, half], Qt.Orientation.Vertical)

    def _connect(self) -> None:
        self.state.message.connect(self.line.say)
        self.runner.failed.connect(self.line.say)
        self.state.history_changed.connect(self.commands.refresh)
        self.paths.waiting.connect(self.line.show_working)
        self.paths.answered.connect(self.line.forget_old)
        self.state.changed.connect(self._on_changed)
        self.documents.changed.connect(self._on_document_changed)
        runs = self.side_panel.runs
        runs.exports = tuple(self.commands.actions[title] for title in EXPORT_OF_RUN)
        self.strip.menu_wanted.connect(runs.open_menu)
        self.landscape.run_menu_wanted.connect(runs.open_menu)

    def _begin(self) -> None:
        from gui.engine_start import EngineStart

        self.runner.open()
        self._engine_start = EngineStart(self.runner, self.line, self.paths.start, self)
        self._engine_start.begin()

    def _on_changed(self, old: Experiment, new: Experiment) -> None:
        self.line.grow_old(hint_too=self._hint.notice(old, new))

    def _on_document_changed(self) -> None:
        name = self.documents.path.name if self.documents.path else ""
        self.setWindowTitle(f"{name}[*] – Overshoot" if name else "Overshoot[*]")
        self.setWindowModified(self.documents.modified)


def _is_ours(name: str) -> bool:
    return name.lower().endswith((".toml", ".csv"))
