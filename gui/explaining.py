"""What is edited and explained: who shows explanations, and where the play head is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal

from gui.editing import Editing

if TYPE_CHECKING:
    from collections.abc import Iterable


class Explaining(Editing):
    """An experiment whose runs are explained as long as anything on screen shows that.

    Signals
    -------
    explained_changed : (object or None), when newer explanations are there; None when what was
        explained is of the past.
    explanation_wanted : something that shows explanations has come on screen.
    head_changed : (int), the step under the play head.
    """

    explained_changed = Signal(object)
    explanation_wanted = Signal()
    head_changed = Signal(int)

    head: int

    def __init__(self, experiment: Any) -> None:
        super().__init__(experiment)
        self._readers: dict[int, frozenset[str]] = {}

    def want_explanations(self, reader: object, wanted: bool, needs: Iterable[str] = ()) -> None:
        """Note that a reader shows explanations from now on, or does so no longer.

        `needs` names what it shows, where not all is explained at once.
        """
        if wanted:
            self._readers[id(reader)] = frozenset(needs)
            self.explanation_wanted.emit()
        else:
            self._readers.pop(id(reader), None)

    @property
    def wants_explanations(self) -> bool:
        """Whether anything on screen shows explanations."""
        return bool(self._readers)

    @property
    def needs(self) -> frozenset[str]:
        """What is shown of them."""
        return frozenset().union(*self._readers.values())

    def set_head(self, step: int) -> None:
        """Look at a step."""
        raise NotImplementedError
