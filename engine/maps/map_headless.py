"""``overshoot map``: pictures of any size without a screen; see `engine.headless`."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from engine.atomic import check_writable
from engine.commands import BAD, DONE, INTERRUPTED, UNWRITTEN, bad, guarded
from engine.maps.map_arguments import Wishes
from engine.maps.map_experiment import MapExperiment, computed_as, read, task_of
from engine.maps.picture import LostError, Picture, processors
from engine.maps.scheduler import SchedulerError
from engine.maps.store import StoreError
from engine.progress_bar import ProgressBar
from engine.terminal import complain, interruptible, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from concurrent.futures import Executor
    from pathlib import Path

    from engine.maps.axes import Axis
    from engine.maps.outcomes import Outcomes
    from engine.maps.store import Store
    from engine.maps.task import Task

    Show = Callable[[float, float], None]

#: How long a tile takes, in seconds: what is around it, here or on other machines, is little then.
TILE = 0.5


def run_map(arguments: argparse.Namespace) -> int:
    """Carry out ``map`` with parsed arguments and return its exit code."""
    wishes = Wishes(
        tuple(arguments.out), arguments.size, arguments.scheduler, arguments.store,
        arguments.zoom and tuple(arguments.zoom), arguments.frames,
    )  # fmt: skip
    shown = arguments.progress or sys.stderr.isatty()
    return map_experiment(
        arguments.experiment, wishes, ProgressBar(sys.stderr).show if shown else None
    )


def map_experiment(path: Path, wishes: Wishes, show: Show | None = None) -> int:
    """Compute the map of a file and write it.

    Parameters
    ----------
    path : a TOML file, or a PNG with a map's experiment.
    wishes : where to, and how.
    show : called with the share that is done, 0 to 1, and the seconds that remain, NaN if unknown.

    Returns
    -------
    int : an exit code, see `engine.commands`. Sentences about failures go to standard error.
    """
    return guarded(lambda: _map(path, wishes, show or (lambda share, remaining: None)))


def _map(path: Path, wishes: Wishes, show: Show) -> int:
    wrong = wishes.mistake()
    if wrong:
        complain(wrong)
        return BAD
    try:
        experiment = read(path)
        if wishes.size is not None:
            experiment = replace(experiment, width=wishes.size[0], height=wishes.size[1])
        task = task_of(experiment)
        _check(path, wishes)
        if wishes.zoom is not None:
            return _film(task, experiment, wishes, show)
        return _picture(task, experiment, wishes, show)
    except (StoreError, SchedulerError) as error:
        complain(str(error))
        return BAD
    except ValueError as error:
        return bad(path, error)


def _check(path: Path, wishes: Wishes) -> None:
    for file in wishes.files:
        if file.exists() and path.exists() and file.samefile(path) and path.suffix != ".png":
            raise ValueError(f"{file} would replace the experiment; give it another name.")
        # Before the work: a mistake in the name should not cost an hour.
        check_writable(file)


def _picture(task: Task, experiment: MapExperiment, wishes: Wishes, show: Show) -> int:
    store = _store(experiment, wishes)
    picture = Picture(
        task, experiment.x, experiment.y, experiment.width, experiment.height,
        known=None if store is None else store.outcomes,
    )  # fmt: skip
    note, code = "", DONE
    with interruptible(picture.cancel):
        try:
            with ExitStack() as stack:
                _compute(picture, store, _workers(stack, wishes), show)
        except LostError as error:
            note, code = str(error), UNWRITTEN
    if picture.cancelled and not picture.complete:
        note, code = "Interrupted.", INTERRUPTED
    if store is not None:
        store.flush()
    written = _write(experiment, wishes, picture.outcomes)
    _report(picture, wishes, note)
    return code or written


def _store(experiment: MapExperiment, wishes: Wishes) -> Store | None:
    if wishes.folder is None:
        return None
    from engine.maps.store import open_store

    size = experiment.width, experiment.height
    return open_store(wishes.folder, computed_as(experiment), *size)


def _workers(stack: ExitStack, wishes: Wishes) -> tuple[Executor | None, int]:
    if not wishes.scheduler:
        return None, processors()
    from engine.maps.scheduler import scheduler

    found = stack.enter_context(scheduler(wishes.scheduler))
    return found.executor, found.count


def _compute(
    picture: Picture, store: Store | None, workers: tuple[Executor | None, int], show: Show
) -> None:
    for tile in picture.tiles(*workers, progressive=False, seconds=TILE):
        if store is not None:
            store.keep(tile)
        now = picture.progress
        show(now.share, now.remaining)


def _write(experiment: MapExperiment, wishes: Wishes, outcomes: Outcomes) -> int:
    from engine.maps.map_files import write_map

    code = DONE
    for file in wishes.files:
        try:
            write_map(file, experiment, outcomes)
        except OSError as error:
            # The others may still be written.
            complain(str(error))
            code = UNWRITTEN
    return code


def _report(picture: Picture, wishes: Wishes, note: str) -> None:
    from engine.maps.dimension import dimension

    now = picture.progress
    if note:
        kept = f" Call the same again to go on from {wishes.folder}." if wishes.folder else ""
        complain(f"{note} {now.share:.1%} of the pixels are there, the others are empty.{kept}")
        return
    rate = f" ({now.rate:,.0f} runs per second)" if now.rate == now.rate else ""
    say([f"{now.pixels:,} runs{rate}. {dimension(picture.outcomes).sentence}"])


def _film(task: Task, experiment: MapExperiment, wishes: Wishes, show: Show) -> int:
    from engine.maps import zoom

    assert wishes.zoom is not None
    (file,) = wishes.out
    goal = (wishes.zoom[:2], wishes.zoom[2:])
    ends: tuple[tuple[Axis, tuple[float, float], int], ...] = (
        (experiment.x, goal[0], experiment.width),
        (experiment.y, goal[1], experiment.height),
    )
    zoom.check_film(file)
    for axis, end, count in ends:
        zoom.check_goal(axis, end, count)
    since = time.monotonic()
    with ExitStack() as stack:
        executor, count = _workers(stack, wishes)

        def shown() -> Any:
            pictures = zoom.frames(task, experiment, goal, wishes.frames, executor, count)
            for done, picture in enumerate(pictures, 1):
                yield picture
                left = (time.monotonic() - since) / done * (wishes.frames - done)
                show(done / wishes.frames, left)

        zoom.write_film(file, shown())
    say([f"{wishes.frames} pictures."])
    return DONE
