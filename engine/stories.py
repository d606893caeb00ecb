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
    """One experiment of the collection.

    Parameters
    ----------
    name : that of its file, without the ending.
    asks : index of the run that the question asks about.
    """

    name: str
    asks: int = 0

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
    Story(name, asks)
    for name, asks in (
        ("parabola", 3),
        ("regression", 1),
        ("raw_feature", 0),
        ("standardised_feature", 0),
        ("ill_conditioned_bowl", 0),
        ("order_of_magnitude", 4),
        ("minimise_climbs", 0),
        ("another_batch", 1),
        ("large_weights", 1),
        ("adam_default", 0),
        ("cliff", 0),
        ("never_settles", 0),
        ("dead_neuron", 1),
        ("late_spike", 0),
        ("flatter_minima", 2),
        ("edge_of_stability", 2),
    )
)
