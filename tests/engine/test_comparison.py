"""Runs before and after: what each switch is claimed to do is measured."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.descent import Cancelled
from engine.experiment import DataSettings, Experiment, SurfaceSettings, new_run
from engine.explanation.causes import causes
from engine.explanation.comparison import alone, compare, sharpness_at
from engine.explanation.effect import translated
from engine.landscape import bind
from engine.surfaces import surface_named
from engine.tables import BUNDLED

TABLES = [bundled.name for bundled in BUNDLED]


def on_data(table="cars", rate=0.01, name="linear_regression", **data):
    return Experiment(
        surface=SurfaceSettings(name=name, data=DataSettings(table=table, **data)),
        start=(1.0, 2.0), runs=(new_run("sgd", learning_rate=rate),),
    )  # fmt: skip


def on(name, start, **run):
    given = {"name": "formula", "formula": name} if "^" in name else {"name": name}
    surface = SurfaceSettings(**given)
    return Experiment(surface=surface, start=start, runs=(new_run("sgd", **run),))


@pytest.mark.parametrize("table", TABLES)
def test_standardising_makes_every_valley_round(table):
    found = compare(on_data(table), 0, ["standardise"])
    for before, after in (
        (found.before.start, found.after.start),
        (found.before.minimum, found.after.minimum),
    ):
        assert after.condition == pytest.approx(1.0, rel=1e-9)
        assert after.largest == pytest.approx(2.0, rel=1e-9)
        assert before.condition > 5
    assert found.notes[0].startswith("At the start and at the minimum ")
    assert "and κ goes from" in found.notes[0]
    first = [float(side.trajectory.loss[0]) for side in (found.before, found.after)]
    assert first[1] == pytest.approx(first[0], rel=1e-9)
    assert "the same line" in found.notes[1]


@pytest.mark.parametrize("table", TABLES)
def test_a_sum_has_n_times_the_curvature_of_the_mean(table):
    found = compare(on_data(table, reduction="sum"), 0, ["reduction"])
    rows = int(found.before.landscape.block[0])
    assert found.before.start.largest == pytest.approx(rows * found.after.start.largest, rel=1e-9)
    assert found.before.start.condition == pytest.approx(found.after.start.condition, rel=1e-6)
    assert any("in another unit" in note for note in found.notes)


def test_the_targets_scale_leaves_curvature_and_fate_alone():
    found = compare(on_data(rate=0.0038), 0, ["target"])
    assert found.after.start.largest == pytest.approx(found.before.start.largest, rel=1e-12)
    both = found.before.trajectory, found.after.trajectory
    np.testing.assert_allclose(both[1].points, both[0].points / 10, rtol=1e-6)
    np.testing.assert_allclose(both[1].loss, both[0].loss / 100, rtol=1e-6)
    assert found.effect == "same"
    assert any("has 0.01 of its loss" in note for note in found.notes)


def test_clipping_bounds_each_step():
    found = compare(on_data(rate=0.05), 0, {"clip": 3.0})
    assert found.before.status.kind == "diverged"
    assert found.effect == "saved"
    steps = found.after.trajectory.step_norm[:-1]
    assert steps.max() <= 0.05 * 3.0 * (1 + 1e-9)
    assert found.after.trajectory.gradient_norm.max() > 100


def test_a_tenth_of_the_rate_is_all_that_it_takes():
    found = compare(on_data("line", 0.12), 0, ["rate"])
    assert found.before.status.kind == "diverged"
    assert found.effect == "saved"
    assert found.chosen == ("rate",)
    assert found.notes == ()


def test_the_full_batch_ends_the_hovering():
    experiment = on_data("cars", 0.2, standardise=True, batch_size=5)
    found = compare(experiment, 0, ["batch"])
    assert "mini-batches" in found.before.status.sentence
    assert found.after.status.kind == "converged"
    assert found.effect == "better"


def test_momentum_raises_the_limit_so_without_it_the_run_blows_up():
    experiment = replace(on_data("line"), runs=(new_run("heavy_ball", learning_rate=0.12),))
    found = compare(experiment, 0, ["momentum"])
    assert found.before.status.kind != "diverged"
    assert found.after.status.kind == "diverged"
    assert found.effect == "worse"


def test_another_precision_only_puts_the_end_off():
    experiment = replace(on_data("line", 0.12), precision="float32")
    found = compare(experiment, 0, ["precision"])
    assert found.effect == "same"
    assert found.after.trajectory.points.dtype == np.float64
    assert found.after.trajectory.last_step > 3 * found.before.trajectory.last_step


@pytest.mark.parametrize(
    ("key", "amount", "effect"),
    [("start", 0.1, "saved"), ("start", 10.0, "same"), ("optimizer", None, "saved"),
     ("rate", None, "saved"), ("clip", None, "saved"), ("precision", None, "same")],
)  # fmt: skip
def test_on_a_multiplicative_model(key, amount, effect):
    experiment = on("(x*y-1)^2/2", (3.0, 3.0), learning_rate=0.5)
    found = compare(experiment, 0, {key: amount})
    assert found.before.status.kind == "diverged"
    assert found.effect == effect


def test_together_they_are_judged_on_the_unchanged_surface():
    """Ten times the sum of other units in other coordinates is still the same line reached."""
    experiment = on_data("trees", 1e-5, reduction="sum")
    found = compare(experiment, 0, ["standardise", "reduction", "target"])
    assert found.chosen == ("standardise", "reduction", "target")
    ends = []
    for side in (found.before, found.after):
        points = side.trajectory.points[-1:]
        same = translated(side.experiment, experiment, points)
        ends.append(float(found.before.landscape.value(same)[0]))
    assert found.effect == "worse"
    assert ends[1] > ends[0]
    assert found.after.trajectory.loss[-1] < found.before.trajectory.loss[-1]


def test_nothing_chosen_changes_nothing():
    found = compare(on_data(), 0, [])
    assert (found.chosen, found.effect, found.notes) == ((), "same", ())
    np.testing.assert_array_equal(found.before.trajectory.points, found.after.trajectory.points)


def test_what_does_not_apply_is_said():
    found = compare(on_data(), 0, ["momentum"])
    assert found.chosen == ()
    assert found.notes == ("Momentum off changes nothing: SGD has no momentum here.",)


@pytest.mark.parametrize(
    "experiment",
    [
        on_data("line", 0.12),
        on_data("trees", 0.001, reduction="sum", batch_size=8),
        on_data("challenger", 30.0, "logistic_regression"),
        on_data("anscombe", 0.5, "absolute_regression", batch_size=3),
        on("rosenbrock", (-1.5, 2.0), learning_rate=0.01),
        on("recurrent_cliff", (6.0, -2.0), learning_rate=0.5),
        on("x^2", (1.0, 0.0), learning_rate=1.1),
        on("log(x)+y^2", (0.01, 1.0), learning_rate=0.5),
        on("sphere", (1.0, 1.0), learning_rate=0.5, maximize=True),
    ],
    ids=lambda e: e.surface.formula or e.surface.name,
)
def test_alone_agrees_with_compare(experiment):
    outcomes = alone(experiment, 0)
    offered = [(c.key, choice.amount) for c in causes(experiment, 0) for choice in c.choices]
    assert [(o.key, o.amount) for o in outcomes] == offered
    for outcome in outcomes:
        found = compare(experiment, 0, {outcome.key: outcome.amount})
        assert outcome.status == found.after.status
        assert outcome.effect == found.effect
        assert outcome.experiment == found.after.experiment
        assert outcome.improved == (outcome.effect in ("saved", "better"))
        if found.before.status.kind not in ("diverged", "nan"):
            assert outcome.effect != "saved"


def test_alone_shows_what_would_have_saved_the_run():
    outcomes = {o.title: o.effect for o in alone(on_data("line", 0.12), 0)}
    assert outcomes == {
        "Standardised feature": "saved",
        "Target ÷ 10": "same",
        "Target of unit variance": "same",
        "Start ÷ 10": "same",
        "Start × 10": "same",
        "float32": "same",
        "Adam at its default": "saved",
        "η ÷ 10": "saved",
        "η at 0.9 of its limit": "saved",
        "Gradient clipped at 1": "saved",
    }


def test_only_the_run_in_question_is_walked():
    experiment = replace(
        on_data("line", 0.12), runs=(new_run("adam"), new_run("sgd", learning_rate=0.01))
    )
    found = compare(experiment, 1, ["rate"])
    assert found.before.trajectory.run == experiment.runs[1]
    assert found.after.experiment.runs[0] == experiment.runs[0]


def test_work_can_be_stopped():
    stop = np.ones(1, np.uint8)
    with pytest.raises(Cancelled):
        compare(on_data(), 0, ["rate"], stop)
    with pytest.raises(Cancelled):
        alone(on_data(), 0, stop)


def test_curvature_where_there_is_little_to_say():
    saddle = sharpness_at(bind(surface_named("saddle")), (0.0, 0.0))
    assert saddle.largest > 0 > saddle.smallest
    assert np.isnan(saddle.condition)
    found = compare(on("log(x)+y^2", (-1.0, 1.0), learning_rate=0.1), 0, ["rate"])
    assert found.before.minimum is None
    assert found.effect == "same"
