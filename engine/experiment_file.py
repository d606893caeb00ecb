"""An experiment as one TOML file."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import tomli_w
from msgspec.structs import replace

from engine import atomic
from engine.experiment import FORMAT, Experiment, surface_of
from engine.experiment_mistakes import unknown_key, wrong_value
from engine.parameter import complete

if TYPE_CHECKING:
    from engine.experiment import Settings

LARGEST = 10 * 2**20
#: Always written, also when they are the defaults: a newer version may have others.
_ALWAYS = ("format", "surface", "start", "steps", "precision", "name", "table", "optimizer",
           "learning_rate")  # fmt: skip
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
    experiment = parse(_text(path), str(path))
    surface, folder = experiment.surface, path.parent
    if surface.data is not None and _is_file_name(surface.data.table):
        data = replace(surface.data, table=_absolute(surface.data.table, folder))
        surface = replace(surface, data=data)
    runs = (
        replace(run, recorded=_absolute(run.recorded, folder)) if run.recorded else run
        for run in experiment.runs
    )
    return replace(experiment, surface=surface, runs=tuple(runs))


def _absolute(name: str, folder: Path) -> str:
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
    try:
        data = tomllib.loads(text)
    except RecursionError as error:
        raise ExperimentError(f"{source}: brackets are nested too deeply.") from error
    except ValueError as error:
        raise ExperimentError(f"{source} is not valid TOML: {_toml_reason(error)}") from error
    try:
        return _convert(data)
    except msgspec.ValidationError as error:
        raise ExperimentError(f"{source}: {wrong_value(error, data, Experiment)}") from error
    except ValueError as error:
        raise ExperimentError(f"{source}: {error}") from error


def _convert(data: dict[str, Any]) -> Experiment:
    version = data.get("format", FORMAT)
    if isinstance(version, int) and version > FORMAT:
        raise ValueError(
            f"format is {version}: the file was written by a newer Overshoot (this one reads "
            f"format {FORMAT}). Update Overshoot to open it."
        )
    unknown = unknown_key(data, Experiment)
    if unknown:
        raise ValueError(unknown)
    experiment = msgspec.convert(data, Experiment)
    _check_formula(experiment)
    return experiment


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


def _text(path: Path) -> str:
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


def _is_file_name(table: str) -> bool:
    """Return whether a table's name is that of a file; bundled ones have no dot and no slash."""
    return bool({".", "/", "\\"} & set(table))


def dump(experiment: Experiment) -> str:
    """Return the experiment as TOML text that `parse` turns into an equal one.

    Settings that equal their defaults are left out, except those that decide what is computed.
    """
    text = tomli_w.dumps(_plain(experiment))
    # Short lists of numbers on one line; text in quotes never contains a line break.
    text = re.sub(r"\[\n((?: {4}[-+.\w]+,\n)+)\]", _on_one_line, text)
    return _HEADER + text


def write(path: str | Path, experiment: Experiment) -> None:
    """Write the experiment to a file, which appears whole or not at all.

    Raises OSError whose text is one plain sentence.
    """
    atomic.write_text(path, dump(experiment))


def _on_one_line(match: re.Match[str]) -> str:
    return f"[{', '.join(item.strip().rstrip(',') for item in match[1].splitlines())}]"


def _plain(settings: Settings) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(type(settings)):
        value = getattr(settings, field.name)
        if value is None or (field.name not in _ALWAYS and value == field.default):
            continue
        if isinstance(value, msgspec.Struct):
            table = _plain(value)  # type: ignore[arg-type]
            if table:
                found[field.name] = table
        elif field.name == "runs":
            found["runs"] = [_plain(run) for run in value]
        elif value != {}:
            found[field.name] = list(value) if isinstance(value, tuple) else value
    return found
