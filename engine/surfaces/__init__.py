"""The catalogue of loss surfaces."""

from __future__ import annotations

import difflib

from engine.surfaces import (
    bowls,
    data_driven,
    learning,
    many_minima,
    one_variable,
    rugged,
    saddles,
    valleys,
)
from engine.surfaces.surface import Surface

#: Every surface, in the order of the picker.
CATALOGUE: tuple[Surface, ...] = (
    *one_variable.SURFACES,
    *bowls.SURFACES,
    *valleys.SURFACES,
    *learning.SURFACES,
    *data_driven.SURFACES,
    *saddles.SURFACES,
    *many_minima.SURFACES,
    *rugged.SURFACES,
)
_BY_NAME = {surface.name: surface for surface in CATALOGUE}


def surface_named(name: str) -> Surface:
    """Return the surface of that name.

    Raises
    ------
    ValueError : no such surface; the sentence offers near names.
    """
    if name in _BY_NAME:
        return _BY_NAME[name]
    near = difflib.get_close_matches(name, _BY_NAME, 3, 0.5)
    offer = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(_BY_NAME)}."
    raise ValueError(f"There is no surface {name!r}; {offer}")


__all__ = ["CATALOGUE", "Surface", "surface_named"]
