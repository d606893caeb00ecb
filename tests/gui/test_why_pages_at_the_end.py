"""The pages where a run ends early, has one step, or is followed by another."""

from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtGui import QColor
from why_results import experiment_of, explained_state, put_on_screen, show_page

from engine.experiment import SurfaceSettings, new_run
from gui.views.line_plot import GAP_PX, side_by_side
from gui.views.small_curves import SmallCurve, SmallCurves
from gui.views.why_budget import BudgetPage
from gui.views.why_line import LinePage
from gui.views.why_modes import ModesPage
from gui.views.why_verdict import VerdictPage

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def show(qtbot):
    return partial(show_page, qtbot)


def blown_up():
    return replace(
        experiment_of("rosenbrock", (-1.5, 2.0), 200, learning_rate=0.01), precision="float32"
    )


def test_past_the_end_of_a_run_that_blew_up_stands_the_last_step_that_is_finite(show):
    state = explained_state(blown_up())
    state.set_head(200)
    budget = show(BudgetPage, state)
    assert "NaN" not in budget.bars.accessibleName()
    assert "inf" not in budget.bars.accessibleName()
    assert show(LinePage, state).empty.isHidden()
    assert show(ModesPage, state).empty.isHidden()


def test_on_the_step_that_is_not_finite_the_pages_say_so(show):
    state = explained_state(blown_up())
    page = show(BudgetPage, state)
    state.set_head(page.explanation.rows - 2)
    page.refresh()
    assert page.words.text() == "After this step the loss is no longer finite."


def test_the_words_on_one_surface_are_not_shown_on_the_next(show, qtbot):
    state = explained_state(experiment_of(learning_rate=1.1))
    page = show(VerdictPage, state)
    assert page.title.text() == "Diverges"
    state.update(surface=SurfaceSettings(name="rosenbrock"))
    qtbot.waitUntil(lambda: not page.title.text())
    assert page.text.text() == "The explanation follows as soon as the path is there."
    put_on_screen(state)
    qtbot.waitUntil(lambda: bool(page.title.text()))


def test_while_a_rate_is_dragged_the_words_before_stay(show, qtbot):
    state = explained_state(experiment_of(learning_rate=1.1))
    page = show(VerdictPage, state)
    state.update_run(0, learning_rate=1.2)
    page.refresh()
    assert page.title.text() == "Diverges"


def test_a_kink_has_no_condition_number_in_words(show):
    page = show(ModesPage, explained_state(experiment_of("absolute", learning_rate=0.3)))
    assert "NaN" not in page.heading.text()
    assert "kinks" in page.heading.text()


def test_a_searched_line_counts_in_its_own_step(show):
    state = explained_state(
        replace(experiment_of("rosenbrock", (-1.5, 2.0), 20), runs=(new_run("backtracking"),))
    )
    page = show(LinePage, state)
    assert page.reading.text().startswith("1 of the step: loss ")


def test_rounding_is_no_remainder_and_no_error_along_an_eigenvector(show):
    state = explained_state(experiment_of("bowl", (-3.0, 1.0), 300, learning_rate=0.15))
    page = show(BudgetPage, state)
    assert not page.curves._curves[0].values.any()
    assert np.any(page.explanation.budget.remainder)
    errors = {curve.name: curve.values for curve in show(ModesPage, state).curves._curves}
    assert np.isnan(errors["along v₁"][:20]).all()
    assert np.isfinite(errors["along v₁"][-20:]).all()
    assert np.isnan(errors["along v₂"]).all()


def test_one_value_is_drawn_and_so_is_the_beginning_of_what_explodes(qtbot):
    curves = SmallCurves()
    qtbot.addWidget(curves)
    curves.resize(300, 120)
    blue = QColor("#0000ff")
    curves.show_curves([SmallCurve("one", np.array([3.0]), blue)], 0)
    assert _has_ink(curves)
    growth = 1.84 ** (2 * np.arange(100.0))
    curves.show_curves([SmallCurve("growing", growth, blue)], 0)
    places = [curves._picture.scale.place(value) for value in (growth[0], growth[50])]
    assert 0.4 < places[1] < 0.6
    assert places[0] < curves._picture.scale.place(0.0) - 0.02


def _has_ink(curves):
    return np.asarray(curves._picture.image).any()


@pytest.mark.parametrize(
    ("xs", "widths", "expected"),
    [
        ([20, 120, 210], [24, 15, 44], [8, 112.5, 188]),
        ([20, 120, 210, 224], [24, 15, 44, 22], [8, 112.5, 171, 219]),
        ([20, 30, 40], [40, 40, 40], [0, None, None]),
        ([20, 250], [24, 60], [8, 202]),
    ],
)
def test_labels_give_way_to_their_neighbours(xs, widths, expected):
    lefts = side_by_side(xs, widths, 262)
    assert lefts == expected
    spans = [(left, left + w) for left, w in zip(lefts, widths, strict=True) if left is not None]
    assert all(after[0] - before[1] >= GAP_PX for before, after in pairwise(spans))
