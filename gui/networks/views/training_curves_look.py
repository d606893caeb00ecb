"""How the curves of a training are looked at: what all plots share, kept for the next session."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gui import session

#: What is kept, and how it is at first.
KEPT = {"batch": True, "validation": True, "by_epoch": False}


class CurvesLook(QObject):
    """Which lines are drawn, what the axis counts, and whether it shows all that is finite.

    Signals
    -------
    changed : one of the attributes `batch`, `validation`, `by_epoch`, `blow_up` changed.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.blow_up = False
        kept = session.settings()
        self.batch, self.validation, self.by_epoch = (
            bool(kept.value(f"network_curves_{name}", usual, type=bool))
            for name, usual in KEPT.items()
        )

    def set(self, name: str, on: bool) -> None:
        """Switch one of the attributes."""
        if on != getattr(self, name):
            setattr(self, name, on)
            if name in KEPT:
                session.settings().setValue(f"network_curves_{name}", on)
            self.changed.emit()
