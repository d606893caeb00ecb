"""A store keeps what is computed, whatever happens, and is never mistaken for another."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("zarr", reason="The store is a Zarr folder: pip install overshoot[maps]")

from engine.maps import store as stores
from engine.maps.axes import Axis
from engine.maps.outcomes import VERDICTS, Outcomes
from engine.maps.picture import Picture
from engine.maps.store import StoreError, open_store, read_store

X, Y = Axis(name="x", low=-2.0, high=2.0), Axis(name="y", low=0.0, high=1.0)
SIZE = 90


class Slopes:
    def __init__(self):
        self.asked = 0

    def run(self, xs, ys, stop):
        self.asked += xs.size
        return Outcomes(
            xs + ys, xs * ys, np.full(xs.size, 3, np.int32), np.ones(xs.size, np.uint8),
            np.zeros(xs.size, np.int16),
        )  # fmt: skip


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(stores, "CHUNK", 32)


def same(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)


def draw(kept, task=None, share=2.0):
    picture = Picture(task or Slopes(), X, Y, SIZE, SIZE, known=kept.outcomes, cost=1e-4)
    for tile in picture.tiles(workers=1, progressive=False, seconds=1e-3):
        kept.keep(tile)
        if picture.progress.share > share:
            break
    return picture


def whole():
    return Picture(Slopes(), X, Y, SIZE, SIZE).run()


def test_what_is_kept_is_read_back_bit_for_bit(tmp_path):
    draw(open_store(tmp_path / "map.zarr", "a", SIZE, SIZE))
    text, found = read_store(tmp_path / "map.zarr")
    assert text == "a"
    same(found, whole())


def test_any_reader_of_zarr_reads_it(tmp_path):
    import zarr

    draw(open_store(tmp_path / "map.zarr", "a", SIZE, SIZE))
    group = zarr.open_group(tmp_path / "map.zarr", mode="r")
    assert set(group.array_keys()) == set(Outcomes._fields)
    np.testing.assert_array_equal(group["loss"][:], whole().loss)


def test_an_interrupted_map_goes_on(tmp_path):
    draw(open_store(tmp_path / "m", "a", SIZE, SIZE), share=0.5)
    again = open_store(tmp_path / "m", "a", SIZE, SIZE)
    there = np.count_nonzero(again.outcomes.verdict != len(VERDICTS))
    assert 0 < there < SIZE**2
    task = Slopes()
    draw(again, task)
    assert task.asked == SIZE**2 - there
    same(read_store(tmp_path / "m")[1], whole())


def test_flush_keeps_incomplete_chunks_as_well(tmp_path):
    kept = open_store(tmp_path / "m", "a", SIZE, SIZE)
    picture = Picture(Slopes(), X, Y, SIZE, SIZE, known=kept.outcomes)
    tile = next(picture.tiles(workers=1))
    kept.keep(tile)
    assert not (open_store(tmp_path / "m", "a", SIZE, SIZE).outcomes.verdict == 1).any()
    kept.flush()
    again = open_store(tmp_path / "m", "a", SIZE, SIZE)
    same(again.outcomes, kept.outcomes)


KILLED = """
    import os, signal, sys
    sys.path.insert(0, {here!r})
    from test_map_store import X, Y, SIZE, Slopes, stores
    from engine.maps.picture import Picture

    stores.CHUNK = 32
    class Murdered(Slopes):
        def run(self, xs, ys, stop):
            if self.asked > SIZE**2 / 2:
                os.kill(os.getpid(), signal.SIGKILL)
            return super().run(xs, ys, stop)

    kept = stores.open_store(sys.argv[1], "a", SIZE, SIZE)
    picture = Picture(Murdered(), X, Y, SIZE, SIZE, known=kept.outcomes, cost=1e-4)
    for tile in picture.tiles(workers=1, progressive=False):
        kept.keep(tile)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_run_resumes(tmp_path):
    code = textwrap.dedent(KILLED).format(here=str(Path(__file__).parent))
    root = str(Path(__file__).parents[2])
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "m")],
        env={**os.environ, "PYTHONPATH": root}, capture_output=True, check=False,
    )  # fmt: skip
    assert ended.returncode == -9, ended.stderr
    again = open_store(tmp_path / "m", "a", SIZE, SIZE)
    there = np.count_nonzero(again.outcomes.verdict != len(VERDICTS))
    assert 0 < there < SIZE**2
    task = Slopes()
    draw(again, task)
    assert task.asked == SIZE**2 - there
    same(read_store(tmp_path / "m")[1], whole())


