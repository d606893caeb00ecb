"""The parts of the window, surfaces, networks and maps: what each offers, and which is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from gui import session
from gui.session import SURFACE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from gui.editing import Editing
    from gui.files import ExperimentFiles, RunFiles
    from gui.panels.run_changes import RunChanges
    from gui.panels.run_panel import RunPanel


#: Where the window has room for a widget of each half.
PLACES = ("centre", "settings", "curves", "why", "bottom")


class Play(Protocol):
    """What the keys of the player do."""

    def toggle(self) -> None:
        """Play or pause."""

    def step(self, count: int) -> None:
        """Pause and move by `count` steps; negative is back."""

    def to_start(self) -> None:
        """Look at step 0."""

    def to_end(self) -> None:
        """Look at the last step."""


class Half(Protocol):
    """What the window needs of each part: its settings, its pages, what can be done with it.

    ``pages`` are the widgets for `PLACES`; a dock without a widget is not shown.
    """

    @property
    def state(self) -> Editing:
        """What is asked and where one looks."""

    @property
    def documents(self) -> ExperimentFiles:
        """Its files."""

    @property
    def pages(self) -> dict[str, QWidget]:
        """Its widgets, by place."""

    def grounds(self) -> list[tuple[str, str, str]]:
        """Return what runs can be on: (what it is, name, title), e.g. ("Surface", ...)."""

    def choose_ground(self, name: str) -> None:
        """Put the runs on another ground."""

    def fit(self) -> None:
        """Show all that there is to be seen again."""

    def close(self) -> None:
        """End what is at work, and take the plots down in time."""

    def keep(self) -> None:
        """Keep what is on screen for the next session."""


class RunHalf(Half, Protocol):
    """A half with runs that are played: surfaces or networks."""

    @property
    def documents(self) -> RunFiles:
        """Its files."""

    @property
    def run_actions(self) -> RunChanges:
        """What can be done with its runs."""

    @property
    def runs(self) -> RunPanel:
        """The panel of its runs."""

    @property
    def play(self) -> Play:
        """Its player."""

    def tell(self, page: str) -> None:
        """Show a story's text, and the page of the centre, if there are several, that shows it."""


class Halves(QObject):
    """Which half is shown; all but the surface's are made when they are first wanted.

    Parameters
    ----------
    makers : make the other halves, by name.

    Signals
    -------
    made : (str, Half), a half is there that was not before.
    shown : (str), the name of that which is shown now.
    """

    made = Signal(str, object)
    shown = Signal(str)

    def __init__(
        self, surface: Half, makers: Mapping[str, Callable[[], Half]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._makers = makers
        self.all: dict[str, Half] = {SURFACE: surface}
        self.name = SURFACE

    @property
    def present(self) -> Half:
        """The half that is shown."""
        return self.all[self.name]

    def show(self, name: str) -> None:
        """Show a half, and remember it for the next session."""
        if name == self.name:
            return
        self.of(name)
        self.name = name
        session.settings().setValue("half", name)
        self.shown.emit(name)

    def of(self, name: str) -> Half:
        """Return a half, which is made now if it is not there."""
        if name not in self.all:
            self.all[name] = self._makers[name]()
            self.made.emit(name, self.all[name])
        return self.all[name]

    def close(self) -> None:
        """End what is at work in all of them."""
        for half in self.all.values():
            half.close()

    def keep(self) -> None:
        """Keep what is on screen in all of them."""
        for half in self.all.values():
            half.keep()
