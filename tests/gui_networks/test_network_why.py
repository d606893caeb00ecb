"""The network half's dock Why: what its pages say of real runs, and what can be done with them."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt

from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.session import Session
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun
from gui import turns
from gui.networks.explanations import NetworkExplanations
from gui.networks.state import NetworkState, Trained
from gui.networks.views.why_batches import NetworkBatchesPage
from gui.networks.views.why_budget import NetworkBudgetPage
from gui.networks.views.why_line import NetworkLinePage
from gui.networks.views.why_pages import PAGES
from gui.networks.views.why_verdict import NetworkVerdictPage
from gui.numbers import show
from gui.theme import ALERT
from gui.views.why_panel import WhyPanel

MOONS = NetworkExperiment(
    model=ModelSettings(hidden=(8,)), batches=BatchSettings(size=32), steps=200,
    precision="float64", runs=(TrainingRun(learning_rate=0.1),),
)  # fmt: skip
BLOWN = replace(
    MOONS,
    data=NetworkDataSettings(source="cars"),
    model=ModelSettings(hidden=(8,), activation="identity"),
    runs=(TrainingRun(learning_rate=0.1),),
)


class Runner(QObject):
    """Works at once, and keeps the topics."""

    def __init__(self):
        super().__init__()
        self.topics = []

    def submit(self, topic, work, done, failed=None):
        self.topics.append(topic)
        done(work())


@pytest.fixture
def desk(qtbot, monkeypatch):
    """Return a function that shows a page on an experiment trained so far, and its state."""
    monkeypatch.setattr(turns, "REST", 0.0)
    kept = []

    def show(kind, experiment=MOONS, until=None, size=(328, 300)):
        state, runner = NetworkState(experiment), Runner()
        explanations = NetworkExplanations(state, runner)
        session = Session(experiment)
        page = kind(state, runner.submit)
        qtbot.addWidget(page)
        page.resize(*size)
        page.show()
        page.train = lambda until=None: train(state, session, until)
        page.settle = lambda: settle(qtbot, state, explanations, page)
        kept.extend((state, runner, explanations))
        page.runner = runner
        if until != -1:
            page.train(until)
            page.settle()
        return page, state

    return show


def train(state, session, until=None):
    while session.advance(None, until):
        pass
    trained = Trained(
        state.experiment, session.network, session.histories(), session.step, session.over
    )
    state.set_trained(trained)


def settle(qtbot, state, explanations, page):
    def over():
        wish = explanations._wish()
        return wish is None or wish.same_as(explanations._done)

    qtbot.waitUntil(over, timeout=300_000)
    page._soon.timeout.emit()


def test_verdict_in_a_paragraph_with_its_numbers(desk):
    page, state = desk(NetworkVerdictPage)
    first = state.explained.findings[0]
    assert page.title.text() == first.title
    assert first.claims[0].text.split(";")[0] in page.text.text()
    assert page.note.text().startswith("Measured: ")
    assert page.title.foregroundRole() != ALERT


def test_a_blow_up_is_loud_and_names_what_broke_first(desk):
    page, state = desk(NetworkVerdictPage, BLOWN)
    assert page.title.foregroundRole() == ALERT
    fault = state.trained.histories[0].fault
    assert fault.words in page.text.text()
    assert f"at step {fault.step}" in page.text.text()


def test_before_the_first_step_pages_say_so(desk):
    page, _ = desk(NetworkVerdictPage, MOONS, until=0)
    assert "No step has been taken" in page.text.text()
    page, _ = desk(NetworkBudgetPage, MOONS, until=0)
    assert page.empty.text() == "No step has been taken."
    assert page.empty.isVisibleTo(page)


def test_without_training_and_without_runs_pages_say_what_will_appear(desk):
    page, _ = desk(NetworkBudgetPage, until=-1)
    page.refresh()
    assert "as soon as the network is trained" in page.empty.text()
    page, _ = desk(NetworkBudgetPage, replace(MOONS, runs=()))
    assert "Add an optimizer" in page.empty.text()


def test_the_budget_is_of_the_step_under_the_head_and_adds_up(desk):
    page, state = desk(NetworkBudgetPage)
    assert page.heading.text() == "Step 199 → 200"
    state.set_head(17)
    page.settle()
    assert page.heading.text() == "Step 17 → 18"
    change = state.explained.at.change
    assert change.full.first + change.full.second + change.full.remainder == pytest.approx(
        change.full.measured
    )
    shown = page.bars._step.measured
    assert shown == pytest.approx(change.full.measured)
    page.on_batch.click()
    assert page.bars._step.measured == pytest.approx(change.batch.measured) != shown


def test_a_click_on_the_budget_curves_moves_the_head(desk, qtbot):
    page, state = desk(NetworkBudgetPage, size=(328, 380))
    plot = page.curves._plot()
    qtbot.mouseClick(page.curves, Qt.MouseButton.LeftButton, pos=plot.center().toPoint())
    assert abs(state.head - 100) <= 2


def test_the_microscope_sets_the_rate_that_lands_elsewhere(desk):
    page, state = desk(NetworkLinePage)
    state.set_head(0)
    page.settle()
    line = page.plot.line
    assert line.learning_rate == 0.1
    assert not page.button.isEnabled()
    page.plot.move_to(0.5)
    assert page.button.text() == "Set η to 0.05"
    assert "loss 0." in page.reading.text()
    page.on_batch.click()
    assert page.plot.line is state.explained.at.batch_line is not line
    page.plot.move_to(0.5)
    page.button.click()
    assert state.experiment.runs[0].learning_rate == 0.05


def test_a_held_handle_is_not_taken_away_by_news(desk):
    page, _ = desk(NetworkLinePage, until=100)
    line = page.plot.line
    page.plot.held = True
    page.train()
    page.settle()
    assert page.plot.line is line
    page.plot.held = False
    page.refresh()
    assert page.heading.text() == "Step 199 → 200"


def test_a_moved_handle_stays_while_the_training_goes_on(desk, qtbot):
    page, state = desk(NetworkLinePage, until=100)
    line = page.plot.line
    page.plot.move_to(0.5)
    page.train(150)
    page.settle()
    assert state.explained.at.step == 149
    assert page.plot.line is line
    assert page.plot.place == 0.5
    page.on_batch.click()
    assert page.plot.other is line
    assert page.heading.text() == "Step 99 → 100"
    page.plot.move_to(0.5)
    # Who looks at another step sees it.
    state.set_head(20)
    page.settle()
    assert page.heading.text() == "Step 20 → 21"
    page.plot.move_to(0.5)
    state.set_head(150)
    page.settle()
    assert page.heading.text() == "Step 149 → 150"
    page.plot.move_to(0.5)
    page.train()
    page.settle()
    assert page.heading.text() == "Step 149 → 150"
    # And who puts the handle back, the newest.
    page.plot.move_to(1.0)
    qtbot.waitUntil(lambda: page.heading.text() == "Step 199 → 200")


def test_both_losses_along_a_step_are_shown_at_once(desk):
    page, state = desk(NetworkLinePage)
    seen = state.explained.at
    assert (page.plot.line, page.plot.other) == (seen.line, seen.batch_line)
    low, high = page.plot._range
    assert low <= min(seen.batch_line.value, seen.batch_line.landed) < high
    page.plot.move_to(0.0)
    assert page.reading.text().endswith(f"its batch {show(seen.batch_line.value, 4)}")
    page.on_batch.click()
    assert page.reading.text().endswith(f"all rows {show(seen.line.landed, 4)}")
    page, _ = desk(NetworkLinePage, replace(MOONS, batches=BatchSettings(size=0)))
    assert page.plot.other is None
    assert "batch" not in page.reading.text()


def test_batches_beside_all_rows(desk):
    page, state = desk(NetworkBatchesPage, size=(360, 460))
    seen = state.explained.at
    assert f"cosine {seen.change.cosine:.2g}".replace("-", "−")[:10] in page.words.text()
    assert page.table.titles[0].text() == "Its batch, 32 rows"
    assert page.table.titles[1].text() == "All 160 rows"
    assert len(page.fan._arrows) == 8
    assert not page.button.isVisible()
    page.grab()


def test_of_whole_data_the_page_offers_batches(desk):
    page, state = desk(NetworkBatchesPage, replace(MOONS, batches=BatchSettings(size=0)))
    assert "each step sees all 160 rows" in page.empty.text()
    page.button.click()
    assert state.experiment.batches.size == 32


def test_of_many_runs_the_selected_one_is_explained(desk):
    runs = tuple(TrainingRun(learning_rate=0.01 * (i + 1), slot=i) for i in range(16))
    page, state = desk(NetworkVerdictPage, replace(MOONS, steps=50, runs=runs))
    state.select(11)
    page.settle()
    assert state.explained.history.run == runs[11]
    assert page.title.toolTip() == state.trained.histories[11].label


def test_news_of_the_same_run_are_explained_on_top_of_what_is_known(desk):
    page, state = desk(NetworkBudgetPage, until=100)
    first = state.explained.budgets
    page.train()
    assert state.explained.budgets is first
    page.settle()
    assert state.explained.history.last_step == 200
    assert state.explained.budgets.steps[-1] > first.steps[-1]


def test_nothing_is_explained_that_nobody_sees(desk, qtbot):
    page, _ = desk(NetworkBudgetPage, until=100)
    page.hide()
    before = len(page.runner.topics)
    page.train()
    qtbot.wait(30)
    assert len(page.runner.topics) == before


def test_another_optimizer_is_not_shown_what_was_known_of_the_last(desk):
    page, state = desk(NetworkBudgetPage)
    other = replace(MOONS, runs=(TrainingRun(optimizer="adam", learning_rate=0.01),))
    state.set_experiment(other)
    train(state, Session(other))
    assert state.explained is None
    page.settle()
    assert state.explained.history.run.optimizer == "adam"


def test_every_page_of_the_dock_can_be_made(qtbot):
    panel = WhyPanel(NetworkState(MOONS), lambda *_: None, pages=PAGES, offered=lambda _: {})
    qtbot.addWidget(panel)
    panel.show()
    for key in PAGES:
        panel.show_page(key)
        qtbot.waitUntil(lambda key=key: key in panel.pages)
        assert panel.stack.currentWidget() is panel.pages[key]
