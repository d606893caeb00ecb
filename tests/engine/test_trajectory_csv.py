"""Trajectories as CSV: every number back to the last bit, and a sentence for whatever is wrong."""

import csv
import math

import numpy as np
import pytest

from engine.answer import answer
from engine.api import descend
from engine.experiment import DataSettings, Experiment, RunSettings, SurfaceSettings
from engine.explanation.explain import explain
from engine.status import judge
from engine.trajectory import Trajectory
from engine.trajectory_csv import EXPLAINING, ROWS_AT_ONCE, columns, read_csv, write_csv

FIELDS = (
    "points", "loss", "seen_loss", "gradients", "gradient_norm", "step_norm", "distance",
    "learning_rates",
)  # fmt: skip


def exported(path, *trajectories, **options):
    done = write_csv(path, trajectories, [judge(t) for t in trajectories], **options)
    return done, read_csv(path) if done else ()


def kept(trajectory, name):
    return np.asarray(getattr(trajectory, name)[: trajectory.last_step + 1], dtype=np.float64)


RUNS = {
    "converges": descend("rosenbrock", "bfgs", steps=40),
    "overflows": descend("square", start=(-3.0, 0.0), steps=900, learning_rate=1.5),
    "float32": descend("rosenbrock", "adam", steps=300, precision="float32"),
    "scheduled": descend("bowl", steps=50, schedule="cosine"),
    "no minimum": descend("x - y", steps=20),
    "no step": descend("bowl", steps=0),
    "starts at NaN": descend("log(x)", start=(-1.0, 0.0), steps=5),
    "frozen": descend("1e20*x^2", "adam", start=(3.0, 0.0), steps=60, precision="float32"),
    "batches": descend("linear_regression", steps=30, data=DataSettings(batch_size=2)),
}


@pytest.mark.parametrize("name", RUNS)
def test_every_number_comes_back(tmp_path, name):
    run = RUNS[name]
    done, (found,) = exported(tmp_path / "a.csv", run)
    assert done
    for field in FIELDS:
        np.testing.assert_array_equal(kept(found, field), kept(run, field), err_msg=field)
    assert found.label == run.label
    assert found.surface == run.surface
    assert found.run.optimizer == run.run.optimizer
    assert found.run.learning_rate == pytest.approx(run.run.learning_rate)
    status = judge(run)
    assert (found.cause, found.cause_step) == (status.cause, status.step if status.cause else 0)
    assert judge(found).kind == status.kind


def test_several_runs_come_back_in_order_and_can_be_drawn(tmp_path):
    _, found = exported(tmp_path / "a.csv", *RUNS.values())
    assert [t.label for t in found] == [t.label for t in RUNS.values()]
    assert [t.run.slot for t in found] == list(range(len(RUNS)))
    assert len({t.steps for t in found}) > 2


def test_the_header_is_tidy(tmp_path):
    exported(tmp_path / "a.csv", RUNS["converges"])
    text = (tmp_path / "a.csv").read_bytes()
    assert text.splitlines()[0].decode() == (
        "run,label,surface,optimizer,step,x,y,loss,gradient_x,gradient_y,gradient_norm,step_norm,"
        "distance_to_minimum,learning_rate,status,cause,surface_settings"
    )
    assert b"\r" not in text
    assert text.endswith(b"\n")
    assert "seen_loss" in columns(batched=True)


def explained(run):
    experiment = run.experiment
    assert experiment is not None
    return explain(run, experiment)


