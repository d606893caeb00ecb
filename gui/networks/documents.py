"""Files of networks: experiments, histories, scripts on one side, the state on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.networks.experiment_file import read, write
from gui.files import ExperimentFiles, trains_a_network
from gui.networks import session

if TYPE_CHECKING:
    from pathlib import Path

    from engine.networks.settings import NetworkExperiment
    from gui.networks.state import NetworkState

#: Files that are tables to learn from.
TABLES = (".csv", ".tsv", ".parquet")


class NetworkDocuments(ExperimentFiles):
    """The file that is open, and everything that reads or writes files."""

    also = "Tables (*.csv *.tsv *.parquet)"

    _state: NetworkState

    def export(self, *, selected_only: bool) -> None:
        """Ask for a file and write what all runs, or the selected one, recorded."""

    def _takes(self, path: Path) -> bool:
        return trains_a_network(path)

    def _read(self, path: Path) -> NetworkExperiment:
        return read(path)

    def _write(self, path: Path, experiment: NetworkExperiment) -> None:
        write(path, experiment)

    def _opening(self) -> NetworkExperiment:
        return session.opening()
