"""The collection "Why did it blow up?": experiments that each answer one question.

They are told on surfaces of two variables, and the second part in small networks. Each is a file
of its own, text and experiment together, and is read when first asked for.
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
    from engine.networks.settings import NetworkExperiment


@dataclass(frozen=True)
class Story:
    """One experiment of the collection.

    Parameters
    ----------
    name : that of its file, without the ending.
    asks : index of the run that the question asks about.
    page : in small networks, what shows it best: "function", "graph" or "layers"; empty for one
        that is told on a surface.
    """

    name: str
    asks: int = 0
    page: str = ""

    @property
    def path(self) -> Traversable:
        """Where the file lies, also in an installed package."""
        folder = "networks" if self.page else "why"
        return files("resources") / "experiments" / folder / f"{self.name}.toml"

    @property
    def experiment(self) -> Experiment | NetworkExperiment:
        """What the file holds; its ``story`` says what is seen and what to try."""
        return _read(self)

    @property
    def title(self) -> str:
        """The question that it answers."""
        return self.experiment.title


@lru_cache
def _read(story: Story) -> Experiment | NetworkExperiment:
    text = story.path.read_text(encoding="utf-8")
    if not story.page:
        return parse(text, story.path.name)
    from engine.networks import experiment_file

    return experiment_file.parse(text, story.path.name)


#: In the order in which they are told: from one number to curved valleys.
ON_SURFACES = tuple(
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
#: A blow-up, what cures it, and what only networks have.
IN_NETWORKS = tuple(
    Story(name, asks, page)
    for name, asks, page in (
        ("blow_up", 0, "function"),
        ("standardised_inputs", 1, "function"),
        ("target_scale", 0, "function"),
        ("first_weights", 1, "function"),
        ("clipping", 1, "function"),
        ("adam_instead", 1, "function"),
        ("warm_up", 1, "function"),
        ("larger_batches", 0, "function"),
        ("mean_not_sum", 0, "function"),
        ("vanishing_signals", 0, "layers"),
        ("exploding_signals", 1, "layers"),
        ("dead_units", 1, "layers"),
        ("log_of_zero", 1, "function"),
        ("catapult", 1, "function"),
        ("network_edge", 2, "function"),
        ("adam_edge", 1, "function"),
    )
)
CATALOGUE = (*ON_SURFACES, *IN_NETWORKS)
