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


#: Where more than the declared feature helps, and none gives the target away.
_FEATURES = {
    "trees": ("girth_in", "height_ft"),
    "iris": ("petal_length", "petal_width"),
}


def _small(bundled: Bundled) -> Measured:
    """Return a table of `engine.tables` as a data set."""
    features = _FEATURES.get(bundled.name, (bundled.feature,))
    return Measured(
        name=bundled.name,
        title=bundled.title,
        help=f"Predict {bundled.target} from {' and '.join(features)}.",
        task="binary" if bundled.name in ("challenger", "iris") else "regression",
        target=bundled.target,
        features=features,
        source=bundled.source,
    )


IRIS_SPECIES = Measured(
    name="iris_species",
    title="Iris species",
    help="Three kinds of iris by four lengths: one stands apart, two overlap a little.",
    task="classes",
    target="species",
    source="150 flowers, in centimetres; Fisher 1936, public domain.",
)

MEASURED: tuple[Measured, ...] = (*map(_small, BUNDLED), IRIS_SPECIES)
