"""Data by name or path, read or computed once."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.networks.data.catalogue import DATASETS, near_names
from engine.networks.data.data_set import as_task
from engine.networks.data.encoding import data_set
from engine.networks.data.made import Made
from engine.networks.data.measured import Measured
from engine.networks.data.table_files import read_table
from engine.parameter import complete

if TYPE_CHECKING:
    from engine.networks.data.columns import MixedTable
    from engine.networks.data.data_set import DataSet
    from engine.networks.data.settings import NetworkDataSettings


def load(settings: NetworkDataSettings) -> DataSet:
    """Return the rows that the settings name, in the units of their source, not yet scaled.

    Computed again only when the settings or the file have changed. Raises ValueError, with a plain
    sentence, when the file or a column cannot be used.
    """
    entry = DATASETS.get(settings.source)
    if isinstance(entry, Made):
        values = tuple(complete(entry.parameters, settings.parameters).items())
        return as_task(_made(entry.name, values, settings.seed), settings.task)
    return _of_table(table_of(settings.source), *wanted(settings))


def wanted(settings: NetworkDataSettings) -> tuple[tuple[str, ...], str, str]:
    """Return the columns of a table, and the task, that are asked for.

    Empty features, an empty target and "auto" leave the choice to `engine.networks.data.choice`.
    """
    features, target, task = settings.features, settings.target, settings.task
    entry = DATASETS.get(settings.source)
    if isinstance(entry, Measured) and target in ("", entry.target):
        return features or entry.features, entry.target, entry.task if task == "auto" else task
    return features, target, task


def table_of(source: str) -> MixedTable:
    """Return all columns of a measured data set or of a file, for choosing among them.

    Raises ValueError for made-up data, which have no table, and for what cannot be read.
    """
    entry = DATASETS.get(source)
    if isinstance(entry, Made):
        raise ValueError(f"{source} is made up and has no table; give a file or a measured set.")
    if entry is not None:
        return read_table(entry.path)
    near = near_names(source)
    if near and not os.path.exists(source):
        raise ValueError(f"There is no data set and no file {source!r}; {near}")
    return read_table(source)


@lru_cache(maxsize=4)
def _made(name: str, values: tuple[tuple[str, float], ...], seed: int) -> DataSet:
    entry = DATASETS[name]
    assert isinstance(entry, Made)
    return entry.data_set(dict(values), seed)


@lru_cache(maxsize=2)
def _of_table(table: MixedTable, features: tuple[str, ...], target: str, task: str) -> DataSet:
    return data_set(table, features, target, task)
