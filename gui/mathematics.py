"""LaTeX as crisp pictures in the theme's colour, made off the UI thread and wrapped to fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontInfo, QImage, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget
from shiboken6 import isValid

from gui.theme import THEME
from gui.typesetting import EM, KNOWN, render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from gui.state import Submit
    from gui.typesetting import Line, Piece

#: Mathematics is set this much larger than the text around it.
ENLARGE = 1.2
#: A piece wider than the label is scaled down, at most to this.
SMALLEST = 0.5
LINE_GAP_PX = 4
INDENT_PX = 12


class _Placed(Struct, frozen=True):
    piece: Piece
    area: QRectF


class MathLabel(QWidget):
    """Lines of mathematics; plain text until the pictures are there.

    A line wider than the label breaks between its clauses, then before an outer +, − or =.
    """

    def __init__(self, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._submit = submit
        self._lines: tuple[Line, ...] = ()
        self._asked: tuple[str, ...] = ()
        self._plain = ""
        self._image = QImage()
        self._image_key: object = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        THEME.changed.connect(self.update)

    def set_latex(self, lines: Sequence[str], plain: str) -> None:
        """Show lines of LaTeX; `plain` is read aloud and shown while there is no picture."""
        self.setAccessibleName(plain)
        asked = tuple(lines)
        if asked == self._asked and plain == self._plain:
            return
        self._asked, self._plain = asked, plain
        if all(line in KNOWN for line in asked):
            self._take(tuple(KNOWN[line] for line in asked))
            return
        self._submit(
            f"mathematics {id(self)}",
            lambda: tuple(render(line) for line in asked),
            lambda pictures: self._on_rendered(asked, pictures),
            lambda _: self._on_rendered(asked, ()),
        )

    def has_picture(self) -> bool:
        """Return whether mathematics is shown rather than plain text."""
        return bool(self._lines)

    def hasHeightForWidth(self) -> bool:
        """Return true: a narrower label is taller."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that the lines need at a width."""
        if not self._lines:
            room = QRect(0, 0, width, 10_000)
            wrap = int(Qt.TextFlag.TextWordWrap)
            return self.fontMetrics().boundingRect(room, wrap, self._plain or " ").height()
        return round(self._place(width)[1])

    def sizeHint(self) -> QSize:
        """Return the size at the present width."""
        width = max(self.width(), 120)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Return a small size; mathematics scales down."""
        return QSize(40, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, or the plain text while there is none."""
        painter = QPainter(self)
        if self._lines:
            painter.drawImage(0, 0, self._picture())
            return
        painter.setPen(QColor(THEME.colours.text))
        painter.drawText(self.rect(), Qt.TextFlag.TextWordWrap, self._plain)

    def _on_rendered(self, asked: tuple[str, ...], pictures: tuple[Line, ...]) -> None:
        if isValid(self) and asked == self._asked:
            self._take(pictures)

    def _take(self, lines: tuple[Line, ...]) -> None:
        self._lines = lines
        self._image_key = None
        self.updateGeometry()
        self.update()

    def _place(self, width: int) -> tuple[list[_Placed], float]:
        """Return where each piece goes, and the height of all lines."""
        unit = QFontInfo(self.font()).pixelSize() * ENLARGE / EM
        widest = max(piece.width for line in self._lines for piece in line)
        unit *= min(1.0, max(SMALLEST, width / (widest * unit + INDENT_PX)))
        placed: list[_Placed] = []
        y = 0.0
        for line in self._lines:
            for row in _rows(line, width / unit, INDENT_PX / unit):
                ascent = max(piece.ascent for _, piece in row) * unit
                for x, piece in row:
                    top = y + ascent - piece.ascent * unit
                    height = (piece.ascent + piece.descent) * unit
                    placed.append(_Placed(piece, QRectF(x * unit, top, piece.width * unit, height)))
                y += ascent + max(piece.descent for _, piece in row) * unit + LINE_GAP_PX
        return placed, y

    def _picture(self) -> QImage:
        colour = THEME.colours.text
        ratio = self.devicePixelRatioF()
        key = (self.width(), self.height(), ratio, colour, self.font().key())
        if key != self._image_key:
            self._image_key = key
            self._image = self._draw(ratio, QColor(colour))
        return self._image

    def _draw(self, ratio: float, colour: QColor) -> QImage:
        from PySide6.QtSvg import QSvgRenderer

        image = QImage(self.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for one in self._place(self.width())[0]:
            QSvgRenderer(QByteArray(one.piece.svg)).render(painter, one.area)
        # The pictures are black; only their coverage counts.
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(self.rect(), colour)
        painter.end()
        return image


def _rows(line: Line, width: float, indent: float) -> list[list[tuple[float, Piece]]]:
    """Return the line's pieces in rows, each with its x; continued clauses are indented."""
    fits = sum(piece.width + EM * piece.leads for piece in line) - EM <= width
    rows: list[list[tuple[float, Piece]]] = [[]]
    x = 0.0
    for piece in line:
        if rows[-1] and piece.leads and fits:
            x += EM
        elif rows[-1] and (piece.leads or x + piece.width > width):
            rows.append([])
            x = 0.0 if piece.leads else indent
        rows[-1].append((x, piece))
        x += piece.width
    return rows
