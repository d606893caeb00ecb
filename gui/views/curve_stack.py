"""Up to five curve plots below each other, sharing the step axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from gui.panels.icons import IconButton, plus
from gui.theme import RHYTHM
from gui.views.curve_axis import StepAxis
from gui.views.curve_text import quantities
from gui.views.curve_view import CurveView

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent

    from gui.state import State, Submit

MOST_PLOTS = 5
#: Which quantity a further plot starts with: the first that is not shown yet.
ORDER = (
    "loss", "stability", "gradient_norm", "distance", "step_norm", "sharpness", "load",
    "learning_rate",
)  # fmt: skip


class CurveStack(QWidget):
    """The main plot (the experiment's `display.curve`) and others that the user adds."""

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._submit = state, submit
        self.axis = StepAxis(state.experiment.steps)
        self.axis.setParent(self)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, RHYTHM // 2, 0, 0)
        column.addWidget(self.splitter)
        self.views: list[CurveView] = []
        self.adding = IconButton(plus, self.tr("Add a plot below"))
        self.adding.clicked.connect(self.add)
        self._append(None)
        self.views[0].header.addWidget(self.adding)
        self.add()

    def add(self) -> None:
        """Add a plot of the first quantity that is not shown yet."""
        if len(self.views) == MOST_PLOTS:
            return
        shown = {view.quantity for view in self.views}
        self._append(next((q for q in ORDER if q not in shown), next(iter(quantities()))))

    def remove(self, view: CurveView) -> None:
        """Take a plot away; the main one stays."""
        if view in self.views[1:]:
            self.views.remove(view)
            view.close()
            view.setParent(None)
            view.deleteLater()
            self._arrange()

    def fit(self) -> None:
        """Show all steps."""
        self.axis.fit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Take the plots down."""
        for view in self.views:
            view.close()
        super().closeEvent(event)

    def _append(self, quantity: str | None) -> None:
        view = CurveView(self._state, self._submit, quantity, self.axis)
        view.removal_wanted.connect(lambda: self.remove(view))
        self.views.append(view)
        self.splitter.addWidget(view)
        self._arrange()

    def _arrange(self) -> None:
        for view in self.views:
            view.show_steps(view is self.views[-1])
        self.splitter.setSizes([1000] * len(self.views))
        self.adding.setEnabled(len(self.views) < MOST_PLOTS)
