"""Everything that is asked of a map, scrolling if need be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gui.maps.panels.axes_section import AxesSection
from gui.maps.panels.colours_section import ColoursSection
from gui.maps.panels.networks_section import NetworksSection, StepsSection
from gui.maps.panels.subject_section import PresetsSection, SubjectSection
from gui.panels.side_column import NARROWEST_PX, USUAL_PX
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from gui.maps.state import MapState
    from gui.subjects import Subjects


class MapPanel(QScrollArea):
    """What is mapped, over which ranges, in which colours."""

    def __init__(self, state: MapState, subjects: Subjects, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.subject = SubjectSection(state, subjects)
        self.axes = AxesSection(state)
        self.networks = NetworksSection(state)
        self.run = StepsSection(state)
        self.colours = ColoursSection(state)
        self.presets = PresetsSection(state)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(RHYTHM, RHYTHM, RHYTHM, RHYTHM)
        column.setSpacing(2 * RHYTHM)
        for section in (
            self.subject, self.axes, self.run, self.networks, self.colours, self.presets,
        ):  # fmt: skip
            column.addWidget(section)
        column.addStretch(1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(NARROWEST_PX)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        """Return the usual width."""
        return QSize(USUAL_PX, 640)
