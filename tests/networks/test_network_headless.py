"""``overshoot train``: what is said where, exit codes, interrupts, files whole or not at all."""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import engine
from engine import headless
from engine.networks.headless import Files, train_experiment
from engine.progress_bar import ProgressBar
from engine.terminal import interruptible

GOOD = """\
steps = 300
[model]
hidden = [4]
[batches]
size = 512
[[runs]]
optimizer = "adam"
learning_rate = 0.05
[[runs]]
label = "too fast"
learning_rate = 1e30
"""
BLOW_UP = """\
steps = 1000
data = { source = "cars", validation = 0.0 }
model = { hidden = [64, 64], activation = "leaky_relu" }
initial = { scheme = "he_normal" }
batches = { size = 1 }
runs = [{ learning_rate = 1e-3 }]
"""


@pytest.fixture
def experiment(tmp_path):
    path = tmp_path / "n.toml"
    path.write_text(GOOD)
    return path


def train(*words):
    parser = argparse.ArgumentParser(prog="overshoot")
    headless.add_arguments(parser.add_subparsers())
    return headless.run(parser.parse_args(["train", *map(str, words)]))


def test_training_says_what_became_of_each_run_and_writes_its_steps(experiment, tmp_path, capsys):
    assert train(experiment, "--csv", tmp_path / "o.csv", "--weights") == 0
    said = capsys.readouterr()
    first, second = said.out.splitlines()
    assert first.startswith("Adam η 0.05: loss 0.")
    assert " in 300 steps, validation 0." in first
    assert first.endswith(" %")
    assert second.startswith("too fast: diverged: loss ")
    assert said.err == (
        "overshoot: A batch of 512 is more than the 160 rows there are; each step sees all of "
        "them.\n"
    )
    found = engine.read_history(tmp_path / "o.csv")
    assert [history.label for history in found] == ["Adam η 0.05", "too fast"]
    assert found[0].steps == 300
    assert found[0].weights.shape[1] == 17


def test_a_blow_up_is_told_with_its_peak_and_the_first_thing_that_broke(tmp_path, capsys):
    path = tmp_path / "b.toml"
    path.write_text(BLOW_UP)
    assert train(path) == 0
    said = capsys.readouterr().out
    assert said.startswith("SGD η 0.001: diverged: loss ")
    assert ", first inf: " in said
    assert [*tmp_path.iterdir()] == [path]


def test_both_tables_at_once(experiment, tmp_path, capsys):
    pytest.importorskip("pyarrow")
    assert train(experiment, "--csv", tmp_path / "o.csv", "--parquet", tmp_path / "o.parquet") == 0
    tables = [engine.read_history(tmp_path / f"o.{kind}") for kind in ("csv", "parquet")]
    for one, other in zip(*tables, strict=True):
        np.testing.assert_array_equal(one.loss, other.loss)


def test_progress_is_shown_with_the_time_that_is_left(experiment, tmp_path, capsys):
    assert train(experiment, "--progress", "--csv", tmp_path / "o.csv") == 0
    shown = [line for line in capsys.readouterr().err.splitlines() if line.startswith("[")]
    assert shown[-1].endswith("100 %")
    assert any(line.endswith(" s left") for line in shown)


def test_a_terminal_keeps_no_rest_of_a_longer_line(capsys):
    class Terminal:
        text = ""

        def isatty(self):
            return True

        def write(self, text):
            self.text += text

        def flush(self):
            pass

    stream = Terminal()
    bar = ProgressBar(stream)
    bar.SECONDS = 0.0
    for share, remaining in ((0.1, 40_000.0), (0.2, 100.0), (0.3, 5.2), (1.0, 0.0)):
        bar.show(share, remaining)
    lines = stream.text.strip().split("\r")
    assert [line.split(",")[1].strip() for line in lines[:3]] == [
        "11 h 7 min left", "2 min left", "6 s left",
    ]  # fmt: skip
    assert len({len(line) for line in lines[:3]}) == 1


MISTAKES = [
    ("steps = x", "not valid TOML"),
    ("[model]\n", "no runs"),
    ("[surface]\nname = 'bowl'\n[[runs]]", "overshoot run"),
    ("[data]\nsource = 'moon'\n[[runs]]", "did you mean moons?"),
    ("[data]\nsource = 'no.csv'\n[[runs]]", "no.csv"),
    ("[data]\nsource = 'cars'\n[model]\nloss = 'cross_entropy'\n[[runs]]", "judges classes"),
    ("[initial]\nlayer_gains = [1.0]\n[[runs]]", "layer_gains has 1"),
    ("steps = 10_000_000\n" + "[[runs]]\n" * 16, "GiB of memory"),
]


