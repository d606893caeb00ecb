"""Stability in words: the load of a run against its method's own limit, and what that is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.networks.views.why_page import NetworkWhyPage
from gui.theme import FAINT, RHYTHM, THEME
from gui.views.curve_text import step_text
from gui.views.explaining_page import bold
from gui.views.small_curves import SmallCurve, SmallCurves

if TYPE_CHECKING:
    from engine.networks.explanation.stability_view import StabilityView
    from engine.networks.explanation.watch import RunExplained
    from gui.networks.state import NetworkState
    from gui.state import Submit

LIMIT_DASH = (4.0, 3.0)


class NetworkStabilityPage(NetworkWhyPage):
    """Load over limit along the run, and sentences on the step under the play head."""

    needs = ("verdict",)

    def __init__(self, state: NetworkState, submit: Submit, parent: QWidget | None = None) -> None:
        super().__init__(state, submit, parent)
        self.heading, self.words, self.note = QLabel(), QLabel(), QLabel()
        self.curves = SmallCurves()
        self._lay_out()
        self.outdated.connect(self.refresh)
        self.curves.stepped.connect(state.set_head)

    def refresh(self) -> None:
        """Show the run's load, and what is to be said at the play head."""
        explanation = self.explanation
        if explanation is None or explanation.sharpness is None:
            self._show_nothing(self.reason)
            return
        from engine.networks.explanation.stability_view import stability_view

        view = stability_view(explanation, self._state.head)
        if view.reason:
            self._show_nothing(self._waiting(explanation) or view.reason)
            return
        self._show_body()
        step = self.tr("Step {}").format(step_text(view.step))
        self.heading.setText(f"{step}: {view.title}" if view.title else step)
        self.words.setText(" ".join(view.sentences))
        self.note.setText(self._how(explanation))
        self._show_curves(view, explanation.history.run.slot)

    def _show_curves(self, view: StabilityView, slot: int) -> None:
        limit = np.ones_like(view.ratio)
        self.curves.show_curves(
            [
                SmallCurve(self.tr("limit"), limit, QColor(THEME.colours.text), LIMIT_DASH, 1.2),
                SmallCurve(self.tr("load / limit"), view.ratio, THEME.path_colour(slot)),
            ],
            view.step,
            scale="log",
            every=view.every,
        )

    def _waiting(self, explanation: RunExplained) -> str:
        return self.tr("The curvature is being measured …") if explanation.drafted else ""

    def _how(self, explanation: RunExplained) -> str:
        said = self.tr("More looks at curvature follow …") if explanation.drafted else ""
        note = explanation.sharpness.note if explanation.sharpness else ""
        return f"{said} {note}".strip()

    def _lay_out(self) -> None:
        bold(self.heading)
        self.curves.setAccessibleName(self.tr("Load over its limit along the steps"))
        self.note.setForegroundRole(FAINT)
        for label in (self.words, self.note):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(RHYTHM // 2)
        column.addWidget(self.heading)
        column.addWidget(self.curves, 1)
        column.addWidget(self.words)
        column.addWidget(self.note)
        self._place(body)
