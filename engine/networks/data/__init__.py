"""Data sets for networks: made up, measured, or from the user's own tables."""

from engine.networks.data.catalogue import CATALOGUE, DATASETS
from engine.networks.data.data_set import DataSet, Task
from engine.networks.data.description import ColumnDescription, describe
from engine.networks.data.load import load, table_of
from engine.networks.data.made import Made
from engine.networks.data.measured import Measured
from engine.networks.data.prepare import Prepared, prepare, prepare_data
from engine.networks.data.scaling import Scaling
from engine.networks.data.settings import NetworkDataSettings

__all__ = [
    "CATALOGUE",
    "DATASETS",
    "ColumnDescription",
    "DataSet",
    "Made",
    "Measured",
    "NetworkDataSettings",
    "Prepared",
    "Scaling",
    "Task",
    "describe",
    "load",
    "prepare",
    "prepare_data",
    "table_of",
]
