"""The pages that say why a network's loss falls or rises: one entry per page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.networks.settings import NetworkExperiment

#: Where each page lives, in the order of the tabs; loaded when first seen.
PAGES = {
    "story": ("gui.views.why_story", "StoryPage"),
    "verdict": ("gui.networks.views.why_verdict", "NetworkVerdictPage"),
    "budget": ("gui.networks.views.why_budget", "NetworkBudgetPage"),
    "step": ("gui.networks.views.why_line", "NetworkLinePage"),
    "stability": ("gui.networks.views.why_stability", "NetworkStabilityPage"),
    "spectrum": ("gui.networks.views.why_spectrum", "NetworkSpectrumPage"),
    "batches": ("gui.networks.views.why_batches", "NetworkBatchesPage"),
    "causes": ("gui.networks.views.why_causes", "NetworkCausesPage"),
}


def offers(experiment: NetworkExperiment) -> dict[str, bool]:
    """Return which pages have something to say about an experiment, or not."""
    return {"story": bool(experiment.story.text)}
