"""Why the loss of the selected run falls or rises: one page at a time, made when first seen."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from engine.experiment import surface_of
from gui.views.curve_text import small

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QPaintEvent

    from engine.experiment import Experiment
    from gui.editing import Editing
    from gui.state import Submit


#: Where each page lives, in the order of the tabs; loaded when first seen. Those of surfaces.
PAGES = {
    "story": ("gui.views.why_story", "StoryPage"),
    "verdict": ("gui.views.why_verdict", "VerdictPage"),
    "budget": ("gui.views.why_budget", "BudgetPage"),
    "step": ("gui.views.why_line", "LinePage"),
    "modes": ("gui.views.why_modes", "ModesPage"),
    "batches": ("gui.views.why_batches", "BatchesPage"),
    "causes": ("gui.views.why_causes", "CausesPage"),
}


def offers(experiment: Experiment) -> dict[str, bool]:
    """Return which pages of surfaces have something to say about an experiment, or not."""
    return {"story": bool(experiment.story.text), "batches": _uses_data(experiment)}


class WhyPanel(QWidget):
    """A row of tabs over the page that is chosen.

    Parameters
    ----------
    pages : module and name of each page's widget, in the order of the tabs.
    offered : which of them have something to say about an experiment; those that it does not name
        always have.
    """

    def __init__(
        self,
        state: Editing,
        submit: Submit,
        parent: QWidget | None = None,
        *,
        pages: Mapping[str, tuple[str, str]] = PAGES,
        offered: Callable[[Any], dict[str, bool]] = offers,
    ) -> None:
        super().__init__(parent)
        self._state, self._submit = state, submit
        self._pages, self._offered = pages, offered
        self._keys = tuple(pages)
        self.pages: dict[str, QWidget] = {}
        self.tabs = QTabBar()
        self.tabs.setDocumentMode(True)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setFont(small(self.font()))
        self.tabs.setAccessibleName(self.tr("Why: which page"))
        titles = self._titles()
        for key in self._keys:
            title, tip = titles[key]
            self.tabs.setTabToolTip(self.tabs.addTab(title), tip)
        self.stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.stack, 1)
        state.changed.connect(self._on_changed)
        self._offer(state.experiment)
        self.tabs.currentChanged.connect(self._on_tab)
        self.show_page("story" if state.experiment.story.text else self._usual)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Make the chosen page once the window is painted, which it would delay."""
        super().paintEvent(event)
        key = self._keys[self.tabs.currentIndex()]
        if key not in self.pages or self.stack.currentWidget() is not self.pages[key]:
            QTimer.singleShot(0, self, lambda: self._on_tab(self.tabs.currentIndex()))

    def sizeHint(self) -> QSize:
        """Return room for a paragraph."""
        return QSize(328, 240)

    def show_page(self, key: str) -> None:
        """Turn to a page."""
        self.tabs.setCurrentIndex(self._keys.index(key))

    def _titles(self) -> dict[str, tuple[str, str]]:
        return {
            "story": (self.tr("Story"), self.tr("What this experiment shows, and what to try")),
            "verdict": (self.tr("Verdict"), self.tr("What became of the run, and why")),
            "budget": (self.tr("Budget"), self.tr("Why the loss changed in this step")),
            "step": (self.tr("Step"), self.tr("The loss along the line of this step")),
            "modes": (self.tr("Modes"), self.tr("The path along the Hessian’s eigenvectors")),
            "stability": (
                self.tr("Stability"), self.tr("The curvature against the method’s own limit")
            ),
            "spectrum": (self.tr("Spectrum"), self.tr("All eigenvalues of the Hessian")),
            "batches": (self.tr("Batches"), self.tr("What this step’s mini-batch asked for")),
            "causes": (self.tr("Causes"), self.tr("What would have saved this run")),
        }  # fmt: skip

    def _on_tab(self, index: int) -> None:
        if not self.isVisible():
            return
        key = self._keys[index]
        if key not in self.pages:
            module, name = self._pages[key]
            make = getattr(import_module(module), name)
            self.pages[key] = make(self._state, self._submit)
            self.stack.addWidget(self.pages[key])
        self.stack.setCurrentWidget(self.pages[key])

    @property
    def _usual(self) -> str:
        """The page that is shown where another one has nothing to say."""
        return "verdict" if "verdict" in self._keys else self._keys[0]

    def _on_changed(self, old: Any, new: Any) -> None:
        self._offer(new)
        if new.story != old.story and new.story.text:
            self.show_page("story")

    def _offer(self, experiment: Any) -> None:
        """Offer the pages that have something to say about this experiment."""
        for key, offered in self._offered(experiment).items():
            index = self._keys.index(key)
            if self.tabs.isTabVisible(index) == offered:
                continue
            if not offered and self.tabs.currentIndex() == index:
                self.show_page(self._usual)
            self.tabs.setTabVisible(index, offered)


def _uses_data(experiment: Experiment) -> bool:
    try:
        return surface_of(experiment.surface).uses_data
    except ValueError:
        # Said by whoever computes the paths.
        return False
