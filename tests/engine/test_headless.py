"""``overshoot run``: exit codes, what is said where, and files that appear whole or not at all."""

import argparse
import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from engine import headless, terminal
from engine.progress_bar import ProgressBar
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
    return command("run", *words)


def command(*words):
    parser = argparse.ArgumentParser(prog="overshoot")
    headless.add_arguments(parser.add_subparsers())
    return headless.run(parser.parse_args([*map(str, words)]))


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


def test_the_csv_explains_each_step_on_request(experiment, tmp_path, capsys):
    assert run(experiment, "--csv", tmp_path / "o.csv", "--explain") == 0
    assert capsys.readouterr().err == ""
    with open(tmp_path / "o.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first, last = rows[0], rows[600]
    # x² at −3: g = −6, Δ = 1.5, λ₁ = 2.
    assert [first[name] for name in ("first_order", "second_order", "measured_change")] == [
        "-9.0", "2.25", "-6.75",
    ]  # fmt: skip
    assert [first[name] for name in ("lambda_1", "lambda_2", "load", "limit")] == [
        "2.0", "0.0", "0.5", "2.0",
    ]  # fmt: skip
    assert {last[name] for name in ("first_order", "remainder", "measured_change")} == {"nan"}
    assert len(read_csv(tmp_path / "o.csv")) == 2


def test_rows_that_are_not_explained_are_named(experiment, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("engine.explanation.explain.explain.__defaults__", (None, 100))
    assert run(experiment, "--csv", tmp_path / "o.csv", "--explain") == 0
    assert "SGD η 0.25: Only the first 100 of 601 rows are explained" in capsys.readouterr().err


def test_explaining_columns_need_a_csv(experiment, capsys):
    assert run(experiment, "--explain") == 2
    assert "give --csv FILE" in capsys.readouterr().err


def test_explain_says_why_each_run_went_as_it_did(experiment, capsys):
    assert command("explain", experiment, "--progress") == 0
    said = capsys.readouterr()
    near, far = said.out.splitlines()
    assert near.startswith("SGD η 0.25: ")
    assert far.startswith("too fast: ")
    assert "multiplies the error by −2" in far
    # Other settings were run: the limit of x² is η = 1.
    assert "η = 1" in far
    assert said.err.splitlines()[-1].endswith("100 %")


def test_a_quick_explanation_runs_nothing_else(experiment, capsys, monkeypatch):
    monkeypatch.setattr("engine.explanation.diagnose.Bench", None)
    assert command("explain", experiment, "--quick") == 0
    assert "multiplies the error by −2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("stepps = 3\n" + GOOD, 2, "did you mean steps?"),
        ('[surface]\nname = "bowl"', 2, "it has no runs"),
    ],
)
def test_explain_has_the_same_exit_codes(tmp_path, capsys, text, code, words):
    path = tmp_path / "bad.toml"
    path.write_text(text)
    assert command("explain", path) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (ZeroDivisionError, 1)])
def test_explain_ends_as_run_does(experiment, capsys, monkeypatch, error, code):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("engine.explanation.diagnose.diagnose", fail)
    assert command("explain", experiment) == code
    assert capsys.readouterr().out == ""


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
    monkeypatch.setattr("engine.answer.machine_memory", lambda: 2**30)
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
    said = capsys.readouterr()
    assert "no space left on the disk" in said.err
    # What has been computed is not lost with the file.
    assert said.out.startswith("SGD η 0.25: Converged")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("words", [["run"], ["run", "--csv", "-"], ["explain", "--quick"]])
def test_full_standard_output_is_3_in_a_sentence(experiment, words):
    root = Path(__file__).parents[2]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, root / "app.py", words[0], experiment, *words[1:]],
            cwd=root, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 3
    assert "no space left on the disk for standard output" in done.stderr
    assert "Errno" not in done.stderr


def test_an_interrupt_is_130_and_leaves_the_old_csv(experiment, tmp_path, capsys):
    target = tmp_path / "o.csv"
    target.write_text("old")

    def interrupt(share):
        if share > 0.5:
            raise KeyboardInterrupt

    assert headless.run_experiment(experiment, target, interrupt) == 130
    assert "Interrupted" in capsys.readouterr().err
    assert target.read_text() == "old"


def test_a_polite_kill_is_130_and_leaves_no_half_file(experiment, tmp_path):
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom engine import headless\n"
        "def kill(share):\n    if share > 0.5: os.kill(os.getpid(), signal.SIGTERM)\n"
        "sys.exit(headless.run_experiment(Path(sys.argv[1]), Path(sys.argv[2]), kill))\n"
    )
    target = tmp_path / "o.csv"
    done = subprocess.run(
        [sys.executable, "-c", code, experiment, target],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "Interrupted" in done.stderr) == (130, True)
    assert [path.name for path in tmp_path.iterdir()] == ["e.toml"]


def test_an_unwritable_csv_is_noticed_before_the_work(experiment, tmp_path, monkeypatch):
    monkeypatch.setattr(headless, "_answer", lambda *_: pytest.fail("it has begun to work"))
    assert run(experiment, "--csv", tmp_path / "missing" / "o.csv") == 3


def test_a_csv_can_go_to_standard_output(experiment, tmp_path, capfdbinary):
    assert run(experiment, "--csv", "-") == 0
    said = capfdbinary.readouterr()
    assert run(experiment, "--csv", tmp_path / "o.csv") == 0
    assert said.out == (tmp_path / "o.csv").read_bytes()
    assert b"Converged at step 15" in said.err
    assert not Path("-").exists()


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


@pytest.mark.parametrize("name", ["run", "explain"])
def test_help_names_the_exit_codes(capsys, name):
    with pytest.raises(SystemExit) as caught:
        command(name, "--help")
    assert caught.value.code == 0
    assert "130  interrupted" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["run"], ["explain"], ["run", "--csv", "-"]])
def test_the_commands_need_no_qt_and_survive_a_closed_pipe(experiment, words):
    code = (
        "import sys\nfrom app import main\n"
        f"code = main([*{words!r}, sys.argv[1]])\n"
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
    assert said.endswith("False 0\n")
    assert "Traceback" not in said
    assert "Exception" not in said
    assert process.returncode == 0


def test_a_terminal_without_greek_shows_question_marks():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    terminal.write_line(stream, "SGD η 0.1")
    assert stream.buffer.getvalue() == b"SGD ? 0.1\n"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_bar_fills():
    terminal = Terminal()
    bar = ProgressBar(terminal)
    for i in range(1001):
        bar.show(i / 1000)
    drawn = terminal.getvalue().split("\r")
    assert 2 < len(drawn) <= 102
    assert drawn[-1] == "[" + "#" * 30 + "] 100 %\n"
