"""A runner without threads, and the other halves' states."""

from types import SimpleNamespace

import numpy as np

from engine.descent import Cancelled
from engine.experiment import Experiment, SurfaceSettings, new_run
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun
from gui.networks.state import NetworkState
from gui.state import State
from gui.subjects import Subjects

#: λ₁ = 20 at the minimum: gradient descent's limit is 2/20.
BOWL = Experiment(
    surface=SurfaceSettings(name="bowl"),
    start=(-3.0, 1.0),
    steps=60,
    runs=(
        new_run("sgd", learning_rate=0.09),
        new_run("heavy_ball", learning_rate=0.1, slot=1),
    ),
)
MOONS = NetworkExperiment(
    model=ModelSettings(hidden=(4,)),
    steps=40,
    runs=(TrainingRun(optimizer="adam", learning_rate=0.02, slot=3),),
)


class AtOnceRunner(State):
    """Does all work where it is asked for, or waits until it is let go."""

    def __init__(self):
        super().__init__(BOWL)
        self.waits = False
        self.asked = []
        self.waiting = None
        self.spread_pool = SimpleNamespace(map=map)

    def submit(self, topic, work, done, failed=None):
        self.asked.append(topic)
        try:
            result = work()
        except (ValueError, OSError) as error:
            (failed or self.say)(str(error))
        else:
            done(result)

    def submit_mapping(self, topic, work, told, done, failed=None):
        self.asked.append(topic)
        self.waiting = (work, told, done, failed)
        if not self.waits:
            self.let_go()

    def let_go(self, news=None):
        """Do what waits; end it after so many news."""
        (work, told, done, failed), self.waiting = self.waiting, None
        stop, heard = np.zeros(1, np.uint8), []

        def tell(found):
            if news is not None and len(heard) == news:
                raise Cancelled
            heard.append(found)
            told(found)

        try:
            result = work(stop, tell)
        except Cancelled:
            return
        except ValueError as error:
            failed(str(error))
        else:
            done(result)

    def cancel(self, topic):
        self.waiting = None


def subjects_of(surface=BOWL, network=MOONS):
    state, trained = State(surface), NetworkState(network)
    subjects = Subjects(state, state)
    subjects.take_network(trained)
    subjects.states = {"surface": state, "network": trained}
    return subjects


def sentences_of(signal):
    found = []
    signal.connect(found.append)
    return found
