"""Stability and λ₁ among the curves of training: who looks, what is drawn, why nothing is."""

from functools import partial

import numpy as np
import pytest
from msgspec.structs import replace
from training_plots import at_once, show_curves
from training_results import MOONS, decay, experiment_of, state_of

from engine.networks.batches import BatchSettings
from engine.networks.network import bind
from engine.networks.settings import new_training_run
from engine.networks.training import Training
from gui.networks.panels.batches_section import BatchesSection
from gui.networks.panels.previews import Previews
from gui.networks.state import NetworkState, Trained
from gui.networks.training_work import begins_anew

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
RUNS = (
    new_training_run("sgd", learning_rate=0.5),
    new_training_run("adam", learning_rate=0.02, slot=1),
    new_training_run("muon", slot=2),
)


@pytest.fixture
def show(qtbot):
    return partial(show_curves, qtbot)


def trained_state(runs=RUNS, every=10, **changes):
    experiment = replace(
        MOONS, runs=runs, batches=BatchSettings(size=0), curvature_every=every, **changes
    )
    network, histories = bind(experiment), []
    for run in runs:
        training = Training(network, run, experiment.steps, experiment.stop, every)
        training.advance(experiment.steps)
        histories.append(training.history())
    state = NetworkState(experiment)
    state.set_trained(Trained(experiment, network, tuple(histories), experiment.steps, True))
    return state


def chosen(curves, key):
    view = curves.views[0]
    view._on_quantity_chosen(key)
    view.plot.grab()
    return view


def test_stability_is_the_load_over_the_limit_at_each_look(show):
    state = trained_state()
    view = chosen(show(state), "stability")
    found = state.trained.histories[0].curvature
    assert view.drawing.limit == 1.0
    assert view.drawing.value(0, 37) == found.ratio[3] == pytest.approx(found.values[3] / 2)
    assert "× the limit 2" in view.drawing.words(0, 37)
    assert view.base_label.text() == "ηλ / limit"
    # Bias corrections lengthen Adam's first steps.
    assert np.isnan(view.drawing.value(1, 5))
    assert np.isfinite(view.drawing.value(1, 60))
    assert view.drawing.value(2, 37) is None


def test_a_method_without_a_limit_says_so(show):
    view = chosen(show(trained_state(RUNS[2:])), "stability")
    assert "No limit applies: no limit is known for Muon" in view.plot.notice.text


def test_curvature_itself_is_known_where_no_gain_scales_it(show):
    state = trained_state()
    view = chosen(show(state), "sharpness")
    eigenvalues = state.trained.histories[0].curvature.eigenvalues[:, 0]
    assert view.drawing.value(0, 90) == eigenvalues[9]
    assert view.drawing.value(1, 90) is None
    assert view.drawing.limit is None


def test_who_wishes_to_see_it_has_all_runs_look(show):
    state = state_of(decay(3))
    curves = show(state)
    chosen(curves, "stability")
    assert state.experiment.curvature_every == 10
    assert begins_anew(experiment_of(1), state.experiment)
    state.undo()
    assert state.experiment.curvature_every == 0


def test_a_long_training_is_not_thrown_away(show):
    state = state_of(decay(3), seconds=60.0)
    view = chosen(show(state), "stability")
    assert state.experiment.curvature_every == 0
    assert "choose how often under Batches and steps" in view.plot.notice.text


def test_a_run_that_breaks_off_is_seen_as_far_as_it_is_finite(show):
    runs = (new_training_run("sgd", learning_rate=1e6),)
    state = trained_state(runs, every=1)
    view = chosen(show(state), "stability")
    assert view.drawing.prepared.series[0].highest > 1


def test_the_section_says_how_often(qtbot):
    state = NetworkState(experiment_of(1))
    section = BatchesSection(state, Previews(state, at_once))
    qtbot.addWidget(section)
    section.curvature.changed.emit("curvature_every", 5.0)
    assert state.experiment.curvature_every == 5
    with qtbot.waitSignal(state.message) as said:
        section.curvature.changed.emit("curvature_every", -1.0)
    assert state.experiment.curvature_every == 5
    assert "curvature_every is -1" in said.args[0]
