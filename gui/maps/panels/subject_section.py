"""What is mapped: the selected run of another half, or one of the presets."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy, QWidget

from engine.maps.trainability_presets import PRESETS
from gui.maps.base import preset_of
from gui.networks.panels.labels import Row, close, sentence
from gui.networks.panels.section import Section
from gui.numbers import show
from gui.session import NETWORK, SURFACE
from gui.theme import RHYTHM, THEME

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from engine.maps.trainability_presets import Preset
    from gui.maps.state import MapState
    from gui.subjects import Subjects


class SubjectSection(Section):
    """Takes a run over from another half, at a press.

    Signals
    -------
    around_wanted : (str, bool), the selected run of SURFACE or NETWORK, and whether its start
        points are to be mapped.
    """

    around_wanted = Signal(str, bool)

    def __init__(self, state: MapState, subjects: Subjects, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("SubjectSection", "What is mapped")
        super().__init__("map_subject", title, parent=parent)
        self._state, self._subjects = state, subjects
        self.what = sentence()
        self.settings = QPushButton(self.tr("&Settings"))
        self.starts = QPushButton(self.tr("Start &points"))
        self.training = QPushButton(self.tr("S&ettings"))
        for button, text in (
            (self.settings, self.tr("Map the rate of the surface's selected run, and more")),
            (self.starts, self.tr("Map which minimum it reaches from each start")),
            (self.training, self.tr("Map the rate of the network's selected run, and more")),
        ):  # fmt: skip
            button.setToolTip(text)
            button.setAccessibleName(text)
        self.column.addWidget(self.what)
        close(
            self.column, Row(self.tr("Surface"), (self.settings, self.starts)),
            Row(self.tr("Network"), (self.training,)),
        )  # fmt: skip
        wanted = self.around_wanted.emit
        self.settings.clicked.connect(lambda: wanted(SURFACE, False))
        self.starts.clicked.connect(lambda: wanted(SURFACE, True))
        self.training.clicked.connect(lambda: wanted(NETWORK, False))
        state.changed.connect(lambda *_: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Say what is mapped now."""
        text = subject_text(self._state)
        self.what.setText(text)
        self.heading.set_summary(text)


def subject_text(state: MapState) -> str:
    """Return in a few words what is mapped."""
    experiment = state.experiment
    if experiment.trainability is not None:
        name = preset_of(experiment)
        title = PRESETS[name].title if name else ""
        return title or QCoreApplication.translate("map", "Small networks of your own")
    walked = experiment.surface or experiment.basins
    runs = walked.runs if walked is not None else ()
    if walked is not None and runs:
        where = walked.surface.name.replace("_", " ")
        return f"{runs[0].optimizer}, η {show(runs[0].learning_rate)}, {where}"
    network = experiment.network
    assert network is not None
    layers = "–".join(str(units) for units in network.model.hidden)
    run = network.runs[0]
    return f"{run.optimizer}, η {show(run.learning_rate)}, {network.data.source} {layers}"


class PresetsSection(Section):
    """The presets as tiles, each with its sentence.

    Signals
    -------
    chosen : (str), the name of a preset.
    """

    chosen = Signal(str)

    def __init__(self, state: MapState, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("PresetsSection", "Maps to begin with")
        super().__init__("map_presets", title, parent=parent)
        self._state = state
        self.tiles = {name: PresetTile(preset) for name, preset in PRESETS.items()}
        self.column.setSpacing(0)
        for name, tile in self.tiles.items():
            tile.clicked.connect(partial(self._on_clicked, name))
            self.column.addWidget(tile)
        state.changed.connect(lambda *_: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Mark the tile of what is mapped."""
        present = preset_of(self._state.experiment)
        for name, tile in self.tiles.items():
            tile.set_current(name == present)

    def _on_clicked(self, name: str) -> None:
        self.chosen.emit(name)


class PresetTile(QAbstractButton):
    """A preset's title and its sentence."""

    def __init__(self, preset: Preset, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._help = preset.help
        self.current = False
        self.setText(preset.title)
        self.setAccessibleName(preset.title)
        self.setAccessibleDescription(preset.help)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        THEME.changed.connect(self.update)

    def set_current(self, current: bool) -> None:
        """Mark it as what is mapped."""
        if current != self.current:
            self.current = current
            self.update()

    def sizeHint(self) -> QSize:
        """Return the room that the wrapped sentence needs."""
        return QSize(200, self._height(max(self.width(), 200)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Grow as high as the sentence."""
        super().resizeEvent(event)
        height = self._height(self.width())
        if height != self.minimumHeight():
            self.setMinimumHeight(height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw title and sentence."""
        colours = THEME.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(
            QPen(QColor(colours.accent), 1)
            if self.current or self.hasFocus() else Qt.PenStyle.NoPen
        )  # fmt: skip
        if self.current or self.underMouse():
            painter.setBrush(QColor(colours.raised))
        area = self.rect().adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(area, 4, 4)
        inner = area.adjusted(RHYTHM - 1, RHYTHM // 2, -RHYTHM, -RHYTHM // 2)
        painter.setPen(QColor(colours.text))
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignTop), self.text())
        painter.setPen(QColor(colours.faint))
        painter.setFont(_small(self.font()))
        below = inner.adjusted(0, self.fontMetrics().height() + 1, 0, 0)
        painter.drawText(below, int(Qt.TextFlag.TextWordWrap), self._help)

    def _height(self, width: int) -> int:
        metrics = QFontMetrics(_small(self.font()))
        room = QRect(0, 0, width - 2 * RHYTHM - 1, 10_000)
        wrapped = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), self._help)
        return self.fontMetrics().height() + wrapped.height() + RHYTHM + 4


def _small(font: QFont) -> QFont:
    result = QFont(font)
    result.setPointSizeF(max(7.0, font.pointSizeF() * 0.9))
    return result
