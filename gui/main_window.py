"""Places panels and views, connects signals; does nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QMainWindow,
)

from gui import session
from gui.commands import Commands
from gui.files import PICTURE, half_of
from gui.halves import Halves
from gui.key_filter import KeyFilter
from gui.menus import all_commands
from gui.message_line import MessageLine
from gui.places import Places
from gui.recent_menu import RecentMenu
from gui.runner import Runner
from gui.session import MAPS, NETWORK, SURFACE
from gui.story_menu import StoryMenu
from gui.subjects import Subjects
from gui.surface_half import SurfaceHalf
from gui.tab_order import as_read, move_focus
from gui.tool_bar import EXPORT_OF_RUN, ToolBar

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
    from gui.halves import Half, RunHalf

SIZE_PX = (1280, 800)


class MainWindow(QMainWindow):
    """The window: settings at the left, what they lead to, curves at the right, player below.

    Each of these places has a page for surfaces, one for networks and one for maps.
    """

    def __init__(self, experiment: Experiment | None = None, files: tuple[Path, ...] = ()) -> None:
        super().__init__()
        sentence = ""
        self._hint = session.Hint()
        # An experiment that is given is what one wants to see.
        half = SURFACE if experiment else session.half()
        self._hints = experiment is None
        if experiment is None:
            experiment, sentence = session.restored()
        self.setObjectName("main")
        # The docks' places are counted from the lines between them.
        self.ensurePolished()
        self.setAcceptDrops(True)
        self._painted = False
        self.resize(*SIZE_PX)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._key_filter = KeyFilter(application, self)
        self.runner = Runner(self)
        self.line = MessageLine()
        self.surface = SurfaceHalf(experiment, self.runner, self.line, self)
        makers = {NETWORK: self._make_network, MAPS: self._make_maps}
        self.halves = Halves(self.surface, makers, self)
        self.subjects = Subjects(self.surface.state, self)
        self._take_surface_parts()
        self.places = Places(self, self.line)
        self.places.take(SURFACE, self.surface)
        self._take_docks()
        self._engine_start: EngineStart | None = None
        self.commands = Commands(self, all_commands(self), lambda: self.halves.name)
        self.recent_menu = RecentMenu(self)
        self.story_menu = StoryMenu(self)
        self.commands.menus["&Help"].addMenu(self.story_menu)
        self.tool_bar = ToolBar(self)
        self.addToolBar(self.tool_bar)
        self._connect()
        self.places.restore()
        self.halves.show(half)
        self._show_half(half)
        self.line.say(sentence)
        for path in files:
            self.open_path(path)

    @property
    def half(self) -> Half:
        """The half that is shown: surfaces, networks or maps."""
        return self.halves.present

    @property
    def running(self) -> RunHalf:
        """The half that is shown, where only one with runs can be."""
        return cast("RunHalf", self.halves.present)

    def has_runs(self) -> bool:
        """Return whether there is a run in the half that is shown."""
        return self.halves.name != MAPS and bool(self.half.state.experiment.runs)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Let the threads begin after the first paint, which they would delay."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._begin)

    def open_path(self, path: Path) -> None:
        """Open a file, in another half if it belongs there."""
        self.half.documents.open_path(path)

    def reset_layout(self) -> None:
        """Bring every dock home."""
        self.places.go_home()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the centre its share, unless someone has chosen other widths."""
        super().resizeEvent(event)
        self.places.layout.apply_widths()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep session and layout, end all work, and take the plots down in time."""
        self.places.keep()
        if self._engine_start is not None:
            self._engine_start.close()
        self.halves.close()
        self.runner.close()
        # Last, so that no thread writes an older one after it.
        self.halves.keep()
        self._key_filter.close()
        super().closeEvent(event)
        self.deleteLater()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab go from the tools over settings, centre and curves to the player."""
        docks = [dock for dock in self.findChildren(QDockWidget) if not dock.isFloating()]
        columns = as_read((*docks, self.places.centre))
        return move_focus((self.tool_bar, *columns, self.player_tools), forward)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept experiments and tables."""
        if any(self._opens(url.toLocalFile()) for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        for url in event.mimeData().urls():
            if self._opens(url.toLocalFile()):
                self.open_path(Path(url.toLocalFile()))
        event.acceptProposedAction()

    def _opens(self, name: str) -> bool:
        return name.lower().endswith((*self.half.documents.suffixes, PICTURE))

    def _take_surface_parts(self) -> None:
        surface = self.surface
        self.state, self.documents, self.paths = surface.state, surface.documents, surface.paths
        self.player, self.run_actions = surface.play, surface.run_actions
        self.side_panel, self.landscape = surface.side_panel, surface.landscape
        self.curves, self.why, self.strip = surface.curves, surface.why, surface.strip

    def _take_docks(self) -> None:
        docks = self.places.docks
        self.settings_dock, self.curves_dock = docks["settings"], docks["curves"]
        self.why_dock, self.player_tools = docks["why"], self.places.player_tools

    def _connect(self) -> None:
        self._connect_half(self.surface)
        self._take_run_menu(self.surface)
        self.halves.made.connect(self._on_half_made)
        self.halves.shown.connect(self._show_half)
        self.runner.failed.connect(self.line.say)
        self.surface.state.changed.connect(self._on_changed)

    def _connect_half(self, half: Half) -> None:
        half.state.message.connect(self.line.say)
        half.state.history_changed.connect(self.commands.refresh)
        half.documents.changed.connect(self._on_document_changed)
        half.documents.elsewhere.connect(self._open_elsewhere)

    def _take_run_menu(self, half: RunHalf) -> None:
        half.runs.exports = tuple(self.commands.actions[title] for title in EXPORT_OF_RUN)

    def _open_elsewhere(self, path: Path) -> None:
        self.halves.show(half_of(path))
        self.half.documents.open_path(path)

    def show_run(self, name: str, experiment: Any) -> None:
        """Show an experiment in a half."""
        self.halves.show(name)
        self.half.documents.open_example(experiment)

    def show_rate(self, name: str, index: int, rate: float) -> None:
        """Show one of a half's runs with a learning rate."""
        self.halves.show(name)
        state = self.half.state
        try:
            state.update_run(index, learning_rate=rate)
        except ValueError as error:
            state.say(str(error))
        state.select(index)

    def _make_network(self) -> Half:
        from gui.networks.half import NetworkHalf

        half = NetworkHalf(self.runner, self.line, self)
        self._take_run_menu(half)
        self.subjects.take_network(half.state)
        return half

    def _make_maps(self) -> Half:
        from gui.maps.half import MapsHalf

        half = MapsHalf(self.subjects, self.runner, self.line, self)
        half.run_wanted.connect(self.show_run)
        half.rate_wanted.connect(self.show_rate)
        return half

    def _on_half_made(self, name: str, half: Half) -> None:
        self.places.take(name, half)
        self._connect_half(half)

    def _show_half(self, name: str) -> None:
        if name != self.places.half:
            # What is hidden would pass the keyboard on to its neighbours, one after the other.
            self.setFocus()
        self.places.show(name)
        self.line.set_hint(self._hint.text if self._hints and name == SURFACE else "")
        self._on_document_changed()
        self.commands.refresh()

    def _begin(self) -> None:
        from gui.engine_start import EngineStart

        self._engine_start = EngineStart(self.runner, self.line, self.surface.paths.start, self)
        self.runner.open()
        self._engine_start.begin()

    def _on_changed(self, old: Experiment, new: Experiment) -> None:
        self.line.grow_old(hint_too=self._hint.notice(old, new))

    def _on_document_changed(self) -> None:
        documents = self.half.documents
        name = documents.path.name if documents.path else ""
        self.setWindowTitle(f"{name}[*] – Overshoot" if name else "Overshoot[*]")
        self.setWindowModified(documents.modified)
