"""What ``overshoot map`` may be told; kept apart because other commands load it, too."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.commands import add_command

_STORE, _PICTURES, _FILMS = ".zarr", (".png", ".npy", ".csv"), (".mp4", ".gif")


@dataclass(frozen=True)
class Wishes:
    """What is asked for besides the map: files, size, who computes, where to keep it, a film."""

    out: tuple[Path, ...] = ()
    size: tuple[int, int] | None = None
    scheduler: str = ""
    store: Path | None = None
    zoom: tuple[float, float, float, float] | None = None
    frames: int = 120

    def mistake(self) -> str:
        """Return in a sentence what is wrong with them, whatever is mapped; empty if nothing."""
        endings = [path.suffix.lower() for path in self.out]
        known = (*_PICTURES, _STORE, *_FILMS)
        if not self.out:
            return "Nothing would be written; give --out FILE."
        for path, ending in zip(self.out, endings, strict=True):
            if ending not in known:
                return f"{path} ends in none of {', '.join(known)}; give it another name."
        if len({path.resolve() for path in self.out}) < len(self.out):
            return "Two of the files have one name; give them two."
        if endings.count(_STORE) + (self.store is not None) > 1:
            return "There are two folders to keep the map in; --out ….zarr is one itself."
        films = [ending in _FILMS for ending in endings]
        if any(films) and (self.zoom is None or len(films) > 1):
            return "A film goes somewhere: give --zoom XLOW XHIGH YLOW YHIGH, and no other --out."
        if self.zoom is not None and (not any(films) or self.store is not None):
            return "--zoom makes a film: give --out FILE.mp4 or FILE.gif, and no --store."
        if self.frames < 2:
            return f"--frames is {self.frames}; give 2 or more."
        return ""

    @property
    def folder(self) -> Path | None:
        """Where the map is kept while it grows."""
        return next((p for p in self.out if p.suffix.lower() == _STORE), self.store)

    @property
    def files(self) -> tuple[Path, ...]:
        """What is written at the end."""
        return tuple(path for path in self.out if path.suffix.lower() != _STORE)


def add_map(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command ``map`` to a parser of commands."""
    command = add_command(
        subparsers,
        "map",
        "compute a map without a window",
        "Compute a map: what becomes of a run over a range of two of its settings. The experiment "
        "is a map's .toml file, or a .png that this command has written. With --store, a map that "
        "was broken off goes on where it was. Ctrl+C ends it; what there is by then is written.",
    )
    command.add_argument(
        "--out", type=Path, action="append", default=[], metavar="FILE",
        help="where to: .png, .npy, .csv or .zarr; with --zoom .mp4 or .gif; may be given again",
    )  # fmt: skip
    command.add_argument(
        "--size", type=size_of, metavar="N", help="pixels across, or 1920x1080; default: the map's"
    )
    command.add_argument(
        "--scheduler", default="", metavar="ADDRESS",
        help="compute on Dask's workers: tcp://…, or local for processes of this machine",
    )  # fmt: skip
    command.add_argument(
        "--store", type=Path, metavar="FOLDER", help="keep what is computed in this Zarr folder"
    )
    command.add_argument(
        "--zoom", type=float, nargs=4, metavar=("XLOW", "XHIGH", "YLOW", "YHIGH"),
        help="make a film that ends at this range",
    )  # fmt: skip
    command.add_argument(
        "--frames", type=int, default=120, metavar="N", help="pictures of the film; default: 120"
    )


def size_of(text: str) -> tuple[int, int]:
    """Return width and height from ``"512"`` or ``"1920x1080"``."""
    match = re.fullmatch(r"(\d{1,9})(?:[x×](\d{1,9}))?", text.strip())
    if match is None:
        raise argparse.ArgumentTypeError(f"{text} is no size; give 512 or 1920x1080.")
    return int(match[1]), int(match[2] or match[1])
