"""``overshoot sweep`` and ``compare``: what is said where, exit codes, files whole or not."""

import argparse
import csv
import io

import pytest

from engine import headless

SURFACE = """\
steps = 100
start = [-3.0, 1.0]
[surface]
name = "bowl"
[[runs]]
optimizer = "sgd"
[[runs]]
label = "mine"
optimizer = "adam"
"""
NETWORK = """\
steps = 40
[model]
hidden = [3]
[[runs]]
optimizer = "sgd"
"""


def command(*words):
    parser = argparse.ArgumentParser(prog="overshoot")
    headless.add_arguments(parser.add_subparsers())
    return headless.run(parser.parse_args([*map(str, words)]))


@pytest.fixture
def surface(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(SURFACE)
    return path


@pytest.fixture
def network(tmp_path):
    path = tmp_path / "n.toml"
    path.write_text(NETWORK)
    return path


def test_a_sweep_says_which_rate_and_why(surface, tmp_path, capsys):
    words = ("--low", "0.001", "--high", "1", "--points", "9", "--csv", tmp_path / "o.csv")
    assert command("sweep", surface, *words) == 0
    said = capsys.readouterr()
    first, second = said.out.splitlines()
    assert first.startswith("SGD: Use 0.0")
    assert "by bisection runs train up to 0.1, which is theory's limit 0.1 at the minimum" in first
    assert second.startswith("mine: Use ")
    assert said.err == ""
    with open(tmp_path / "o.csv", encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 18


def test_the_csv_goes_to_standard_output_and_the_words_do_not(surface, capsysbinary):
    assert command("sweep", surface, "--points", "2", "--csv", "-") == 0
    said = capsysbinary.readouterr()
    assert len(list(csv.DictReader(io.StringIO(said.out.decode(), newline="")))) == 4
    assert said.err.decode().startswith("SGD: ")


def test_a_network_is_swept_as_well(network, capsys):
    assert command("sweep", network, "--points", "3", "--seeds", "2", "--progress") == 0
    said = capsys.readouterr()
    assert said.out.startswith("SGD: Use ")
    assert "100 %" in said.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--low", "1", "--high", "0.1"), "give a low end that is below the high one."),
        (("--low", "1", "--high", "1"), "give a low end that is below the high one."),
        (("--low", "-1"), "give a low end above 0, or a linear axis."),
        (("--high", "inf"), "give a finite number."),
        (("--points", "0"), "points is 0; give 1 to 10,000, such as 49."),
        (("--seeds", "0"), "seeds is 0; give 1 to 1,000, such as 5."),
    ],
)
def test_ranges_that_are_none_are_said_in_one_sentence(surface, words, sentence, capsys):
    assert command("sweep", surface, *words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"overshoot: {surface}: ")
    assert said.err.rstrip().endswith(sentence)
    assert said.err.count("\n") == 1


def test_everything_that_diverges_is_a_result(surface, capsys):
    assert command("sweep", surface, "--low", "1e290", "--high", "1e300", "--points", "3") == 0
    assert capsys.readouterr().out.startswith("SGD: Every run from 1e290 to 1e300 diverges")


def test_one_point_is_enough(surface, capsys):
    assert command("sweep", surface, "--low", "0.01", "--high", "0.1", "--points", "1") == 0
    assert "the only rate tried" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["sweep", "compare"])
def test_files_that_are_none_are_refused(name, surface, tmp_path, capsys):
    assert command(name, tmp_path / "no.toml") == 2
    assert "There is no file" in capsys.readouterr().err
    assert command(name, surface, "--csv", surface) == 2
    assert "would replace the experiment" in capsys.readouterr().err
    assert surface.read_text() == SURFACE
    assert command(name, surface, "--csv", tmp_path / "no" / "o.csv") == 3
    empty = tmp_path / "e.toml"
    empty.write_text("steps = 5\n")
    assert command(name, empty) == 2
    assert "it has no runs" in capsys.readouterr().err


def test_compare_says_who_did_best_on_all_problems(surface, network, tmp_path, capsys):
    files = ("--csv", tmp_path / "o.csv", "--markdown", tmp_path / "o.md")
    words = ("--points", "4", "--seeds", "2", "--budget", "30", *files)
    assert command("compare", surface, network, *words) == 0
    said = capsys.readouterr().out
    assert said.startswith("## Quadratic bowl")
    assert "## moons" in said
    assert "## Performance profile" in said
    assert (tmp_path / "o.md").read_text(encoding="utf-8").rstrip() == said.rstrip()
    with open(tmp_path / "o.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["optimizer"] for row in rows] == ["SGD", "mine"] * 2
