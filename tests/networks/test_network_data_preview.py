"""What is shown of data: columns, first rows, rows to draw and the axes that tell most."""

import numpy as np
import pytest

from engine.networks.batches import BatchOrder, BatchSettings
from engine.networks.data import CATALOGUE, Made, NetworkDataSettings, load
from engine.networks.data.preview import MOST_DRAWN, TARGET, cell, preview, telling

MIXED = "size,colour,name,price\n1,red,a,10\n2,blue,b,20.5\n,red,c,30\n4,red,d,40\n5,blue,e,50\n"


@pytest.fixture
def mixed(tmp_path):
    path = tmp_path / "mixed.csv"
    path.write_text(MIXED)
    return str(path)


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
def test_every_data_set_can_be_shown(entry):
    settings = NetworkDataSettings(source=entry.name)
    shown, data = preview(settings), load(settings)
    assert shown.training + shown.validation == len(data.inputs)
    assert shown.held.sum() == pytest.approx(0.2 * len(shown.rows), abs=0.06 * len(shown.rows) + 2)
    assert [column.name for column in shown.columns] == list(shown.table.columns)
    assert shown.target == (data.target_names[0])
    assert set(shown.features) | {shown.target} <= set(shown.table.columns)
    x, y = shown.axes
    assert x != y
    for axis in (x, y):
        assert shown.along(axis).shape == shown.rows.shape
        assert np.isfinite(shown.along(axis)).all()
    assert (shown.classes() is None) == (data.task == "regression")
    if shown.image:
        assert shown.image[0] * shown.image[1] == data.inputs.shape[1]


def test_one_input_stands_against_the_target_and_two_against_each_other():
    assert preview(NetworkDataSettings(source="sine")).axes == (0, TARGET)
    assert preview(NetworkDataSettings(source="moons")).axes == (0, 1)


def test_only_some_rows_are_drawn_and_they_are_spread():
    shown = preview(NetworkDataSettings(source="moons", parameters={"size": 100_000.0}))
    assert MOST_DRAWN / 2 < len(shown.rows) <= MOST_DRAWN
    assert shown.rows[-1] > 99_000
    assert shown.training == 80_000


def test_columns_that_are_not_used_are_there_with_the_reason(mixed):
    shown = preview(NetworkDataSettings(source=mixed, features=("size", "colour"), target="price"))
    assert shown.features == ("size", "colour")
    assert shown.target == "price"
    assert list(shown.table.columns) == ["size", "colour", "name", "price"]
    assert shown.misfits == {}
    assert any("1 of 5 rows was left out" in note for note in shown.notes)


def test_without_a_choice_the_last_column_is_the_target(mixed):
    shown = preview(NetworkDataSettings(source=mixed))
    assert (shown.features, shown.target) == (("size", "colour", "name"), "price")


def test_a_column_of_many_texts_is_a_misfit(tmp_path):
    path = tmp_path / "many.csv"
    path.write_text("id,x,y\n" + "".join(f"n{i},{i},{2 * i}\n" for i in range(80)))
    shown = preview(NetworkDataSettings(source=str(path)))
    assert "80 different texts" in shown.misfits["id"]
    assert shown.features == ("x",)


def test_cells_are_written_as_they_are(mixed):
    table = preview(NetworkDataSettings(source=mixed)).table
    rows = [[cell(column, row) for column in table.columns.values()] for row in (1, 2)]
    assert rows == [["2", "blue", "b", "20.5"], ["", "red", "c", "30"]]


def test_the_input_that_tells_most_comes_first():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 4))
    x[:, 3] = 7.0
    y = 3 * x[:, 2] - x[:, 0] + 0.1 * rng.normal(size=200)
    assert telling(x, y[:, None], True).tolist() == [2, 0, 1, 3]
    assert telling(x, (x[:, 1] > 0).astype(np.int64), False)[0] == 1
    with np.errstate(all="raise"):
        assert telling(x * [1, 1, 1e300, 1], y[:, None] * 1e300, True)[0] == 2
        assert telling(np.zeros((3, 2)), np.zeros((3, 1)), True).tolist() == [0, 1]


def test_digits_are_pictures():
    shown = preview(NetworkDataSettings(source="drawn_digits"))
    assert shown.image == (8, 8)
    pictures = shown.pictures(5)
    assert pictures.shape == (5, 8, 8)
    assert (pictures.min(), pictures.max()) == (0, 255)
    np.testing.assert_array_equal(pictures[2].ravel() // 15, shown.data.inputs[2] * 255 // 16 // 15)
    assert {entry.name for entry in CATALOGUE if isinstance(entry, Made) and entry.image} == {
        "drawn_digits"
    }


def test_a_column_that_cannot_be_used_is_refused(mixed):
    with pytest.raises(ValueError, match="no column 'weight'"):
        preview(NetworkDataSettings(source=mixed, target="weight"))


def test_epochs_count_smaller_last_batches_as_steps():
    order = BatchOrder(100, BatchSettings(size=30))
    assert order.epochs(8) == 2
    assert BatchOrder(100, BatchSettings(size=0)).epochs(8) == 8
