"""The collection "Why did it blow up?": every file opens, and every claim in it has its test."""

import tomllib
from pathlib import Path

import pytest
import test_stories_blow_up
import test_stories_networks
import test_stories_quadratics
import test_stories_training
from msgspec.structs import replace

from engine import experiment_file
from engine.answer import answer
from engine.explanation.diagnose import diagnose
from engine.explanation.explain import explain
from engine.networks import experiment_file as network_file
from engine.networks.answer import train_all
from engine.networks.explanation.verdict import verdict_on
from engine.networks.network import bind
from engine.stories import CATALOGUE, IN_NETWORKS, ON_SURFACES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("story", CATALOGUE, ids=lambda story: story.name)
def test_a_story_is_an_experiment_with_a_question_a_text_and_tries(story):
    found = story.experiment
    assert story.title.endswith("?")
    assert found.title == story.title
    assert 1 <= len(found.runs) <= 5
    assert [run.slot for run in found.runs] == list(range(len(found.runs)))
    assert 2 <= len(found.story.tries) <= 4
    assert 200 < len(found.story.text) < 500
    for text in (found.story.text, *found.story.tries):
        assert text == text.strip()
        assert "\n" not in text
        assert "  " not in text
        assert text.endswith(".")


@pytest.mark.parametrize("story", CATALOGUE, ids=lambda story: story.name)
def test_a_story_can_be_saved_and_opened_again(story, tmp_path):
    rules = network_file if story.page else experiment_file
    with story.path.open(encoding="utf-8") as file:
        assert rules.parse(file.read()) == story.experiment
    path = tmp_path / "mine.toml"
    rules.write(path, story.experiment)
    assert rules.read(path) == story.experiment


@pytest.mark.parametrize(
    ("folder", "stories", "modules"),
    [
        ("why", ON_SURFACES, (test_stories_quadratics, test_stories_training)),
        ("networks", IN_NETWORKS, (test_stories_blow_up, test_stories_networks)),
    ],
)
def test_each_file_is_in_the_catalogue_and_each_story_is_proved(folder, stories, modules):
    names = [story.name for story in stories]
    found = ROOT / "resources" / "experiments" / folder
    assert sorted(names) == sorted(path.stem for path in found.iterdir())
    for name in names:
        assert any(hasattr(module, f"test_{name}") for module in modules), name


def test_titles_differ():
    assert len({story.title for story in CATALOGUE}) == len(CATALOGUE)


def test_the_collection_is_packed():
    with open(ROOT / "pyproject.toml", "rb") as file:
        packed = tomllib.load(file)["tool"]["setuptools"]
    assert "resources*" in packed["packages"]["find"]["include"]
    assert "*.toml" in packed["package-data"]["*"]


def test_naming_the_stories_reads_no_file(monkeypatch):
    monkeypatch.setattr("engine.stories.parse", None)
    assert CATALOGUE[0].path.name == "parabola.toml"


#: The kind of verdict that agrees with what the text says of each run.
VERDICTS = {
    "parabola": ("contraction", "overshoot", "oscillation", "divergence"),
    "regression": ("ravine", "divergence"),
    "raw_feature": ("overshoot", "divergence"),
    "standardised_feature": ("contraction", "contraction"),
    "ill_conditioned_bowl": ("ravine", "divergence", "overshoot"),
    "order_of_magnitude": ("moving", "moving", "contraction", "oscillation", "divergence"),
    "minimise_climbs": ("divergence",),
    "another_batch": ("batches",),
    "large_weights": ("contraction", "divergence"),
    "adam_default": ("moving", "overshoot", "overshoot", "divergence"),
    "cliff": ("plateau",),
    "never_settles": ("oscillation", "oscillation", "overshoot"),
    "dead_neuron": ("overshoot", "dead"),
    "flatter_minima": ("contraction", "catapult", "catapult"),
    "edge_of_stability": ("edge", "edge", "edge"),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_the_verdict_agrees_with_the_text(name):
    experiment = next(story.experiment for story in ON_SURFACES if story.name == name)
    runs = experiment.runs[: len(VERDICTS[name])]
    answered = answer(replace(experiment, runs=runs))
    found = (diagnose(explain(t, experiment), experiment) for t in answered.trajectories)
    assert tuple(verdict.kind for verdict in found) == VERDICTS[name]


#: The same for those in networks, by what is named first.
IN_TRAINING = {
    "blow_up": ("divergence", "moving"),
    "standardised_inputs": ("moving", "divergence"),
    "target_scale": ("moving", "batches"),
    "first_weights": ("divergence", "divergence"),
    "clipping": ("divergence", "batches", "moving"),
    "adam_instead": ("divergence", "moving", "batches"),
    "warm_up": ("divergence", "divergence", "batches"),
    "larger_batches": ("catapult",),
    "mean_not_sum": ("divergence", "catapult"),
    "vanishing_signals": ("plateau", "overshoot"),
    "exploding_signals": ("divergence", "overshoot"),
    "dead_units": ("edge", "dead"),
    "log_of_zero": ("nan", "nan"),
    "catapult": ("contraction", "catapult", "divergence"),
    "network_edge": ("edge", "edge", "edge"),
    "adam_edge": ("contraction", "edge", "edge"),
}


@pytest.mark.parametrize("name", IN_TRAINING)
def test_the_verdict_on_a_network_agrees_with_the_text(name):
    experiment = next(story.experiment for story in IN_NETWORKS if story.name == name)
    network = bind(experiment)
    found = [verdict_on(network, history)[0] for history in train_all(experiment, network=network)]
    assert tuple(finding.kind for finding in found) == IN_TRAINING[name]
