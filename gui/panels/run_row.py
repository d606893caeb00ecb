"""One run in the list: colour and dash, eye, name, learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QWidget

from gui.numbers import show
from gui.panels.icons import IconButton, eye
from gui.panels.number_box import NumberBox
from gui.panels.slider import Slider
from gui.panels.swatch import Swatch
from gui.theme import FAINT, THEME

if TYPE_CHECKING:
    from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPaintEvent

    from gui.panels.rate_marks import RateMarks
    from gui.panels.run_changes import RunChanges
    from gui.panels.scale import Scale

#: Room for names such as RMSprop, which a shorter one would not tell from others.
NAME_PX, SHORTEST_NAME_PX = 64, 40
SHORTEST_SLIDER_PX = 48
BAR_PX = 3


class _Name(QAbstractButton):
    """The run's name, shortened to the room there is; pressing it selects the run."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(NAME_PX, 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(SHORTEST_NAME_PX, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self.font()
        font.setBold(self.isChecked())
        painter.setFont(font)
        painter.setPen(QColor(THEME.colours.text if self.isEnabled() else THEME.colours.faint))
        metrics = painter.fontMetrics()
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width() - 2)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)
        if self.hasFocus():
            painter.setPen(QColor(THEME.colours.accent))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)


class RunRow(QWidget):
    """A row that shows one run; it is given another run rather than rebuilt.

    Signals
    -------
    picked : the run is to be selected.
    visible_toggled : its path is to be shown or hidden.
    rate_changed : (float), its learning rate was moved or typed.
    refused : (str), why a typed number cannot be taken.
    menu_wanted : (QPoint), a menu is asked for at this place on the screen.
    """

    picked = Signal()
    visible_toggled = Signal()
    rate_changed = Signal(float)
    refused = Signal(str)
    menu_wanted = Signal(object)

    def __init__(self, scale: Scale, actions: RunChanges, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._run: Any = None
        self._selected = False
        self.swatch = Swatch(self)
        self.eye = IconButton(eye, self.tr("Show this path"), self)
        self.eye.setCheckable(True)
        self.name = _Name(self)
        self.eta = QLabel(self.tr("η"), self)
        self.eta.setForegroundRole(FAINT)
        self.recorded = QLabel(self.tr("recording"), self)
        self.recorded.setForegroundRole(FAINT)
        self.slider = Slider(scale, self)
        # It takes what the name leaves, not the other way round.
        self.slider.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.slider.setMinimumWidth(SHORTEST_SLIDER_PX)
        self.box = NumberBox(scale, self)
        # A press anywhere ends what is being typed elsewhere, before another run is selected.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lay_out()
        self._show_tips()
        self.eye.clicked.connect(self.visible_toggled)
        self.name.clicked.connect(self.picked)
        self.slider.moved.connect(self._on_moved)
        self.box.edited.connect(self._on_moved)
        self.box.refused.connect(self.refused)
        THEME.changed.connect(self._tint)

    def show_run(self, run: Any, selected: bool, scale: Scale) -> None:
        """Show a run; cheap when nothing changed."""
        self.slider.set_scale(scale)
        if selected != self._selected:
            self._selected = selected
            self.name.setChecked(selected)
            self.update()
        old, self._run = self._run, run
        if run is old:
            return
        if old is None or run.learning_rate != old.learning_rate:
            self.slider.set_value(run.learning_rate)
            self.box.set_value(run.learning_rate)
        if old is None or self._look(run) != self._look(old):
            self._show_look(run)

    def show_marks(self, found: RateMarks) -> None:
        """Show where the limit is on the slider, and say it."""
        self.slider.set_marks(found.marks, found.above)
        if found.words != self.slider.accessibleDescription():
            self.slider.setAccessibleDescription(found.words)
            self._show_tips(found.words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the run."""
        self.picked.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of this run."""
        self.picked.emit()
        self.menu_wanted.emit(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Raise the selected row and give it a bar."""
        if not self._selected:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(THEME.colours.raised))
        painter.fillRect(0, 0, BAR_PX, self.height(), QColor(THEME.colours.accent))

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(BAR_PX + 3, 2, 0, 2)
        layout.setSpacing(4)
        for widget, stretch in (
            (self.swatch, 0), (self.eye, 0), (self.name, 0), (self.recorded, 0), (self.eta, 0),
            (self.slider, 1), (self.box, 0),
        ):  # fmt: skip
            layout.addWidget(widget, stretch)

    def _show_tips(self, words: str = "") -> None:
        tip = self.tr("Learning rate η; shift drags finely.")
        if words:
            tip += "\n" + words[0].upper() + words[1:].rstrip(".") + "."
        for widget in (self.slider, self.box):
            widget.setToolTip(tip)

    def _show_look(self, run: Any) -> None:
        title = run.label or self._actions.rule_named(run.optimizer).title
        self.swatch.set_slot(run.slot, run.visible)
        self.eye.setChecked(run.visible)
        self.eye.setToolTip(
            self.tr("Hide this path (H)") if run.visible else self.tr("Show this path (H)")
        )
        self.eye.setAccessibleName(self.tr("{} visible").format(title))
        self.name.setText(title)
        self.name.setAccessibleName(title)
        self.name.setToolTip(self._description(run))
        self.recorded.setToolTip(self._description(run))
        recorded = bool(self._actions.recording_of(run))
        self.slider.setVisible(not recorded)
        self.recorded.setVisible(recorded)
        self.box.setEnabled(not recorded)
        self.slider.setAccessibleName(self.tr("Learning rate of {}, slider").format(title))
        self.box.setAccessibleName(self.tr("Learning rate of {}").format(title))
        self._tint()

    def _description(self, run: Any) -> str:
        rule = self._actions.rule_named(run.optimizer)
        given = ", ".join(
            f"{p.symbol} {show(run.hyperparameters.get(p.name, p.default))}"
            for p in rule.parameters
        )
        if path := self._actions.recording_of(run):
            return self.tr(
                "{optimizer}, recorded in {path}; its menu can have it walked here instead"
            ).format(optimizer=rule.title, path=path)
        return f"{rule.title} ({given})" if given else rule.title

    def _tint(self) -> None:
        if self._run is not None:
            self.slider.tint = THEME.path_colour(self._run.slot)
            self.slider.update()

    def _on_moved(self, rate: float) -> None:
        self.picked.emit()
        self.rate_changed.emit(rate)

    def _look(self, run: Any) -> tuple[object, ...]:
        recorded = self._actions.recording_of(run)
        return run.slot, run.visible, run.label, run.optimizer, run.hyperparameters, recorded
