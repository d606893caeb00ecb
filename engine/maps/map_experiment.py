"""A map as one frozen value: what is asked for each pixel, axes, size, colours; and as TOML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from engine import atomic
from engine.experiment import FORMAT, Experiment, Settings
from engine.experiment_file import ExperimentError, as_toml, checked, located, tables, text_of
from engine.maps.axes import Axis  # noqa: TC001 - msgspec reads it
from engine.maps.colouring import ColouringSettings
from engine.maps.trainability import Trainability
from engine.networks.experiment_file import located as network_located
from engine.networks.settings import NetworkExperiment  # noqa: TC001 - msgspec reads it

if TYPE_CHECKING:
    from engine.maps.task import Task

#: The tables of which one says what is mapped.
KINDS = ("basins", "surface", "network", "trainability")
#: More pixels than this across make no picture that any program opens.
MOST_ACROSS = 100_000
#: Always written, also when they are the defaults: a newer version may have others.
_ALWAYS = (
    "format", "width", "height", "by", "scale", "surface", "start", "steps", "precision", "name",
    "table", "optimizer", "learning_rate", "data", "source", "model", "hidden", "activation",
    "loss", "initial", "scheme", "batches", "size", "inputs", "points", "seed",
)  # fmt: skip
_HEADER = """\
# A map of Overshoot: open it in the window, or compute it without one:
#   overshoot map this-file.toml --out picture.png
# Settings that are left out are off or have their defaults.

"""


class MapExperiment(Settings, frozen=True):
    """Runs over a range of two settings.

    One of ``basins`` (an experiment with one run, from each start point), ``surface`` and
    ``network`` (one with any two settings of its one run) and ``trainability`` (the networks of
    Sohl-Dickstein 2024) says which runs; the names of the axes say which settings vary.
    ``trainability``'s own x and y do not count.
    """

    x: Axis
    y: Axis
    format: int = FORMAT
    title: str = ""
    width: int = 512
    height: int = 512
    colouring: ColouringSettings = ColouringSettings()
    basins: Experiment | None = None
    surface: Experiment | None = None
    network: NetworkExperiment | None = None
    trainability: Trainability | None = None

    def __post_init__(self) -> None:
        """Raise ValueError, naming the field and the fix, for what is not allowed."""
        if self.format != FORMAT:
            raise ValueError(f"format is {self.format}; this version reads format {FORMAT}.")
        for name in ("width", "height"):
            if not 1 <= getattr(self, name) <= MOST_ACROSS:
                raise ValueError(
                    f"{name} is {getattr(self, name)}; give 1 to {MOST_ACROSS:,} pixels."
                )
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            there = " and ".join(given) or "nothing"
            raise ValueError(
                f"There is {there} to map; give one table of {', '.join(KINDS[:-1])} or "
                f"{KINDS[-1]}."
            )

    @property
    def kind(self) -> str:
        """Which of `KINDS` is given."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)


def task_of(experiment: MapExperiment) -> Task:
    """Return what a map asks for each pixel.

    Raises ValueError, with a sentence, for axes or an experiment that make no map.
    """
    x, y = experiment.x.name, experiment.y.name
    if experiment.trainability is not None:
        return replace(experiment.trainability, x=x, y=y)
    if experiment.network is not None:
        from engine.maps.network_task import NetworkMap

        return NetworkMap(experiment=experiment.network, x=x, y=y)
    from engine.maps.surface_task import Basins, SurfaceMap

    if experiment.surface is not None:
        return SurfaceMap(experiment=experiment.surface, x=x, y=y)
    if (x, y) != ("x", "y"):
        raise ValueError(
            f"The axes are {x} and {y}, but basins are of start points; name them x and y."
        )
    assert experiment.basins is not None
    return Basins(experiment=experiment.basins)


def computed_as(experiment: MapExperiment) -> str:
    """Return as text everything that decides about the outcomes: no title, size and colours."""
    plain = MapExperiment(x=experiment.x, y=experiment.y, **_subject(experiment))  # type: ignore[arg-type]
    # Read again, so that equal settings are equal texts: 2 becomes 2.0.
    return as_toml(parse(as_toml(plain, _ALWAYS)), _ALWAYS)


def _subject(experiment: MapExperiment) -> dict[str, Settings]:
    found = getattr(experiment, experiment.kind)
    if isinstance(found, Trainability):
        unset = Trainability()
        found = replace(found, x=unset.x, y=unset.y)
    return {experiment.kind: found}


def dump(experiment: MapExperiment) -> str:
    """Return the map as TOML text that `parse` turns into an equal one."""
    return _HEADER + as_toml(replace(experiment, **_subject(experiment)), _ALWAYS)


def parse(text: str, source: str = "The map", folder: Path | None = None) -> MapExperiment:
    """Return the map that a TOML text describes.

    Parameters
    ----------
    text : TOML.
    source : what the text is called in error messages, usually the file's name.
    folder : what paths in it are relative to, if they are.

    Raises
    ------
    ExperimentError : with a sentence that names source, key and fix.
    """
    data = tables(text, source)
    if not (set(KINDS) - {"surface"}) & set(data) and not {"x", "y"} & set(data):
        raise ExperimentError(
            f"{source} is one run, not a map; give it axes, [x] and [y], and put the run into a "
            f"table {' or '.join(KINDS)}."
        )
    found = checked(data, MapExperiment, source)
    if folder is not None:
        if found.network is not None:
            return replace(found, network=network_located(found.network, folder))
        for kind in ("basins", "surface"):
            if getattr(found, kind) is not None:
                return replace(found, **{kind: located(getattr(found, kind), folder)})
    return found


def is_map(text: str) -> bool:
    """Return whether a TOML text is meant as a map, however wrong it may be."""
    try:
        data = tables(text, "")
    except ExperimentError:
        return False
    return "x" in data and "y" in data


def read(path: str | Path) -> MapExperiment:
    """Return the map in a TOML file, or the one that a picture of it carries.

    Raises ExperimentError, with a sentence that names file, key and fix, for whatever is wrong.
    """
    from engine.maps import png

    path = Path(path)
    if not png.is_png(path):
        return parse(text_of(path), str(path), path.parent)
    try:
        text = png.read_text(path)
    except (png.PngError, OSError) as error:
        raise ExperimentError(str(error)) from error
    return parse(text, str(path), path.parent)


def write(path: str | Path, experiment: MapExperiment) -> None:
    """Write the map to a file, which appears whole or not at all.

    Raises OSError whose text is one plain sentence.
    """
    atomic.write_text(path, dump(experiment))
