"""Loads compiled kernels into this process ahead of their first use.

A kernel takes about 10 ms to load from disk: ten times as long as a path of 10 000 steps.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from engine import optimizers, surfaces, warm_up
from engine.descent import path_kernel
from engine.landscape import kernels

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.experiment import Precision

#: Loading holds the interpreter: let other threads have it in between.
PAUSE_SECONDS = 0.02


def preload(ended: Callable[[], bool], precision: Precision = "float64") -> None:
    """Load every kernel of the catalogues until `ended`; compile none."""
    if not warm_up.is_warm(precision):
        return
    for rule in optimizers.CATALOGUE:
        if ended():
            return
        path_kernel(rule.name, precision)
        time.sleep(PAUSE_SECONDS)
    for surface in surfaces.CATALOGUE:
        if ended():
            return
        kernels(surface, precision)
        time.sleep(PAUSE_SECONDS)
