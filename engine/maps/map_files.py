"""A map as a file: PNG with its experiment inside, NumPy's .npy, or CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from engine import atomic
from engine.csv_writer import cells, numbers
from engine.maps.colouring import colours, scale_of
from engine.maps.map_experiment import dump
from engine.maps.outcomes import NO_BASIN, TYPES, VERDICTS, Outcomes
from engine.maps.png import write_png

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.maps.map_experiment import MapExperiment

#: Rows that are coloured and written at a time.
BAND = 64
#: The type of a .npy file's pixels: the fields of Outcomes.
RECORD = np.dtype(list(zip(Outcomes._fields, TYPES, strict=True)))


def write_map(path: Path, experiment: MapExperiment, outcomes: Outcomes) -> None:
    """Write a map to a file of the kind that its name ends in, which appears whole or not at all.

    Parameters
    ----------
    path : ends in .png (highest y at the top; carries the experiment), .npy (an array (height,
        width) of records with the fields of `Outcomes`, lowest y first) or .csv (a row per pixel).
    experiment : of which the outcomes are; its size is theirs.
    outcomes : (height, width) each.

    Raises
    ------
    ValueError : for another ending.
    OSError : whose text is one plain sentence, if it cannot be written.
    """
    kind = path.suffix.lower()
    if kind == ".png":
        write_png(path, experiment.width, experiment.height, _bands(experiment, outcomes),
                  dump(experiment))  # fmt: skip
    elif kind == ".npy":
        _write_npy(path, outcomes)
    elif kind == ".csv":
        _write_csv(path, experiment, outcomes)
    else:
        raise ValueError(f"{path} ends in none of {', '.join(KINDS)}; give it another name.")


#: What `write_map` writes.
KINDS = (".png", ".npy", ".csv")


def _bands(experiment: MapExperiment, outcomes: Outcomes) -> Iterator[NDArray[np.uint8]]:
    """Yield rows of colours from the top."""
    scale = scale_of(outcomes, experiment.colouring)
    for top in range(outcomes.loss.shape[0], 0, -BAND):
        rows = slice(max(0, top - BAND), top)
        part = Outcomes._make(field[rows] for field in outcomes)
        yield colours(part, experiment.colouring, scale)[::-1]


def _write_npy(path: Path, outcomes: Outcomes) -> None:
    header = {"descr": RECORD.descr, "fortran_order": False, "shape": outcomes.loss.shape}
    with atomic.replacing(path) as file:
        np.lib.format.write_array_header_2_0(file, header)
        for rows in _row_bands(outcomes):
            records = np.empty(rows.loss.shape, RECORD)
            for name, field in zip(Outcomes._fields, rows, strict=True):
                records[name] = field
            file.write(records.tobytes())


def _write_csv(path: Path, experiment: MapExperiment, outcomes: Outcomes) -> None:
    height, width = outcomes.loss.shape
    xs = numbers(experiment.x.at(np.arange(width), width))
    ys = numbers(experiment.y.at(np.arange(height), height))
    with atomic.replacing(path) as file:
        names = (experiment.x.name, experiment.y.name, *Outcomes._fields)
        file.write(cells(names) + b"\r\n")
        for i, y in enumerate(ys):
            file.write(_csv_row(xs, y, Outcomes._make(field[i] for field in outcomes)))


def _csv_row(xs: list[float], y: float, row: Outcomes) -> bytes:
    """Return a row of pixels as rows of text; unknown ones and unreached minima are blank."""
    verdicts = (*VERDICTS, "")
    lines = zip(
        xs, numbers(row.loss), numbers(row.measure), row.steps.tolist(), row.verdict.tolist(),
        row.basin.tolist(), strict=True,
    )  # fmt: skip
    encoded = [
        msgspec.json.encode([x, y, loss, measure, steps])[1:-1]
        + f",{verdicts[verdict]},{basin if basin != NO_BASIN else ''}\r\n".encode()
        for x, loss, measure, steps, verdict, basin in lines
    ]
    return b"".join(encoded)


def _row_bands(outcomes: Outcomes) -> Iterator[Outcomes]:
    for low in range(0, outcomes.loss.shape[0], BAND):
        yield Outcomes._make(field[low : low + BAND] for field in outcomes)
