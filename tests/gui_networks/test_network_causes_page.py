"""The pages Causes and Stability of the network half's dock Why, on real runs."""

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QObject

from engine.drawing.small_curves import draw_signed
from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.session import Session
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun
from gui import turns
from gui.networks.explanations import NetworkExplanations
from gui.networks.state import NetworkState, Trained
from gui.networks.views.why_causes import NetworkCausesPage
from gui.networks.views.why_causes_work import LEAST_STEPS, Question
from gui.networks.views.why_pages import PAGES
from gui.networks.views.why_stability import NetworkStabilityPage
from gui.theme import ALERT

CARS = NetworkExperiment(
    data=NetworkDataSettings(source="cars"), model=ModelSettings((16, 16), "leaky_relu"),
    batches=BatchSettings(size=1), steps=80, precision="float32",
    runs=(TrainingRun(learning_rate=0.001),),
)  # fmt: skip
EDGE = NetworkExperiment(
    data=NetworkDataSettings(source="sine"), model=ModelSettings(hidden=(16,)),
    batches=BatchSettings(), steps=300, precision="float64",
    runs=(
        TrainingRun(learning_rate=0.01), TrainingRun("muon", learning_rate=0.01, slot=1),
    ),
)  # fmt: skip


class Runner(QObject):
    def submit(self, topic, work, done, failed=None):
        try:
            found = work()
        except ValueError as error:
            failed(str(error))
        else:
            done(found)


@pytest.fixture(autouse=True, scope="module")
def compiled():
    """Compile what draws curves here: in a paint event it may keep the painter alive."""
    draw_signed([np.arange(3.0)], [((0, 0, 0), 1.0, ())], (40, 30))


@pytest.fixture
def desk(qtbot, monkeypatch):
    monkeypatch.setattr(turns, "REST", 0.0)
    kept = []

    def show(kind, experiment, size=(328, 420), until=None):
        state, runner = NetworkState(experiment), Runner()
        explanations = NetworkExplanations(state, runner)
        kept.extend((explanations, runner))
        page = kind(state, runner.submit)
        qtbot.addWidget(page)
        page.resize(*size)
        page.show()
        page.settle = lambda: settle(qtbot, explanations, page)
        if until != -1:
            train(state, until)
        return page, state

    return show


def settle(qtbot, explanations, page):
    def over():
        wish = explanations._wish()
        return wish is None or wish.same_as(explanations._done)

    qtbot.waitUntil(over, timeout=300_000)
    page._soon.timeout.emit()


def train(state, until=None):
    session = Session(state.experiment)
    while session.advance(None, until):
        pass
    state.set_trained(
        Trained(state.experiment, session.network, session.histories(), session.step, session.over)
    )


def throw(page, *keys):
    for key in keys:
        page.rows.rows[key].box.click()
    page.refresh()


def test_they_are_pages_of_the_dock():
    assert PAGES["causes"][1] == NetworkCausesPage.__name__
    assert PAGES["stability"][1] == NetworkStabilityPage.__name__


def test_each_switch_says_what_it_alone_would_change(desk):
    page, _ = desk(NetworkCausesPage, CARS)
    page.refresh()
    saved, same = page.rows.rows["inputs", 1.0], page.rows.rows["rate", 10.0]
    assert saved.outcome.text().startswith("✓ loss ")
    assert "Alone this saves the run." in saved.box.accessibleDescription()
    assert same.outcome.text().startswith("= ")
    row = page.rows.rows["reduction", None]
    assert not row.box.isEnabled()
    assert row.outcome.text() == "the loss is a mean already"


@pytest.mark.parametrize("size", [(328, 420), (900, 420)])
def test_the_run_before_and_after_with_both_losses(desk, size):
    page, state = desk(NetworkCausesPage, CARS, size=size)
    page.refresh()
    assert page.body.hint.isVisibleTo(page)
    throw(page, ("inputs", 1.0), ("rate", 0.1))
    sides = page.body.sides
    assert sides.isVisibleTo(page)
    assert sides.statuses[0].foregroundRole() == ALERT
    assert sides.statuses[1].text().startswith("loss ")
    assert [curve.name for curve in sides.curves._curves] == ["before", "loss after"]
    assert sides.curves._picture is not None
    assert not page.body.details.curves.isVisibleTo(page)
    assert page.body.details.figures[0][0].text() == "λ₁ at the start"
    page.grab()
    state.set_head(2)
    assert sides.curves._step == 2


def test_use_this_changes_the_experiment_and_undo_brings_it_back(desk):
    page, state = desk(NetworkCausesPage, CARS)
    page.refresh()
    throw(page, ("inputs", 1.0))
    assert not page.footer.beside.isEnabled()
    assert "all runs share" in page.footer.beside.toolTip()
    page.footer.use.click()
    assert state.experiment.data.scale_inputs == "standardise"
    assert page.rows.chosen == {}
    state.undo()
    assert state.experiment == CARS


def test_what_changes_the_run_alone_can_stand_beside_it(desk):
    page, state = desk(NetworkCausesPage, CARS)
    page.refresh()
    throw(page, ("rate", 0.1))
    page.footer.beside.click()
    assert [run.learning_rate for run in state.experiment.runs] == [0.001, 1e-4]
    assert [run.slot for run in state.experiment.runs] == [0, 1]


def test_before_there_is_anything_it_says_what_will_be_there(desk):
    page, _ = desk(NetworkCausesPage, CARS, until=-1)
    assert "as soon as the network is trained" in page.empty.text()
    page, _ = desk(NetworkCausesPage, replace(CARS, runs=()), until=-1)
    page.refresh()
    assert "Add an optimizer" in page.empty.text()


def test_a_change_ends_what_is_at_work(desk):
    page, state = desk(NetworkCausesPage, CARS)
    page.refresh()
    walking = page._walking
    state.update_run(0, learning_rate=0.02)
    assert walking.stop[0]


def test_long_runs_are_compared_over_their_first_steps_alone():
    asked = Question(replace(CARS, steps=10_000), None, 0, {}, seconds=4.0)
    assert asked.until == 2500
    assert replace_seconds(asked, 1e6).until == LEAST_STEPS
    assert replace_seconds(asked, 0.5).until is None


def replace_seconds(asked, seconds):
    return Question(asked.experiment, asked.network, asked.index, {}, seconds)


def test_stability_in_words_at_the_head_and_over_the_run(desk):
    page, state = desk(NetworkStabilityPage, EDGE)
    page.settle()
    text = page.words.text()
    assert "gradient descent's limit 2" in text
    assert "Along the steepest direction a step multiplies the error by" in text
    assert "of its limit" in text
    assert page.curves._picture is not None
    page.grab()
    state.set_head(0)
    page._soon.timeout.emit()
    assert page.heading.text().startswith("Step 0")
    assert "at step 0 is" in page.words.text()


def test_without_a_limit_stability_says_why(desk):
    page, state = desk(NetworkStabilityPage, EDGE)
    state.select(1)
    page.settle()
    assert "No limit is given: no limit is known for Muon" in page.empty.text()
