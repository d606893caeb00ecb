import os
import re
import time

import numpy as np
import pytest

from engine.csv_cells import MOST_TEXTS
from engine.networks.data import NetworkDataSettings, describe, load, prepare, table_of
from engine.networks.data.encoding import data_set
from engine.networks.data.table_files import read_table

PEOPLE = """name,age,smoker,colour,born,income
Ann,31,yes,red,1990-01-31,100
Bob,,no,blue,1980-12-01,200.5
Cid,40,YES,red,1979-02-28,
Dot,41,no,,2001-05-05,400
Eve,abc,no,green,2003-07-09,500
Fay,50,no,green,2003-07-09,600
"""


def write(folder, content, name="mine.csv"):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def of(folder, content, *features, target="", task="auto"):
    return data_set(read_table(write(folder, content)), features, target, task)


def test_columns_are_described(tmp_path):
    found = {d.name: d for d in describe(read_table(write(tmp_path, PEOPLE)))}
    kinds = {name: d.kind for name, d in found.items()}
    assert kinds == {
        "name": "text", "age": "whole number", "smoker": "yes/no", "colour": "text",
        "born": "date", "income": "number",
    }  # fmt: skip
    assert [d.blanks for d in found.values()] == [0, 2, 0, 1, 0, 1]
    assert [d.distinct for d in found.values()] == [6, 4, 2, 3, 5, 5]
    assert {d.rows for d in found.values()} == {6}
    assert (found["age"].low, found["age"].high) == (31, 50)
    assert found["colour"].examples == ("blue", "green", "red")
    assert found["smoker"].examples == ("no", "yes")
    assert found["name"].examples == ("Ann", "Bob", "Cid", "Dot", "Eve")
    assert np.isnan(found["name"].low)


def test_texts_become_columns_and_rows_with_blanks_are_left_out(tmp_path):
    data = of(tmp_path, PEOPLE, "age", "smoker", "colour", target="income")
    assert data.task == "regression"
    assert data.feature_names == ("age", "smoker=yes", "colour=green", "colour=red")
    np.testing.assert_array_equal(data.inputs, [[31, 1, 0, 1], [50, 0, 1, 0]])
    np.testing.assert_array_equal(data.targets, [[100], [600]])
    assert data.target_names == ("income",)
    assert data.notes == (
        "4 of 6 rows were left out: age or colour or income is blank or has no usable value there.",
        "1 cell of age is text among numbers.",
    )


def test_columns_that_are_not_named_are_chosen_or_passed_over_with_a_note(tmp_path):
    rows = "".join(f"id{i},2024-01-{i % 28 + 1},{i},{i % 3},{i * 1.5}\n" for i in range(60))
    data = of(tmp_path, "id,day,a,b,c\n" + rows)
    assert data.feature_names == ("a", "b")
    assert data.target_names == ("c",)
    (note,) = data.notes
    assert note.startswith("Not used: id, because it has 60 different texts, and at most 50")
    assert "day, because it holds dates" in note
    data = of(tmp_path, "id,day,a,b,c\n" + rows, "c")
    assert data.target_names == ("b",)
    assert data.class_names == ("0", "1", "2")


def test_a_column_with_one_text_is_not_chosen_as_target(tmp_path):
    data = of(tmp_path, "a,b,unit\n1,2,kg\n3,4,kg\n5,7,kg\n")
    assert data.target_names == ("b",)
    assert data.feature_names == ("a", "unit=kg")


TARGETS = {
    "numbers": ([0.5 * i for i in range(60)], "auto", "regression", ()),
    "a few whole numbers": ([i % 4 for i in range(60)], "auto", "classes", ("0", "1", "2", "3")),
    "0 and 1": ([i % 2 for i in range(60)], "auto", "binary", ("0", "1")),
    "negative classes": ([-1 + 2 * (i % 2) for i in range(60)], "auto", "binary", ("-1", "1")),
    "few but rare": ([1, 1, 2, 3, 4, 5, 6, 7, 8, 8], "auto", "regression", ()),
    "halves": ([0.5 * (i % 2) for i in range(60)], "auto", "regression", ()),
    "halves as classes": ([0.5 * (i % 2) for i in range(60)], "binary", "binary", ("0", "0.5")),
    "numbers if asked": ([i % 4 for i in range(60)], "regression", "regression", ()),
    "two outputs": ([i % 2 for i in range(60)], "classes", "classes", ("0", "1")),
    "texts": (["ab"[i % 2] for i in range(60)], "auto", "binary", ("a", "b")),
    "yes and no": (["Yes", "NO", "yes"] * 4, "auto", "binary", ("no", "yes")),
    "texts that are numbers": (["10", "9", "x", "x"] * 3, "auto", "classes", ("10", "9", "x")),
}


