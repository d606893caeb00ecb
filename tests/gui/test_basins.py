"""Basins of minima under the contour lines: what they show, and when they are asked for."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from landscape_events import answer_of, open_landscape, picture_of
from PySide6.QtCore import QPointF
from windows import opened

from engine.experiment import DisplaySettings, Experiment, SurfaceSettings, new_run
from engine.experiment_file import dump, parse
from gui.basins import Basins
from gui.theme import THEME
from gui.views.landscape_basins import colour_table, outcome_text
from gui.views.landscape_basins_bar import shares_text
from gui.views.landscape_basins_work import DIVERGED, HATCH, HUES, NOTHING, SHADES, coarse_size

SHOWN = DisplaySettings(basins=True)


class Here:
    """Does at once what a runner does in a thread; counts the coarse pictures."""

    def __init__(self):
        self.tile_pool = ThreadPoolExecutor(2)
        self.asked = 0

    def submit_stoppable(self, topic, work, done, failed, pool):
        self.asked += 1
        try:
            found = work(np.zeros(1, np.uint8))
        except ValueError as error:
            failed(str(error))
        else:
            done(found)

    def cancel(self, topic):
        pass


def himmelblau(**more):
    settings = {
        "surface": SurfaceSettings(name="himmelblau"), "start": (-0.5, -1.0), "steps": 300,
        "runs": (new_run("sgd", learning_rate=0.01),), "display": SHOWN, **more,
    }  # fmt: skip
    return Experiment(**settings)


@pytest.fixture
def show(qtbot):
    """Open a landscape with its basins and wait until they are sharp."""
    runners = []

    def shown(experiment, size=(300, 260)):
        state, view = open_landscape(qtbot, experiment, size, answers=False)
        runners.append(Here())
        basins = Basins(state, view, runners[-1])
        state.changed.connect(lambda _, new: state.set_results(answer_of(new)))
        state.set_results(answer_of(state.experiment))
        qtbot.waitUntil(lambda: basins.settled, timeout=60_000)
        return state, view, basins

    yield shown
    for runner in runners:
        runner.tile_pool.shutdown()


def code_at(view, point):
    drawn = view.picture.basins.drawn
    x0, x1, y0, y1 = drawn.wish.view
    height, width = drawn.codes.shape
    return drawn.codes[
        int((y1 - point[1]) / (y1 - y0) * height), int((point[0] - x0) / (x1 - x0) * width)
    ]


def test_each_start_has_the_hue_of_the_minimum_that_its_run_reaches(show):
    _, view, _ = show(himmelblau())
    drawn = view.picture.basins.drawn
    assert drawn.sharp
    assert drawn.codes.shape == drawn.verdicts.shape
    for start in [(-3.0, 2.0), (2.0, 3.0), (3.0, -2.5), (-4.0, -3.0), (0.5, 0.5)]:
        (status,) = answer_of(himmelblau(start=start)).statuses
        assert code_at(view, start) // SHADES == status.minimum_index % HUES
        x = drawn.minima[status.minimum_index, 0]
        text = outcome_text(drawn, start)
        assert f"minimum at ({x:.3g}".replace("-", "−") in text
    slow, fast = (code_at(view, at) % SHADES for at in ((-3.0, 0.2), (-2.9, 3.0)))
    assert slow > fast
    assert shares_text(drawn) == "SGD η 0.01: 100 % converge"


def test_what_diverges_has_the_alert_colour_and_a_hatch(show):
    experiment = himmelblau(runs=(new_run("sgd", learning_rate=0.05),))
    state, view, _ = show(experiment)
    drawn = view.picture.basins.drawn
    assert drawn.diverges
    assert code_at(view, (-5.5, 4.5)) in (*range(DIVERGED * SHADES, NOTHING), HATCH)
    assert (drawn.codes == HATCH).any()
    assert "diverge" in shares_text(drawn)
    assert "from here diverged" in outcome_text(drawn, (-5.5, 4.5))

    def redder():
        red = picture_of(view)[:, :] >> 16
        return int(red.sum()) - int((picture_of(view) & 0xFF).sum())

    with_basins = redder()
    state.update_display(basins=False)
    assert with_basins > redder() + 100_000
    assert view.basins_bar.isHidden()


def test_a_dragged_start_asks_for_nothing_and_a_moved_rate_does(show, qtbot):
    state, view, basins = show(himmelblau())
    before = view.picture.basins.drawn
    asked = basins._runner.asked
    state.update("start", start=(1.0, 1.0))
    qtbot.wait(20)
    assert basins.settled
    assert basins._runner.asked == asked
    assert view.picture.basins.drawn is before
    state.update_run(0, "rate", learning_rate=0.012)
    assert not basins.settled
    qtbot.waitUntil(lambda: basins.settled, timeout=60_000)
    assert view.picture.basins.drawn.wish.experiment.runs[0].learning_rate == 0.012


def test_a_zoom_stretches_the_old_picture_and_a_new_one_follows(show, qtbot):
    state, view, basins = show(himmelblau())
    old = view.picture.basins.drawn
    state.update_display(view=(0.0, 4.0, 0.0, 4.0))
    assert view.picture.basins.shown(view.picture.ground) is old
    assert len(np.unique(picture_of(view))) > 100
    qtbot.waitUntil(lambda: basins.settled, timeout=60_000)
    assert view.picture.basins.drawn.wish.view == view.frame.view != old.wish.view


def test_basins_are_those_of_the_selected_run(show, qtbot):
    runs = (new_run("sgd", learning_rate=0.01), new_run("heavy_ball", learning_rate=0.01, slot=1))
    state, view, basins = show(himmelblau(runs=runs))
    state.select(1)
    qtbot.waitUntil(lambda: basins.settled, timeout=60_000)
    assert view.picture.basins.drawn.wish.experiment.runs[0].optimizer == "heavy_ball"
    state.update(runs=runs[:1])
    qtbot.waitUntil(lambda: basins.settled, timeout=60_000)
    assert view.picture.basins.drawn.wish.experiment.runs[0].optimizer == "sgd"


def test_without_a_run_a_sentence_says_so(show):
    _, view, _ = show(himmelblau(runs=()), size=(420, 300))
    assert view.picture.basins.drawn is None
    assert "once there is an optimizer" in view.basins_bar.label.text()


def test_a_curve_has_its_basins_in_columns(show):
    settings = SurfaceSettings(name="formula", formula="x^4 - 3*x^2 + x/2")
    display = DisplaySettings(basins=True, landscape="curve")
    experiment = Experiment(
        surface=settings, start=(1.5, 0.0), steps=200, display=display,
        runs=(new_run("sgd", learning_rate=0.12),),
    )  # fmt: skip
    _, view, _ = show(experiment)
    drawn = view.picture.basins.drawn
    assert drawn.codes.shape[0] == 1
    assert drawn.diverges
    image = picture_of(view)
    at = view.frame.plot.top() + 10, view.frame.plot.bottom() - 50
    left = int(view.frame.pixel(-2.9, 0.0).x())
    assert image[int(at[0]), left] == image[int(at[1]), left] != int(THEME.colours.base[1:], 16)


def test_minima_are_marked_in_the_colour_of_their_basins(show):
    state, view, _ = show(himmelblau())
    image = picture_of(view)
    (status,) = state.results.statuses
    for index, (x, y) in enumerate(view.picture.basins.drawn.minima[:, :2].tolist()):
        if index == status.minimum_index:
            # The end of the path lies over it.
            continue
        at = view.frame.pixel(x, y) + QPointF(4.0, 4.0)
        hue = view.picture.basins.hue(index).rgb() & 0xFFFFFF
        around = image[int(at.y()) - 2 : int(at.y()) + 2, int(at.x()) - 2 : int(at.x()) + 2]
        assert (around == hue).any()


def test_strength_none_leaves_the_ground_as_it_is():
    tints = colour_table(THEME.colours, 0.0)
    assert len(np.unique(tints)) == 1
    assert len(np.unique(colour_table(THEME.colours, 1.0))) > HUES * SHADES // 2


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan"), float("inf")])
def test_an_impossible_strength_is_refused(strength):
    with pytest.raises(ValueError, match="basins_strength"):
        DisplaySettings(basins_strength=strength)


def test_basins_are_kept_in_the_experiment():
    display = DisplaySettings(basins=True, basins_strength=0.25)
    experiment = himmelblau(display=display)
    assert parse(dump(experiment)).display == display


@pytest.mark.parametrize("cost", [1e-12, 1e-6, 1e-3, 10.0])
def test_a_coarse_picture_has_as_many_pixels_as_can_be_had(cost):
    width, height = coarse_size((640, 480), cost)
    assert 1 <= width <= 640
    assert 1 <= height <= 480
    assert width / height == pytest.approx(4 / 3, rel=0.2)


def test_key_menu_and_slider_of_the_window(qtbot):
    window = opened(qtbot, himmelblau(display=DisplaySettings()))
    basins, action = window.surface.basins, window.commands.actions["Basins of minima"]
    assert action.shortcut().toString() == "M"
    action.trigger()
    assert window.state.experiment.display.basins
    qtbot.waitUntil(lambda: window.landscape.picture.basins.drawn is not None, timeout=60_000)
    qtbot.waitUntil(lambda: basins.settled, timeout=60_000)
    assert window.landscape.basins_bar.isVisible()
    window.landscape.basins_bar.slider.moved.emit(0.8)
    assert window.state.experiment.display.basins_strength == 0.8
    window.state.undo()
    assert window.state.experiment.display.basins_strength == 0.5
    action.trigger()
    assert window.landscape.picture.basins.drawn is None
    window.close()
