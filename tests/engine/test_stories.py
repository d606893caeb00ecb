"""The collection "Why did it blow up?": every file opens, and every claim in it has its test."""

import tomllib
from pathlib import Path

import pytest
import test_stories_quadratics
import test_stories_training
from msgspec.structs import replace

from engine.answer import answer
from engine.experiment_file import dump, parse, read
from engine.explanation.diagnose import diagnose
from engine.explanation.explain import explain
from engine.stories import CATALOGUE

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
    with story.path.open(encoding="utf-8") as file:
        assert parse(file.read()) == story.experiment
    path = tmp_path / "mine.toml"
    path.write_text(dump(story.experiment), encoding="utf-8")
    assert read(path) == story.experiment


def test_each_file_is_in_the_catalogue_and_each_story_is_proved():
    names = [story.name for story in CATALOGUE]
    folder = ROOT / "resources" / "experiments" / "why"
    assert sorted(names) == sorted(path.stem for path in folder.iterdir())
    for name in names:
        modules = (test_stories_quadratics, test_stories_training)
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
    experiment = next(story.experiment for story in CATALOGUE if story.name == name)
    runs = experiment.runs[: len(VERDICTS[name])]
    answered = answer(replace(experiment, runs=runs))
    found = (diagnose(explain(t, experiment), experiment) for t in answered.trajectories)
    assert tuple(verdict.kind for verdict in found) == VERDICTS[name]
