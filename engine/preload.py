"""Loads compiled kernels into this process ahead of their first use.

A kernel takes about 10 ms to load from disk: ten times as long as a path of 10 000 steps.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from engine import optimizers, surfaces, warm_up
from engine.descent import path_kernel
from engine.landscape import kernels

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.experiment import Precision

#: Loading holds the interpreter: let other threads have it in between.
PAUSE_SECONDS = 0.02


def preload(
    ended: Callable[[], bool],
    quiet: Callable[[], bool] = lambda: True,
    precision: Precision = "float64",
) -> None:
    """Load every kernel of the catalogues until `ended`, each when it is `quiet`; compile none."""
    if not warm_up.is_warm(precision):
        return
    loads = [
        *(partial(path_kernel, rule.name, precision) for rule in optimizers.CATALOGUE),
        *(partial(kernels, surface, precision) for surface in surfaces.CATALOGUE),
    ]
    for load in loads:
        time.sleep(PAUSE_SECONDS)
        while not (quiet() or ended()):
            time.sleep(PAUSE_SECONDS)
        if ended():
            return
        load()