@pytest.mark.parametrize("name", RUNS)
def test_the_columns_that_explain_come_after_the_rate_and_hold_every_number(tmp_path, name):
    run = RUNS[name]
    exported(tmp_path / "a.csv", run, explain=explained)
    with open(tmp_path / "a.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = tuple(rows[0])
    at = names.index("learning_rate") + 1
    assert names == columns("seen_loss" in names, explained=True)
    assert names[at : at + len(EXPLAINING)] == EXPLAINING
    found = {name: np.array([float(row[name]) for row in rows]) for name in EXPLAINING}
    wanted = explained(run)
    for column, values in (
        ("first_order", wanted.budget.first), ("second_order", wanted.budget.second),
        ("remainder", wanted.budget.remainder), ("measured_change", wanted.budget.measured),
        ("lambda_1", wanted.curvature.eigenvalues[:, 0]),
        ("lambda_2", wanted.curvature.eigenvalues[:, 1]),
        ("load", wanted.load.values), ("limit", wanted.load.limits),
    ):  # fmt: skip
        np.testing.assert_array_equal(found[column][: len(values)], values, err_msg=column)
        assert np.isnan(found[column][len(values) :]).all()


def test_a_file_with_explanations_is_read_like_any_other(tmp_path):
    run = RUNS["converges"]
    _, (plain,) = exported(tmp_path / "a.csv", run)
    _, (found,) = exported(tmp_path / "b.csv", run, explain=explained)
    for field in FIELDS:
        np.testing.assert_array_equal(kept(found, field), kept(plain, field), err_msg=field)


SURFACES = [
    SurfaceSettings(name="bowl", parameters={"kappa": 55.5}),
    SurfaceSettings(name="square"),
    SurfaceSettings(name="formula", formula="x^2 + a*max(y, 1)", parameters={"a": 0.1}),
    SurfaceSettings(
        name="linear_regression", data=DataSettings(table="cars", standardise=True, batch_size=4)
    ),
]  # fmt: skip


@pytest.mark.parametrize("settings", SURFACES, ids=lambda settings: settings.name)
def test_a_surface_comes_back_whole(tmp_path, settings):
    walked = answer(Experiment(surface=settings, steps=5, runs=(RunSettings(),))).trajectories
    _, (found,) = exported(tmp_path / "a.csv", *walked)
    assert found.surface_settings is not None
    lines = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()
    assert len({line.count(",") for line in lines}) == 1, "a reader that knows no quotes"
    for name, value in settings.parameters.items():
        assert found.surface_settings.parameters[name] == value
    again = answer(Experiment(surface=found.surface_settings, steps=5, runs=(RunSettings(),)))
    np.testing.assert_array_equal(again.trajectories[0].points, walked[0].points)
    assert (found.surface_settings.formula, found.surface_settings.data) == (
        settings.formula, settings.data,
    )  # fmt: skip


def test_a_file_of_an_earlier_version_tells_no_surface_settings(tmp_path):
    path = tmp_path / "a.csv"
    exported(path, RUNS["converges"])
    with open(path, encoding="utf-8", newline="") as file:
        rows = [row[:-1] for row in csv.reader(file)]
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    (found,) = read_csv(path)
    assert found.surface_settings is None
    assert found.surface == "rosenbrock"
    np.testing.assert_array_equal(found.loss, RUNS["converges"].loss)


@pytest.mark.parametrize(
    "text",
    [
        "{", "7", "nom=bowl", "name=no such", "name=formula&formula=x %2B", "name=bowl&data=3",
        "name=bowl&parameters.kappa=wide", "name=bowl&parameters.kappas=1", "name=bowl&name.x=1",
    ],
)  # fmt: skip
def test_a_surface_that_cannot_be_read_is_named(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(f"step,x,y,loss,surface_settings\n0,1,2,5,{text}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="column surface_settings of run 1"):
        read_csv(path)


def test_what_is_not_explained_is_nan(tmp_path):
    run = RUNS["float32"]
    assert run.experiment is not None
    exported(tmp_path / "a.csv", run, explain=lambda t: explain(t, t.experiment, most=10))
    with open(tmp_path / "a.csv", encoding="utf-8", newline="") as file:
        loads = [float(row["load"]) for row in csv.DictReader(file)]
    assert len(loads) == 301
    assert np.isfinite(loads[:10]).all()
    assert np.isnan(loads[10:]).all()


def test_a_run_that_was_read_says_from_where(tmp_path):
    _, found = exported(tmp_path / "a.csv", RUNS["converges"], RUNS["scheduled"])
    assert [(t.run.recorded, t.run.recorded_run) for t in found] == [
        (str(tmp_path / "a.csv"), 0), (str(tmp_path / "a.csv"), 1),
    ]  # fmt: skip


def test_pandas_reads_it_as_it_is(tmp_path):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    run = RUNS["overflows"]
    exported(tmp_path / "a.csv", run, RUNS["batches"])
    frame = pandas.read_csv(tmp_path / "a.csv")
    first = frame[frame.run == 1]
    for name, values in (("x", run.points[:, 0]), ("loss", run.loss), ("step", range(901))):
        assert frame[name].dtype.kind in "if"
        # pandas below 3 may miss the last bit.
        np.testing.assert_allclose(first[name], list(values)[: run.last_step + 1], rtol=1e-15)
    assert set(first.status) == {"diverged"}
    assert first[first.cause.notna()].step.min() == judge(run).step


def test_cells_are_what_they_look_like(tmp_path):
    exported(tmp_path / "a.csv", RUNS["overflows"])
    with open(tmp_path / "a.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["x"] == "-3.0"
    assert rows[-1]["step_norm"] == "nan"
    assert rows[-1]["loss"] in ("inf", "nan")
    assert {row["loss"] for row in rows} & {"inf"}
    for row in rows:
        assert repr(float(row["x"])) == row["x"] or "e" in row["x"]


@pytest.mark.parametrize("label", ['with, comma "and quotes"', "two\nlines", "=1+1", "η, Ünicode"])
def test_labels_come_back(tmp_path, label):
    run = descend("bowl", RunSettings(label=label), steps=3)
    _, (found,) = exported(tmp_path / "a.csv", run)
    assert found.label == label


def test_what_a_run_is_called_by_itself_is_plain_ascii_in_a_file(tmp_path):
    path = tmp_path / "a.csv"
    _, (found,) = exported(path, descend("bowl", "adam", steps=3))
    assert path.read_bytes().isascii()
    assert found.label == "Adam η 0.001"


def test_chunks_do_not_show(tmp_path):
    run = descend("bowl", "adam", steps=2 * ROWS_AT_ONCE + 17)
    shares = []
    done, (found,) = exported(tmp_path / "a.csv", run, progress=shares.append)
    assert done
    np.testing.assert_array_equal(found.points, run.points)
    assert shares == sorted(shares)
    assert len(shares) == 3
    assert shares[-1] == 1.0


def test_cancelling_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("old")
    asked = iter([False, True])
    run = descend("bowl", steps=3 * ROWS_AT_ONCE)
    done, _ = exported(path, run, cancelled=lambda: next(asked))
    assert not done
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_what_cannot_be_written_is_said(tmp_path):
    with pytest.raises(OSError, match="is a folder; give the name of a file"):
        exported(tmp_path, RUNS["converges"])


def test_a_notebook_writes_one_run(tmp_path):
    RUNS["converges"].to_csv(str(tmp_path / "a.csv"))
    assert len(read_csv(str(tmp_path / "a.csv"))) == 1


def test_extreme_numbers_come_back(tmp_path):
    values = [5e-324, 1.7976931348623157e308, -0.0, 0.1, 1 / 3, 1e22, 1e-7, 123456789.0, math.pi]
    loss = np.array([*values, math.inf, -math.inf, math.nan])
    points = np.stack([loss, -loss], axis=1)
    run = Trajectory(
        RunSettings(), "a", "b", points, loss, loss, points, loss, np.empty((0, 3)), len(loss) - 1
    )
    _, (found,) = exported(tmp_path / "a.csv", run)
    for field in ("points", "loss", "gradients", "learning_rates"):
        np.testing.assert_array_equal(getattr(found, field), getattr(run, field))
        np.testing.assert_array_equal(
            np.signbit(getattr(found, field)[:9]), np.signbit(getattr(run, field)[:9])
        )


FOREIGN = "step,x,y,loss\n0,1,2,5\n1,0.5,1,1.25\n"


@pytest.mark.parametrize(
    "text",
    [
        FOREIGN,
        FOREIGN.replace(",", ";"),
        FOREIGN.replace(",", "\t"),
        "\ufeff" + FOREIGN.replace("\n", "\r\n"),
        FOREIGN.replace("step,x", " Step ,X"),
        FOREIGN + "\n\n , , ,\n",
        "step,x,y,loss\n1,0.5,1,1.25\n0,1,2,5\n",
    ],
)
def test_tables_of_another_origin_are_read(tmp_path, text):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")
    (found,) = read_csv(tmp_path / "a.csv")
    np.testing.assert_array_equal(found.points, [[1, 2], [0.5, 1]])
    assert found.label == "run 1"
    assert np.isnan(found.gradients).all()
    assert judge(found).kind == "moving"


def test_one_row_is_a_path_of_no_steps(tmp_path):
    (tmp_path / "a.csv").write_text("step,x,y,loss\n0,1,2,5\n")
    (found,) = read_csv(tmp_path / "a.csv")
    assert found.steps == 0


MISTAKES = [
    ("", ["is empty; export some steps first"]),
    ("\n \n\n", ["is empty"]),
    ("\nstep,x,y,loss\n", ["no column step and no column x and no column y and no column loss"]),
    ("a,b\n1,2\n", ["no column step", "names the columns step, x, y, loss"]),
    ("step,x,y\n0,1,2\n", ["no column loss"]),
    ("step,x,y,loss\n", ["has no rows"]),
    ("step,x,y,loss\n0,1,2,5\n1,abc,1,1\n", ["row 3, column x: 'abc' is not a number"]),
    ("step,x,y,loss\n0,1,2,5\n1,,1,1\n", ["row 3, column x is empty"]),
    ("step,x,y,loss\n0,1,2,5\n1,1,1\n", ["row 3 has 3 cells, the first row 4"]),
    ("step,x,y,loss\n0,1,2,5\n2,1,1,1\n", ["run 1 must be 0, 1, 2", "where 1 should be stands 2"]),
    ("step,x,y,loss\n0,1,2,5\n0,1,1,1\n", ["where 1 should be stands 0"]),
    ("step,x,y,loss\nnan,1,2,5\n", ["where 0 should be stands nan"]),
    ("step;x;y;loss\n0;1,5;2;5\n", ["row 2, column x: '1,5' is not a number"]),
    ("run,step,x,y,loss\n" + "".join(f"{i},0,1,1,1\n" for i in range(33)), ["33 runs", "32"]),
]


@pytest.mark.parametrize(("text", "words"), MISTAKES)
def test_mistakes_are_named(tmp_path, text, words):
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"mine\.csv") as caught:
        read_csv(path)
    for word in words:
        assert word in str(caught.value)


def test_unreadable_files_are_named(tmp_path):
    (tmp_path / "latin.csv").write_bytes("step,x,y,loss,höhe\n".encode("latin-1"))
    (tmp_path / "binary.csv").write_bytes(b"step,x,y,loss\n\x00\x01,\x02,3,4\n")
    (tmp_path / "long.csv").write_text('step,x,y,loss\n0,1,2,"' + "x" * 200_000)
    cases = {"latin.csv": "not UTF-8", "binary.csv": "mine", "missing.csv": "no file", "": "folder",
             "long.csv": "not a CSV file"}  # fmt: skip
    for name, words in cases.items():
        with pytest.raises(ValueError, match=str(tmp_path)) as caught:
            read_csv(tmp_path / name)
        assert words in str(caught.value) or words == "mine"


def test_too_many_rows_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.trajectory_reader.MOST_ROWS", 1)
    (tmp_path / "a.csv").write_text(FOREIGN)
    with pytest.raises(ValueError, match="more than 1 rows; export fewer steps"):
        read_csv(tmp_path / "a.csv")
