"""What the window can do, in the order of its menus."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gui.commands import Command
from gui.extra_windows import open_about, open_help, open_palette
from gui.view_menu import view_commands

if TYPE_CHECKING:
    from gui.main_window import MainWindow

MOST_SELECTED_BY_KEY = 9


def all_commands(window: MainWindow) -> tuple[Command, ...]:
    """Return every command of the window."""
    return (
        *_file_commands(window),
        *_edit_commands(window),
        *_run_commands(window),
        *view_commands(window),
        *_play_commands(window),
        *_help_commands(window),
    )


def _file_commands(window: MainWindow) -> tuple[Command, ...]:
    files, tr = window.documents, window.tr
    return (
        Command("&File", tr("&New"), files.new, ("Ctrl+N",), tr("Begin with the opening bowl.")),
        Command("&File", tr("&Open…"), files.open, ("Ctrl+O",), tr("Open an experiment.")),
        Command("&File", tr("&Save"), files.save, ("Ctrl+S",), tr("Save all that is on screen.")),
        Command("&File", tr("Save &as…"), files.save_as, ("Ctrl+Shift+S",)),
        Command(
            "&File", tr("&Export trajectories…"), partial(files.export, selected_only=False),
            ("Ctrl+E",), tr("Write every step of all runs as CSV."), separated=True,
        ),
        Command(
            "&File", tr("Export selected &trajectory…"), partial(files.export, selected_only=True),
            ("Ctrl+Shift+E",), tr("Write every step of the selected run as CSV."),
        ),
        Command(
            "&File", tr("Export with e&xplanations…"),
            partial(files.export, selected_only=False, explained=True), (),
            tr("Write every step of all runs with its loss budget, curvature, ηλ and limit."),
        ),
        Command(
            "&File", tr("&Import trajectories…"), files.import_dialog, ("Ctrl+I",),
            tr("Show the runs of a CSV that Overshoot wrote."),
        ),
        Command(
            "&File", tr("&Quit"), window.close, ("Ctrl+Q",), separated=True,
        ),
    )  # fmt: skip


def _edit_commands(window: MainWindow) -> tuple[Command, ...]:
    state, files, tr = window.state, window.documents, window.tr

    def some() -> bool:
        return bool(state.experiment.runs)

    return (
        Command(
            "&Edit", tr("&Undo"), state.undo, ("Ctrl+Z",), tr("Take the last change back."),
            enabled=lambda: state.can_undo,
        ),
        Command(
            "&Edit", tr("&Redo"), state.redo, ("Ctrl+Y", "Ctrl+Shift+Z"),
            tr("Do the change again."), enabled=lambda: state.can_redo,
        ),
        Command(
            "&Edit", tr("Copy run as &NumPy script"), partial(files.copy_as_python, "numpy"),
            ("Ctrl+Shift+C",), tr("A script that walks the same path."), enabled=some,
            separated=True,
        ),
        Command(
            "&Edit", tr("Copy run as &PyTorch script"), partial(files.copy_as_python, "torch"),
            (), tr("A script that walks the same path with torch.optim."), enabled=some,
        ),
        Command(
            "&Edit", tr("&Find a command, surface or optimizer…"), partial(open_palette, window),
            ("Ctrl+K",), separated=True,
        ),
    )  # fmt: skip


def _run_commands(window: MainWindow) -> tuple[Command, ...]:
    runs, state, tr = window.run_actions, window.state, window.tr

    def some() -> bool:
        return bool(state.experiment.runs)

    panels = window.side_panel
    return (
        Command(
            "&Run", tr("Choose a &surface…"), panels.surface.open_picker, ("Ctrl+L",),
            tr("Find a surface by name or by what it teaches, or type your own formula."),
        ),
        Command(
            "&Run", tr("&Add an optimizer…"), panels.runs.open_picker, ("A",),
            tr("Put another optimizer beside the others."),
        ),
        Command(
            "&Run", tr("&Duplicate"), runs.duplicate_selected, ("Ctrl+D",),
            tr("Put a copy of the selected run beside it."), enabled=some, separated=True,
        ),
        Command(
            "&Run", tr("&Remove"), runs.remove_selected, ("Ctrl+Backspace",),
            tr("Take the selected run away."), enabled=some,
        ),
        Command(
            "&Run", tr("&Hide or show"), runs.toggle_visible, ("H",),
            tr("Hide the selected run or show it again."), enabled=some,
        ),
        Command(
            "&Run", tr("&Own start"), runs.toggle_own_start, ("O",),
            tr("Give the selected run a start of its own, or share the common one."), enabled=some,
        ),
        Command(
            "&Run", tr("Decade &ladder"), runs.decade_ladder, ("D",),
            tr("The selected run at η/100, η/10, η, 10η and 100η."), enabled=some, separated=True,
        ),
        *(
            Command(
                "&Run", tr("Select run {n}").format(n=n), partial(state.select, n - 1), (str(n),),
                enabled=partial(lambda n: len(state.experiment.runs) >= n, n), separated=n == 1,
            )
            for n in range(1, MOST_SELECTED_BY_KEY + 1)
        ),
    )  # fmt: skip


def _play_commands(window: MainWindow) -> tuple[Command, ...]:
    player, state, tr = window.player, window.state, window.tr

    def loop(on: bool) -> None:
        state.update_display(loop=on)

    return (
        Command("&Play", tr("&Play or pause"), player.toggle, ("Space",)),
        Command("&Play", tr("Step &forward"), partial(player.step, 1), ("Right",)),
        Command("&Play", tr("Step &back"), partial(player.step, -1), ("Left",)),
        Command("&Play", tr("Ten steps forward"), partial(player.step, 10), ("Shift+Right",)),
        Command("&Play", tr("Ten steps back"), partial(player.step, -10), ("Shift+Left",)),
        Command("&Play", tr("To the &start"), partial(state.set_head, 0), ("Home",)),
        Command("&Play", tr("To the &end"), window.go_to_end, ("End",)),
        Command(
            "&Play", tr("&Loop"), loop, ("L",), checked=lambda: state.experiment.display.loop,
            separated=True,
        ),
    )  # fmt: skip


def _help_commands(window: MainWindow) -> tuple[Command, ...]:
    tr = window.tr
    return (
        Command(
            "&Help", tr("&Help"), partial(open_help, window), ("F1",), tr("Keys, mouse and ideas."),
        ),
        Command("&Help", tr("&About Overshoot"), partial(open_about, window)),
    )  # fmt: skip
