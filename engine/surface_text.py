"""A surface with its parameters and data as one cell of a table."""

from __future__ import annotations

import msgspec

from engine.experiment import SurfaceSettings, surface_of
from engine.parameter import complete
from engine.surfaces.data_driven import default_data


def encoded(settings: SurfaceSettings | None) -> str:
    """Return a surface as compact JSON, defaults written out; ``""`` for one that is not known.

    What is written out stays as it was when a later version has other defaults.
    """
    if settings is None:
        return ""
    surface = surface_of(settings)
    whole = {
        "name": settings.name,
        "formula": settings.formula,
        "parameters": complete(surface.parameters, settings.parameters),
        "data": (settings.data or default_data(surface)) if surface.uses_data else None,
    }
    return msgspec.json.encode({key: value for key, value in whole.items() if value}).decode()


def decoded(text: str) -> SurfaceSettings | None:
    """Return what `encoded` was given; None for ``""``. Raises ValueError for anything else."""
    if not text:
        return None
    settings = msgspec.json.decode(text, type=SurfaceSettings)
    # A formula that cannot be read is said here, not when the path is drawn.
    surface_of(settings)
    return settings
