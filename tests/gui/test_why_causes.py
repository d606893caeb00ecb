"""The causes page: switches, what each alone would change, the run before and after."""

from functools import partial

import numpy as np
import pytest
from why_results import experiment_of, explained_state, put_on_screen, show_page

from engine.drawing.small_curves import draw_signed
from engine.experiment import DataSettings, Experiment, SurfaceSettings, new_run
from gui.state import State
from gui.theme import ALERT, THEME
from gui.views.why_causes import CausesPage
from gui.views.why_causes_work import MOST_STEPS, Question, find, outcomes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LINE = SurfaceSettings(name="linear_regression", data=DataSettings(table="line"))
STANDARDISE, SMALLER, CLIP = ("standardise", 1.0), ("rate", 0.1), ("clip", 1.0)


def diverging():
    return experiment_of(LINE, (0.0, 0.0), 100, learning_rate=0.12)


@pytest.fixture(autouse=True, scope="module")
def compiled():
    """Compile what draws curves here: in a paint event it may keep the painter alive."""
    draw_signed([np.arange(3.0)], [((0, 0, 0), 1.0, ())], (40, 30))


@pytest.fixture
def show(qtbot):
    return partial(show_page, qtbot, CausesPage)


def throw(page, *keys):
    for key in keys:
        page.rows.rows[key].box.click()
    page.refresh()


def test_each_switch_says_what_it_alone_would_change(show):
    page = show(explained_state(diverging()))
    saved, same = page.rows.rows[STANDARDISE], page.rows.rows["precision", 32.0]
    assert saved.outcome.text() == "✓ settles at step 34"
    assert "Alone this saves the run." in saved.box.accessibleDescription()
    assert same.outcome.text().startswith("= diverges ×−1.84")


def test_outcomes_that_come_before_the_switches_are_kept(qtbot):
    works = {}
    page = CausesPage(
        explained_state(diverging()),
        lambda topic, work, done, *_: works.update({topic: (work, done)}),
    )
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    for topic in ("causes alone", "causes"):
        work, done = works[topic]
        done(work())
    assert page.rows.rows[STANDARDISE].outcome.text().startswith("✓ settles")


def test_what_does_not_apply_is_grey_and_says_why(show):
    row = show(explained_state(diverging())).rows.rows["momentum", None]
    assert not row.box.isEnabled()
    assert row.outcome.text() == "SGD has no momentum here"


def test_switches_that_need_data_come_last_where_there_are_none(show):
    page = show(explained_state(experiment_of(learning_rate=1.1)))
    keys = [key for key, _ in page.rows.rows]
    assert keys[-4:] == ["standardise", "reduction", "target", "batch"]


def test_before_and_after_stand_side_by_side_with_their_numbers(show):
    page = show(explained_state(diverging()))
    assert not page.body.sides.isVisibleTo(page)
    throw(page, STANDARDISE)
    view = page.body.sides
    assert view.isVisibleTo(page)
    assert view.statuses[0].foregroundRole() == ALERT
    assert view.statuses[1].text() == "settles at step 34"
    figures = page.body.details.figures
    numbers = {name.text(): value.text() for name, value in figures if name.isVisibleTo(page)}
    assert numbers == {"λ₁": "23.7 → 2", "κ": "70 → 1", "η/limit": "1.42 → 0.12"}
    before, after = (picture.drawn.scene for picture in view.pictures)
    assert before.broken
    assert not after.broken
    assert before.view != after.view


def test_on_one_surface_both_are_seen_in_one_view(show):
    page = show(explained_state(diverging()))
    throw(page, SMALLER)
    before, after = (picture.drawn.scene for picture in page.body.sides.pictures)
    assert before.view == after.view
    assert page.body.sides.found.view.curves[1][-1] < 1 < page.body.sides.found.view.curves[0][-1]


