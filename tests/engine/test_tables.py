import os
from pathlib import Path

import numpy as np
import pytest

from engine.tables import BUNDLED, load, read_table


def write(folder: Path, content: str | bytes, name: str = "mine.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("bundled", BUNDLED, ids=lambda b: b.name)
def test_bundled_tables_are_clean_and_start_with_feature_and_target(bundled):
    table = load(bundled.name)
    assert list(table.columns)[:2] == [bundled.feature, bundled.target]
    assert table.notes == ()
    assert all(np.isfinite(c).all() for c in table.columns.values())
    assert bundled.source.endswith(".")
    assert bundled.name in (Path(__file__).parents[2] / "resources/data/README.md").read_text()


def test_bundled_measurements_have_their_published_summaries():
    anscombe = load("anscombe").columns
    for x, y in (("x", "y1"), ("x", "y2"), ("x", "y3"), ("x4", "y4")):
        assert anscombe[x].mean() == 9
        assert np.var(anscombe[x], ddof=1) == 11
        assert anscombe[y].mean() == pytest.approx(7.50, abs=0.005)
        assert np.corrcoef(anscombe[x], anscombe[y])[0, 1] == pytest.approx(0.816, abs=0.001)
    iris = load("iris").columns
    means = [iris[n].mean() for n in ("sepal_length", "sepal_width", "petal_length", "petal_width")]
    np.testing.assert_allclose(means, [5.8433, 3.0573, 3.7580, 1.1993], atol=5e-5)
    assert iris["setosa"].sum() == iris["virginica"].sum() == 50
    # R: colMeans(cars), colMeans(trees), mean(Nile).
    np.testing.assert_allclose([c.mean() for c in load("cars").columns.values()], [15.4, 42.98])
    means = [c.mean() for c in load("trees").columns.values()]
    np.testing.assert_allclose(means, [13.24839, 30.17097, 76], atol=5e-6)
    assert load("nile").columns["flow"].mean() == 919.35
    assert load("challenger").columns["distress"].sum() == 7


DIALECTS = {
    "comma": "a,b\n1,2\n3,4\n",
    "semicolon": "a;b\n1;2\n3;4\n",
    "tab": "a\tb\n1\t2\n3\t4\n",
    "bar": "a|b\n1|2\n3|4\n",
    "blanks": "a   b\n 1 2\n 3   4\n",
    "no newline at the end": "a,b\n1,2\n3,4",
    "windows newlines": "a,b\r\n1,2\r\n3,4\r\n",
    "old mac newlines": "a,b\r1,2\r3,4\r",
    "quotes": '"a","b"\n"1","2"\n"3","4"\n',
    "blank lines": "\n\na,b\n\n1,2\n\n\n3,4\n\n",
    "spaces around": " a , b \n 1 , 2 \n 3 , 4 \n",
    "exponents": "a,b\n1e0,+2.0\n30E-1,4.\n",
    "byte order mark": "\ufeffa,b\n1,2\n3,4\n",
    "UTF-16": "a\tb\n1\t2\n3\t4\n".encode("utf-16"),
    "decimal commas": "a;b\n1,0;2,0\n3,00;4\n",
}


@pytest.mark.parametrize("content", DIALECTS.values(), ids=DIALECTS)
def test_dialects_of_one_table(tmp_path, content):
    table = read_table(write(tmp_path, content))
    assert list(table.columns) == ["a", "b"]
    np.testing.assert_array_equal(table.columns["a"], [1, 3])
    np.testing.assert_array_equal(table.columns["b"], [2, 4])
    assert ("decimal" in " ".join(table.notes)) == (content == DIALECTS["decimal commas"])


def test_a_table_without_header_gets_numbered_columns(tmp_path):
    table = read_table(write(tmp_path, "1,2\n3,4\n5,6\n"))
    assert list(table.columns) == ["column 1", "column 2"]
    assert len(table.columns["column 1"]) == 3


def test_doubled_and_empty_names_are_told_apart(tmp_path):
    table = read_table(write(tmp_path, "a,a,,a 2\n1,2,3,4\n5,6,7,8\n"))
    assert list(table.columns) == ["a", "a 2", "column 3", "a 2 2"]


def test_text_columns_are_skipped_with_a_note(tmp_path):
    table = read_table(write(tmp_path, "name,a,b\nAnn,1,2\nBob,3,4\n"))
    assert list(table.columns) == ["a", "b"]
    assert table.notes == ("Columns without numbers are skipped: name.",)
    table = read_table(write(tmp_path, "Ann,1,2\nBob,3,4\n"))
    assert list(table.columns) == ["column 2", "column 3"]


@pytest.mark.parametrize("cell", ["", "NaN", "inf", "-inf", "1e400", "NA", "n/a", "?", " "])
def test_missing_and_infinite_cells_leave_their_row_out_and_are_counted(tmp_path, cell):
    table = read_table(write(tmp_path, f"a,b,c\n1,2,0\n3,{cell},0\n5,6,0\n"))
    assert table.notes == ("1 cell is blank or not finite; rows that need them are left out.",)
    pair = table.pair("a", "b")
    np.testing.assert_array_equal(pair.x, [1, 5])
    np.testing.assert_array_equal(pair.y, [2, 6])
    assert pair.notes[0].startswith("1 of 3 rows were left out: a or b")
    assert len(table.pair("a", "c").x) == 3


def test_text_among_numbers_is_named(tmp_path):
    table = read_table(write(tmp_path, "a,b\n1,2\n3,four\n5,6\n7,8\n"))
    assert "1 cell is text, for instance 'four'" in table.notes[0]
    np.testing.assert_array_equal(table.pair().x, [1, 5, 7])


def test_a_thousands_sign_is_not_guessed_at(tmp_path):
    table = read_table(write(tmp_path, 'a,b\n"1,234",1\n5,2\n6,3\n'))
    assert "'1,234'" in table.notes[0]
    np.testing.assert_array_equal(table.pair().x, [5, 6])


def test_ragged_rows(tmp_path):
    table = read_table(write(tmp_path, "a,b\n1,2\n3\n5,6,7\n8,9\n"))
    np.testing.assert_array_equal(table.pair("a", "b").y, [2, 6, 9])


def test_nothing_is_evaluated(tmp_path):
    attack = "a,b\n=1+1,2\n__import__('os').getcwd(),4\n@SUM(A1),5\n1,2\n3,4\n5,6\n"
    table = read_table(write(tmp_path, attack))
    np.testing.assert_array_equal(table.pair().x, [1, 3, 5])


def test_other_encodings(tmp_path):
    table = read_table(write(tmp_path, "größe,b\n1,2\n3,4\n".encode("cp1252")))
    assert list(table.columns) == ["größe", "b"]
    assert "Windows-1252" in table.notes[0]


REFUSED = {
    "empty": ("", "empty"),
    "blank": (" \n\n  \n", "empty"),
    "one value": ("1", "one column"),
    "one column": ("a\n1\n2\n", "one column"),
    "one column of numbers": ("name,a\nAnn,1\nBob,2\n", r"one column of numbers \(a\)"),
    "text": ("a,b\nc,d\ne,f\n", "no column of numbers"),
    "header only": ("a,b\n", "no column of numbers"),
    "one row": ("a,b\n1,2\n", "one row"),
    "binary": (bytes(range(256)), "not a text file"),
    "spreadsheet": (b"PK\x03\x04rest", "save the table as CSV"),
    "open quote": ('a,b\n1,"' + "2" * 200_000, "quotation marks"),
}


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_is_refused_with_a_sentence(tmp_path, content, words):
    with pytest.raises(ValueError, match=words) as caught:
        load(write(tmp_path, content))
    message = str(caught.value)
    assert message.endswith(".")
    assert "mine.csv" in message


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(ValueError, match="There is no file"):
        load(tmp_path / "nothing.csv")
    with pytest.raises(ValueError, match="is a folder"):
        load(tmp_path)
    with pytest.raises(ValueError, match="There is no file"):
        load("a\0b")
    with pytest.raises(ValueError, match="folder"):
        load("")


def test_columns_are_checked(tmp_path):
    table = read_table(write(tmp_path, "speed,dist,gap\n1,2,\n3,4,\n5,6,7\n"))
    with pytest.raises(ValueError, match="did you mean 'speed'"):
        table.pair("sped", "dist")
    with pytest.raises(ValueError, match="speed, dist, gap"):
        table.pair("speed", "zzz")
    with pytest.raises(ValueError, match="1 row with two numbers"):
        table.pair("speed", "gap")
    assert (table.pair(target="speed").feature, table.pair("dist").target) == ("dist", "speed")


def test_load_reads_again_only_what_changed(tmp_path):
    path = write(tmp_path, "a,b\n1,2\n3,4\n")
    first = load(path)
    assert load(str(path)) is first
    write(tmp_path, "a,b\n1,2\n3,4\n5,6\n")
    os.utime(path, ns=(1, 1))
    assert len(load(path).columns["a"]) == 3


def test_columns_cannot_be_written(tmp_path):
    with pytest.raises(ValueError, match="read-only"):
        load("line").columns["x"][0] = 5


def test_a_million_rows_come_out_exactly(tmp_path):
    values = np.random.default_rng(0).standard_normal((1000, 2))
    block = "".join(f"{a!r},{b!r}\n" for a, b in values.tolist())
    table = read_table(write(tmp_path, "a,b\n" + 1000 * block))
    assert np.array_equal(table.columns["a"], np.tile(values[:, 0], 1000))
    assert np.array_equal(table.columns["b"], np.tile(values[:, 1], 1000))


def test_dirty_rows_in_later_chunks_are_found(tmp_path):
    lines = [f"{i},{2 * i}" for i in range(120_000)]
    lines[110_000] = "oops,1"
    lines[70_000] = "7,,8"
    table = read_table(write(tmp_path, "a,b\n" + "\n".join(lines)))
    assert len(table.pair("a", "b").x) == 119_998
    assert "'oops'" in " ".join(table.notes)


def test_ten_thousand_columns(tmp_path):
    header = ",".join(f"c{i}" for i in range(10_000))
    row = ",".join(str(i) for i in range(10_000))
    table = read_table(write(tmp_path, f"{header}\n{row}\n{row}\n"))
    assert len(table.columns) == 10_000
    assert table.columns["c9999"][1] == 9999
