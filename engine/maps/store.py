"""A map on disk that grows: an ordinary Zarr folder, to which each finished piece is added.

Format 3 of Zarr, because its chunks can carry a checksum: what a power cut has torn is found and
computed again. One array for each field of `engine.maps.outcomes.Outcomes`; a pixel is there if
its verdict is, which is written last. The folder opens in any program that reads Zarr.
"""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.atomic import sentence
from engine.maps.outcomes import TYPES, VERDICTS, Outcomes, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from engine.maps.tiles import Tile

#: Of our attributes and fields, not of Zarr.
FORMAT = 1
#: Pixels across a chunk: 2 MB of float64.
CHUNK = 512
_OURS = "overshoot"


class StoreError(ValueError):
    """A store that cannot be used; the message is a sentence with what to do."""


class Store:
    """A folder in which a map of one experiment and size is kept; see `open_store`.

    Attributes
    ----------
    outcomes : what is known so far, (height, width) each; `keep` and `flush` write from it.
    """

    def __init__(self, path: Path, group: Any, height: int, width: int) -> None:
        self.path = path
        self._arrays = {name: group[name] for name in Outcomes._fields}
        self.outcomes = unknown(height, width)
        down, across = (-(-size // CHUNK) for size in (height, width))
        self._kept = np.zeros((down, across), np.bool_)
        self._load()

    def keep(self, tile: Tile) -> None:
        """Write those chunks of a tile that are complete by now.

        Raises OSError, whose text is one plain sentence, if they cannot be written; those that
        were written before are whole.
        """
        rows = range(tile.top // CHUNK, -(-tile.bottom // CHUNK))
        columns = range(tile.left // CHUNK, -(-tile.right // CHUNK))
        self._write((row, column) for row in rows for column in columns)

    def flush(self) -> None:
        """Write what is known in chunks that are not complete, too; raises as `keep` does."""
        places = np.argwhere(~self._kept).tolist()
        self._write(((row, column) for row, column in places), complete=False)

    def _write(self, chunks: Iterator[tuple[int, int]], complete: bool = True) -> None:
        for place in chunks:
            region = _region(place)
            known = self.outcomes.verdict[region] != len(VERDICTS)
            if self._kept[place] or not (known.all() if complete else known.any()):
                continue
            try:
                # The verdict says that the others are there, and so comes last.
                for name in sorted(self._arrays, key="verdict".__eq__):
                    self._arrays[name][region] = getattr(self.outcomes, name)[region]
            except OSError as error:
                raise OSError(
                    f"{sentence(error, self.path)} What was computed before is kept there."
                ) from error
            self._kept[place] = bool(known.all())

    def _load(self) -> None:
        for place in np.ndindex(*self._kept.shape):
            region = _region(place)
            found = self._read(region)
            if found is None:
                continue
            known = found["verdict"] != len(VERDICTS)
            for name, values in found.items():
                getattr(self.outcomes, name)[region][known] = values[known]
            self._kept[place] = bool(known.all())

    def _read(self, region: tuple[slice, slice]) -> dict[str, NDArray[Any]] | None:
        try:
            return {name: array[region] for name, array in self._arrays.items()}
        except OSError as error:
            raise OSError(sentence(error, self.path, "read")) from error
        except (ValueError, RuntimeError):
            # Torn, as its checksum says: to be computed again.
            return None


def open_store(path: str | Path, experiment: str, width: int, height: int) -> Store:
    """Return the store at `path`, new or with what an earlier run has left there.

    Parameters
    ----------
    path : a folder; what else is there is not touched.
    experiment : everything that says what is computed, as text: a store of another is refused.
    width, height : the map's size in pixels.

    Raises
    ------
    StoreError : if something else is there, if the store is of another experiment, size or
        version, or if Zarr is not installed.
    OSError : whose text is one plain sentence, if the folder cannot be read or written.
    """
    path = Path(path)
    zarr = _zarr()
    wanted = {
        "format": FORMAT, "version": version("overshoot"), "experiment": experiment,
        "width": width, "height": height, "verdicts": list(VERDICTS),
    }  # fmt: skip
    try:
        if not path.exists() or (path.is_dir() and not any(path.iterdir())):
            group = _create(zarr, path, wanted)
        else:
            group = _open(zarr, path, wanted)
    except OSError as error:
        raise OSError(sentence(error, path)) from error
    return Store(path, group, height, width)


def read_store(path: str | Path) -> tuple[str, Outcomes]:
    """Return the experiment that a store was made for, as text, and its outcomes.

    Raises as `open_store`.
    """
    path = Path(path)
    zarr = _zarr()
    if not path.exists():
        raise StoreError(f"There is no folder {path}; check the name.")
    ours = _attributes(zarr, path)
    _check_version(ours, path)
    group = zarr.open_group(path, mode="r")
    store = Store(path, group, int(ours["height"]), int(ours["width"]))
    return str(ours["experiment"]), store.outcomes


def _create(zarr: Any, path: Path, wanted: dict[str, Any]) -> Any:
    from zarr.codecs import Crc32cCodec, ZstdCodec

    # Made aside and renamed: a store that is begun is whole, or there is none.
    draft = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    group = zarr.create_group(draft, zarr_format=3)
    shape = (wanted["height"], wanted["width"])
    for name, kind, none in zip(Outcomes._fields, TYPES, _nothing(), strict=True):
        group.create_array(
            name, shape=shape, chunks=(CHUNK, CHUNK), dtype=kind, fill_value=none,
            compressors=[ZstdCodec(level=1), Crc32cCodec()], dimension_names=("y", "x"),
        )  # fmt: skip
    group.attrs[_OURS] = wanted
    with suppress(FileNotFoundError):
        path.rmdir()
    draft.rename(path)
    return zarr.open_group(path, mode="r+")


def _open(zarr: Any, path: Path, wanted: dict[str, Any]) -> Any:
    ours = _attributes(zarr, path)
    _check_version(ours, path)
    if (ours["width"], ours["height"]) != (wanted["width"], wanted["height"]):
        raise StoreError(
            f"{path} holds a map of {ours['width']} × {ours['height']} pixels, not of "
            f"{wanted['width']} × {wanted['height']}; choose another folder."
        )
    if ours["experiment"] != wanted["experiment"]:
        raise StoreError(
            f"{path} holds a map of other settings; choose another folder, or remove that one."
        )
    return zarr.open_group(path, mode="r+")


def _check_version(ours: dict[str, Any], path: Path) -> None:
    here = {"format": FORMAT, "version": version("overshoot"), "verdicts": list(VERDICTS)}
    if any(ours.get(key) != value for key, value in here.items()):
        raise StoreError(
            f"{path} was computed by Overshoot {ours.get('version')} and this is "
            f"{here['version']}, whose results may differ; finish it there or choose another "
            "folder."
        )


def _attributes(zarr: Any, path: Path) -> dict[str, Any]:
    try:
        ours = zarr.open_group(path, mode="r").attrs.get(_OURS)
    except OSError as error:
        if error.errno is not None:
            raise OSError(sentence(error, path, "read")) from error
        ours = None
    except (ValueError, KeyError, TypeError):
        # Whatever Zarr makes of files that are none of its own.
        ours = None
    if not isinstance(ours, dict):
        raise StoreError(
            f"{path} is not a map of Overshoot; choose another folder, which may be new."
        )
    return ours


def _nothing() -> Iterator[float | int]:
    for name in Outcomes._fields:
        yield getattr(unknown(1), name)[0].item()


def _region(place: tuple[int, ...]) -> tuple[slice, slice]:
    row, column = place
    return (
        slice(row * CHUNK, (row + 1) * CHUNK),
        slice(column * CHUNK, (column + 1) * CHUNK),
    )


def _zarr() -> Any:
    try:
        import zarr
    except ImportError:
        raise StoreError(
            'A store needs Zarr; install it with  pip install "overshoot[maps]".'
        ) from None
    return zarr
