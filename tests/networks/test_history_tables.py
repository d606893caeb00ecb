"""Training histories as CSV and Parquet: the same back, tidy in pandas, whole or not at all."""

import csv
import io
import math
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace as change

import engine
from engine.networks.answer import train_all
from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.history import Fault
from engine.networks.history_columns import COLUMNS, check_cells, fault_of
from engine.networks.history_csv import write_csv
from engine.networks.history_parquet import write_parquet
from engine.networks.initialisation import InitialSettings
from engine.networks.session import Session
from engine.networks.settings import (
    ModelSettings,
    NetworkExperiment,
    ScheduleSettings,
    StopSettings,
    TrainingRun,
)

MOONS = NetworkExperiment(
    title="Ümläut, “quoted”",
    model=ModelSettings(hidden=(3,), layer_norm=True),
    steps=500,
    runs=(
        TrainingRun(optimizer="adam", schedule=ScheduleSettings(name="cosine")),
        TrainingRun(learning_rate=1e6, label='a, "b"'),
    ),
)
BLOW_UP = NetworkExperiment(
    data=NetworkDataSettings(source="cars"),
    model=ModelSettings(hidden=(64, 64), activation="leaky_relu"),
    initial=InitialSettings(scheme="he_normal"),
    batches=BatchSettings(size=1),
    runs=(TrainingRun(learning_rate=1e-3),),
)


def moons():
    return train_all(MOONS)


def blown_up():
    return train_all(BLOW_UP)


def stopped():
    rules = StopSettings(loss_below=0.3)
    return train_all(
        change(MOONS, stop=rules, precision="float64", runs=MOONS.runs[:1], steps=5000)
    )


def changed():
    session = Session(change(MOONS, steps=30, runs=(TrainingRun(), TrainingRun(noise=0.1))))
    session.take(10)
    session.change(1, TrainingRun(optimizer="muon", learning_rate=0.5))
    session.take(20)
    return session.histories()


MAKERS = [moons, blown_up, stopped, changed]


def write(path, histories, **options):
    if path.suffix == ".parquet":
        pytest.importorskip("pyarrow")
        write_parquet(path, histories, **options)
    else:
        write_csv(path, histories, **options)
    return path


def assert_same(found, wanted, weights):
    rows = wanted.last_step + 1
    for name in (field.name for field in fields(wanted)):
        one, other = getattr(found, name), getattr(wanted, name)
        if name in ("seconds", "notes") or (name in ("kept", "weights", "tensors") and not weights):
            continue
        if name == "learning_rates":
            one, other = one[:rows], other[:rows]
        if isinstance(other, np.ndarray):
            np.testing.assert_array_equal(one, other, name)
            assert one.dtype == other.dtype
        else:
            assert one == other, name


@pytest.mark.parametrize("weights", [False, True])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_what_is_written_is_read_back(make, suffix, weights, tmp_path):
    wanted = make()
    path = write(tmp_path / f"h{suffix}", wanted, weights=weights)
    found = engine.read_history(path)
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        assert_same(one, other, weights)


def test_a_history_that_was_read_trains_again(tmp_path):
    (wanted,) = stopped()
    wanted.to_csv(tmp_path / "h.csv", weights=True)
    (read,) = engine.read_history(tmp_path / "h.csv")
    again = engine.train(read.experiment)
    np.testing.assert_array_equal(again.loss, wanted.loss)
    np.testing.assert_array_equal(again.weights, read.weights)


def test_a_table_of_many_weights_is_read_some_rows_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.networks.history_tables.CELLS_AT_ONCE", 90)
    monkeypatch.setattr("engine.networks.history_arrow.CELLS_AT_ONCE", 90)
    wanted = changed()
    for suffix in (".csv", ".parquet"):
        path = write(tmp_path / f"h{suffix}", wanted, weights=True)
        for found, other in zip(engine.read_history(path), wanted, strict=True):
            assert_same(found, other, True)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_pandas_reads_it_as_tidy_rows(suffix, tmp_path):
    histories = moons()
    path = write(tmp_path / f"h{suffix}", histories, weights=True)
    table = pd.read_csv(path) if suffix == ".csv" else pd.read_parquet(path)
    assert tuple(table.columns[: len(COLUMNS)]) == COLUMNS
    assert len(table) == 2 * 501
    first = table[table.run == 1]
    assert first.step.tolist() == [*range(501)]
    np.testing.assert_array_equal(first.loss, histories[0].loss)
    scored = first.dropna(subset=["training_loss"])
    assert scored.step.tolist() == histories[0].scored.tolist()
    np.testing.assert_array_equal(scored.validation_accuracy, histories[0].validation_accuracy)
    # Layers from 1, places from 0: the last column of a flat vector that begins so is the last.
    assert table.columns[len(COLUMNS)] == "layer 1 weight[0,0]"
    assert table.columns[-1] == "layer 2 bias[0]"
    kept = first.dropna(subset=["layer 2 bias[0]"])
    assert kept.step.tolist() == histories[0].kept.tolist()
    np.testing.assert_array_equal(kept["layer 1 weight[2,1]"], histories[0].weights[:, 5])


