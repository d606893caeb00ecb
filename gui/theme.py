"""Every colour, pen and margin, for light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QToolTip

from gui.dressing import Dressing

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtWidgets import QApplication, QLabel

RHYTHM = 8
PATH_WIDTH = 2.0
#: Lengths of stroke and gap in pixels; the empty one is solid.
DASHES: tuple[tuple[float, ...], ...] = ((), (10.0, 5.0), (2.5, 4.5), (13.0, 4.0, 2.5, 4.0))
#: Roles of the palette in which a label's text can be; they follow each switch of the colours.
FAINT, ALERT = QPalette.ColorRole.PlaceholderText, QPalette.ColorRole.BrightText
MARKERS = ("circle", "square", "diamond", "triangle", "cross", "star")


class Colours(Struct, frozen=True):
    """One set of colours, as ``#rrggbb``."""

    window: str
    base: str
    raised: str
    border: str
    text: str
    faint: str
    accent: str
    accent_text: str
    alert: str
    grid: str
    contour: str
    ramp: tuple[str, ...]
    paths: tuple[str, ...]


#: Okabe and Ito's order without vermillion, which only divergence may use.
DARK = Colours(
    window="#16191e", base="#1d2127", raised="#262b33", border="#353c47",
    text="#e6e9ee", faint="#9aa4b2", accent="#56b4e9", accent_text="#0b1016",
    alert="#ff7043", grid="#2a3038", contour="#66707f",
    ramp=("#11151b", "#1d2731", "#2c3b49", "#425563", "#5d717c"),
    paths=("#56b4e9", "#e69f00", "#1fc08f", "#e48bbe", "#f0e442", "#a79bea", "#e8e8e8", "#c49a6c"),
)  # fmt: skip
LIGHT = Colours(
    window="#f4f5f6", base="#ffffff", raised="#eaecef", border="#d3d8de",
    text="#1b2027", faint="#566170", accent="#0072b2", accent_text="#ffffff",
    alert="#c8380a", grid="#e2e6ea", contour="#8d99a6",
    ramp=("#ffffff", "#eef2f5", "#dbe3e9", "#c3cfd8", "#a7b7c3"),
    paths=("#0072b2", "#b97400", "#008060", "#b3478a", "#6a4fb3", "#1f8fb8", "#23272e", "#7a5230"),
)  # fmt: skip


class Theme(QObject):
    """The colours in force; `changed` fires when they switch."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.wish = "system"
        self.colours = LIGHT

    @property
    def is_dark(self) -> bool:
        """Whether the dark set is in force."""
        return self.colours is DARK

    def follow(self, application: QApplication, wish: str = "system") -> None:
        """Apply "light", "dark" or the "system" scheme, and follow the system from now on."""
        self.wish = wish
        application.setStyle(Dressing())
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(lambda _: self.apply(application))
        self.apply(application)

    def apply(self, application: QApplication, wish: str | None = None) -> None:
        """Set the colours for the wished scheme."""
        self.wish = wish or self.wish
        scheme = QGuiApplication.styleHints().colorScheme()
        dark = self.wish == "dark" or (self.wish == "system" and scheme == Qt.ColorScheme.Dark)
        self.colours = DARK if dark else LIGHT
        application.setPalette(palette(self.colours))
        QToolTip.setPalette(palette(self.colours))
        self.changed.emit()

    def path_colour(self, slot: int) -> QColor:
        """Return the colour of a run's slot."""
        return QColor(self.colours.paths[slot % len(self.colours.paths)])


THEME = Theme()


def dash(slot: int) -> tuple[float, ...]:
    """Return the dash of a run's slot; colour and dash together are unique for 32 slots."""
    return DASHES[(slot + slot // 8) % len(DASHES)]


def marker(slot: int) -> str:
    """Return the name of the end marker of a run's slot."""
    return MARKERS[slot % len(MARKERS)]


def palette(c: Colours) -> QPalette:
    """Return the Qt palette of a set of colours."""
    role = QPalette.ColorRole
    result = QPalette()
    pairs = {
        role.Window: c.window, role.WindowText: c.text, role.Base: c.base,
        role.AlternateBase: c.raised, role.Text: c.text, role.Button: c.raised,
        role.ButtonText: c.text, role.Highlight: c.accent, role.HighlightedText: c.accent_text,
        role.ToolTipBase: c.raised, role.ToolTipText: c.text, FAINT: c.faint,
        role.Link: c.accent, role.Mid: c.border, role.Midlight: c.raised, role.Dark: c.border,
        role.Light: c.raised, role.Accent: c.accent, ALERT: c.alert,
    }  # fmt: skip
    for key, colour in pairs.items():
        result.setColor(key, QColor(colour))
    for key in (role.Text, role.WindowText, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, key, QColor(c.faint))
    return result


def make_heading(label: QLabel) -> None:
    """Let a label look like the heading of a panel."""
    font = QFont()
    font.setWeight(QFont.Weight.DemiBold)
    label.setFont(font)
    label.setForegroundRole(FAINT)


def ramp(c: Colours, count: int = 256) -> NDArray[np.uint8]:
    """Return the landscape's fill colours, shape (count, 3), low loss first."""
    stops = [QColor(name) for name in c.ramp]
    anchors = np.array([(q.red(), q.green(), q.blue()) for q in stops], dtype=np.float64)
    at = np.linspace(0, len(anchors) - 1, count)
    return np.stack(
        [np.interp(at, np.arange(len(anchors)), anchors[:, i]) for i in range(3)], axis=1
    ).astype(np.uint8)
