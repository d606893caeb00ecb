"""What only the maps can do, and how one gets to them from a run.

The maps are not there before they are first shown, so that all is looked up when it is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from gui.commands import RUNS, Command
from gui.session import MAPS, SURFACE

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from gui.maps.half import MapsHalf


def map_run_commands(window: MainWindow) -> tuple[Command, ...]:
    """Return what leads from the selected run to a map around it."""
    tr = window.tr
    return (
        Command(
            "&Run", tr("&Map around this run"), lambda: _map_around(window), ("Ctrl+M",),
            tr("See what becomes of the selected run over a range of its settings."),
            enabled=window.has_runs, separated=True, half=RUNS,
        ),
        Command(
            "&Run", tr("Map its start &points"), lambda: _map_around(window, starts=True), (),
            tr("See which minimum the selected run reaches from each start."),
            enabled=window.has_runs, half=SURFACE,
        ),
    )  # fmt: skip


def map_file_commands(window: MainWindow) -> tuple[Command, ...]:
    """Return what the maps can write."""
    tr = window.tr
    return (
        Command(
            "&File", tr("&Export map…"), lambda: _half(window).documents.export(), ("Ctrl+E",),
            tr("Write the map as a picture that carries its experiment, or as numbers."),
            separated=True, half=MAPS,
        ),
        Command(
            "&File", tr("Export &zoom as video…"), lambda: _half(window).documents.export_film(),
            (), tr("Write a film from the whole map into the piece that is shown."), half=MAPS,
        ),
    )  # fmt: skip


def _map_around(window: MainWindow, *, starts: bool = False) -> None:
    name = window.halves.name
    window.halves.show(MAPS)
    _half(window).map_around(name, starts)


def _half(window: MainWindow) -> MapsHalf:
    return cast("MapsHalf", window.halves.of(MAPS))
