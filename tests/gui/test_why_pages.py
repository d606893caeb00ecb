"""The pages of the Why panel: what they say of real runs, and what can be done with them."""

from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from why_results import at_once, experiment_of, explained_state, put_on_screen, show_page

from engine.experiment import Experiment, StorySettings
from gui.state import State
from gui.views.why_budget import BudgetPage
from gui.views.why_line import LinePage
from gui.views.why_modes import ModesPage
from gui.views.why_panel import WhyPanel
from gui.views.why_story import StoryPage
from gui.views.why_verdict import VerdictPage

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def show(qtbot):
    return partial(show_page, qtbot)


def test_budget_of_a_parabola_adds_up_and_says_that_curvature_outweighs_the_slope(show):
    # x² with λ = 2, from 1.5 at η = 1.1: slope −9.9, curvature +10.89.
    state = explained_state(experiment_of(learning_rate=1.1))
    state.set_head(0)
    page = show(BudgetPage, state)
    names = page.bars.accessibleName()
    assert "−9.9" in names
    assert "10.89" in names
    assert (
        page.words.text() == "Curvature takes back 1.1 times what the slope gives: the loss "
        "rises by 0.99."
    )
    assert page.heading.text() == "Step 0 → 1"
    assert page.rise.text() == "First rise: step 0"


def test_the_first_rise_is_a_click_away(show, qtbot):
    state = explained_state(experiment_of("rosenbrock", (-1.5, 2.0), 60, "adam", learning_rate=0.1))
    page = show(BudgetPage, state)
    budget = page.explanation.budget
    first = next(t for t, change in enumerate(budget.measured) if change > 0)
    page.rise.click()
    assert state.head == first


def test_a_click_on_the_budget_curves_moves_the_head(show, qtbot):
    state = explained_state(experiment_of(learning_rate=0.3))
    page = show(BudgetPage, state, (328, 320))
    plot = page.curves._plot()
    at = QPoint(round(plot.center().x()), round(plot.center().y()))
    qtbot.mouseClick(page.curves, Qt.MouseButton.LeftButton, pos=at)
    assert abs(state.head - 15) <= 1


def test_curves_that_turn_at_every_step_are_shown_as_means(show):
    # |x| at a constant rate: the loss rises and falls in turns, as much as it can.
    page = show(BudgetPage, explained_state(experiment_of("absolute", (1.03, 0.0), 96)))
    assert page.curves._note == ""
    page = show(
        BudgetPage,
        explained_state(experiment_of("absolute", (1.03, 0.0), 96, learning_rate=0.1)),
        (328, 320),
    )
    assert page.curves._note == "means of 4"
    behind, *means = page.curves._curves
    assert behind.name == ""
    assert behind.values is page.explanation.budget.measured
    assert [curve.name for curve in means] == ["remainder", "curvature", "slope", "change"]
    change = means[-1].values[20:]
    assert abs(change).max() < 1e-12 < abs(behind.values[20:]).min()
    assert "Means of 4 steps" in page.curves.toolTip()


def test_without_runs_a_page_says_what_will_appear(show):
    page = show(BudgetPage, State(Experiment(runs=())))
    assert "Add an optimizer" in page.empty.text()
    assert page.empty.isVisibleTo(page)


def test_the_microscope_names_the_rate_that_lands_elsewhere_and_sets_it(show):
    state = explained_state(experiment_of(learning_rate=0.9))
    state.set_head(0)
    page = show(LinePage, state)
    assert page.plot.line.best == pytest.approx(0.5 / 0.9)
    assert not page.button.isEnabled()
    page.plot.move_to(page.plot.line.best)
    assert page.button.text() == "Set η to 0.5"
    assert "loss 0" in page.reading.text()
    page.button.click()
    assert state.experiment.runs[0].learning_rate == 0.5


def test_arrow_keys_move_the_landing_point(show, qtbot):
    state = explained_state(experiment_of(learning_rate=0.9))
    state.set_head(0)
    page = show(LinePage, state)
    before = page.plot.place
    qtbot.keyClick(page.plot, Qt.Key.Key_Left)
    assert page.plot.place < before


def test_a_method_that_searches_its_line_offers_no_rate_and_says_why(show):
    state = explained_state(experiment_of("bowl", (-3.0, 1.0), 20, "bfgs"))
    state.set_head(0)
    page = show(LinePage, state)
    page.plot.move_to(0.5)
    assert not page.button.isEnabled()
    assert "not proportional" in page.button.toolTip()


