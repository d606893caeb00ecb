"""Declarations of the measured data sets that come with the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.tables import BUNDLED, FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from engine.networks.data.data_set import Task
    from engine.parameter import Parameter
    from engine.tables import Bundled


@dataclass(frozen=True, slots=True)
class Measured:
    """A table that comes with the program, and what is learned from it.

    Parameters
    ----------
    name, title, help : in files, on screen, and one sentence about what it is.
    task : what is learned when nothing else is asked for.
    target : the column to predict.
    features : the columns to predict it from; none means all others.
    source : who measured it and under which licence it may be passed on.
    """

    name: str
    title: str
    help: str
    task: Task
    target: str
    source: str
    features: tuple[str, ...] = ()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Nothing to set: it is as it was measured."""
        return ()

    @property
    def path(self) -> Path:
        """Where its CSV file lies."""
        return FOLDER / f"{self.name}.csv"


def _small(bundled: Bundled) -> Measured:
    """Return a table of two columns, as `engine.tables` declares it, as a data set."""
    classes = bundled.name in ("challenger", "iris")
    return Measured(
        name=bundled.name,
        title=bundled.title,
        help=f"Predict {bundled.target} from {bundled.feature}.",
        task="binary" if classes else "regression",
        target=bundled.target,
        features=(bundled.feature,),
        source=bundled.source,
    )


MEASURED: tuple[Measured, ...] = tuple(map(_small, BUNDLED))
