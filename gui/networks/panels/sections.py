"""The sections of the side panel that set data, model, first weights, batches and steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.networks.panels.batches_section import BatchesSection
from gui.networks.panels.data_section import DataSection
from gui.networks.panels.model_section import ModelSection
from gui.networks.panels.previews import Previews
from gui.networks.panels.weights_section import WeightsSection

if TYPE_CHECKING:
    from gui.networks.state import NetworkState
    from gui.state import Submit


class Sections:
    """The four sections, which share what is known of the data."""

    def __init__(self, state: NetworkState, submit: Submit) -> None:
        self.previews = Previews(state, submit)
        self.data = DataSection(state, submit, self.previews)
        self.model = ModelSection(state, self.previews)
        self.weights = WeightsSection(state, submit)
        self.batches = BatchesSection(state, self.previews)

    def all(self) -> tuple[DataSection, ModelSection, WeightsSection, BatchesSection]:
        """Return them from top to bottom."""
        return self.data, self.model, self.weights, self.batches
