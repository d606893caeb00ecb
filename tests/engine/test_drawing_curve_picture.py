"""Ranges, marks and exits of a curve plot; ticks of its axis."""

import math
from dataclasses import replace

import numpy as np
import pytest

from engine.drawing.curve_picture import Line, View, draw
from engine.drawing.curve_scale import LINEAR, LOG, SYMLOG, Scale, round_values, symlog_unit
from engine.drawing.curve_series import prepare
from engine.experiment import RunSettings
from engine.trajectory import Trajectory


def trajectory(loss, *, last=None, cause="", minimum=0.0, points=None):
    loss = np.asarray(loss, float)
    count = len(loss)
    minima = np.empty((0, 3)) if minimum is None else np.array([[0.0, 0.0, minimum]])
    points = np.zeros((count, 2)) if points is None else points
    last = count - 1 if last is None else last
    return Trajectory(
        RunSettings(), "SGD", "bowl", points, loss, loss, np.ones((count, 2)),
        np.full(count, 0.1), minima, last, cause, last,
    )  # fmt: skip


def picture(losses, scale="log", *, calm=None, blow_up=False, view=None, **changes):
    runs = [
        loss if isinstance(loss, Trajectory) else trajectory(loss, **changes) for loss in losses
    ]
    prepared = prepare(runs, calm or [True] * len(runs), "loss")
    steps = max(run.steps for run in runs)
    low, high = view or (-0.5, steps + 0.5)
    lines = tuple(Line(i, (255, 0, 0), 2.0, ()) for i in range(len(runs)))
    return prepared, draw(prepared, View(low, high, 200, 100, scale, blow_up, lines))


T = np.arange(101)
DECAY = np.exp(-T / 10)
with np.errstate(over="ignore"):
    GROWTH = 2.0 ** (T / 2.0)
    BLOW_UP = np.where(T < 60, 10.0 ** (5.0 * T), np.inf)


@pytest.mark.parametrize("scale", ["log", "linear", "symlog"])
def test_a_diverging_run_does_not_flatten_the_others_but_the_switch_shows_it(scale):
    _, capped = picture([DECAY, GROWTH], scale, calm=[True, False])
    _, whole = picture([DECAY, GROWTH], scale, calm=[True, False], blow_up=True)
    assert capped.scale.backward(capped.scale.top) < 40
    assert capped.scale.place(DECAY[-1]) - capped.scale.place(1.0) > 0.15
    assert whole.scale.place(GROWTH[-1]) > 0
    assert [(e.index, e.upwards) for e in capped.exits] == [(1, True)]
    assert whole.exits == ()


def test_a_curve_leaves_where_it_crosses_the_edge():
    _, found = picture([DECAY, GROWTH], calm=[True, False])
    edge = found.scale.backward(found.scale.top)
    assert found.exits[0].step == pytest.approx(2 * math.log2(edge), abs=0.1)


def test_a_calm_run_is_shown_whole_even_far_above_its_start():
    spiky = DECAY.copy()
    spiky[50] = 1e6
    _, found = picture([spiky])
    assert 0 < found.scale.place(1e6) < 0.2
    assert found.exits == ()


def test_only_the_visible_steps_rule_the_range():
    _, found = picture([DECAY], view=(60.0, 80.0))
    assert found.scale.backward(found.scale.top) < 2 * DECAY[59]


@pytest.mark.parametrize("minimum", [0.0, -3.0])
def test_log_counts_from_the_known_minimum_and_survives_reaching_it(minimum):
    loss = minimum + np.array([1.0, 0.5, 1e-6, 0.0, 0.0])
    prepared, found = picture([loss], minimum=minimum)
    assert (prepared.base, prepared.known) == (minimum, True)
    assert found.scale.kind == LOG
    assert found.scale.floor == pytest.approx(1e-6)
    assert 0.9 < found.scale.place(minimum) < 1
    assert found.image.any()


@pytest.mark.parametrize("minimum", [None, 0.0])
def test_without_a_usable_minimum_log_counts_from_the_lowest_value(minimum):
    prepared, found = picture([[1.0, 0.0, -1.0], [1.0, -0.5, -1.5]], minimum=minimum)
    assert (prepared.base, prepared.known) == (-1.5, False)
    assert found.scale.floor == pytest.approx(0.5)


def test_a_loss_that_falls_without_end_gets_a_symmetric_axis():
    falling = -(3.0**T)
    prepared, found = picture([DECAY, falling], calm=[True, False], minimum=None)
    assert prepared.signed
    assert found.scale.kind == SYMLOG
    assert (found.exits[0].index, found.exits[0].upwards) == (1, False)
    assert 0 < found.scale.place(0.5) < 1


@pytest.mark.parametrize(
    ("loss", "kind"),
    [
        (np.zeros(11), LINEAR),
        (np.full(11, 3.0), LOG),
        ([7.0], LOG),
        ([0.0], LINEAR),
        ([np.nan, np.nan], LINEAR),
        ([1e308, -1e308, 1e308], LINEAR),
        ([5e-324, 1e-320], LOG),
    ],
)
@pytest.mark.parametrize("scale", ["log", "linear", "symlog"])
@pytest.mark.parametrize("blow_up", [False, True])
def test_awkward_losses_have_a_finite_axis(loss, kind, scale, blow_up):
    _, found = picture([loss], scale, blow_up=blow_up)
    assert found.scale.kind == (kind if scale == "log" else found.scale.kind)
    assert math.isfinite(found.scale.bottom)
    assert found.scale.top > found.scale.bottom
    assert all(math.isfinite(t.place) for t in found.scale.ticks(6))
    assert found.image.any() == bool(np.isfinite(loss).any())


