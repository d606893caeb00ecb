"""An experiment as one TOML file."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import tomli_w
from msgspec.structs import replace

from engine import atomic
from engine.experiment import FORMAT, Experiment, surface_of
from engine.experiment_mistakes import unknown_key, wrong_value
from engine.parameter import complete

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.experiment import Settings

Kind = TypeVar("Kind", bound="Settings")

LARGEST = 10 * 2**20
#: Always written, also when they are the defaults: a newer version may have others.
_ALWAYS = ("format", "surface", "start", "steps", "precision", "name", "table", "optimizer",
           "learning_rate")  # fmt: skip
#: Tables that only an experiment with a network has.
ON_NETWORKS = frozenset({"data", "model", "initial", "batches", "stop"})
_HEADER = """\
# An experiment of Overshoot: open it in the window, or run it without one:
#   overshoot run this-file.toml --csv steps.csv
# Settings that are left out are off or have their defaults.

"""


class ExperimentError(ValueError):
    """An experiment that cannot be read; the message is one sentence with file, key and fix."""


def read(path: str | Path) -> Experiment:
    """Return the experiment in a TOML file; paths in it are taken relative to its folder.

    Raises ExperimentError, with a sentence that names file, key and fix, for whatever is wrong.
    """
    path = Path(path)
    return located(parse(text_of(path), str(path)), path.parent)


def located(experiment: Experiment, folder: Path) -> Experiment:
    """Return an experiment from a file in `folder`, whose paths are relative to it no more."""
    surface = experiment.surface
    if surface.data is not None and is_file_name(surface.data.table):
        data = replace(surface.data, table=absolute(surface.data.table, folder))
        surface = replace(surface, data=data)
    runs = (
        replace(run, recorded=absolute(run.recorded, folder)) if run.recorded else run
        for run in experiment.runs
    )
    return replace(experiment, surface=surface, runs=tuple(runs))


def absolute(name: str, folder: Path) -> str:
    """Return a path that a file gives relative to its own folder."""
    return os.path.abspath(folder / Path(name).expanduser())


def parse(text: str, source: str = "The experiment") -> Experiment:
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
    if ON_NETWORKS & set(data):
        raise ExperimentError(
            f"{source} trains a network, not a point on a surface; call  overshoot train {source}  "
            "in a terminal."
        )
    experiment = checked(data, Experiment, source)
    try:
        _check_formula(experiment)
    except ValueError as error:
        raise ExperimentError(f"{source}: {error}") from error
    return experiment


def tables(text: str, source: str) -> dict[str, Any]:
    """Return what a TOML text says; ExperimentError for what is no TOML."""
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ExperimentError(f"{source}: brackets are nested too deeply.") from error
    except ValueError as error:
        raise ExperimentError(f"{source} is not valid TOML: {_toml_reason(error)}") from error


def checked(data: dict[str, Any], kind: type[Kind], source: str) -> Kind:
    """Return a file's tables as settings; ExperimentError for what they do not allow."""
    try:
        return _convert(data, kind)
    except msgspec.ValidationError as error:
        raise ExperimentError(f"{source}: {wrong_value(error, data, kind)}") from error
    except ValueError as error:
        raise ExperimentError(f"{source}: {error}") from error


def _convert(data: dict[str, Any], kind: type[Kind]) -> Kind:
    version = data.get("format", FORMAT)
    if isinstance(version, int) and version > FORMAT:
        raise ValueError(
            f"format is {version}: the file was written by a newer Overshoot (this one reads "
            f"format {FORMAT}). Update Overshoot to open it."
        )
    unknown = unknown_key(data, kind)
    if unknown:
        raise ValueError(unknown)
    return msgspec.convert(data, kind)


def _check_formula(experiment: Experiment) -> None:
    settings = experiment.surface
    if settings.name == "formula":
        try:
            surface = surface_of(settings)
        except ValueError as error:
            raise ValueError(f"surface.formula cannot be read: {error}") from error
        complete(surface.parameters, settings.parameters)


def _toml_reason(error: ValueError) -> str:
    words = str(error)
    if words.startswith("Exceeds the limit"):
        return "a whole number has thousands of digits."
    place = re.search(r" \(at (line \d+, column \d+|end of document)\)$", words)
    if place is None:
        return f"{words.rstrip('.')}."
    where = place[1].replace("end of document", "at the end")
    what = words[: place.start()]
    if "overwrite" in what or "twice" in what:
        return f"a key is given twice ({where}); remove one of them."
    return f"{what} ({where}). Texts need quotes, lists need brackets and commas."


def text_of(path: Path) -> str:
    """Return what an experiment's file holds; ExperimentError for what cannot be read."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ExperimentError(f"{path} is a folder; choose an experiment's .toml file in it.")
        if status.st_size > LARGEST:
            raise ExperimentError(
                f"{path} has {status.st_size / 2**20:.0f} MiB; an experiment is smaller than "
                f"{LARGEST // 2**20} MiB. Is it another file?"
            )
        with open(path, "rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise ExperimentError(f"There is no file {path}; check its name and folder.") from error
    except OSError as error:
        raise ExperimentError(atomic.sentence(error, path, "read")) from error
    if b"\0" in content or len(content) > LARGEST:
        raise ExperimentError(f"{path} is not a text file; choose an experiment's .toml file.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExperimentError(
            f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8 and open it again."
        ) from error


def is_file_name(table: str) -> bool:
    """Return whether a table's name is that of a file; bundled ones have no dot and no slash."""
    return bool({".", "/", "\\"} & set(table))


def dump(experiment: Experiment) -> str:
    """Return the experiment as TOML text that `parse` turns into an equal one.

    Settings that equal their defaults are left out, except those that decide what is computed.
    """
    return _HEADER + as_toml(experiment, _ALWAYS)


def as_toml(settings: Settings, always: Collection[str]) -> str:
    """Return settings as TOML; what equals its default is left out, unless its name is `always`."""
    text = tomli_w.dumps(_plain(settings, always))
    # Short lists of numbers on one line; text in quotes never contains a line break.
    return re.sub(r"\[\n((?: {4}[-+.\w]+,\n)+)\]", _on_one_line, text)


def write(path: str | Path, experiment: Experiment) -> None:
    """Write the experiment to a file, which appears whole or not at all.

    Raises OSError whose text is one plain sentence.
    """
    atomic.write_text(path, dump(experiment))


def _on_one_line(match: re.Match[str]) -> str:
    return f"[{', '.join(item.strip().rstrip(',') for item in match[1].splitlines())}]"


def _plain(settings: Settings, always: Collection[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(type(settings)):
        value = getattr(settings, field.name)
        if value is None or (field.name not in always and value == field.default):
            continue
        if isinstance(value, msgspec.Struct):
            table = _plain(value, always)  # type: ignore[arg-type]
            if table:
                found[field.name] = table
        elif field.name == "runs":
            found["runs"] = [_plain(run, always) for run in value]
        elif value != {}:
            found[field.name] = list(value) if isinstance(value, tuple) else value
    return found
