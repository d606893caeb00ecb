"""How the causes page is laid out: the pictures stay in sight of the switches at every width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.theme import FAINT, RHYTHM
from gui.views.explaining_page import scrolling
from gui.views.why_causes_rows import CauseRows

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from gui.views.why_causes_comparison import AnySides, ComparisonDetails

#: From this width on switches and comparison stand side by side.
WIDE_PX = 560


class CausesBody(QWidget):
    """Switches that scroll, and the run before and after beside them or, if narrow, below them.

    Parameters
    ----------
    sides : shows the run before and after.
    details : its numbers and what is to be said of it.

    Signals
    -------
    stepped : (int), the step chosen on a plot.
    """

    stepped = Signal(int)

    def __init__(
        self, sides: AnySides, details: ComparisonDetails, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.rows, self.sides, self.details = CauseRows(), sides, details
        sides.stepped.connect(self.stepped)
        details.stepped.connect(self.stepped)
        self.hint = QLabel()
        self._wide = False
        self._lay_out()
        self._arrange()
        self.show_comparison(None, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put both parts where there is room for them."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE_PX
        self.sides.pin(0 if wide else self.height())
        if wide != self._wide:
            self._wide = wide
            self._arrange()

    def set_head(self, head: int) -> None:
        """Move the play head in all pictures."""
        self.sides.set_head(head)
        self.details.set_head(head)

    def show_comparison(self, compared: Any | None, head: int) -> None:
        """Show a run before and after; None while no switch is thrown."""
        self.hint.setVisible(compared is None)
        for part in (self.sides, self.details):
            part.setVisible(compared is not None)
            if compared is not None:
                part.show_comparison(compared, head)

    def reveal(self) -> None:
        """Keep the switch that was thrown in view: the pictures have taken room from the list."""
        if self.rows.thrown is not None:
            self.area.ensureWidgetVisible(self.rows.thrown, 0, RHYTHM)

    def _lay_out(self) -> None:
        self.hint.setWordWrap(True)
        self.hint.setForegroundRole(FAINT)
        self.hint.setText(
            self.tr(
                "At the right of each switch stands what it alone would change. Throw one or "
                "several: the run appears before and after, side by side."
            )
        )
        page = QWidget()
        self._list = QVBoxLayout(page)
        self._list.setContentsMargins(RHYTHM, RHYTHM // 2, RHYTHM, RHYTHM // 2)
        self._list.setSpacing(RHYTHM)
        self._list.addWidget(self.rows)
        self._list.addWidget(self.hint)
        self._list.addStretch(1)
        self.area = scrolling(page)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._right = QWidget()
        self._beside, self._below = QVBoxLayout(self._right), QVBoxLayout()
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._below.setContentsMargins(0, RHYTHM // 2, 0, 0)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self.area, 1)
        upper.addWidget(self._right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper, 1)
        column.addLayout(self._below)

    def _arrange(self) -> None:
        """Put both parts at the right or, in a narrow page, one below and one into the list."""
        if self._wide:
            self._beside.addWidget(self.sides, 3)
            self._beside.addWidget(self.details, 2)
        else:
            self._below.addWidget(self.sides)
            self._list.insertWidget(2, self.details)
        self.details.setContentsMargins(*((RHYTHM, 0, RHYTHM, 0) if self._wide else (0, 0, 0, 0)))
        self._right.setVisible(self._wide)
