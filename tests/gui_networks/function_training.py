"""Trained states and opened views, with the real engine, for tests of what a network computes."""

import numpy as np
from PySide6.QtWidgets import QApplication

from engine.networks.data import NetworkDataSettings
from engine.networks.network import bind
from engine.networks.settings import ModelSettings, NetworkExperiment, new_training_run
from engine.networks.training import Training
from gui.networks.state import NetworkState, Trained


def at_once(topic, work, done, failed=None):
    """Submit without a thread."""
    done(work())


def experiment(source="moons", runs=(("adam", 0.02),), steps=60, hidden=(6, 6), **more):
    data = {"parameters": more.pop("parameters", {}), **more.pop("data", {})}
    model = ModelSettings(hidden=hidden, **more.pop("model", {}))
    return NetworkExperiment(
        data=NetworkDataSettings(source=source, **data),
        model=model,
        steps=steps,
        runs=tuple(
            new_training_run(name, learning_rate=rate, slot=slot)
            for slot, (name, rate) in enumerate(runs)
        ),
        **more,
    )


def trained(settings, steps=None):
    """Train all runs for some steps, by default to their ends."""
    network = bind(settings)
    runs = [Training(network, run, settings.steps) for run in settings.runs]
    for run in runs:
        run.advance(settings.steps if steps is None else steps)
    histories = tuple(run.history() for run in runs)
    last = max((history.last_step for history in histories), default=0)
    return Trained(settings, network, histories, last, steps is None)


def opened(qtbot, view_class, settings, size=(560, 460), submit=at_once, steps=None):
    """Open a view on a trained experiment."""
    state = NetworkState(settings)
    view = view_class(state, submit)
    view.resize(*size)
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    state.set_trained(trained(settings, steps))
    settle()
    return state, view


def settle():
    """Let views take note of what has changed, and of the sizes that follow from it."""
    for _ in range(3):
        QApplication.processEvents()


def pixels_of(widget):
    """Return what a widget shows as (height, width) of 0xRRGGBB."""
    image = widget.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1) & 0xFFFFFF


def number_of(colour):
    """Return 0xRRGGBB of a theme's ``#rrggbb``."""
    return int(colour[1:], 16)


def at_head(state):
    """Return the network and the selected run's weights nearest to the head."""
    history = state.trained.histories[state.selected]
    network = state.trained.network
    row = history.nearest_kept(min(state.head, history.last_step))
    return network, network.vector(history.weights[row])
