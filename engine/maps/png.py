"""PNG files that carry the experiment that they show (PNG specification, W3C 2003)."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, BinaryIO

from engine import atomic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: The keyword of the text with the experiment.
KEYWORD = "overshoot"
_LEVEL = 6
#: No text of ours is longer; a file that says so is damaged.
_LONGEST = 10 * 2**20


class PngError(ValueError):
    """A PNG that says nothing about an experiment; the message is a sentence."""


def write_png(
    path: str | Path, width: int, height: int, bands: Iterable[NDArray[np.uint8]], text: str
) -> None:
    """Write a picture of 8-bit red, green, blue and opacity, which appears whole or not at all.

    Parameters
    ----------
    path : its name.
    width, height : in pixels.
    bands : rows from the top, (some, width, 4) each; one after the other, because a large picture
        is larger than its file.
    text : what it says about itself.

    Raises
    ------
    OSError : whose text is one plain sentence.
    """
    with atomic.replacing(path) as file:
        file.write(_SIGNATURE)
        _chunk(file, b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
        _chunk(file, b"sRGB", b"\0")
        _chunk(file, b"tEXt", b"Software\0Overshoot")
        head = KEYWORD.encode() + b"\0\1\0\0\0"
        _chunk(file, b"iTXt", head + zlib.compress(text.encode("utf-8", "replace")))
        packer = zlib.compressobj(_LEVEL)
        for band in bands:
            # Each row begins with the number of its filter: none.
            rows = b"".join(b"\0" + row.tobytes() for row in band)
            _chunk(file, b"IDAT", packer.compress(rows))
        _chunk(file, b"IDAT", packer.flush())
        _chunk(file, b"IEND", b"")


def is_png(path: str | Path) -> bool:
    """Return whether a file begins as a PNG does; False if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(len(_SIGNATURE)) == _SIGNATURE
    except OSError:
        return False


def read_text(path: str | Path) -> str:
    """Return what a picture of `write_png` says about itself.

    Raises PngError for one that says nothing, OSError (a plain sentence) if it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            file.read(len(_SIGNATURE))
            for kind, content in _chunks(file):
                keyword, _, rest = content.partition(b"\0")
                if kind == b"iTXt" and keyword == KEYWORD.encode() and rest[:2] == b"\1\0":
                    unpacker = zlib.decompressobj()
                    packed = rest[2:].split(b"\0", 2)[2]
                    return unpacker.decompress(packed, _LONGEST).decode("utf-8")
    except OSError as error:
        raise OSError(atomic.sentence(error, path, "read")) from error
    except (ValueError, IndexError, struct.error, zlib.error) as error:
        raise PngError(f"{path} is damaged; its experiment cannot be read.") from error
    raise PngError(
        f"{path} says nothing about an experiment; give a picture that Overshoot has saved, as it "
        "was saved."
    )


def _chunk(file: BinaryIO, kind: bytes, content: bytes) -> None:
    if kind == b"IDAT" and not content:
        return
    checksum = zlib.crc32(content, zlib.crc32(kind))
    file.write(struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum))


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    while head := file.read(8):
        length, kind = struct.unpack(">I4s", head)
        if kind in (b"IDAT", b"IEND") or length > _LONGEST:
            # The text comes before the pixels.
            return
        content = file.read(length)
        (checksum,) = struct.unpack(">I", file.read(4))
        if checksum != zlib.crc32(content, zlib.crc32(kind)):
            raise ValueError("checksum")
        yield kind, content
