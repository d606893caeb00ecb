"""What only the window's network half can do, and the switch between the halves.

The network half is not there before it is first shown, so that all is looked up when it is done.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from engine.networks.frameworks import FRAMEWORKS
from gui.commands import Command
from gui.session import MAPS, NETWORK, SURFACE

if TYPE_CHECKING:
    from engine.networks.frameworks import Framework
    from gui.main_window import MainWindow
    from gui.networks.documents import NetworkDocuments
    from gui.networks.half import NetworkHalf


def switch_commands(window: MainWindow) -> tuple[Command, ...]:
    """Return the commands that lead from one half to another."""
    tr, halves = window.tr, window.halves
    texts = {
        SURFACE: (tr("&Surface"), tr("Walk surfaces of two variables."), "Ctrl+1"),
        NETWORK: (tr("&Network"), tr("Train small networks."), "Ctrl+2"),
        MAPS: (tr("&Maps"), tr("See what happens over a range of settings."), "Ctrl+3"),
    }
    return tuple(
        Command(
            "&View", text, partial(lambda name, _: halves.show(name), name), (keys,), tip,
            checked=partial(lambda name: halves.name == name, name),
        )
        for name, (text, tip, keys) in texts.items()
    )  # fmt: skip


def network_file_commands(window: MainWindow) -> tuple[Command, ...]:
    """Return what the network half can write."""
    tr = window.tr

    def files() -> NetworkDocuments:
        return _half(window).documents

    def save(framework: Framework) -> Command:
        text = tr("Save run as {name} script…").format(name=FRAMEWORKS[framework])
        tip = tr("Write a script that takes the same steps, and the arrays that it reads.")
        return Command(
            "&File", text, lambda: files().save_script(framework), (), tip,
            enabled=window.has_runs, half=NETWORK,
        )  # fmt: skip

    return (
        Command(
            "&File", tr("Export with &weights…"),
            lambda: files().export(selected_only=False, weights=True), (),
            tr("Write every step of all runs, with all weights wherever they were kept."),
            half=NETWORK,
        ),
        *map(save, FRAMEWORKS),
    )  # fmt: skip


def network_edit_commands(window: MainWindow) -> tuple[Command, ...]:
    """Return what the network half can put on the clipboard besides."""
    tr = window.tr

    def copy(framework: Framework) -> Command:
        text = tr("Copy run as {name} script").format(name=FRAMEWORKS[framework])
        return Command(
            "&Edit", text, lambda: window.running.documents.copy_as_python(framework), (),
            tr("A script that takes the same steps."), enabled=window.has_runs, half=NETWORK,
        )  # fmt: skip

    return tuple(copy(framework) for framework in FRAMEWORKS if framework != "torch")


def network_play_commands(window: MainWindow) -> tuple[Command, ...]:
    """Return what can be done with a training besides playing it."""
    tr = window.tr

    def keeps() -> bool:
        return window.halves.name == NETWORK and _half(window).trainer.keeps

    return (
        Command(
            "&Play", tr("Back to the &first weights"), lambda: _half(window).play.begin_anew(),
            ("R",), tr("Take all steps back, and wait."), half=NETWORK, separated=True,
        ),
        Command(
            "&Play", tr("Back to the step that is s&hown"),
            lambda: _half(window).play.go_back(), ("Backspace",),
            tr("Take back the steps behind the play head, and wait."), half=NETWORK,
        ),
        Command(
            "&Play", tr("&Keep weights"), lambda on: _half(window).trainer.set_keeps(on), ("K",),
            tr("A run whose settings change goes on from the step that is shown."),
            checked=keeps, half=NETWORK,
        ),
    )  # fmt: skip


def _half(window: MainWindow) -> NetworkHalf:
    return cast("NetworkHalf", window.halves.all[NETWORK])
