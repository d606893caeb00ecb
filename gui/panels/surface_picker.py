"""A popup with every surface as a thumbnail, found by typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from engine.surfaces import CATALOGUE
from gui.panels import icons
from gui.panels.icons import IconButton
from gui.panels.tile_picker import TilePicker
from gui.panels.tiles import Section

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.surfaces.surface import Surface
    from gui.panels.thumbnails import Thumbnails


class SurfacePicker(TilePicker):
    """All surfaces by group; `chosen` says "formula" for the user's own."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget) -> None:
        translate = QCoreApplication.translate
        own = IconButton(
            icons.pencil,
            translate("SurfacePicker", "Begins with the present surface's formula"),
        )
        own.setText(translate("SurfacePicker", "&Type your own formula"))
        own.setAccessibleName(translate("SurfacePicker", "Type your own formula"))
        nothing = translate("SurfacePicker", "No surface matches {}.")
        super().__init__(thumbnails, by_group(), own, "formula", nothing, parent)
        self.search.setPlaceholderText(self.tr("Find a surface by name or by what it teaches"))
        self.search.setAccessibleName(self.tr("Find a surface"))


def by_group() -> list[Section]:
    """Return the whole catalogue under its headings, in its order."""
    groups: dict[str, list[Surface]] = {}
    for surface in CATALOGUE:
        groups.setdefault(surface.group, []).append(surface)
    return [Section(heading, tuple(surfaces)) for heading, surfaces in groups.items()]
