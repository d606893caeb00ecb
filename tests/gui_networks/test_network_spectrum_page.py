"""The page Spectrum of the network half's dock Why, on real runs."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.session import Session
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun
from gui import turns
from gui.networks.state import NetworkState, Trained
from gui.networks.views.why_pages import PAGES
from gui.networks.views.why_spectrum import NetworkSpectrumPage

MOONS = NetworkExperiment(
    model=ModelSettings(hidden=(8,)), batches=BatchSettings(size=32), steps=200,
    precision="float64",
    runs=(TrainingRun(learning_rate=0.1), TrainingRun("adam", learning_rate=0.01, slot=1)),
)  # fmt: skip


class Later:
    """Keeps what is to be worked on until it is asked to."""

    def __init__(self):
        self.asked = []

    def submit(self, topic, work, done, failed=None):
        self.asked.append((work, done))

    def work(self):
        work, done = self.asked.pop(0)
        done(work())


@pytest.fixture
def desk(qtbot, monkeypatch):
    monkeypatch.setattr(turns, "REST", 0.0)

    def show(experiment=MOONS, steps=None, size=(328, 320)):
        state, runner = NetworkState(experiment), Later()
        page = NetworkSpectrumPage(state, runner.submit)
        qtbot.addWidget(page)
        page.resize(*size)
        page.show()
        page.runner = runner
        session = Session(experiment)
        page.train = lambda until=None: train(state, session, until)
        page.answer = lambda: answer(qtbot, page)
        if steps != -1:
            page.train(steps)
            page.answer()
        return page, state

    return show


def train(state, session, until=None):
    while session.advance(None, until):
        pass
    state.set_trained(
        Trained(state.experiment, session.network, session.histories(), session.step, session.over)
    )


def answer(qtbot, page):
    qtbot.waitUntil(lambda: bool(page.runner.asked), timeout=60_000)
    page.runner.work()
    qtbot.waitUntil(lambda: not page._turns.soon.isActive())


def test_it_is_one_of_the_pages():
    assert PAGES["spectrum"][1] == NetworkSpectrumPage.__name__


def test_the_spectrum_at_the_head_with_the_share_of_the_gradient(desk):
    page, state = desk()
    assert page.heading.text() == "Step 200"
    assert page.plot.picture is not None
    assert f"All {page.plot.seen.size} eigenvalues." in page.note.text()
    assert "gradient descent's limit 20" in page.words.text()
    assert [name.split()[0] for name, _ in page.shares.rows] == [
        "λ₁", "λ₂", "λ₃", "λ₄", "λ₅", "together",
    ]  # fmt: skip
    assert sum(part for _, part in page.shares.rows[:-1]) == pytest.approx(page.shares.rows[-1][1])
    assert not page.scaled.isVisibleTo(page)
    page.grab()
    state.set_head(3)
    page.answer()
    assert page.heading.text() == "Step 3"


def test_adam_s_can_be_seen_with_its_scales_or_without(desk):
    page, state = desk()
    state.selected = 1
    state.selected_changed.emit(1)
    page.answer()
    assert page.scaled.isVisibleTo(page)
    assert page.scaled.text() == "as Adam scales it"
    assert "The scaled λ₁" in page.words.text()
    page.scaled.click()
    page.answer()
    assert "No limit is given" in page.words.text()
    page.grab()


def test_nothing_is_asked_twice_and_nothing_while_hidden(desk, qtbot):
    page, state = desk()
    page.refresh()
    qtbot.wait(1)
    assert not page.runner.asked
    page.hide()
    state.set_head(3)
    qtbot.wait(1)
    assert not page.runner.asked
    page.show()
    page.answer()
    assert page.heading.text() == "Step 3"


def test_hiding_ends_the_work_and_showing_begins_it_again(desk, qtbot):
    page, state = desk()
    state.set_head(5)
    qtbot.waitUntil(lambda: bool(page.runner.asked), timeout=60_000)
    page.hide()
    page.runner.work()
    assert page.heading.text() == "Step 200"
    page.show()
    page.answer()
    assert page.heading.text() == "Step 5"


def test_another_run_ends_the_work_at_once(desk, qtbot):
    page, state = desk()
    state.set_head(5)
    qtbot.waitUntil(lambda: bool(page.runner.asked), timeout=60_000)
    state.selected = 1
    state.selected_changed.emit(1)
    page._soon.timeout.emit()
    page.runner.work()
    assert page.empty.text() == "The spectrum is being computed …"
    page.answer()
    assert page.plot.seen.run.optimizer == "adam"


def test_it_follows_the_training_and_begins_before_the_first_step(desk):
    page, _ = desk(steps=0)
    assert page.heading.text() == "Step 0"
    assert np.isfinite(page.plot.seen.spectrum.values).all()
    page.train(50)
    page.answer()
    assert page.heading.text() == "Step 50"


def test_a_run_that_blew_up_and_none_at_all(desk):
    blown = replace(
        MOONS, data=NetworkDataSettings(source="cars"),
        model=ModelSettings(hidden=(8,), activation="identity"),
        runs=(TrainingRun(learning_rate=0.1),),
    )  # fmt: skip
    page, _ = desk(blown)
    assert page.plot.seen.step < 200
    page.grab()
    page, _ = desk(replace(MOONS, runs=()), steps=-1)
    page.refresh()
    assert "Add an optimizer" in page.empty.text()
