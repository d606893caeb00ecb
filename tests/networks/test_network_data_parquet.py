import sys
from contextlib import suppress
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from engine.networks.data import NetworkDataSettings, describe, load
from engine.networks.data.table_files import read_table


@pytest.fixture
def parquet(tmp_path):
    """Return a function that writes columns to a file and gives its path."""
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow.parquet import write_table

    def write(columns, name="mine.parquet", **options):
        write_table(pyarrow.table(columns), tmp_path / name, **options)
        return tmp_path / name

    return write


def test_all_kinds_of_columns(parquet):
    import pyarrow

    path = parquet(
        {
            "whole": [1, 2, None, 4],
            "real": [0.5, float("nan"), float("inf"), 4.0],
            "small": pyarrow.array([1, 2, 3, 4], pyarrow.int8()),
            "exact": [Decimal("1.25"), None, Decimal("2.5"), Decimal("3.75")],
            "colour": ["red", "blue", None, " red "],
            "coded": pyarrow.array(["a", "b", "a", None]).dictionary_encode(),
            "on": [True, False, None, True],
            "day": [date(2024, 1, 31), None, date(2023, 1, 1), date(2024, 1, 31)],
            "list": [[1], [2], [3], [4]],
            "nothing": pyarrow.nulls(4),
        }
    )
    table = read_table(path)
    found = {d.name: (d.kind, d.blanks, d.distinct) for d in describe(table)}
    assert found == {
        "whole": ("whole number", 1, 3),
        "real": ("number", 2, 2),
        "small": ("whole number", 0, 4),
        "exact": ("number", 1, 3),
        "colour": ("text", 1, 2),
        "coded": ("text", 1, 2),
        "on": ("yes/no", 1, 2),
        "day": ("date", 1, 2),
        "nothing": ("number", 4, 0),
    }
    assert "list (list<" in table.notes[0]
    assert table.columns["colour"].texts == ("blue", "red")
    np.testing.assert_array_equal(table.columns["colour"].codes, [1, 0, -1, 1])
    np.testing.assert_array_equal(table.columns["on"].codes, [1, 0, -1, 1])
    np.testing.assert_array_equal(table.columns["exact"].values, [1.25, np.nan, 2.5, 3.75])


def test_a_parquet_file_and_a_csv_of_the_same_table_are_the_same_data(parquet, tmp_path):
    random = np.random.default_rng(0)
    a, colour = random.normal(size=300), random.choice(["red", "blue"], 300)
    y = random.integers(0, 3, 300)
    path = parquet({"a": a, "colour": colour, "y": y}, row_group_size=70)
    rows = "".join(f"{p!r},{q},{r}\n" for p, q, r in zip(a.tolist(), colour, y, strict=True))
    (tmp_path / "mine.csv").write_text("a,colour,y\n" + rows)
    one, other = (load(NetworkDataSettings(source=str(p))) for p in (path, tmp_path / "mine.csv"))
    assert one.task == other.task == "classes"
    assert one.feature_names == other.feature_names
    np.testing.assert_array_equal(one.inputs, other.inputs)
    np.testing.assert_array_equal(one.targets, other.targets)


def test_batches_of_rows_are_put_together(parquet, monkeypatch):
    monkeypatch.setattr("engine.networks.data.parquet.BATCH_CELLS", 20)
    values = np.arange(1000)
    texts = [f"t{i % 7}" for i in range(1000)]
    table = read_table(parquet({"a": values, "b": texts}, row_group_size=333))
    np.testing.assert_array_equal(table.columns["a"].values, values)
    np.testing.assert_array_equal(table.columns["b"].codes, values % 7)


def test_two_columns_are_needed_and_rows(parquet):
    with pytest.raises(ValueError, match=r"mine.parquet has 1 usable column;"):
        read_table(parquet({"a": [1, 2]}))
    with pytest.raises(ValueError, match=r"none.parquet has no usable columns"):
        read_table(parquet({"a": [[1], [2]]}, "none.parquet"))
    with pytest.raises(ValueError, match="no rows"):
        read_table(parquet({"a": np.zeros(0), "b": np.zeros(0)}, "empty.parquet"))


def test_too_many_cells_are_refused_before_they_are_read(parquet, monkeypatch):
    path = parquet({"a": np.zeros(100), "b": np.zeros(100)})
    monkeypatch.setattr("engine.networks.data.parquet.MOST_CELLS", 199)
    with pytest.raises(ValueError, match="100 rows and 2 columns; at most 199 cells"):
        read_table(path)


def test_a_damaged_file_is_refused_with_a_sentence(parquet, tmp_path):
    whole = parquet({"a": np.arange(1000), "b": np.arange(1000)}).read_bytes()
    for count in (4, 20, len(whole) // 2, len(whole) - 1):
        path = tmp_path / f"cut{count}.parquet"
        path.write_bytes(whole[:count])
        with pytest.raises(ValueError, match="cannot be read as Parquet") as caught:
            read_table(path)
        assert str(caught.value).endswith(".")
    for place in range(8, len(whole) - 8, 97):
        path = tmp_path / f"turned{place}.parquet"
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        # What was turned may be a value; then the table is read.
        with suppress(ValueError):
            read_table(path)


def test_without_pyarrow_a_sentence_says_what_to_install(tmp_path, monkeypatch):
    path = tmp_path / "mine.parquet"
    path.write_bytes(b"PAR1 and so on")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ValueError, match="pip install pyarrow") as caught:
        read_table(path)
    assert str(caught.value).startswith("mine.parquet is a Parquet file")


def test_pyarrow_is_not_imported_before_it_is_needed():
    import subprocess

    code = (
        "import sys, engine.networks.data; print('pyarrow' in sys.modules, 'numba' in sys.modules)"
    )
    done = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert done.split() == ["False", "False"]
