"""From an experiment to the histories of its runs: what API and command line ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.descent import Cancelled
from engine.networks.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from engine.networks.history import History
    from engine.networks.network import Network
    from engine.networks.session import Progress
    from engine.networks.settings import NetworkExperiment


def train_all(
    experiment: NetworkExperiment,
    stop: NDArray[np.uint8] | None = None,
    progress: Callable[[Progress], None] | None = None,
    network: Network | None = None,
) -> tuple[History, ...]:
    """Train every run of an experiment and return their histories, in order.

    Parameters
    ----------
    stop : one byte that another thread, or a signal, may set to 1 to end the work: then the
        histories reach as far as the runs had come.
    progress : called about every 10 ms.
    network : the experiment's, bound already; None binds it.

    Raises
    ------
    ValueError : data, network and memory do not go together (a plain sentence).
    """
    session = Session(experiment, network)
    try:
        while session.advance(stop):
            if progress is not None:
                progress(session.progress)
    except Cancelled:
        session.end("it was stopped")
    if progress is not None:
        progress(session.progress)
    return session.histories()