def test_switches_add_up_and_those_of_one_cause_exclude_each_other(show):
    page = show(explained_state(experiment_of("rosenbrock", (-1.5, 2.0), 50, learning_rate=0.003)))
    throw(page, ("start", 0.1), SMALLER)
    assert page.body.sides.found.comparison.chosen == ("start", "rate")
    throw(page, ("start", 10.0))
    assert page.rows.chosen == {"start": 10.0, "rate": 0.1}
    assert not page.rows.rows["start", 0.1].box.isChecked()


def test_use_this_is_one_step_of_undo_and_throws_the_switches_back(show):
    state = explained_state(diverging())
    before = state.experiment
    page = show(state)
    throw(page, STANDARDISE, CLIP)
    page.footer.use.click()
    assert state.experiment.surface.data.standardise
    assert state.experiment.runs[0].clip_norm == 1.0
    assert page.rows.chosen == {}
    state.undo()
    assert state.experiment == before


def test_the_changed_run_can_be_put_beside_where_the_surface_stays(show):
    state = explained_state(diverging())
    page = show(state)
    throw(page, STANDARDISE)
    assert not page.footer.beside.isEnabled()
    throw(page, STANDARDISE, SMALLER)
    assert page.footer.beside.isEnabled()
    page.footer.beside.click()
    one, other = state.experiment.runs
    assert (one.learning_rate, other.learning_rate) == (0.12, pytest.approx(0.012))
    assert one.slot != other.slot


def test_clear_throws_all_back(show, qtbot):
    page = show(explained_state(diverging()))
    throw(page, SMALLER)
    page.footer.clear.click()
    qtbot.waitUntil(lambda: page.body.sides.isHidden())
    assert not any(row.box.isChecked() for row in page.rows.rows.values())


def test_what_is_chosen_follows_the_run_while_it_still_applies(show):
    state = explained_state(diverging())
    page = show(state)
    throw(page, STANDARDISE, SMALLER)
    state.update_surface(data=DataSettings(table="line", standardise=True))
    put_on_screen(state)
    page.refresh()
    assert page.rows.chosen == {"rate": 0.1}
    assert page.body.sides.found.comparison.chosen == ("rate",)


def test_a_click_on_the_losses_moves_the_head_in_all_pictures(show):
    state = explained_state(diverging())
    page = show(state, (900, 600))
    throw(page, SMALLER)
    curves, drawn = page.body.details.curves, page.body.details.curves._picture
    curves.stepped.emit(7)
    assert state.head == curves.head == 7
    assert [picture._head for picture in page.body.sides.pictures] == [7, 7]
    assert curves._picture is drawn


def test_no_runs_and_unreadable_tables_are_said_in_a_sentence(show):
    page = show(State(Experiment(runs=())))
    assert "Add an optimizer" in page.empty.text()
    state = explained_state(diverging())
    state.results = type(state.results)(
        experiment_of(
            SurfaceSettings(name="linear_regression", data=DataSettings(table="none.csv"))
        ),
        *(getattr(state.results, name) for name in ("landscape", "trajectories", "statuses")),
    )
    page = show(state)
    assert "none.csv" in page.empty.text()
    assert page.empty.isVisibleTo(page)


def test_work_can_be_ended():
    question = Question(diverging(), 0, {"rate": 0.1})
    question.stop[0] = 1
    assert find(question) is None
    assert outcomes(question) is None


def test_hiding_the_page_ends_what_it_asked_for(qtbot):
    works = {}
    page = CausesPage(
        explained_state(diverging()), lambda topic, work, *_: works.update({topic: work})
    )
    qtbot.addWidget(page)
    page.show()
    page.rows.choose({"rate": 0.1})
    page.refresh()
    page.hide()
    assert works["causes"]() is None
    assert works["causes alone"]() is None


def test_of_a_very_long_run_only_the_first_steps_are_compared():
    long = experiment_of("bowl", (1.0, 1.0), 3 * MOST_STEPS, learning_rate=0.01)
    compared = find(Question(long, 0, {"rate": 0.1})).compared
    assert len(compared.comparison.before.trajectory.points) == MOST_STEPS + 1
    assert compared.remarks[-1] == f"Only the first {MOST_STEPS:,} steps are compared."


