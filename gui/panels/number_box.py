"""A spin box that takes any finite number as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

from gui.numbers import exact, read, show
from gui.panels.fields import HEIGHT_PX, field
from gui.theme import RHYTHM, THEME

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QPaintEvent, QWheelEvent

    from gui.panels.scale import Scale

#: Significant digits shown while nobody types; all of them while somebody does.
DIGITS = 4
WIDTH_PX = 68


class NumberBox(QAbstractSpinBox):
    """Any finite number, typed, or stepped with arrows and wheel.

    Signals
    -------
    edited : (float), when the user has set another value; never by `set_value`.
    refused : (str), the sentence why what was typed cannot be taken; the old value is back.
    """

    edited = Signal(float)
    refused = Signal(str)

    def __init__(self, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = scale
        self._value = 0.0
        self._shown = ""
        font = self.font()
        font.setFeature(QFont.Tag("tnum"), 1)
        self.setFont(font)
        self.setFixedHeight(HEIGHT_PX)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(WIDTH_PX)
        self.lineEdit().setMaxLength(400)
        self.lineEdit().setTextMargins(2, 0, 0, 0)
        self.editingFinished.connect(self._on_editing_finished)
        self.set_value(scale.low)

    def number(self) -> float:
        """Return the value."""
        return self._value

    def set_scale(self, scale: Scale) -> None:
        """Take another scale for stepping."""
        self._scale = scale

    def set_value(self, value: float) -> None:
        """Show a value, silently."""
        self._value = value
        self._write(exact(value) if self._typing() else self._short())

    def sizeHint(self) -> QSize:
        """Return room for a number such as −1.234e-5."""
        return QSize(WIDTH_PX, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the same: a number cut short is a wrong number."""
        return self.sizeHint()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let any text be typed; it is judged when it is finished."""
        return (QValidator.State.Acceptable, text, position)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Allow both directions always: there are no ends."""
        flag = QAbstractSpinBox.StepEnabledFlag
        return flag.StepUpEnabled | flag.StepDownEnabled

    def stepBy(self, steps: int) -> None:
        """Step from what is typed, if it is a number, otherwise from the value."""
        self._finish()
        self._take(self._scale.stepped(self._value, steps))
        self.selectAll()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step when focused; otherwise let the panel scroll."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape brings the old number back."""
        if event.key() == Qt.Key.Key_Escape and self.text() != self._shown:
            self._write(exact(self._value))
            self.selectAll()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and outline, and the arrows where they can be pressed."""
        field(self, QRectF(self.rect()))
        if self.buttonSymbols() == QAbstractSpinBox.ButtonSymbols.NoButtons:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(THEME.colours.faint), 1.5))
        x, middle = self.width() - RHYTHM, self.height() / 2
        for side in (-1, 1):
            y = middle + 4 * side
            ends = [QPointF(x - 3, y), QPointF(x, y + 3 * side), QPointF(x + 3, y)]
            painter.drawPolyline(ends)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show every digit while somebody may type."""
        super().focusInEvent(event)
        self._write(exact(self._value))
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take what is typed and go back to the short form."""
        super().focusOutEvent(event)
        self._write(self._short())

    def enterEvent(self, event: QEnterEvent) -> None:
        """Offer the arrows."""
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.UpDownArrows)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Be quiet again."""
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        super().leaveEvent(event)

    def _typing(self) -> bool:
        return self.hasFocus()

    def _short(self) -> str:
        return exact(self._value) if self._scale.whole else show(self._value, DIGITS)

    def _write(self, text: str) -> None:
        self._shown = text
        if self.lineEdit().text() != text:
            self.lineEdit().setText(text)
            self.lineEdit().setCursorPosition(0)

    def _on_editing_finished(self) -> None:
        self._finish()

    def _finish(self) -> None:
        """Take what is typed, if anything was."""
        text = self.lineEdit().text()
        if text == self._shown:
            return
        try:
            value = read(text)
            if self._scale.whole and value != int(value):
                raise ValueError(self.tr("This must be a whole number."))
        except ValueError as error:
            self._write(exact(self._value) if self._typing() else self._short())
            self.refused.emit(str(error))
        else:
            self._take(value)

    def _take(self, value: float) -> None:
        changed = value != self._value
        self.set_value(value)
        if changed:
            self.edited.emit(value)