def test_modes_show_multiplier_flips_and_share(show):
    state = explained_state(experiment_of("bowl", (-3.0, 1.0), 40, learning_rate=0.096))
    state.set_head(20)
    page = show(ModesPage, state)
    assert "κ = 10" in page.heading.text()
    assert "−0.92" in page.values[0].text()
    assert page.motions[0].text() == "overshoots each step and shrinks; flips each step"
    assert page.motions[1].text().startswith("shrinks from one side")


def test_the_longest_words_about_a_mode_ask_for_no_more_width_than_a_narrow_panel_has(show):
    page = show(ModesPage, explained_state(experiment_of("square", (1.5, 0.0), learning_rate=1.0)))
    words = "overshoots each step and keeps its size; flips each step"
    assert page.motions[0].text() == page.motions[0].toolTip() == words
    assert page._scroll.widget().minimumSizeHint().width() <= page._scroll.viewport().width()


def test_of_a_run_that_maximises_the_pages_speak_of_what_it_lowers(show):
    state = explained_state(experiment_of("square", (1.5, 0.0), learning_rate=0.1, maximize=True))
    state.set_head(3)
    assert ": the negative loss falls by " in show(BudgetPage, state).words.text()
    assert "of the negative loss, which this run lowers" in show(ModesPage, state).heading.text()
    assert ": negative loss −" in show(LinePage, state).reading.text()


def test_verdict_speaks_of_the_selected_run_and_its_link_sets_a_rate(show):
    state = explained_state(experiment_of(learning_rate=1.1))
    page = show(VerdictPage, state)
    assert page.title.text() == page.diagnosis.title
    assert "2.2" in page.text.text()
    page._ask(checked=True)
    assert page.diagnosis.complete
    rates = [c.learning_rate for c in page.diagnosis.claims if c.learning_rate is not None]
    assert rates
    page.text.linkActivated.emit(repr(rates[0]))
    assert state.experiment.runs[0].learning_rate == rates[0]


def test_a_newer_explanation_replaces_the_verdict(show):
    state = explained_state(experiment_of(learning_rate=1.1))
    page = show(VerdictPage, state)
    before = page.text.text()
    state.update_run(0, learning_rate=0.2)
    put_on_screen(state)
    page.refresh()
    assert page.text.text() != before


@pytest.mark.parametrize("page", [BudgetPage, LinePage, ModesPage, VerdictPage])
@pytest.mark.parametrize(
    "experiment",
    [
        experiment_of("rosenbrock", (-1.5, 2.0), 300, learning_rate=1.0),
        experiment_of("square", (0.0, 0.0), 5, learning_rate=0.1),
        experiment_of("square", (1.0, 0.0), 0, learning_rate=0.1),
        experiment_of("square", (1.0, 0.0), 1, learning_rate=0.1),
        experiment_of("absolute", (1.0, 0.0), 20, learning_rate=0.3),
        experiment_of("saddle", (1.0, 0.0), 20, learning_rate=0.3),
        experiment_of("bowl", (1.0, 1e300), 20, learning_rate=1e30),
    ],
    ids=["to inf", "at rest", "no step", "one step", "kink", "saddle", "huge"],
)
def test_no_run_breaks_a_page(show, page, experiment):
    state = explained_state(experiment)
    shown = show(page, state)
    for head in (0, 1, experiment.steps // 2, experiment.steps):
        state.set_head(head)
        shown.refresh()
        shown.grab()


def test_the_panel_offers_a_story_only_where_there_is_one(qtbot):
    state = explained_state(experiment_of())
    panel = WhyPanel(state, at_once)
    qtbot.addWidget(panel)
    panel.resize(328, 260)
    panel.show()
    assert not panel.tabs.isTabVisible(0)
    state.update(title="Why?", story=StorySettings(text="Because.", tries=("Look <here>.",)))
    assert panel.tabs.isTabVisible(0)
    qtbot.waitUntil(lambda: isinstance(panel.stack.currentWidget(), StoryPage))
    page = panel.pages["story"]
    assert page.text.text() == "Because."
    assert "Look &lt;here&gt;." in page.tries.text()
    state.update(story=StorySettings())
    assert isinstance(panel.stack.currentWidget(), VerdictPage)


def test_every_tab_opens_and_fits(qtbot):
    state = explained_state(experiment_of())
    panel = WhyPanel(state, at_once)
    qtbot.addWidget(panel)
    panel.resize(328, 260)
    panel.show()
    for key in ("budget", "step", "modes", "verdict"):
        panel.show_page(key)
        assert panel.stack.currentWidget() is panel.pages[key]
