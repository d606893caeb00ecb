"""Every data set that comes with the program, made up or measured, by name."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from engine.networks.data.made_classes import CLASSES
from engine.networks.data.made_curves import CURVES
from engine.networks.data.made_digits import DIGITS
from engine.networks.data.measured import MEASURED

if TYPE_CHECKING:
    from engine.networks.data.made import Made
    from engine.networks.data.measured import Measured

#: In the order of the picker.
CATALOGUE: tuple[Made | Measured, ...] = (*CURVES, *CLASSES, DIGITS, *MEASURED)
DATASETS: dict[str, Made | Measured] = {entry.name: entry for entry in CATALOGUE}


def near_names(name: str) -> str:
    """Return an offer of names like a misspelt one; empty if none is near."""
    near = get_close_matches(name, DATASETS, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else ""
