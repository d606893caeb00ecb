"""A box for a typed formula: read at each change, mistakes underlined, the last good one kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from engine.formula import FormulaError, parse
from gui.panels.fields import outline
from gui.theme import RHYTHM, THEME

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent

PAUSE_MS = 150
LINES = 3


class _Underline(QSyntaxHighlighter):
    """Underlines one span of characters with a wave."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self.span = (0, 0)

    def highlightBlock(self, text: str) -> None:
        offset = self.currentBlock().position()
        first, last = max(0, self.span[0] - offset), min(len(text), self.span[1] - offset)
        if first < last:
            wave = QTextCharFormat()
            wave.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            wave.setUnderlineColor(QColor(THEME.colours.text))
            self.setFormat(first, last - first, wave)


class _Box(QPlainTextEdit):
    """A few lines of text; Tab moves on, Enter is no new line."""

    focus_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    def sizeHint(self) -> QSize:
        return QSize(160, LINES * self.fontMetrics().lineSpacing() + 2 * RHYTHM)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return
        super().keyPressEvent(event)


class FormulaEdit(QWidget):
    """Text of a formula with the sentence on what is wrong with it.

    Signals
    -------
    formula_changed : (str), a formula that can be read, a moment after the last key.
    """

    formula_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = _Box()
        self.box.setAccessibleName(self.tr("Formula"))
        self.box.setPlaceholderText("sin(3*x)*cos(y) + x^2/10 + a*y^2")
        self.box.setFixedHeight(self.box.sizeHint().height())
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self._underline = _Underline(self.box.document())
        self._shown = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._tell)
        layout = QVBoxLayout(self)
        # Room for the outline, which is drawn around the box.
        layout.setContentsMargins(1, 1, 1, 0)
        layout.setSpacing(RHYTHM // 2)
        layout.addWidget(self.box)
        layout.addWidget(self.sentence)
        self.setFocusProxy(self.box)
        self.box.focus_changed.connect(self.update)
        self.box.document().contentsChange.connect(self._on_edited)
        THEME.changed.connect(self._underline.rehighlight)
        self._read()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the outline of the box."""
        outline(
            self, QRectF(self.box.geometry()).adjusted(-1, -1, 1, 1), focused=self.box.hasFocus()
        )

    def text(self) -> str:
        """Return what is typed, good or not."""
        return self.box.toPlainText()

    def underlined(self) -> tuple[int, int]:
        """Return the span of characters that is underlined; equal ends mean none."""
        return self._underline.span

    def set_formula(self, text: str) -> None:
        """Show a formula that is in force, silently, unless it is the one typed here."""
        if text != self._shown:
            self._shown = text
            self._timer.stop()
            self.box.document().contentsChange.disconnect(self._on_edited)
            self.box.setPlainText(text)
            self.box.document().contentsChange.connect(self._on_edited)
            self._read()

    def _on_edited(self, position: int, removed: int, added: int) -> None:
        # Highlighting is also a change of the document, but none of its text.
        if removed != added or self.text() != self._typed:
            self._read()
            self._timer.start()

    def _read(self) -> bool:
        """Underline what is wrong, if anything is, and say it."""
        self._typed = self.text()
        try:
            constants = parse(self._typed).constants
        except FormulaError as error:
            self._mark(error.start, max(error.end, error.start + 1), error.message)
            return False
        capitals = [name for name in constants if name in ("X", "Y")]
        note = self.tr("A capital {} is a constant; the variables are x and y, in small letters.")
        self._mark(0, 0, note.format(self.tr(" and ").join(capitals)) if capitals else "")
        return True

    def _mark(self, start: int, end: int, sentence: str) -> None:
        if (start, end) != self._underline.span or end > 0:
            self._underline.span = (start, end)
            # Later, because the document is in the middle of a change.
            QTimer.singleShot(0, self._underline, self._underline.rehighlight)
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        self.box.setAccessibleDescription(sentence)

    def _tell(self) -> None:
        if self._read() and self._typed != self._shown:
            self._shown = self._typed
            self.formula_changed.emit(self._typed)
