"""An experiment with a network as one TOML file."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from engine import atomic
from engine.experiment_file import (
    ON_NETWORKS,
    ExperimentError,
    absolute,
    as_toml,
    checked,
    is_file_name,
    tables,
    text_of,
)
from engine.networks.settings import NetworkExperiment

#: Tables that only an experiment on a surface has.
ON_SURFACES = frozenset({"surface", "start", "display"})
#: Always written, also when they are the defaults: a newer version may have others.
_ALWAYS = ("format", "data", "source", "model", "hidden", "activation", "loss", "initial", "scheme",
           "batches", "size", "steps", "precision", "optimizer", "learning_rate")  # fmt: skip
_HEADER = """\
# A network that Overshoot trains, without a window:
#   overshoot train this-file.toml --csv steps.csv
# Settings that are left out are off or have their defaults.

"""


def read(path: str | Path) -> NetworkExperiment:
    """Return the experiment in a TOML file; a path in it is taken relative to its folder.

    Raises ExperimentError, with a sentence that names file, key and fix, for whatever is wrong.
    """
    path = Path(path)
    return located(parse(text_of(path), str(path)), path.parent)


def located(experiment: NetworkExperiment, folder: Path) -> NetworkExperiment:
    """Return an experiment from a file in `folder`, whose path is relative to it no more."""
    data = experiment.data
    if is_file_name(data.source):
        data = replace(data, source=absolute(data.source, folder))
    return replace(experiment, data=data)


def parse(text: str, source: str = "The experiment") -> NetworkExperiment:
    """Return the experiment that a TOML text describes.

    Parameters
    ----------
    text : TOML.
    source : what the text is called in error messages, usually the file's name.

    Raises
    ------
    ExperimentError : with a sentence that names source, key and fix.
    """
    data = tables(text, source)
    if ON_SURFACES & set(data) and not ON_NETWORKS & set(data):
        raise ExperimentError(
            f"{source} is an experiment on a surface and trains no network; call  "
            f"overshoot run {source}  or open it in the window."
        )
    return checked(data, NetworkExperiment, source)


def dump(experiment: NetworkExperiment) -> str:
    """Return the experiment as TOML text that `parse` turns into an equal one.

    Settings that equal their defaults are left out, except those that decide what is computed.
    """
    return _HEADER + as_toml(experiment, _ALWAYS)


def write(path: str | Path, experiment: NetworkExperiment) -> None:
    """Write the experiment to a file, which appears whole or not at all.

    Raises OSError whose text is one plain sentence.
    """
    atomic.write_text(path, dump(experiment))
