"""A surface with its parameters and data as one cell of a table, without commas or quotes."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import msgspec

from engine.experiment import SurfaceSettings, surface_of
from engine.parameter import complete
from engine.surfaces.data_driven import default_data

#: What a formula may hold and a query need not escape.
PLAIN = " ^*()/"


def encoded(settings: SurfaceSettings | None) -> str:
    """Return a surface such as ``"name=bowl&parameters.kappa=10.0"``; ``""`` for None.

    It is written as a query of the web, which every reader of tables takes for one plain cell.
    Defaults are written out, so that it stays the same where a later version has others.
    """
    if settings is None:
        return ""
    surface = surface_of(settings)
    pairs: dict[str, Any] = {"name": settings.name}
    if settings.formula:
        pairs["formula"] = settings.formula
    values = complete(surface.parameters, settings.parameters)
    pairs |= {f"parameters.{name}": value for name, value in values.items()}
    if surface.uses_data:
        data = msgspec.to_builtins(settings.data or default_data(surface))
        pairs |= {f"data.{name}": value for name, value in data.items()}
    return urlencode(pairs, safe=PLAIN, quote_via=quote)


def decoded(text: str) -> SurfaceSettings | None:
    """Return what `encoded` was given; None for ``""``. Raises ValueError for anything else."""
    if not text:
        return None
    fields: dict[str, Any] = {}
    parts: dict[str, dict[str, str]] = {"parameters": {}, "data": {}}
    for key, value in parse_qsl(text, keep_blank_values=True, strict_parsing=True):
        part, _, name = key.partition(".")
        if name and part in parts:
            parts[part][name] = value
        else:
            fields[key] = value
    fields |= {part: found for part, found in parts.items() if found}
    settings = msgspec.convert(fields, SurfaceSettings, strict=False)
    # A formula that cannot be read is said here, not when the path is drawn.
    surface_of(settings)
    return settings