@pytest.mark.parametrize(
    ("loss", "last", "cause", "expected"),
    [
        (BLOW_UP, 60, "loss", (60, np.inf, 1e295)),
        ([1.0, -np.inf, np.nan], 1, "loss", (1, -np.inf, 1.0)),
        ([1.0, np.nan, 2.0], 2, "", (1, np.nan, 1.0)),
        ([1.0, 2.0, np.nan], 1, "optimizer state", (1, 2.0, 2.0)),
        (DECAY, 100, "", None),
    ],
)
def test_marks(loss, last, cause, expected):
    prepared = prepare([trajectory(loss, last=last, cause=cause)], [False], "loss")
    mark = prepared.series[0].mark
    found = mark and (mark.step, mark.value, mark.last_finite)
    assert found == pytest.approx(expected, nan_ok=True) if expected else found is None


def test_the_last_row_has_neither_step_nor_rate_and_no_mark():
    run = trajectory(DECAY, points=np.stack([DECAY, DECAY], axis=1))
    for quantity in ("step_norm", "learning_rate"):
        series = prepare([run], [True], quantity).series[0]
        assert len(series.values) == 100
        assert series.mark is None


def test_distance_without_a_known_minimum_is_nothing():
    series = prepare([trajectory(DECAY, minimum=None)], [True], "distance").series[0]
    assert series.highest == -math.inf
    assert series.mark is None


def test_a_dash_covers_the_share_that_was_asked_for():
    prepared = prepare([trajectory(np.full(1001, 2.0))], [True], "loss")

    def coverage(dash):
        line = Line(0, (255, 255, 255), 2.0, dash)
        image = draw(prepared, View(0.0, 1000.0, 700, 50, "linear", False, (line,))).image
        return int((image >> 24).sum())

    for dash in ((10.0, 5.0), (2.5, 4.5), (13.0, 4.0, 2.5, 4.0)):
        share = sum(dash[::2]) / sum(dash)
        assert coverage(dash) / coverage(()) == pytest.approx(share, abs=0.05)


def test_no_steps_is_a_dot():
    for quantity in ("loss", "step_norm", "learning_rate", "gradient_norm", "distance"):
        prepared = prepare([trajectory([2.0])], [True], quantity)
        line = Line(0, (1, 2, 3), 2.0, (10.0, 5.0))
        image = draw(prepared, View(-0.5, 0.5, 100, 50, "log", False, (line,))).image
        assert image.any() == (quantity in ("loss", "gradient_norm", "distance"))


@pytest.mark.parametrize(
    ("scale", "most", "values", "power"),
    [
        (Scale(LINEAR, bottom=-0.05, top=1.05), 6, [0, 0.2, 0.4, 0.6, 0.8, 1.0], False),
        (Scale(LINEAR, bottom=0.2, top=0.5), 4, [0.2, 0.3, 0.4, 0.5], False),
        (Scale(LOG, bottom=-8.2, top=1.5), 5, [1e-8, 1e-6, 1e-4, 1e-2, 1], True),
        (Scale(LOG, bottom=-2.2, top=1.2), 5, [0.01, 0.1, 1, 10], False),
        (Scale(LOG, bottom=-0.1, top=1.1), 5, [1, 2, 5, 10], False),
        (Scale(LOG, bottom=0.0, top=0.05), 4, [1, 1.05, 1.1], False),
        (Scale(LOG, bottom=-20, top=110), 6, [1, 1e30, 1e60, 1e90], True),
    ],
)
def test_ticks(scale, most, values, power):
    ticks = scale.ticks(most)
    assert [t.value for t in ticks] == pytest.approx(values)
    assert {t.power for t in ticks} == {power}
    assert all(0 <= t.place <= 1 for t in ticks)


def test_a_log_axis_that_ends_below_the_smallest_float_has_no_tick_of_0():
    scale = Scale(LOG, floor=1e-323, bottom=-330.0, top=-310.0)
    ticks = scale.ticks(8)
    assert ticks
    assert all(tick.value > 0 for tick in ticks)


@pytest.mark.parametrize(("low", "high"), [(4, 280), (2, 60), (200, 250), (-280, -4), (0.3, 0.8)])
def test_a_narrow_symmetric_log_axis_has_ticks_that_tell_how_far_apart_values_are(low, high):
    scale = Scale(SYMLOG, unit=symlog_unit(max(abs(low), abs(high)))).padded(low, high)
    assert 2 <= len(scale.ticks(5)) <= 6


def test_symmetric_ticks_mirror_and_stand_at_true_values():
    scale = Scale(SYMLOG, unit=0.001).padded(-100.0, 100.0)
    ticks = scale.ticks(8)
    assert [t.value for t in ticks] == [-t.value for t in reversed(ticks)]
    for tick in ticks:
        assert tick.place == pytest.approx(scale.place(tick.value))


@pytest.mark.parametrize(
    ("low", "high"), [(0, 0), (1, 0), (0, math.inf), (5e-324, 6e-324), (-8e307, 8e307)]
)
def test_round_values_never_run_away(low, high):
    assert len(round_values(low, high, 6)) <= 7


def test_a_value_that_is_always_shown_stands_at_its_own_place_below_all_curves():
    prepared = prepare([trajectory([1.42] * 20)], [True], "loss")
    view = View(-0.5, 19.5, 200, 100, "log", False, (Line(0, (255, 0, 0), 2.0, ()),))
    scale = draw(replace(prepared, always=(1.0,)), view).scale
    assert scale.kind == LOG
    assert scale.place(1.0) > scale.place(1.42) + 0.1
