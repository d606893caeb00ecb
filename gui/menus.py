"""What the window can do, in the order of its menus."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gui.commands import RUNS, Command
from gui.extra_windows import open_about, open_help, open_palette
from gui.network_menus import (
    network_edit_commands,
    network_file_commands,
    network_play_commands,
    switch_commands,
)
from gui.session import SURFACE
from gui.view_menu import view_commands

if TYPE_CHECKING:
    from gui.main_window import MainWindow

MOST_SELECTED_BY_KEY = 9


def all_commands(window: MainWindow) -> tuple[Command, ...]:
    """Return every command of the window; those of all halves act on the one that is shown."""
    return (
        *_file_commands(window),
        *_edit_commands(window),
        *_run_commands(window),
        *switch_commands(window),
        *view_commands(window),
        *_play_commands(window),
        *network_play_commands(window),
        *_help_commands(window),
    )


def _file_commands(window: MainWindow) -> tuple[Command, ...]:
    surface, tr = window.documents, window.tr
    return (
        Command(
            "&File", tr("&New"), lambda: window.half.documents.new(), ("Ctrl+N",),
            tr("Begin with the opening experiment."),
        ),
        Command(
            "&File", tr("&Open…"), lambda: window.half.documents.open(), ("Ctrl+O",),
            tr("Open an experiment."),
        ),
        Command(
            "&File", tr("&Save"), lambda: window.half.documents.save(), ("Ctrl+S",),
            tr("Save all that is on screen."),
        ),
        Command(
            "&File", tr("Save &as…"), lambda: window.half.documents.save_as(), ("Ctrl+Shift+S",),
        ),
        Command(
            "&File", tr("&Export trajectories…"),
            lambda: window.running.documents.export(selected_only=False),
            ("Ctrl+E",), tr("Write every step of all runs as a table."), separated=True, half=RUNS,
        ),
        Command(
            "&File", tr("Export selected &trajectory…"),
            lambda: window.running.documents.export(selected_only=True),
            ("Ctrl+Shift+E",), tr("Write every step of the selected run as a table."), half=RUNS,
        ),
        Command(
            "&File", tr("Export with e&xplanations…"),
            partial(surface.export, selected_only=False, explained=True), (),
            tr("Write every step of all runs with its loss budget, curvature, ηλ and limit."),
            half=SURFACE,
        ),
        *network_file_commands(window),
        Command(
            "&File", tr("&Import trajectories…"), surface.import_dialog, ("Ctrl+I",),
            tr("Show the runs of a CSV that Overshoot wrote."), half=SURFACE,
        ),
        Command(
            "&File", tr("&Quit"), window.close, ("Ctrl+Q",), separated=True,
        ),
    )  # fmt: skip


def _edit_commands(window: MainWindow) -> tuple[Command, ...]:
    surface, tr = window.documents, window.tr

    return (
        Command(
            "&Edit", tr("&Undo"), lambda: window.half.state.undo(), ("Ctrl+Z",),
            tr("Take the last change back."), enabled=lambda: window.half.state.can_undo,
        ),
        Command(
            "&Edit", tr("&Redo"), lambda: window.half.state.redo(), ("Ctrl+Y", "Ctrl+Shift+Z"),
            tr("Do the change again."), enabled=lambda: window.half.state.can_redo,
        ),
        Command(
            "&Edit", tr("Copy run as &NumPy script"), partial(surface.copy_as_python, "numpy"),
            ("Ctrl+Shift+C",), tr("A script that walks the same path."),
            enabled=window.has_runs, separated=True, half=SURFACE,
        ),
        Command(
            "&Edit", tr("Copy run as &PyTorch script"),
            lambda: window.running.documents.copy_as_python("torch"), (),
            tr("A script that takes the same steps with torch.optim."), enabled=window.has_runs,
            half=RUNS,
        ),
        *network_edit_commands(window),
        Command(
            "&Edit", tr("&Find a command, surface or optimizer…"), partial(open_palette, window),
            ("Ctrl+K",), separated=True,
        ),
    )  # fmt: skip


def _run_commands(window: MainWindow) -> tuple[Command, ...]:
    tr, some = window.tr, window.has_runs
    return (
        Command(
            "&Run", tr("Choose a &surface…"), window.side_panel.surface.open_picker, ("Ctrl+L",),
            tr("Find a surface by name or by what it teaches, or type your own formula."),
            half=SURFACE,
        ),
        Command(
            "&Run", tr("&Add an optimizer…"), lambda: window.running.runs.open_picker(), ("A",),
            tr("Put another optimizer beside the others."), half=RUNS,
        ),
        Command(
            "&Run", tr("&Duplicate"), lambda: window.running.run_actions.duplicate_selected(),
            ("Ctrl+D",), tr("Put a copy of the selected run beside it."), enabled=some,
            separated=True, half=RUNS,
        ),
        Command(
            "&Run", tr("&Remove"), lambda: window.running.run_actions.remove_selected(),
            ("Ctrl+Backspace",), tr("Take the selected run away."), enabled=some, half=RUNS,
        ),
        Command(
            "&Run", tr("&Hide or show"), lambda: window.running.run_actions.toggle_visible(),
            ("H",), tr("Hide the selected run or show it again."), enabled=some, half=RUNS,
        ),
        Command(
            "&Run", tr("&Own start"), window.run_actions.toggle_own_start, ("O",),
            tr("Give the selected run a start of its own, or share the common one."), enabled=some,
            half=SURFACE,
        ),
        Command(
            "&Run", tr("Decade &ladder"), lambda: window.running.run_actions.decade_ladder(),
            ("D",), tr("The selected run at η/100, η/10, η, 10η and 100η."), enabled=some,
            separated=True, half=RUNS,
        ),
        *(
            Command(
                "&Run", tr("Select run {n}").format(n=n),
                partial(lambda n: window.running.state.select(n - 1), n), (str(n),),
                enabled=partial(lambda n: len(window.running.state.experiment.runs) >= n, n),
                separated=n == 1, half=RUNS,
            )
            for n in range(1, MOST_SELECTED_BY_KEY + 1)
        ),
    )  # fmt: skip


def _play_commands(window: MainWindow) -> tuple[Command, ...]:
    state, tr = window.state, window.tr

    def step(count: int) -> None:
        window.running.play.step(count)

    def loop(on: bool) -> None:
        state.update_display(loop=on)

    play = partial(Command, "&Play", half=RUNS)

    return (
        play(tr("&Play or pause"), lambda: window.running.play.toggle(), ("Space",)),
        play(tr("Step &forward"), partial(step, 1), ("Right",)),
        play(tr("Step &back"), partial(step, -1), ("Left",)),
        play(tr("Ten steps forward"), partial(step, 10), ("Shift+Right",)),
        play(tr("Ten steps back"), partial(step, -10), ("Shift+Left",)),
        play(tr("To the &start"), lambda: window.running.play.to_start(), ("Home",)),
        play(tr("To the &end"), lambda: window.running.play.to_end(), ("End",)),
        Command(
            "&Play", tr("&Loop"), loop, ("L",), checked=lambda: state.experiment.display.loop,
            separated=True, half=SURFACE,
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