def test_torn_chunks_are_computed_again(tmp_path):
    draw(open_store(tmp_path / "m", "a", SIZE, SIZE))
    chunk = tmp_path / "m" / "loss" / "c" / "1" / "1"
    content = bytearray(chunk.read_bytes())
    content[len(content) // 2] ^= 0xFF
    chunk.write_bytes(content)
    (tmp_path / "m" / "steps" / "c" / "0" / "0").write_bytes(b"")
    again = open_store(tmp_path / "m", "a", SIZE, SIZE)
    assert np.count_nonzero(again.outcomes.verdict == len(VERDICTS)) == 2 * 32**2
    draw(again)
    same(read_store(tmp_path / "m")[1], whole())


@pytest.mark.parametrize(
    ("text", "width", "version", "words"),
    [
        ("b", SIZE, None, "other settings"),
        ("a", SIZE + 1, None, "90 × 90 pixels"),
        ("a", SIZE, "99.0", "computed by Overshoot"),
    ],
)
def test_another_map_is_refused(tmp_path, monkeypatch, text, width, version, words):
    draw(open_store(tmp_path / "m", "a", SIZE, SIZE))
    if version:
        monkeypatch.setattr(stores, "version", lambda _: version)
    with pytest.raises(StoreError, match=words):
        open_store(tmp_path / "m", text, width, SIZE)
    monkeypatch.undo()
    monkeypatch.setattr(stores, "CHUNK", 32)
    same(read_store(tmp_path / "m")[1], whole())


@pytest.mark.parametrize("content", ["", "{}", '{"zarr_format": 3}', "not json"])
def test_something_else_is_left_alone(tmp_path, content):
    (tmp_path / "zarr.json").write_text(content)
    with pytest.raises(StoreError, match="not a map of Overshoot"):
        open_store(tmp_path, "a", SIZE, SIZE)
    assert (tmp_path / "zarr.json").read_text() == content


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "m").write_text("mine")
    with pytest.raises((StoreError, OSError), match=r"not a map|folder"):
        open_store(tmp_path / "m", "a", SIZE, SIZE)
    assert (tmp_path / "m").read_text() == "mine"


def test_an_empty_folder_will_do(tmp_path):
    draw(open_store(tmp_path, "a", SIZE, SIZE))
    same(read_store(tmp_path)[1], whole())


def test_a_full_disk_keeps_what_was_written(tmp_path, monkeypatch):
    from zarr.storage import LocalStore

    kept = open_store(tmp_path / "m", "a", SIZE, SIZE)
    real, left = LocalStore.set, iter(range(17))

    async def set_until_full(self, key, value):
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        await real(self, key, value)

    monkeypatch.setattr(LocalStore, "set", set_until_full)
    with pytest.raises(OSError, match=r"no space left .* is kept there"):
        draw(kept)
    monkeypatch.undo()
    monkeypatch.setattr(stores, "CHUNK", 32)
    again = open_store(tmp_path / "m", "a", SIZE, SIZE)
    assert np.count_nonzero(again.outcomes.verdict == 1) == 3 * 32**2


def test_without_zarr_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(StoreError, match="pip install"):
        open_store(tmp_path / "m", "a", SIZE, SIZE)
