"""Up to five curve plots below each other, sharing the step axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from gui.panels.icons import IconButton, plus
from gui.theme import RHYTHM
from gui.views.curve_axis import StepAxis
from gui.views.curve_view import CurveView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QCloseEvent

    from gui.state import State, Submit
    from gui.views.curve_pane import CurvePane

MOST_PLOTS = 5
#: Which quantity a further plot starts with: the first that is not shown yet.
ORDER = (
    "loss", "stability", "gradient_norm", "distance", "step_norm", "sharpness", "load",
    "learning_rate",
)  # fmt: skip


class PlotStack(QWidget):
    """A main plot and others that the user adds.

    Parameters
    ----------
    axis : which steps all of them show.
    make : returns a plot of a quantity; None asks for the main one.
    order : with which quantity a further plot starts: the first that is not shown yet.
    """

    def __init__(
        self,
        axis: StepAxis,
        make: Callable[[str | None], CurvePane],
        order: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._make, self._order = make, order
        self.axis = axis
        self.axis.setParent(self)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, RHYTHM // 2, 0, 0)
        self.column.setSpacing(0)
        self.column.addWidget(self.splitter, 1)
        self.views: list[CurvePane] = []
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
        self._append(next((q for q in self._order if q not in shown), self._order[0]))

    def remove(self, view: CurvePane) -> None:
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
        view = self._make(quantity)
        view.removal_wanted.connect(lambda: self.remove(view))
        self.views.append(view)
        self.splitter.addWidget(view)
        self._arrange()

    def _arrange(self) -> None:
        for view in self.views:
            view.show_steps(view is self.views[-1])
        self.splitter.setSizes([1000] * len(self.views))
        self.adding.setEnabled(len(self.views) < MOST_PLOTS)


class CurveStack(PlotStack):
    """Plots of paths; the main one is that of the experiment's `display.curve`."""

    def __init__(self, state: State, submit: Submit, parent: QWidget | None = None) -> None:
        axis = StepAxis(state.experiment.steps)
        super().__init__(axis, lambda q: CurveView(state, submit, q, axis), ORDER, parent)