@pytest.mark.parametrize("size", [(260, 160), (328, 260), (900, 600)])
@pytest.mark.parametrize(
    "experiment",
    [
        experiment_of("bowl", (1.0, 1e300), 20, learning_rate=1e30),
        experiment_of("square", (0.0, 0.0), 0, learning_rate=0.1),
        experiment_of("absolute", (1.0, 0.0), 20, "adam", learning_rate=0.3),
        experiment_of("saddle", (1.0, 0.1), 300, learning_rate=0.3),
    ],
    ids=["huge", "no step", "kink", "falls for ever"],
)
def test_no_run_and_no_size_breaks_the_page(show, experiment, size):
    page = show(explained_state(experiment), size)
    offered = [key for key in page.rows.rows if key[1] is not None]
    for key in offered:
        throw(page, key)
        page.grab()
    assert page.body.sides.found is not None


def test_another_theme_redraws_the_pictures(show, qapp):
    page = show(explained_state(diverging()))
    throw(page, SMALLER)
    picture, wish = page.body.sides.pictures[0], THEME.wish
    before = picture.drawn.wish.colours
    THEME.apply(qapp, "light" if THEME.is_dark else "dark")
    assert picture.drawn.wish.colours != before
    THEME.apply(qapp, wish)


def test_a_recorded_path_has_no_switches(show):
    run = new_run("sgd", learning_rate=0.1, recorded="nowhere.csv")
    state = explained_state(experiment_of())
    experiment = Experiment(runs=(run,))
    state.results = type(state.results)(
        experiment,
        *(getattr(state.results, name) for name in ("landscape", "trajectories", "statuses")),
    )
    assert all(cause.reason for cause in find(Question(experiment, 0, {})).causes)


@pytest.mark.parametrize("key", [STANDARDISE, CLIP], ids=["first", "last"])
@pytest.mark.parametrize("height", [240, 300, 700])
def test_in_a_narrow_panel_a_thrown_switch_and_the_pictures_are_seen_together(
    show, qtbot, key, height
):
    page = show(explained_state(diverging()), (328, height))
    row, scroll = page.rows.rows[key], page.body.area
    scroll.ensureWidgetVisible(row)
    row.box.click()
    qtbot.waitUntil(lambda: page.body.sides.isVisible(), timeout=60_000)
    bar = scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: scroll.height() < height - 100, timeout=10_000)
    qtbot.waitUntil(lambda: _is_seen(row, scroll.viewport()), timeout=10_000)
    for picture in page.body.sides.pictures:
        assert _is_seen(picture, page)
        assert picture.height() >= 56
    assert scroll.height() >= 60
    assert page.body.sides.numbers.isVisible()
    assert page.body.sides.numbers.text().startswith("λ₁ 23.7 → ")
    # The losses follow at the end of the list.
    bar.setValue(bar.maximum())
    assert _is_seen(page.body.details, scroll.viewport(), whole=False)


def test_in_a_wide_panel_the_comparison_stands_beside_the_switches(show, qtbot):
    page = show(explained_state(diverging()), (700, 360))
    throw(page, STANDARDISE)
    qtbot.waitUntil(lambda: page.body.details.height() > 60)
    sides, switches = page.body.sides, page.body.area.geometry()
    assert sides.mapTo(page, sides.rect().topLeft()).x() > switches.right()
    assert not sides.numbers.isVisible()
    assert _is_seen(page.body.details, page)


def _is_seen(widget, area, whole=True):
    """Return whether a widget, or at least its upper edge, lies within an area."""
    place = widget.rect().translated(widget.mapTo(area.window(), widget.rect().topLeft()))
    seen = area.rect().translated(area.mapTo(area.window(), area.rect().topLeft()))
    return seen.contains(place) if whole else seen.intersects(place)
