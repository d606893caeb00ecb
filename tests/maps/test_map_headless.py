"""``overshoot map`` writes what was asked for, goes on where it was, and says what is wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import app
from engine.maps import map_headless
from engine.maps.map_experiment import read
from engine.maps.picture import LostError, Picture

MAP = """
width = 24
height = 16
[x]
name = "input_rate"
low = 1e-2
high = 1e3
scale = "log"
[y]
name = "output_rate"
low = 1e-2
high = 1e3
scale = "log"
[trainability]
steps = 20
points = 4
width = 4
inputs = 4
"""
BASINS = """
[x]
name = "x"
low = -5
high = 5
[y]
name = "y"
low = -5
high = 5
[basins]
steps = 200
surface = {name = "himmelblau"}
runs = [{optimizer = "sgd"}]
"""


@pytest.fixture
def experiment(tmp_path):
    path = tmp_path / "map.toml"
    path.write_text(MAP)
    return path


def call(*arguments):
    return app.main(["map", *map(str, arguments)])


def test_a_map_is_written_and_made_again_from_its_picture(experiment, tmp_path, capsys):
    pictures = [tmp_path / name for name in ("one.png", "two.png")]
    arrays = [tmp_path / name for name in ("one.npy", "two.npy")]
    assert call(experiment, "--out", pictures[0], "--out", arrays[0], "--size", "20x12") == 0
    assert "240 runs" in capsys.readouterr().out
    assert call(pictures[0], "--out", pictures[1], "--out", arrays[1]) == 0
    assert pictures[0].read_bytes() == pictures[1].read_bytes()
    assert arrays[0].read_bytes() == arrays[1].read_bytes()
    assert (read(pictures[0]).width, read(pictures[0]).height) == (20, 12)
    assert np.load(arrays[0]).shape == (12, 20)


def test_basins_of_a_surface(tmp_path):
    (tmp_path / "map.toml").write_text(BASINS)
    assert call(tmp_path / "map.toml", "--out", tmp_path / "map.npy", "--size", "16") == 0
    found = np.load(tmp_path / "map.npy")
    assert {0, 1, 2, 3} <= set(found["basin"].ravel().tolist())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "give --out"),
        (["--out", "map.doc"], "ends in none of"),
        (["--out", "a.png", "--out", "./a.png"], "one name"),
        (["--out", "a.zarr", "--store", "b"], "two folders"),
        (["--out", "a.mp4"], "give --zoom"),
        (["--out", "a.png", "--zoom", "1", "2", "1", "2"], "makes a film"),
        (["--out", "a.mp4", "--zoom", "1", "2", "1", "2", "--frames", "1"], "2 or more"),
        (["--out", "a.png", "--size", "0"], "width is 0"),
        (["--out", "no/such/folder/a.png"], "no file or folder"),
        (["--out", "a.gif", "--zoom", "2", "1", "1", "2"], "below the high one|pip install"),
    ],
)
def test_wrong_wishes_are_a_sentence(experiment, tmp_path, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(tmp_path)
    assert call(experiment, *arguments) in (2, 3)
    said = capsys.readouterr().err
    assert any(word in said for word in words.split("|")), said
    assert os.listdir(tmp_path) == ["map.toml"]


@pytest.mark.parametrize("text", ["5 pixels", "-3", "1x", "x", "1e3"])
def test_a_size_that_is_none(experiment, capsys, text):
    with pytest.raises(SystemExit):
        call(experiment, "--out", "a.png", f"--size={text}")
    assert "give 512 or 1920x1080" in capsys.readouterr().err


def test_the_experiment_is_not_replaced(tmp_path, capsys):
    path = tmp_path / "map.csv"
    path.write_text(MAP)
    assert call(path, "--out", path) == 2
    assert "would replace the experiment" in capsys.readouterr().err
    assert path.read_text() == MAP


def test_what_is_there_is_written_when_workers_vanish(experiment, tmp_path, monkeypatch, capsys):
    real = Picture._take

    def take(self, places, found, seconds):
        if self._done:
            raise LostError("Those who computed the map are gone.")
        real(self, places, found, seconds)

    monkeypatch.setattr(Picture, "_take", take)
    assert call(experiment, "--out", tmp_path / "map.npy") == 3
    assert "of the pixels are there" in capsys.readouterr().err
    verdicts = np.load(tmp_path / "map.npy")["verdict"]
    assert 0 < np.count_nonzero(verdicts < 6) < verdicts.size


def test_an_interrupted_map_goes_on(experiment, tmp_path, monkeypatch, capsys):
    pytest.importorskip("zarr", reason="A map is kept by Zarr: pip install overshoot[maps]")
    out = [tmp_path / "whole.npy", tmp_path / "map.npy"]
    assert call(experiment, "--out", out[0]) == 0
    real = Picture._take

    def interrupt(self, places, found, seconds):
        real(self, places, found, seconds)
        os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(Picture, "_take", interrupt)
        assert call(experiment, "--out", out[1], "--store", tmp_path / "kept") == 130
    assert "Call the same again" in capsys.readouterr().err
    assert call(experiment, "--out", out[1], "--store", tmp_path / "kept") == 0
    np.testing.assert_array_equal(np.load(out[0]), np.load(out[1]))
    assert call(experiment, "--out", out[1], "--store", tmp_path / "kept", "--size", "9") == 2
    assert "choose another folder" in capsys.readouterr().err


def test_a_zarr_folder_is_a_file_as_well(experiment, tmp_path):
    zarr = pytest.importorskip("zarr", reason="It is Zarr's: pip install overshoot[maps]")
    assert call(experiment, "--out", tmp_path / "map.zarr") == 0
    assert zarr.open_group(tmp_path / "map.zarr", mode="r")["loss"].shape == (16, 24)


def test_a_film(experiment, tmp_path):
    pytest.importorskip("PIL", reason="GIFs need the extra: pip install overshoot[video]")
    path = tmp_path / "zoom.gif"
    ends = ["--zoom", "1", "10", "1", "10", "--frames", "3"]
    assert call(experiment, "--out", path, *ends) == 0
    from PIL import Image

    with Image.open(path) as film:
        assert film.n_frames == 3
        assert film.size == (24, 16)


def test_dask_gives_the_same_bits(experiment, tmp_path):
    pytest.importorskip("distributed", reason="A scheduler is Dask's: pip install overshoot[dask]")
    out = [tmp_path / "here.npy", tmp_path / "there.npy"]
    command = [sys.executable, str(Path(app.__file__)), "map", str(experiment), "--out"]
    for path, more in zip(out, ([], ["--scheduler", "local"]), strict=True):
        subprocess.run([*command, str(path), *more], check=True, capture_output=True)
    np.testing.assert_array_equal(np.load(out[0]), np.load(out[1]))


def test_no_scheduler_is_a_sentence(experiment, tmp_path, monkeypatch, capsys):
    pytest.importorskip("distributed", reason="A scheduler is Dask's: pip install overshoot[dask]")
    from engine.maps import scheduler

    monkeypatch.setattr(scheduler, "PATIENCE", 0.2)
    out = tmp_path / "map.png"
    assert call(experiment, "--out", out, "--scheduler", "tcp://127.0.0.1:9") == 2
    assert "No Dask scheduler answers" in capsys.readouterr().err
    assert not out.exists()


def test_progress_is_shown(experiment, tmp_path, capsys):
    shares = []
    wishes = map_headless.Wishes((tmp_path / "map.png",))
    code = map_headless.map_experiment(experiment, wishes, lambda share, _: shares.append(share))
    assert code == 0
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
