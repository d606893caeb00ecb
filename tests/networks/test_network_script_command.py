"""``overshoot train --script``: a run as a script of another framework."""

import argparse
import runpy

import numpy as np
import pytest

import engine
from engine import headless
from engine.networks import experiment_file

EXPERIMENT = """\
steps = 40
precision = "float64"
runs = [
    { optimizer = "sgd", learning_rate = 0.1 },
    { optimizer = "adam", learning_rate = 0.05 },
]
model = { hidden = [4] }
"""


@pytest.fixture
def experiment(tmp_path):
    path = tmp_path / "n.toml"
    path.write_text(EXPERIMENT)
    return path


def train(*words):
    parser = argparse.ArgumentParser(prog="overshoot")
    headless.add_arguments(parser.add_subparsers())
    return headless.run(parser.parse_args(["train", *map(str, words)]))


@pytest.mark.parametrize("framework", ["torch", "jax", "keras"])
def test_a_run_is_written_with_its_arrays_beside_it(experiment, tmp_path, capsys, framework):
    assert train(experiment, "--script", framework, tmp_path / "again", "--run", 2) == 0
    said = capsys.readouterr().out
    assert said.startswith("Adam η 0.05: ")
    assert said.endswith("it reads again.npz.\n")
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"n.toml", "again.py", "again.npz"}
    assert framework in (tmp_path / "again.py").read_text()


def test_the_script_takes_the_steps_of_the_run(experiment, tmp_path, monkeypatch):
    pytest.importorskip("torch", reason="torch is not installed")
    path = tmp_path / "again.py"
    assert train(experiment, "--script", "torch", path) == 0
    monkeypatch.chdir(tmp_path)
    losses = runpy.run_path(str(path), run_name="again")["losses"]
    history, _ = engine.train(experiment_file.read(experiment))
    np.testing.assert_allclose(losses, history.loss[: len(losses)], rtol=1e-8)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--script", "tensorflow", "a.py"), "There are no scripts for 'tensorflow'; give one of"),
        (("--script", "torch", "a.npz"), "a.npz is no name for a script"),
        (("--script", "torch", "a.py", "--run", "3"), "there is no run 3; the experiment has 2."),
        (("--script", "torch", "a.py", "--run", "0"), "there is no run 0"),
        (("--script", "torch", "a.py", "--csv", "a.csv"), "--script writes a script and trains"),
    ],
)
def test_what_cannot_be_written_is_answered_with_a_sentence(experiment, capsys, words, sentence):
    assert train(experiment, *words) == 2
    assert sentence in capsys.readouterr().err
    assert [*experiment.parent.iterdir()] == [experiment]


def test_a_folder_that_is_not_there_is_told(experiment, capsys):
    script = experiment.parent / "nowhere" / "a.py"
    assert train(experiment, "--script", "torch", script) == 3
    assert "nowhere" in capsys.readouterr().err


def test_an_experiment_without_runs_has_no_script(tmp_path, capsys):
    path = tmp_path / "n.toml"
    path.write_text("model = { hidden = [4] }\n")
    assert train(path, "--script", "torch", tmp_path / "a.py") == 2
    assert "it has no runs" in capsys.readouterr().err