@pytest.mark.parametrize(("text", "words"), MISTAKES)
def test_a_bad_experiment_is_2(text, words, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("engine.networks.memory.machine_memory", lambda: 2**30)
    path = tmp_path / "bad.toml"
    path.write_text(text)
    assert train(path, "--csv", tmp_path / "o.csv") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("overshoot: ")
    assert words in said.err
    assert said.err.count("\n") == 1
    assert not (tmp_path / "o.csv").exists()


def test_run_and_explain_refer_to_train(experiment, capsys):
    for command in ("run", "explain"):
        parser = argparse.ArgumentParser()
        headless.add_arguments(parser.add_subparsers())
        assert headless.run(parser.parse_args([command, str(experiment)])) == 2
        assert f"overshoot train {experiment}" in capsys.readouterr().err


def test_files_that_do_not_go_are_refused_before_the_work(
    experiment, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("engine.networks.headless._histories", lambda *_: pytest.fail("it works"))
    data = tmp_path / "mine.csv"
    data.write_text("x,y\n" + "1,2\n3,4\n" * 10)
    own = tmp_path / "own.toml"
    own.write_text('data = { source = "mine.csv" }\nruns = [{}]\n')
    monkeypatch.setattr("engine.networks.history_parquet.check_pyarrow", lambda: None)
    cases = [
        ((experiment, "--weights"), "give --csv FILE or --parquet FILE", 2),
        ((experiment, "--csv", experiment), "would replace the experiment", 2),
        ((own, "--csv", data), "would replace the data", 2),
        ((experiment, "--csv", tmp_path / "a", "--parquet", tmp_path / "a"), "one name", 2),
        ((experiment, "--parquet", "-"), "standard output", 2),
        ((experiment, "--csv", tmp_path / "missing" / "o.csv"), "no file or folder", 3),
    ]
    for words, sentence, code in cases:
        assert train(*words) == code
        assert sentence in capsys.readouterr().err
    assert data.read_text().startswith("x,y\n1,2\n")


def test_without_pyarrow_parquet_is_refused_before_the_work(experiment, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert train(experiment, "--parquet", "o.parquet") == 2
    assert "pip install pyarrow" in capsys.readouterr().err


def test_weights_that_fit_in_no_table_are_refused_before_the_work(experiment, tmp_path, capsys):
    experiment.write_text(
        GOOD.replace("hidden = [4]", "hidden = [256, 256]").replace("300", "9999")
    )
    assert train(experiment, "--csv", tmp_path / "o.csv", "--weights") == 2
    assert "leave the weights out" in capsys.readouterr().err


def test_a_csv_can_go_to_standard_output(experiment, tmp_path, capfdbinary):
    assert train(experiment, "--csv", "-") == 0
    said = capfdbinary.readouterr()
    assert train(experiment, "--csv", tmp_path / "o.csv") == 0
    assert said.out == (tmp_path / "o.csv").read_bytes()
    assert "Adam η 0.05: loss".encode() in said.err


def test_the_first_interrupt_ends_the_training_and_keeps_what_there_is(
    experiment, tmp_path, capsys
):
    sent = []

    def interrupt(share, remaining):
        if 0 < share < 0.9 and not sent:
            sent.append(signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGTERM)

    experiment.write_text(GOOD.replace("300", "100_000"))
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert train_experiment(experiment, Files(tmp_path / "o.csv"), interrupt) == 130
    said = capsys.readouterr()
    assert "ended early: it was stopped" in said.out
    assert "Interrupted" in said.err
    found = engine.read_history(tmp_path / "o.csv")
    assert 0 < found[0].last_step < 100_000
    assert found[0].stopped == "it was stopped"
    assert handlers == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]


def test_the_second_interrupt_ends_the_work():
    asked = []
    # A shell lets what runs in its background ignore interrupts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with interruptible(lambda: asked.append(1)):
            signal.raise_signal(signal.SIGINT)
            assert asked == [1]
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_interrupt_while_writing_leaves_the_old_file(experiment, tmp_path, capsys):
    target = tmp_path / "o.csv"
    target.write_text("old")

    def interrupt(share, remaining):
        if share > 0.9:
            raise KeyboardInterrupt

    assert train_experiment(experiment, Files(target), interrupt) == 130
    assert target.read_text() == "old"


def test_it_is_a_command_of_the_program(experiment):
    done = subprocess.run(
        [sys.executable, Path(__file__).parents[2] / "app.py", "train", experiment],
        capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert (done.returncode, done.stdout.count("\n")) == (0, 2), done.stderr
