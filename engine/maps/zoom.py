"""A film into a map: frame after frame from one range to a smaller one."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import replace

from engine import atomic
from engine.maps.axes import Axis
from engine.maps.colouring import colours
from engine.maps.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Executor
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.maps.map_experiment import MapExperiment
    from engine.maps.task import Task

    Range = tuple[float, float]

#: What `write_film` writes.
KINDS = (".mp4", ".gif")


def axis_between(axis: Axis, goal: Range, share: float) -> Axis:
    """Return the axis at a share of the way to a goal.

    The range shrinks by equal factors in equal times, and what stays in place on screen is one
    point, as in a steady zoom; on a log axis this holds of logarithms.
    """
    forth, back = (math.log, math.exp) if axis.scale == "log" else (float, float)
    low, high, last_low, last_high = (forth(end) for end in (axis.low, axis.high, *goal))
    ratio = (last_high - last_low) / (high - low)
    gone = share if math.isclose(ratio, 1.0) else (1 - ratio**share) / (1 - ratio)
    ends = (low + (last_low - low) * gone, high + (last_high - high) * gone)
    return replace(axis, low=back(ends[0]), high=back(ends[1]))


def check_goal(axis: Axis, goal: Range, count: int) -> None:
    """Raise ValueError, with a sentence, if a zoom cannot end there with so many pixels."""
    last = Axis(name=axis.name, low=goal[0], high=goal[1], scale=axis.scale)
    if last.step(count) <= 4 * last.deepest:
        raise ValueError(
            f"{axis.name} from {goal[0]!r} to {goal[1]!r} is less than float64 can tell apart in "
            f"{count} pixels; give a wider range."
        )


def frames(
    task: Task, experiment: MapExperiment, goal: tuple[Range, Range], count: int,
    executor: Executor | None = None, workers: int | None = None,
) -> Iterator[NDArray[np.uint8]]:  # fmt: skip
    """Compute a film's pictures: red, green, blue, (height, width, 3) each, from the top.

    Parameters
    ----------
    task, experiment : what is mapped, and where it begins.
    goal : the ranges of x and y at the end.
    count : how many pictures, from 2.
    executor, workers : as in `engine.maps.picture.Picture.tiles`.
    """
    cost = None
    for share in np.linspace(0.0, 1.0, count).tolist():
        x = axis_between(experiment.x, goal[0], share)
        y = axis_between(experiment.y, goal[1], share)
        picture = Picture(task, x, y, experiment.width, experiment.height, cost=cost)
        outcomes = picture.run(executor, workers)
        cost = picture.cost
        yield np.ascontiguousarray(colours(outcomes, experiment.colouring)[::-1, :, :3])


def write_film(path: Path, pictures: Iterable[NDArray[np.uint8]], rate: int = 24) -> None:
    """Write a film as MP4 or GIF, as its name ends; it appears whole or not at all.

    Raises ValueError for another ending or where PyAV or Pillow is not installed, OSError (a
    plain sentence) if it cannot be written.
    """
    check_film(path)
    with atomic.replacing(path) as file:
        if path.suffix.lower() == ".gif":
            _write_gif(file, pictures, rate)
        else:
            _write_mp4(file, pictures, rate)


def check_film(path: Path) -> None:
    """Raise ValueError, with a sentence, if `write_film` cannot write a file of that name."""
    needs = {".mp4": ("av", "PyAV"), ".gif": ("PIL", "Pillow")}.get(path.suffix.lower())
    if needs is None:
        raise ValueError(f"{path} ends in none of {', '.join(KINDS)}; give it another name.")
    try:
        __import__(needs[0])
    except ImportError:
        raise ValueError(
            f'{path.suffix} needs {needs[1]}; install it with  pip install "overshoot[video]".'
        ) from None


def _write_gif(file: Any, pictures: Iterable[NDArray[np.uint8]], rate: int) -> None:
    from PIL import Image

    images = (Image.fromarray(picture).quantize(256) for picture in pictures)
    first = next(images)
    first.save(
        file, format="GIF", save_all=True, append_images=images, duration=round(1000 / rate),
        loop=0,
    )  # fmt: skip


def _write_mp4(file: Any, pictures: Iterable[NDArray[np.uint8]], rate: int) -> None:
    import av

    with av.open(file, "w", format="mp4") as film:
        stream = None
        for number, picture in enumerate(pictures):
            # Colours are kept for two by two pixels, so that sides are even.
            even = picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2]
            if stream is None:
                stream = film.add_stream(_codec(av), rate=rate)
                stream.height, stream.width = even.shape[:2]
                stream.pix_fmt = "yuv420p"
                stream.bit_rate = 8_000_000
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(even), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            film.mux(stream.encode(frame))
        if stream is not None:
            film.mux(stream.encode())


def _codec(av: Any) -> str:
    # Every program shows H.264; not every build of FFmpeg may write it.
    return "libx264" if "libx264" in av.codecs_available else "mpeg4"
