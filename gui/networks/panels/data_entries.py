"""The data sets as tiles: title, sentence and a small picture made off the UI thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QRectF, QSize, Signal
from PySide6.QtGui import QColor, QImage, QPainter

from engine.networks.data.catalogue import CATALOGUE
from engine.networks.data.made import Made
from engine.networks.data.settings import NetworkDataSettings
from gui.networks.panels.data_drawing import paint_pictures, paint_points
from gui.panels.tiles import HEIGHT_PX, WIDTH_PX, Section
from gui.theme import THEME

if TYPE_CHECKING:
    from engine.networks.data.measured import Measured
    from engine.networks.data.preview import DataPreview
    from gui.state import Submit

#: Size of points, and of pictures in the picture.
RADIUS_PX, SIDE_PX = 1.5, 27.0


@dataclass(frozen=True, slots=True)
class DataEntry:
    """A data set as the picker shows it."""

    name: str
    title: str
    teaches: str


def sections() -> list[Section]:
    """Return the whole catalogue under its headings, in its order."""
    groups: dict[str, list[DataEntry]] = {}
    for one in CATALOGUE:
        entry = DataEntry(one.name, one.title, one.help)
        groups.setdefault(_heading(one), []).append(entry)
    return [Section(heading, tuple(entries)) for heading, entries in groups.items()]


def _heading(entry: Made | Measured) -> str:
    if not isinstance(entry, Made):
        return QCoreApplication.translate("DataEntries", "Measured")
    if entry.image is not None:
        return QCoreApplication.translate("DataEntries", "Made up: pictures")
    if entry.task == "regression":
        return QCoreApplication.translate("DataEntries", "Made up: curves")
    return QCoreApplication.translate("DataEntries", "Made up: classes in the plane")


class DataPictures(QObject):
    """Answers with a picture at once if it has one, and otherwise tells when it is there.

    Signals
    -------
    ready : one more picture is there.
    """

    ready = Signal()

    def __init__(self, submit: Submit, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._submit = submit
        self._previews: dict[str, DataPreview | None] = {}
        self._images: dict[tuple[str, float], QImage] = {}
        self._waiting: list[str] = []
        self._busy = False
        THEME.changed.connect(self._images.clear)

    def of(self, name: str, ratio: float) -> QImage | None:
        """Return a data set's picture, with its default parameters; None means it is being made."""
        image = self._images.get((name, ratio))
        if image is not None:
            return image
        if name not in self._previews:
            if name not in self._waiting:
                self._waiting.append(name)
                self._next()
            return None
        preview = self._previews[name]
        if preview is None:
            return None
        self._images[name, ratio] = image = picture_of(preview, ratio)
        return image

    def _next(self) -> None:
        if self._busy or not self._waiting:
            return
        self._busy = True
        name = self._waiting[0]
        self._submit(
            "data pictures",
            lambda: _small_preview(name),
            lambda preview: self._on_made(name, preview),
            lambda _: self._on_made(name, None),
        )

    def _on_made(self, name: str, preview: DataPreview | None) -> None:
        self._busy = False
        self._waiting.remove(name)
        self._previews[name] = preview
        self.ready.emit()
        self._next()


def picture_of(preview: DataPreview, ratio: float) -> QImage:
    """Return a preview as a picture of a tile's size."""
    image = QImage(QSize(WIDTH_PX, HEIGHT_PX) * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(THEME.colours.base))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(0, 0, WIDTH_PX, HEIGHT_PX)
    if preview.image is not None:
        paint_pictures(painter, area.adjusted(3, 3, -3, -3), preview, SIDE_PX)
    else:
        paint_points(painter, area.adjusted(3, 3, -3, -3), preview, preview.axes, RADIUS_PX)
    painter.end()
    return image


def _small_preview(name: str) -> DataPreview:
    from engine.networks.data.preview import preview

    return preview(NetworkDataSettings(source=name, validation=0.0))
