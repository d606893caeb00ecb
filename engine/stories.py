"""The collection "Why did it blow up?": experiments that each answer one question.

Each is a file of its own, text and experiment together, and is read when first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from engine.experiment_file import parse

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from engine.experiment import Experiment


@dataclass(frozen=True)
class Story:
    """One experiment of the collection; ``name`` is that of its file, without the ending."""

    name: str

    @property
    def path(self) -> Traversable:
        """Where the file lies, also in an installed package."""
        return files("resources") / "experiments" / "why" / f"{self.name}.toml"

    @property
    def experiment(self) -> Experiment:
        """What the file holds; its ``story`` says what is seen and what to try."""
        return _read(self)

    @property
    def title(self) -> str:
        """The question that it answers."""
        return self.experiment.title


@lru_cache
def _read(story: Story) -> Experiment:
    return parse(story.path.read_text(encoding="utf-8"), story.path.name)


#: In the order in which they are told: from one number to curved valleys.
CATALOGUE = tuple(
    Story(name)
    for name in (
        "parabola",
        "regression",
        "raw_feature",
        "standardised_feature",
        "ill_conditioned_bowl",
        "order_of_magnitude",
        "minimise_climbs",
        "another_batch",
        "large_weights",
        "adam_default",
        "cliff",
        "never_settles",
        "dead_neuron",
        "late_spike",
        "flatter_minima",
        "edge_of_stability",
    )
)
