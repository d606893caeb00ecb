"""Windows beside the main one; each is loaded and made when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.main_window import MainWindow


def open_help(window: MainWindow) -> None:
    """Show what can be done with mouse and keys, in a window that can stay open."""
    from gui.help import HelpWindow

    help_window = window.findChild(HelpWindow) or HelpWindow(window)
    help_window.open()


def open_about(window: MainWindow) -> None:
    """Show what this program is."""
    from gui.help import show_about

    show_about(window)


def open_palette(window: MainWindow) -> None:
    """Find any command, surface or optimizer."""
    from gui.command_palette import CommandPalette, palette_entries

    palette = window.findChild(CommandPalette)
    palette = palette or CommandPalette(lambda: palette_entries(window), window)
    palette.open()
