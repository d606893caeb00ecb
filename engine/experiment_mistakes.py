"""What is wrong with an experiment's text, in sentences that name the key and the fix."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import numpy as np
from msgspec import inspect

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = TypeVar("Kind", bound=msgspec.Struct)

_EXPECTED = {
    "float": "a number such as 0.1",
    "int": "a whole number such as 10",
    "bool": "true or false",
    "str": 'a text in quotes such as "adam"',
    "array": "a list such as [1, 2]",
    "object": "a table of keys and values",
}
_MESSAGE = re.compile(r"(?P<words>.*?)( - at `(?P<path>[^`]*)`)?", re.DOTALL)
_LENGTH = re.compile(r"Expected `array` of length (\d+)")


def unknown_key(data: dict[str, Any], struct: type[msgspec.Struct]) -> str:
    """Return a sentence about the first key that `struct` does not know; empty if there is none."""
    for path, key, known in _unknown(data, inspect.type_info(struct), ""):
        where = spoken(f"{path}.{key}".lstrip("."))
        near = get_close_matches(key, known, n=2, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known here: {', '.join(known)}."
        return f"There is no setting {where}; {hint}"
    return ""


def _unknown(data: Any, kind: inspect.Type, path: str) -> Iterator[tuple[str, str, list[str]]]:
    if isinstance(kind, inspect.UnionType):
        for member in kind.types:
            if isinstance(member, inspect.StructType):
                yield from _unknown(data, member, path)
    elif isinstance(kind, inspect.VarTupleType) and isinstance(data, list):
        for i, item in enumerate(data):
            yield from _unknown(item, kind.item_type, f"{path}[{i}]")
    elif isinstance(kind, inspect.StructType) and isinstance(data, dict):
        fields = {field.encode_name: field for field in kind.fields}
        for key, value in data.items():
            if key in fields:
                yield from _unknown(value, fields[key].type, f"{path}.{key}")
            else:
                yield path, key, list(fields)


def wrong_value(
    error: msgspec.ValidationError, data: dict[str, Any], struct: type[msgspec.Struct]
) -> str:
    """Return in a sentence what msgspec found: which key, what is there and what should be."""
    match = _MESSAGE.fullmatch(str(error))
    assert match is not None
    path, value = _resolve((match["path"] or "$")[1:], data)
    words = match["words"]
    chosen = words.startswith(("Invalid enum", "Expected `str`"))
    if chosen and (choices := _choices(struct, path)):
        return f"{spoken(path)} is {_shown(value)}; give {' or '.join(map(str, choices))}."
    if words.startswith(("Expected", "Number out of range")):
        return f"{spoken(path)} is {_shown(value)}; give {_wanted(words, value)}."
    # Not about a type: a sentence of our own, about one of the table's keys.
    return f"In {spoken(path)}: {words}" if path else words


def settings_of(given: dict[str, Any], kind: type[Kind]) -> Kind:
    """Return settings, checked as those of a file are; NumPy's numbers count as plain ones.

    Raises ValueError, with a sentence that names the key and the fix, for what is not allowed.
    """
    plain = msgspec.to_builtins(given, enc_hook=_plain)
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        raise ValueError(wrong_value(error, plain, kind)) from None


def _plain(value: object) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise ValueError(f"A value is of type {type(value).__name__}; give a number or a text.")


def _wanted(words: str, value: Any) -> str:
    if length := _LENGTH.match(words):
        return f"a list of {length[1]} numbers"
    if words.startswith("Number"):
        return "a number below 1.8e308"
    names = re.findall(r"`([^`]*)`", words.partition(", got")[0])
    kinds = [k for k in names[0].split(" | ") if k != "null"] if names else []
    if kinds == ["int"] and isinstance(value, float):
        return "a whole number, without a decimal point"
    if kinds == ["float"] and isinstance(value, bool):
        return "a number such as 0.1; 1 turns a switch on and 0 turns it off"
    if kinds == ["array"] and isinstance(value, dict):
        return "a list; each run begins with [[runs]], in two pairs of brackets"
    if "object" in kinds and isinstance(value, str) and len(value) < 40:
        return f'a table such as {{name = "{value}"}}'
    return " or ".join(_EXPECTED.get(k, k) for k in kinds)


def _choices(struct: type[msgspec.Struct], path: str) -> tuple[Any, ...]:
    """Return the texts between which a key chooses; none if it takes any text."""
    kind: Any = inspect.type_info(struct)
    for key in re.sub(r"\[\d+\]", "", path).split("."):
        kind = next((f.type for f in _struct_in(kind).fields if f.name == key), None)
    return tuple(getattr(kind, "values", ()))


def _struct_in(kind: Any) -> inspect.StructType:
    members = getattr(kind, "types", None) or [getattr(kind, "item_type", kind)]
    return next(m for m in members if isinstance(m, inspect.StructType))


def _resolve(path: str, data: Any) -> tuple[str, Any]:
    """Return (path, value); msgspec's `[...]`, some entry, becomes the entry that is no number."""
    shown, value = "", data
    for step in re.findall(r"\.[^.\[]+|\[[^\]]*\]", path):
        if step == "[...]":
            key = next((k for k, v in value.items() if not _is_number(v)), next(iter(value), ""))
            shown, value = f"{shown}.{key}", value.get(key)
        elif step.startswith("["):
            shown, value = f"{shown}{step}", value[int(step[1:-1])]
        else:
            shown, value = f"{shown}{step}", value[step[1:]]
    return shown.lstrip("."), value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1.8e308


def _shown(value: Any) -> str:
    """Return a value as it stands in the file, cut when long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, str):
        return f"the text {_cut(repr(value))}"
    if isinstance(value, int) and abs(value) >= 10**20:
        return "a huge number"
    return _cut(str(value))


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"


def spoken(path: str) -> str:
    """Return a key's path; the run it belongs to is also counted as people do."""
    match = re.match(r"runs\[(\d+)\]", path)
    return f"{path} (run {int(match[1]) + 1})" if match else path