@pytest.mark.parametrize(("values", "asked", "task", "classes"), TARGETS.values(), ids=TARGETS)
def test_the_target_decides_the_task(tmp_path, values, asked, task, classes):
    rows = "".join(f"{i},{v}\n" for i, v in enumerate(values))
    data = of(tmp_path, "x,y\n" + rows, target="y", task=asked)
    assert (data.task, data.class_names) == (task, classes)
    if classes:
        named = [v.casefold() if isinstance(v, str) else f"{v:g}" for v in values]
        expected = [classes.index(name) for name in named]
        np.testing.assert_array_equal(data.targets, expected)
    taken = task == "classes" and asked == "auto" and isinstance(values[0], int)
    assert any("taken as classes" in note for note in data.notes) == taken


ODD = {
    "a constant column": ("a,b,y\n3,1,1.5\n3,2,2.5\n3,4,4.5\n", "The same in every row.*: a\\."),
    "a constant target": ("a,y\n1,5.5\n2,5.5\n", "y is 5.5 in every row"),
    "NaN and inf": ("a,y\n1,2\nnan,3\ninf,4\n5,-inf\n6,7\n", "3 of 5 rows were left out"),
    "a lone class": ("a,y\n1,p\n2,p\n3,q\n", "Classes of y with a single row: q"),
    "decimal commas": ("a;y\n1,5;2\n3;4,25\n", "decimal points"),
}


@pytest.mark.parametrize(("content", "note"), ODD.values(), ids=ODD)
def test_odd_tables_are_used_with_a_note(tmp_path, content, note):
    path = write(tmp_path, content)
    settings = NetworkDataSettings(
        source=str(path), scale_inputs="standardise", scale_target="standardise", validation=0.34
    )
    found = prepare(settings)
    assert any(re.search(note, said) for said in found.notes), found.notes
    for values in (found.inputs, found.targets, found.validation_inputs):
        assert np.isfinite(values).all()


def test_one_row_can_be_used(tmp_path):
    found = prepare(NetworkDataSettings(source=str(write(tmp_path, "a,b,y\n1,2,3\n"))))
    assert found.inputs.tolist() == [[1, 2]]
    assert found.targets.tolist() == [[3]]
    assert found.validation_inputs.shape == (0, 2)
    assert any(note.endswith("; 1 is trained on.") for note in found.notes)


