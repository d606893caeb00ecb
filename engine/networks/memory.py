"""Whether training fits into memory, said before it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.answer import machine_memory
from engine.networks.looks import most_kept
from engine.networks.moments import MOST_BYTES
from engine.networks.plan import plan_of

if TYPE_CHECKING:
    from engine.networks.network import Network

#: Numbers that are kept per step and run, in bytes: loss, two norms, rate; once more as a history.
BYTES_PER_STEP = 64
#: Copies of the weights that a run holds: gradient, state and what its steps need besides.
COPIES = 10


def check_memory(network: Network, runs: int, steps: int) -> None:
    """Raise ValueError with a plain sentence if so many runs need half of the machine's memory."""
    weights = network.start.nbytes
    work = plan_of(network.model, network.order.size, network.precision).work
    each = BYTES_PER_STEP * (steps + 1) + weights * (COPIES + 2 * most_kept(network, steps))
    each += MOST_BYTES + work * network.start.itemsize
    needed, available = each * runs, machine_memory()
    if needed > available // 2:
        several = runs != 1
        raise ValueError(
            f"{runs} run{'s' * several} of {steps:,} steps with {network.model.size:,} weights "
            f"need{'s' * (not several)} about {needed / 2**30:.1f} GiB of memory, more than half "
            f"of the {available / 2**30:.1f} GiB of this machine; take fewer steps, runs or "
            "units, or smaller batches."
        )
