"""Which data a network learns from, and how they are prepared."""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.experiment import Settings
from engine.networks.data.catalogue import DATASETS
from engine.networks.data.made import Made
from engine.parameter import complete

MOST_VALIDATION = 0.9


class NetworkDataSettings(Settings, frozen=True):
    """A data set and its preparation.

    ``source`` is a name of `engine.networks.data.DATASETS` or the path of a CSV or Parquet file.
    ``features`` and ``target`` are columns of a table; empty means the declared ones, and for a
    file the last column and all others that can be used. ``parameters`` and ``seed`` are for
    made-up data. ``scale_inputs`` and ``scale_target`` are fitted on the training rows; classes
    are never scaled. ``target_divisor`` is for ``scale_target = "divide"``. ``validation`` is the
    share of rows set aside, drawn with ``split_seed``.
    """

    source: str = "moons"
    features: tuple[str, ...] = ()
    target: str = ""
    task: Literal["auto", "regression", "binary", "classes"] = "auto"
    parameters: dict[str, float] = msgspec.field(default_factory=dict)
    seed: int = 0
    scale_inputs: Literal["none", "standardise", "min-max"] = "none"
    scale_target: Literal["none", "standardise", "min-max", "divide"] = "none"
    target_divisor: float = 1.0
    validation: float = 0.2
    split_seed: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError, naming the field and the fix, for what is not allowed."""
        self._check_source()
        self._check_columns()
        if not 0 < self.target_divisor < float("inf"):
            raise ValueError(
                f"target_divisor is {self.target_divisor:g}; give a finite number above 0, "
                "such as 10."
            )
        if not 0 <= self.validation <= MOST_VALIDATION:
            raise ValueError(
                f"validation is {self.validation:g}; give a share from 0 to {MOST_VALIDATION}, "
                "such as 0.2."
            )
        for name in ("seed", "split_seed"):
            if getattr(self, name) < 0:
                raise ValueError(
                    f"{name} is {getattr(self, name)}; give a whole number of 0 or more."
                )

    def _check_source(self) -> None:
        if not self.source or "\0" in self.source:
            fault = "holds a zero character" if self.source else "is empty"
            raise ValueError(f"source {fault}; give a name such as moons, or the path of a file.")
        entry = DATASETS.get(self.source)
        if entry is not None:
            complete(entry.parameters, self.parameters)
        elif self.parameters:
            raise ValueError(
                f"parameters are given, but {self.source} is a file, which has none; "
                "leave them out."
            )

    def _check_columns(self) -> None:
        if isinstance(DATASETS.get(self.source), Made) and (self.features or self.target):
            field = "features" if self.features else "target"
            raise ValueError(
                f"{field} is given, but {self.source} is made up and has its own columns; "
                "leave it out."
            )
        twice = [name for name in self.features if self.features.count(name) > 1]
        if twice:
            raise ValueError(f"features names {twice[0]!r} twice; name each column once.")
        if self.target and self.target in self.features:
            raise ValueError(
                f"{self.target!r} is both a feature and the target; remove it from features."
            )