REFUSED = {
    "names only": ("a,b\n", (), "", "auto", "no rows of values"),
    "one class": ("a,y\n1,p\n2,p\n", (), "y", "auto", "y is p in every row"),
    "text as numbers": ("a,y\n1,p\n2,q\n", (), "", "regression", "y holds texts; give task"),
    "three for binary": ("a,y\n1,p\n2,q\n3,r\n", (), "", "binary", "y has 3 classes"),
    "unknown target": ("age,y\n1,2\n3,4\n", (), "z", "auto", "no column 'z' in mine.csv; its col"),
    "unknown feature": ("age,y\n1,2\n3,4\n", ("agee",), "y", "auto", "did you mean 'age'"),
    "all blank": ("a,b,y\n,1,2\n,3,4\n", ("a",), "y", "auto", "a of mine.csv cannot be a feature"),
    "no common row": ("a,b,y\n1,,2\n,3,4\n", (), "", "auto", "No row of .* a lacks 1 of 2"),
    "dates": ("d,y\n2024-01-01,1\n2024-01-02,2\n", ("d",), "y", "auto", "d .* holds dates"),
    "only dates": ("d,y\n2024-01-01,1\n2024-01-02,2\n", (), "", "auto", "No column .* feature: d,"),
    "a million classes": (
        "a,y\n" + "".join(f"{i},{i}\n" for i in range(200)), (), "", "classes",
        "y has 200 different values; at most 100 are classes",
    ),
    "too many texts": (
        "a,y\n" + "".join(f"t{i},{i}\n" for i in range(51)), ("a",), "y", "auto",
        "a of mine.csv .* 51 different texts, and at most 50",
    ),
    "names as target": (
        "a,y\n" + "".join(f"{i},t{i}\n" for i in range(1200)), ("a",), "y", "auto",
        "more than 1,000 different texts",
    ),
    "one column": ("a\n1\n2\n", (), "", "auto", "one column"),
    "empty": ("", (), "", "auto", "empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0", (), "", "auto", "not a text file"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("content", "features", "target", "task", "words"), REFUSED.values(), ids=REFUSED
)
def test_what_cannot_be_used_is_refused(tmp_path, content, features, target, task, words):
    with pytest.raises(ValueError, match=words) as caught:
        of(tmp_path, content, *features, target=target, task=task)
    assert str(caught.value)[-1] in ".?"


def test_nothing_in_a_file_is_evaluated(tmp_path):
    attack = "a,b,y\n=1+1,__import__('os').getcwd(),1\n@SUM(A1),x,2\n=1+1,x,3\n"
    data = of(tmp_path, attack)
    assert data.feature_names[:2] == ("a==1+1", "a=@SUM(A1)")
    np.testing.assert_array_equal(data.inputs[:, 0], [1, 0, 1])


def test_five_thousand_columns(tmp_path):
    values = np.random.default_rng(0).integers(0, 100, (30, 5000))
    header = ",".join(f"c{j}" for j in range(5000))
    path = tmp_path / "wide.csv"
    np.savetxt(path, values, fmt="%d", delimiter=",", header=header, comments="")
    found = prepare(NetworkDataSettings(source=str(path), scale_inputs="standardise"))
    assert found.data.inputs.shape == (30, 4999)
    np.testing.assert_array_equal(found.data.inputs, values[:, :-1])
    assert len(describe(table_of(str(path)))) == 5000


def test_a_million_rows_with_texts_and_blanks(tmp_path):
    block = "".join(
        f"{i},{i / 7!r},{'red' if i % 3 else 'blue'},{'' if i % 100 == 0 else i % 9}\n"
        for i in range(1000)
    )
    path = write(tmp_path, "a,b,c,y\n" + 1000 * block)
    data = load(NetworkDataSettings(source=str(path), task="regression"))
    one = np.array([[i, i / 7, not i % 3, i % 3 > 0] for i in range(1000) if i % 100])
    assert data.feature_names == ("a", "b", "c=blue", "c=red")
    np.testing.assert_array_equal(data.inputs, np.tile(one, (1000, 1)))


def test_inputs_that_would_not_fit_are_refused_before_they_are_made(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.networks.data.encoding.MOST_BYTES", 100)
    with pytest.raises(ValueError, match=r"make 3 inputs of 5 rows, .* GB; .*fewer features"):
        of(tmp_path, "a,b,y\np,1,1\nq,2,2\np,3,3\np,4,4\nq,5,5\n")


def test_texts_beyond_the_most_share_one_number(tmp_path):
    rows = "".join(f"n{i},{i}\n" for i in range(MOST_TEXTS + 500))
    column = read_table(write(tmp_path, "a,b\n" + rows)).columns["a"]
    assert column.crowded
    assert len(column.texts) == MOST_TEXTS
    assert np.bincount(column.codes)[-1] == 500
    assert [column.texts[c] for c in column.codes[:3]] == ["n0", "n1", "n2"]


def test_a_header_is_known_by_what_stands_below(tmp_path):
    assert list(read_table(write(tmp_path, "a,b\nx,y\nz,w\n")).columns) == ["a", "b"]
    assert list(read_table(write(tmp_path, "x,y\nx,x\ny,y\n", "2")).columns) == ["x", "y"]
    assert list(read_table(write(tmp_path, "x,x\ny,y\n", "3")).columns) == ["column 1", "column 2"]
    assert "column 1" in read_table(write(tmp_path, "Ann,1\nBob,2\n", "4")).columns


def test_a_number_among_texts_is_a_text(tmp_path):
    table = read_table(write(tmp_path, "a,b\nx,1\n7,2\n7.0,3\ny,4\nz,5\n"))
    assert table.columns["a"].texts == ("7", "x", "y", "z")
    np.testing.assert_array_equal(table.columns["a"].codes, [1, 0, 0, 2, 3])


def test_a_file_is_read_again_when_it_has_changed(tmp_path):
    path = write(tmp_path, "a,y\n1,2\n3,4\n")
    settings = NetworkDataSettings(source=str(path))
    first = load(settings)
    assert load(settings) is first
    write(tmp_path, "a,y\n1,2\n3,4\n5,6\n")
    os.utime(path, ns=(1, time.time_ns()))
    assert len(load(settings).inputs) == 3


def test_columns_of_a_measured_set_can_be_chosen():
    kinds = {d.name: d.kind for d in describe(table_of("iris_species"))}
    assert kinds["species"] == "text"
    data = load(NetworkDataSettings(source="iris_species", target="petal_length"))
    assert data.task == "regression"
    assert data.feature_names[-1] == "species=virginica"
    with pytest.raises(ValueError, match="moons is made up and has no table"):
        table_of("moons")
