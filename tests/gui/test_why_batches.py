"""The batches page: a step's own batch beside all rows, and the limit of the batch size."""

from functools import partial

import numpy as np
import pytest
from why_results import at_once, experiment_of, explained_state, put_on_screen, show_page

from engine.answer import landscape_of
from engine.experiment import DataSettings, SurfaceSettings
from engine.explanation.batch_view import batch_view, rate_words, usual_batch
from gui.state import State
from gui.views.why_batches import BatchesPage
from gui.views.why_panel import WhyPanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def cars(batch_size=5, name="linear_regression", **run):
    data = DataSettings(table="cars", standardise=True, batch_size=batch_size)
    settings = SurfaceSettings(name=name, data=data)
    return experiment_of(settings, (0.0, 0.0), 60, **{"learning_rate": 0.1, **run})


@pytest.fixture
def show(qtbot):
    return partial(show_page, qtbot, BatchesPage)


def test_a_batch_that_asks_for_the_opposite_says_so(show):
    state = explained_state(cars())
    state.set_head(11)
    page = show(state)
    assert page.heading.text() == "Step 11 → 12"
    assert page.words.text() == (
        "This batch asks for the opposite of what all rows want: cosine −0.74. "
        "The step lowers the batch’s loss but raises that of all rows."
    )
    assert [title.text() for title in page.titles] == ["Its batch, 5 rows", "All 50 rows"]


def test_the_table_adds_up(show):
    state = explained_state(cars())
    state.set_head(11)
    page = show(state)
    texts = [[cell.text() for cell in row[1:]] for row in page.table.cells]
    assert texts[0] == ["37.6 → 35.9", "260 → 264"]
    for change in (page.found.view.step.batch, page.found.view.step.full):
        assert change.first + change.second == pytest.approx(change.measured)


def test_both_pictures_have_one_view_and_one_set_of_levels_but_other_rows(show):
    state = explained_state(cars())
    state.set_head(11)
    page = show(state, (600, 400))
    own, full = (picture.drawn for picture in page.pictures)
    assert own.scene.view == full.scene.view
    assert own.scene.levels is full.scene.levels
    assert not np.array_equal(own.ground, full.ground)
    x0, x1, y0, y1 = own.scene.view
    for x, y in own.scene.points:
        assert x0 < x < x1
        assert y0 < y < y1


def test_the_drawn_batch_is_the_one_of_the_step():
    # The ground's lowest pixel lies where the batch's own loss is lowest.
    from engine.drawing.contours import survey

    state = explained_state(cars())
    landscape = landscape_of(state.experiment, "float64")
    view = batch_view(state.results.trajectories[0], landscape, 11, log=True).view
    values, _ = survey(landscape, view, step=11)
    rows, columns = values.shape
    x = view[0] + (np.arange(columns) + 0.5) * (view[1] - view[0]) / columns
    y = view[3] - (np.arange(rows) + 0.5) * (view[3] - view[2]) / rows
    points = np.stack(np.meshgrid(x, y), axis=-1)
    assert np.allclose(values, landscape.value(points, 11))


def test_arrows_are_descent_directions_that_fit():
    state = explained_state(cars())
    landscape = landscape_of(state.experiment, "float64")
    found = batch_view(state.results.trajectories[0], landscape, 11, log=True)
    half = np.array([found.view[1] - found.view[0], found.view[3] - found.view[2]]) / 2
    for arrows in (found.pair, found.fan):
        assert np.abs(arrows / half).max() == pytest.approx(0.7)
    own = found.pair[0] / -found.step.batch_gradient
    assert own[0] == pytest.approx(own[1])
    assert own[0] > 0


def test_the_limit_says_how_far_the_rate_is_from_it(show):
    page = show(explained_state(cars()))
    share = 0.1 / page.found.limit.value
    assert page.rate.text().startswith(f"η is {share:.2g} of the mean-square limit")
    assert page.rate.toolTip() == page.found.limit.sentence
    adam = show(explained_state(cars(optimizer="adam")))
    assert "not for Adam" in adam.rate.text()


def test_where_the_data_are_used_whole_a_button_sets_batches(show):
    state = explained_state(cars(batch_size=0))
    page = show(state)
    assert page.empty.text() == (
        "The data are used whole: each step sees all 50 rows. Try batches of 5."
    )
    assert page.rate.text().endswith("for all rows.")
    page.button.click()
    assert state.experiment.surface.data.batch_size == 5
    put_on_screen(state)
    page.refresh()
    assert page.button.isHidden()
    assert page.heading.text().startswith("Step ")
    state.undo()
    assert state.experiment.surface.data.batch_size == 0


@pytest.mark.parametrize(("rows", "size"), [(2, 1), (5, 2), (8, 4), (50, 5), (10**6, 5)])
def test_the_batch_to_try_is_smaller_than_the_table(rows, size):
    assert usual_batch(rows) == size


def test_the_head_chooses_the_step(show):
    state = explained_state(cars())
    page = show(state)
    state.set_head(3)
    page.refresh()
    assert page.heading.text() == "Step 3 → 4"
    state.set_head(60)
    page.refresh()
    assert page.heading.text() == "Step 59 → 60"


def test_without_runs_the_page_says_what_will_appear(show):
    page = show(State(cars().__class__(runs=())))
    assert "Add an optimizer" in page.empty.text()


@pytest.mark.parametrize("size", [(260, 160), (900, 600)])
@pytest.mark.parametrize(
    "experiment",
    [
        cars(learning_rate=1e200),
        cars(learning_rate=0.0),
        cars(batch_size=1),
        cars(name="logistic_regression"),
        cars(name="absolute_regression"),
    ],
    ids=["to inf", "at rest", "one row", "logistic", "absolute"],
)
def test_no_run_and_no_size_breaks_the_page(show, experiment, size):
    state = explained_state(experiment)
    page = show(state, size)
    for head in (0, 1, 30, 60):
        state.set_head(head)
        page.refresh()
        page.grab()
    assert page.words.text()


def test_the_panel_offers_the_page_only_where_data_are_used(qtbot):
    state = explained_state(cars())
    panel = WhyPanel(state, at_once)
    qtbot.addWidget(panel)
    panel.resize(328, 260)
    panel.show()
    titles = [panel.tabs.tabText(i) for i in range(panel.tabs.count())]
    place = titles.index("Batches")
    assert panel.tabs.isTabVisible(place)
    panel.show_page("batches")
    assert isinstance(panel.stack.currentWidget(), BatchesPage)
    state.update(surface=SurfaceSettings(name="bowl"))
    assert not panel.tabs.isTabVisible(place)
    assert not isinstance(panel.stack.currentWidget(), BatchesPage)


def test_rate_words_take_the_reason_where_there_is_no_limit(show):
    limit = show(explained_state(cars(maximize=True))).found.limit
    assert rate_words(0.1, limit) == limit.sentence


def test_a_batch_of_one_row_is_called_so(show):
    state = explained_state(cars(batch_size=1))
    state.set_head(11)
    page = show(state)
    assert page.titles[0].text() == "Its batch, one row"
