"""``overshoot run``: exit codes, what is said where, and files that appear whole or not at all."""

import argparse
import io
import subprocess
import sys
from pathlib import Path

import pytest

from engine import headless
from engine.trajectory_csv import read_csv

GOOD = """\
steps = 600
start = [-3.0, 0.0]
[surface]
name = "square"
[[runs]]
learning_rate = 0.25
[[runs]]
label = "too fast"
learning_rate = 1.5
"""


@pytest.fixture
def experiment(tmp_path):
    path = tmp_path / "e.toml"
    path.write_text(GOOD)
    return path


def run(*words):
    parser = argparse.ArgumentParser(prog="overshoot")
    headless.add_arguments(parser.add_subparsers())
    return headless.run(parser.parse_args(["run", *map(str, words)]))


def test_a_run_says_what_became_of_it_and_writes_its_steps(experiment, tmp_path, capsys):
    assert run(experiment, "--csv", tmp_path / "o.csv") == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[0] == "SGD η 0.25: Converged at step 15 to the minimum (0, 0)."
    assert lines[1].startswith("too fast: Diverged: each step multiplies the error by −2;")
    assert len(lines) == 2
    assert said.err == ""
    found = read_csv(tmp_path / "o.csv")
    assert [t.label for t in found] == ["SGD η 0.25", "too fast"]
    assert found[0].steps == 600


def test_without_a_csv_nothing_is_written(experiment, tmp_path, capsys):
    assert run(experiment) == 0
    assert capsys.readouterr().out.count("\n") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["e.toml"]


def test_progress_is_shown_when_asked_for(experiment, tmp_path, capsys):
    assert run(experiment, "--progress", "--csv", tmp_path / "o.csv") == 0
    shown = capsys.readouterr().err.splitlines()
    assert shown[-1].endswith("100 %")
    assert all(len(line) == len(shown[0]) for line in shown)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stepps = 3\n" + GOOD, "did you mean steps?"),
        ("steps = 'x'", "steps is the text 'x'"),
        ('[surface]\nname = "bowl"', "it has no runs"),
        ('[[runs]]\n[surface]\nname="linear_regression"\n[surface.data]\ntable="no.csv"', "no.csv"),
        ("steps = 10_000_000\n" + "[[runs]]\n" * 32, "memory"),
    ],
)  # fmt: skip
def test_a_bad_experiment_is_2(tmp_path, capsys, monkeypatch, text, words):
    monkeypatch.setattr("engine.answer._memory", lambda: 2**30)
    path = tmp_path / "bad.toml"
    path.write_text(text)
    assert run(path, "--csv", tmp_path / "o.csv") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("overshoot: ")
    assert words in said.err
    assert "Traceback" not in said.err
    assert said.err.count("\n") == 1
    assert not (tmp_path / "o.csv").exists()


def test_a_missing_experiment_is_2(tmp_path, capsys):
    assert run(tmp_path / "none.toml") == 2
    assert "There is no file" in capsys.readouterr().err


def test_the_experiment_is_not_replaced_by_its_csv(experiment, capsys):
    assert run(experiment, "--csv", experiment) == 2
    assert "would replace the experiment" in capsys.readouterr().err
    assert experiment.read_text() == GOOD


def test_an_unwritable_csv_is_3(experiment, tmp_path, capsys):
    targets = (
        (tmp_path, "is a folder"),
        (tmp_path / "none" / "o.csv", "no file or"),
        (tmp_path / ("o" * 300), "is too long"),
    )
    for target, words in targets:
        assert run(experiment, "--csv", target) == 3
        assert words in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_3(experiment, capsys):
    assert run(experiment, "--csv", "/dev/full") == 3
    assert "no space left on the disk" in capsys.readouterr().err


def test_an_interrupt_is_130_and_leaves_the_old_csv(experiment, tmp_path, capsys):
    target = tmp_path / "o.csv"
    target.write_text("old")

    def interrupt(share):
        if share > 0.5:
            raise KeyboardInterrupt

    assert headless.run_experiment(experiment, target, interrupt) == 130
    assert "Interrupted" in capsys.readouterr().err
    assert target.read_text() == "old"


def test_a_fault_of_ours_is_1_without_a_traceback(experiment, capsys, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("engine.answer.perform_run", fail)
    assert run(experiment) == 1
    said = capsys.readouterr().err
    assert "please report it: ZeroDivisionError: oh" in said
    assert "Traceback" not in said


def test_wrong_usage_is_2(capsys):
    with pytest.raises(SystemExit) as caught:
        run()
    assert caught.value.code == 2
    assert "usage: overshoot run" in capsys.readouterr().err


def test_help_names_the_exit_codes(capsys):
    with pytest.raises(SystemExit) as caught:
        run("--help")
    assert caught.value.code == 0
    assert "130  interrupted" in capsys.readouterr().out


def test_the_command_needs_no_qt_and_survives_a_closed_pipe(experiment):
    code = (
        "import sys\nfrom app import main\n"
        "code = main(['run', sys.argv[1]])\n"
        "print('PySide6' in sys.modules, code, file=sys.stderr)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(experiment)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, said = process.communicate()
    assert said == "False 0\n"
    assert process.returncode == 0


def test_a_terminal_without_greek_shows_question_marks():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    headless._write_line(stream, "SGD η 0.1")
    assert stream.buffer.getvalue() == b"SGD ? 0.1\n"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_bar_fills():
    terminal = Terminal()
    bar = headless.ProgressBar(terminal)
    for i in range(1001):
        bar.show(i / 1000)
    drawn = terminal.getvalue().split("\r")
    assert 2 < len(drawn) <= 102
    assert drawn[-1] == "[" + "#" * 30 + "] 100 %\n"