def test_numbers_that_are_not_finite_stand_as_such_and_what_is_not_there_as_nothing(tmp_path):
    (history,) = blown_up()
    history.to_csv(tmp_path / "h.csv")
    with open(tmp_path / "h.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    fault = history.fault
    assert (fault.value, fault.quantity) == ("inf", "loss")
    assert rows[fault.step]["loss"] == "inf"
    assert rows[-1]["step_norm"] == "nan"
    assert [row["cause"] for row in rows] == [
        "inf in loss" if step >= fault.step else "" for step in range(len(rows))
    ]
    # Regression has no accuracy, and between two looks there is nothing.
    assert {row["training_accuracy"] for row in rows} == {""}
    assert rows[0]["training_loss"] != "" != rows[0]["validation_loss"]
    assert {row["status"] for row in rows} == {"diverged"}
    assert rows[0]["label"] == "SGD eta 0.001"


def test_the_parquet_file_tells_nothing_from_nan(tmp_path):
    pytest.importorskip("pyarrow")
    from pyarrow.parquet import read_table

    (history,) = blown_up()
    history.to_parquet(tmp_path / "h.parquet")
    table = read_table(tmp_path / "h.parquet")
    assert math.isnan(table["step_norm"].to_pylist()[-1])
    assert set(table["training_accuracy"].to_pylist()) == {None}


@pytest.mark.parametrize("rows", [1, 7, 100])
def test_chunks_of_any_size_write_the_same(rows, tmp_path, monkeypatch):
    histories = moons()
    whole, cut = io.BytesIO(), io.BytesIO()
    write_csv(whole, histories, weights=True)
    monkeypatch.setattr("engine.networks.history_csv.ROWS_AT_ONCE", rows)
    shares = []
    write_csv(cut, histories, weights=True, progress=shares.append)
    assert cut.getvalue() == whole.getvalue()
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_row_groups_of_any_size_read_the_same(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow")
    monkeypatch.setattr("engine.networks.history_parquet.CELLS_AT_ONCE", 500)
    wanted = changed()
    write_parquet(tmp_path / "h.parquet", wanted, weights=True)
    for found, other in zip(engine.read_history(tmp_path / "h.parquet"), wanted, strict=True):
        assert_same(found, other, True)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_file_is_replaced_as_a_whole_or_not_at_all(suffix, tmp_path):
    path = tmp_path / f"h{suffix}"
    path.write_text("old")

    def fail(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(path, moons(), progress=fail)
    assert path.read_text() == "old"
    assert [*tmp_path.iterdir()] == [path]


def test_a_foreign_table_will_do(tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_text("note;run;step;loss\nhi;a;0;2.5\n;b;0;1\nho;a;1;inf\n")
    first, second = engine.read_history(path)
    assert (first.label, second.label) == ("run a", "run b")
    assert first.loss.tolist() == [2.5, math.inf]
    assert np.isnan(first.gradient_norm).all()
    assert (len(first.scored), first.weights.shape, first.experiment) == (0, (0, 0), None)
    assert first.run.optimizer == "sgd"


MISTAKES = [
    ("", "is empty"),
    ("step,loss\n", "has no rows"),
    ("step,x\n0,1\n", "has no column loss"),
    ("step,loss\n0,1\n2,1\n", "without gaps; where 1 should be stands 2"),
    ("step,loss\n0,1\n1\n", "row 3 has 1 cells, the first row 2"),
    ("step,loss\n0,abc\n", "row 2, column loss: 'abc' is not a number"),
    ("step,loss\n,1\n", "column step is blank"),
    ("step,loss,settings\n0,1,{}x\n", "settings of run 1"),
    ("step,loss,settings\n0,1,\"{\"\"optimizer\"\":\"\"adem\"\"}\"\n", "no optimizer 'adem'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), MISTAKES)
def test_a_table_that_cannot_be_read_is_refused_with_a_sentence(text, words, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"bad\.csv") as caught:
        engine.read_history(path)
    assert words in str(caught.value)


def test_missing_and_damaged_files_are_named(tmp_path):
    with pytest.raises(ValueError, match="cannot be read: no such file"):
        engine.read_history(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes("step,loss,Höhe\n0,1,2\n".encode("latin-1"))
    with pytest.raises(ValueError, match="not UTF-8"):
        engine.read_history(tmp_path / "latin.csv")
    pytest.importorskip("pyarrow")
    (tmp_path / "cut.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(ValueError, match=r"cut\.parquet cannot be read as Parquet"):
        engine.read_history(tmp_path / "cut.parquet")


def test_weights_of_two_networks_share_no_table(tmp_path):
    (other,) = stopped()
    wide = change(MOONS, model=ModelSettings(hidden=(4,)), steps=1, runs=MOONS.runs[:1])
    histories = [other, *train_all(wide)]
    write_csv(tmp_path / "h.csv", histories)
    with pytest.raises(ValueError, match="not of one network"):
        write_csv(tmp_path / "h.csv", histories, weights=True)
    with pytest.raises(ValueError, match="not of one network"):
        write_csv(tmp_path / "h.csv", [replace(other, tensors=())], weights=True)


def test_a_table_of_too_many_weights_is_refused_with_the_number():
    with pytest.raises(ValueError, match="2,000,000,000 cells; at most 200,000,000"):
        check_cells(20_000, 100_000)


def test_without_pyarrow_there_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    (history,) = stopped()
    with pytest.raises(ValueError, match="pip install pyarrow"):
        history.to_parquet(tmp_path / "h.parquet")
    (tmp_path / "h.parquet").write_bytes(b"PAR1")
    with pytest.raises(ValueError, match="pip install pyarrow"):
        engine.read_history(tmp_path / "h.parquet")


@pytest.mark.parametrize(
    "fault",
    [
        Fault(3, "loss", 0, "inf"),
        Fault(0, "gradient of the weight", 2, "NaN"),
        Fault(7, "pre-activation", 1, "inf"),
        Fault(9, "step", 0, "NaN"),
    ],
)
def test_a_fault_is_told_by_its_words(fault):
    assert fault_of(f"{fault.value} in {fault.words}", fault.step) == fault
    assert fault_of("something else", 0) is None
