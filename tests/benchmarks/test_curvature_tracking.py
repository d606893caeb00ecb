"""What looks at curvature every tenth step cost, against training alone on the same thread."""

from time import thread_time

import numpy as np
import pytest

from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.network import bind
from engine.networks.settings import ModelSettings, NetworkExperiment, new_training_run
from engine.networks.training import Training

EVERY, ROUNDS, MOST = 10, 5, 2.0
#: Hidden layers, batch, steps.
CASES = [((8, 8), 10, 20_000), ((16, 16), 32, 10_000), ((64, 64), 256, 800), ((128, 128), 256, 600)]


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize(("hidden", "batch", "steps"), CASES)
def test_looks_cost_no_more_than_the_steps(
    hidden, batch, steps, optimizer, precision, benchmark, report
):
    experiment = NetworkExperiment(
        data=NetworkDataSettings(source="moons", parameters={"size": 2000}),
        model=ModelSettings(hidden=hidden),
        batches=BatchSettings(size=batch),
        precision=precision,
    )
    network, run = bind(experiment), new_training_run(optimizer)

    def seconds(every):
        training = Training(network, run, steps, curvature_every=every)
        start = thread_time()
        training.advance(steps)
        return thread_time() - start

    # In turns, so that both see the same machine.
    taken = []
    benchmark.pedantic(lambda: taken.append((seconds(0), seconds(EVERY))), rounds=ROUNDS)
    alone, looking = np.min(taken, axis=0)
    name = f"{'-'.join(map(str, hidden))} batch {batch} {precision}"
    report(f"{optimizer} with looks at curvature, {name}", f"{looking / alone:.2f} ×", f"{MOST} ×")
