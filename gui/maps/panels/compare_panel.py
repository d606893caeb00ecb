"""Who is compared, on what, with which rates, how many seeds and which budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.experiment import MOST_STEPS
from engine.networks.data.catalogue import CATALOGUE as DATA
from engine.networks.settings import rules
from engine.optimizers import CATALOGUE as OPTIMIZERS
from engine.surfaces import CATALOGUE as SURFACES
from gui.maps.compare_state import MOST_POINTS, MOST_SEEDS, ON_DATA, ON_SURFACE, OWN
from gui.maps.panels.tick_list import Entry, TickList
from gui.networks.panels.labels import Row, close, sentence
from gui.numbers import count
from gui.panels.number_box import NumberBox
from gui.panels.scale import Scale
from gui.session import NETWORK, SURFACE
from gui.theme import RHYTHM

if TYPE_CHECKING:
    from gui.maps.compare_state import CompareState

RATES = Scale(1e-8, 1e3, log=True)
OPTIMIZER_ROWS, PROBLEM_ROWS = 5, 6


class ComparePanel(QWidget):
    """Two lists to tick, and the terms that hold for all."""

    def __init__(self, state: CompareState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.optimizers = TickList(
            self.tr("Optimizers"), self.tr("Find an optimizer"), optimizers(), OPTIMIZER_ROWS
        )
        self.problems = TickList(
            self.tr("Surfaces and data"), self.tr("Find a surface or data"), problems(),
            PROBLEM_ROWS,
        )  # fmt: skip
        self.boxes = {
            "low": NumberBox(RATES), "high": NumberBox(RATES),
            "points": NumberBox(Scale(1, MOST_POINTS, log=True, whole=True)),
            "seeds": NumberBox(Scale(1, MOST_SEEDS, log=True, whole=True)),
            "budget": NumberBox(Scale(1, MOST_STEPS, log=True, whole=True)),
            "steps": NumberBox(Scale(1, MOST_STEPS, log=True, whole=True)),
        }  # fmt: skip
        self.told = sentence()
        self._lay_out()
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(RHYTHM)
        column.addWidget(self.optimizers, 2)
        column.addWidget(self.problems, 3)
        told = {
            "low": (self.tr("&From η"), self.tr("The lowest rate that all choose from")),
            "high": (self.tr("t&o η"), self.tr("The highest rate that all choose from")),
            "points": (self.tr("&Rates"), self.tr("How many rates all choose from")),
            "seeds": (self.tr("S&eeds"), self.tr(
                "How often each is tried: a seed draws start, noise, batches and first weights")),
            "steps": (self.tr("&Steps"), self.tr(
                "Steps on a surface or on data; an experiment of yours has its own")),
            "budget": (self.tr("&Budget"), self.tr(
                "Gradients that each may ask for, line searches and SAM included; 0 for as many "
                "as there are steps")),
        }  # fmt: skip
        rows = []
        for name, (text, tip) in told.items():
            box = self.boxes[name]
            box.setAccessibleName(text.replace("&", ""))
            box.setToolTip(tip)
            rows.append(Row(text, (box,)))
        close(column, *rows, self.told)

    def _connect(self) -> None:
        self.optimizers.chosen.connect(lambda keys: self._change(optimizers=keys))
        self.problems.chosen.connect(lambda keys: self._change(problems=keys))
        for name, box in self.boxes.items():
            box.edited.connect(lambda value, name=name: self._on_edited(name, value))
            box.refused.connect(self._state.say)
        self._state.changed.connect(lambda *_: self._refresh())

    def _on_edited(self, name: str, value: float) -> None:
        self._change(**{name: value if name in ("low", "high") else int(value)})

    def _change(self, **fields: Any) -> None:
        try:
            self._state.update(**fields)
        except ValueError as error:
            self._state.say(str(error))
            self._refresh()

    def _refresh(self) -> None:
        settings = self._state.settings
        self.optimizers.set_ticked(settings.optimizers)
        self.problems.set_ticked(settings.problems)
        for name, box in self.boxes.items():
            if box.number() != getattr(settings, name):
                box.set_value(getattr(settings, name))
        self.told.setText(
            self.tr("{runs} runs: each optimizer at each rate with each seed.").format(
                runs=count(settings.runs)
            )
        )


def optimizers() -> list[Entry]:
    """Return every optimizer; those that only networks have stand below."""
    both = {rule.name for rule in rules()}
    on_surfaces, anywhere = _tr("On surfaces only"), _tr("On surfaces and networks")
    found = [Entry(r.name, r.title, r.help, anywhere) for r in OPTIMIZERS if r.name in both]
    found += [Entry(r.name, r.title, r.help, on_surfaces) for r in OPTIMIZERS if r.name not in both]
    known = {entry.key for entry in found}
    only = _tr("On networks only")
    return found + [Entry(r.name, r.title, r.help, only) for r in rules() if r.name not in known]


def problems() -> list[Entry]:
    """Return what can be solved: one's own experiments, surfaces, data for networks."""
    own, data = _tr("As set in the window"), _tr("Networks on data")
    found = [
        Entry(OWN + SURFACE, _tr("The surface and its start"), _tr("As the part Surface"), own),
        Entry(OWN + NETWORK, _tr("The network and its data"), _tr("As the part Network"), own),
    ]
    found += [Entry(ON_SURFACE + s.name, s.title, s.teaches, s.group) for s in SURFACES]
    return found + [Entry(ON_DATA + d.name, d.title, d.help, data) for d in DATA]


def _tr(text: str) -> str:
    return QCoreApplication.translate("ComparePanel", text)
