"""Pictures of surfaces, made one after the other off the UI thread and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QImage

from engine.experiment import SurfaceSettings
from engine.preview import LINE, preview
from engine.surfaces import surface_named
from gui.panels.tiles import HEIGHT_PX, WIDTH_PX
from gui.theme import THEME, ramp

if TYPE_CHECKING:
    from gui.state import State, Submit

MOST_KEPT = 200


class Thumbnails(QObject):
    """Answers with a picture at once if it has one, and otherwise tells when it is there.

    Signals
    -------
    ready : one more picture is there.
    """

    ready = Signal()

    def __init__(self, state: State, submit: Submit, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._submit = submit
        self._levels: dict[object, Any] = {}
        self._images: dict[object, QImage] = {}
        self._waiting: dict[object, SurfaceSettings] = {}
        self._failed: set[object] = set()
        self._busy = False
        THEME.changed.connect(self._on_theme_changed)
        state.results_changed.connect(lambda _: self._next())

    def of(self, name: str, ratio: float) -> QImage | None:
        """Return a surface's picture by its name; None means it is being made."""
        return self.image(SurfaceSettings(name=name), ratio)

    def image(self, settings: SurfaceSettings, ratio: float) -> QImage | None:
        """Return a surface's picture for a device pixel ratio; None means it is being made.

        It shows the surface with its default parameters, so that no drag makes new pictures.
        """
        key = (settings.name, settings.formula, ratio)
        if key in self._images:
            return self._images[key]
        if key in self._levels:
            self._images[key] = _coloured(self._levels[key], ratio)
            return self._images[key]
        if key not in self._failed:
            self._waiting[key] = SurfaceSettings(name=settings.name, formula=settings.formula)
            self._next()
        return None

    def _next(self) -> None:
        if self._busy:
            return
        for key, settings in self._waiting.items():
            # Kernels are compiled code, which is loaded when the first results are there.
            own = settings.name == "formula"
            if own or surface_named(settings.name).formula or self._state.results is not None:
                self._make(key, settings)
                return

    def _make(self, key: Any, settings: SurfaceSettings) -> None:
        self._busy = True
        del self._waiting[key]
        ratio = key[-1]
        width, height = round(WIDTH_PX * ratio), round(HEIGHT_PX * ratio)
        self._submit(
            "thumbnails",
            lambda: preview(settings, width, height),
            lambda levels: self._on_made(key, levels),
            lambda _: self._on_made(key, None),
        )

    def _on_made(self, key: object, levels: Any) -> None:
        self._busy = False
        while len(self._levels) >= MOST_KEPT:
            oldest = next(iter(self._levels))
            del self._levels[oldest]
            self._images.pop(oldest, None)
        if levels is None:
            self._failed.add(key)
        else:
            self._levels[key] = levels
            self.ready.emit()
        self._next()

    def _on_theme_changed(self) -> None:
        self._images = {}


def _coloured(levels: Any, ratio: float) -> QImage:
    height, width = levels.shape
    grey = QImage(levels.tobytes(), width, height, width, QImage.Format.Format_Indexed8)
    table = [QColor(*(int(part) for part in rgb)).rgb() for rgb in ramp(THEME.colours)]
    table[LINE] = QColor(THEME.colours.contour).rgb()
    grey.setColorTable(table)
    # Converted at once, because the indexed image does not own its bytes.
    image = grey.convertToFormat(QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    return image
