"""A map as a file says what it shows and how to make it again."""

from __future__ import annotations

import io
import sys

import numpy as np
import pandas
import pytest
from PySide6.QtGui import QImage

from engine.experiment import Experiment, new_run
from engine.experiment_file import ExperimentError
from engine.maps import png
from engine.maps.axes import Axis
from engine.maps.colouring import colours
from engine.maps.map_experiment import (
    MapExperiment,
    computed_as,
    dump,
    is_map,
    parse,
    read,
    task_of,
    write,
)  # fmt: skip
from engine.maps.map_files import write_map
from engine.maps.outcomes import NO_BASIN, VERDICTS, Outcomes, unknown
from engine.maps.trainability import Trainability
from engine.maps.zoom import axis_between, check_goal, write_film
from engine.networks.settings import NetworkExperiment, TrainingRun

RATE = Axis(name="input_rate", low=1e-2, high=1e2, scale="log")
GAIN = Axis(name="gain", low=0.1, high=4.0)
ACROSS = (Axis(name="x", low=-2.0, high=2.0), Axis(name="y", low=-1.0, high=3.0))
SETTINGS = (
    Axis(name="learning_rate", low=1e-3, high=1.0, scale="log"),
    Axis(name="weight_decay", low=0.0, high=0.1),
)
MAPS = {
    "basins": MapExperiment(
        x=ACROSS[0], y=ACROSS[1], basins=Experiment(runs=(new_run("adam"),), steps=20)
    ),
    "surface": MapExperiment(
        x=SETTINGS[0], y=SETTINGS[1], surface=Experiment(runs=(new_run("sgd"),)), title="η and λ"
    ),
    "network": MapExperiment(
        x=SETTINGS[0], y=SETTINGS[1], network=NetworkExperiment(runs=(TrainingRun(),)), width=9
    ),
    "trainability": MapExperiment(x=RATE, y=GAIN, trainability=Trainability(activation="relu")),
}


@pytest.mark.parametrize("kind", MAPS)
def test_a_map_is_the_same_after_writing_and_reading(kind, tmp_path):
    experiment = MAPS[kind]
    assert experiment.kind == kind
    write(tmp_path / "map.toml", experiment)
    assert read(tmp_path / "map.toml") == experiment
    assert is_map(dump(experiment))


