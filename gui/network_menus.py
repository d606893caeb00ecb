"""What only the window's network half can do. Knows no more of it than the window does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gui.commands import Command
from gui.session import NETWORK, SURFACE

if TYPE_CHECKING:
    from gui.main_window import MainWindow


def network_commands(window: MainWindow) -> tuple[Command, ...]:
    """Return the commands of the network half, and those that lead there and back."""
    return _switch_commands(window)


def _switch_commands(window: MainWindow) -> tuple[Command, ...]:
    tr, halves = window.tr, window.halves
    texts = {
        SURFACE: (tr("Sur&faces"), tr("Walk surfaces of two variables."), "Ctrl+1"),
        NETWORK: (tr("&Networks"), tr("Train small networks."), "Ctrl+2"),
    }
    return tuple(
        Command(
            "&View", text, partial(lambda name, _: halves.show(name), name), (keys,), tip,
            checked=partial(lambda name: halves.name == name, name), separated=name == SURFACE,
        )
        for name, (text, tip, keys) in texts.items()
    )  # fmt: skip