@pytest.mark.parametrize("kind", MAPS)
def test_a_map_has_a_task_of_its_axes(kind):
    task = task_of(MAPS[kind])
    assert (task.x, task.y) == (MAPS[kind].x.name, MAPS[kind].y.name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("steps = 3", r"one run, not a map"),
        ('[x]\nname = "gain"\nlow = 2\nhigh = 1\n', r"below the high one"),
        ("{axes}", r"nothing to map; give one table"),
        ("{axes}[trainability]\n[basins]\n", r"basins and trainability to map"),
        ("{axes}[trainability]\nwidht = 3\n", r"did you mean width"),
        ("width = 0\n{axes}[trainability]\n", r"width is 0"),
        ("format = 9\n{axes}[trainability]\n", r"newer Overshoot"),
        ('{axes}[trainability]\n[colouring]\nby = "mood"\n', r"measure or verdict"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(text, words):
    axes = '[x]\nname = "gain"\nlow = 0\nhigh = 1\n[y]\nname = "offset"\nlow = 0\nhigh = 1\n'
    with pytest.raises(ExperimentError, match=words):
        parse(text.replace("{axes}", axes))


def test_wrong_axes_are_a_sentence():
    wrong = MapExperiment(x=GAIN, y=RATE, basins=MAPS["basins"].basins)
    with pytest.raises(ValueError, match="name them x and y"):
        task_of(wrong)


def test_paths_are_relative_to_the_file(tmp_path):
    text = dump(MAPS["network"]).replace('source = "', 'source = "./')
    (tmp_path / "map.toml").write_text(text, encoding="utf-8")
    assert read(tmp_path / "map.toml").network.data.source.startswith(str(tmp_path))


def test_colours_and_size_decide_nothing_about_outcomes():
    from msgspec.structs import replace

    one = MAPS["trainability"]
    assert computed_as(one) == computed_as(replace(one, width=7, title="Other"))
    assert computed_as(one) != computed_as(replace(one, x=replace(RATE, low=0.02)))
    whole = replace(one, y=Axis(name="gain", low=1, high=4))
    real = replace(one, y=Axis(name="gain", low=1.0, high=4.0))
    assert computed_as(whole) == computed_as(real)


def outcomes(height=70, width=33):
    chance = np.random.default_rng(0)
    found = unknown(height, width)
    found.measure[:] = chance.standard_normal((height, width))
    found.loss[:] = chance.standard_normal((height, width))
    found.loss[0, :3] = np.inf, -np.inf, np.nan
    found.verdict[:] = chance.integers(0, len(VERDICTS), (height, width))
    found.basin[:] = chance.integers(NO_BASIN, 3, (height, width))
    found.steps[:] = 7
    found.verdict[5, 5] = len(VERDICTS)
    return found


def sized(found):
    from msgspec.structs import replace

    height, width = found.loss.shape
    return replace(MAPS["surface"], width=width, height=height)


def test_png_shows_the_highest_y_at_the_top_and_carries_its_experiment(tmp_path):
    found = outcomes()
    experiment = sized(found)
    write_map(tmp_path / "map.png", experiment, found)
    image = QImage(str(tmp_path / "map.png")).convertToFormat(QImage.Format.Format_RGBA8888)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(70, image.bytesPerLine())
    expected = colours(found, experiment.colouring)[::-1]
    np.testing.assert_array_equal(pixels[:, : 4 * 33].reshape(70, 33, 4), expected)
    assert read(tmp_path / "map.png") == experiment


def test_npy_has_the_fields_of_outcomes(tmp_path):
    found = outcomes()
    write_map(tmp_path / "map.npy", sized(found), found)
    loaded = np.load(tmp_path / "map.npy")
    for name in Outcomes._fields:
        np.testing.assert_array_equal(loaded[name], getattr(found, name))


def test_csv_has_a_row_per_pixel(tmp_path):
    found = outcomes()
    experiment = sized(found)
    write_map(tmp_path / "map.csv", experiment, found)
    table = pandas.read_csv(tmp_path / "map.csv", dtype=str, keep_default_na=False)
    assert list(table) == ["learning_rate", "weight_decay", *Outcomes._fields]
    np.testing.assert_array_equal(list(map(float, table["loss"])), found.loss.ravel())
    xs = experiment.x.at(np.arange(33), 33)
    np.testing.assert_array_equal(list(map(float, table["learning_rate"])), np.tile(xs, 70))
    known = found.verdict.ravel() != len(VERDICTS)
    assert (table["verdict"] != "").tolist() == known.tolist()
    assert (table["basin"] != "").sum() == (found.basin != NO_BASIN).sum()


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"\.png, \.npy, \.csv"):
        write_map(tmp_path / "map.doc", MAPS["surface"], outcomes())
    assert not list(tmp_path.iterdir())


def other_png():
    file = io.BytesIO()
    file.write(b"\x89PNG\r\n\x1a\n")
    png._chunk(file, b"IHDR", b"\0" * 13)
    png._chunk(file, b"IDAT", b"x")
    return file.getvalue()


@pytest.mark.parametrize("cut", [None, 9, 60, 130])
def test_pictures_that_say_nothing_are_a_sentence(tmp_path, cut):
    path = tmp_path / "map.png"
    if cut is None:
        path.write_bytes(other_png())
    else:
        write_map(path, sized(outcomes()), outcomes())
        path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ExperimentError, match=r"damaged|says nothing"):
        read(path)


def test_a_zoom_shrinks_by_equal_factors_about_one_point():
    axis, goal = Axis(name="x", low=0.0, high=8.0), (1.0, 1.5)
    steps = [axis_between(axis, goal, share) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    widths = [step.high - step.low for step in steps]
    np.testing.assert_allclose(np.divide(widths[1:], widths[:-1]), 0.5)
    assert (steps[0].low, steps[0].high) == (0.0, 8.0)
    np.testing.assert_allclose((steps[-1].low, steps[-1].high), goal)
    fixed = (1.0 - 0.0) / (1 - 0.5 / 8.0)
    shares = [(fixed - step.low) / (step.high - step.low) for step in steps]
    np.testing.assert_allclose(shares, shares[0])


def test_a_zoom_ends_where_float64_does():
    check_goal(ACROSS[0], (1.0, 1.0 + 1e-9), 512)
    with pytest.raises(ValueError, match="than float64 can tell apart"):
        check_goal(ACROSS[0], (1.0, 1.0 + 1e-13), 512)


@pytest.mark.parametrize("kind", ["mp4", "gif"])
def test_films_have_their_pictures(tmp_path, kind):
    module = {"mp4": "av", "gif": "PIL"}[kind]
    pytest.importorskip(module, reason="Films need the extra: pip install overshoot[video]")
    pictures = [np.full((33, 48, 3), 20 * n, np.uint8) for n in range(6)]
    path = tmp_path / f"zoom.{kind}"
    write_film(path, iter(pictures))
    if kind == "mp4":
        import av

        with av.open(path) as film:
            means = [frame.to_ndarray(format="rgb24").mean() for frame in film.decode(video=0)]
    else:
        from PIL import Image, ImageSequence

        with Image.open(path) as film:
            means = [np.asarray(f.convert("RGB")).mean() for f in ImageSequence.Iterator(film)]
    assert means == pytest.approx([20 * n for n in range(6)], abs=6)


def test_films_without_their_package_are_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ValueError, match="pip install"):
        write_film(tmp_path / "zoom.mp4", iter(()))
