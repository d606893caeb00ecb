"""Learning-rate sweeps: each point a real run, limits against theory, sentences, wrong ranges."""

import csv
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import engine
from engine.answer import answer
from engine.descent import Cancelled
from engine.experiment import DataSettings, Experiment, SurfaceSettings, new_run
from engine.maps.axes import Axis
from engine.maps.outcomes import VERDICTS
from engine.maps.sweep import growing_sweep, levels, rates_on, sweep
from engine.maps.sweep_api import sweep as sweep_of

NAMES = ("first", "loss", "best", "steps", "verdict", "factor", "ended", "trains")


def axis(low, high, scale="log"):
    return Axis(name="learning_rate", low=low, high=high, scale=scale)


def on_bowl(*runs, kappa=10.0, steps=200, precision="float64", **changes):
    return Experiment(
        surface=SurfaceSettings(name="bowl", parameters={"lambda1": 4.0, "kappa": kappa}),
        start=(-3.0, 1.0),
        steps=steps,
        precision=precision,
        runs=runs,
        **changes,
    )


#: The largest stable rates for λ₁ = 4. Adam with ε far above its gradients is momentum as an
#: average, of η/ε; with β₁ = 0.9 its corrected first steps throw it to where ε is not above them.
QUADRATICS = [
    ("sgd", {}, {}, 2 / 4),
    ("sgd", {}, {"weight_decay": 1.0}, 2 / 5),
    ("heavy_ball", {"momentum": 0.5}, {}, 2 * 1.5 / 4),
    ("heavy_ball", {"momentum": 0.9}, {}, 2 * 1.9 / 4),
    ("nesterov", {"momentum": 0.9}, {}, 2 * 1.9 / 2.8 / 4),
    ("adam", {"beta1": 0.5, "epsilon": 1e6}, {}, 1e6 * 6 / 4),
    ("rmsprop", {"epsilon": 1e6}, {}, 1e6 * 2 / 4),
]


@pytest.mark.parametrize("kappa", [1.0, 10.0, 1000.0])
@pytest.mark.parametrize(("name", "hyperparameters", "others", "limit"), QUADRATICS)
def test_the_limit_found_on_a_quadratic_is_theorys_to_a_tenth_of_a_percent(
    name, hyperparameters, others, limit, kappa
):
    run = new_run(name, hyperparameters=hyperparameters, **others)
    found = sweep(on_bowl(run, kappa=kappa), axis(limit / 20, limit * 20), points=9)
    limits = found.curves[0].limits
    assert limits.found == pytest.approx(limit, rel=1e-3)
    assert limits.beyond == pytest.approx(limits.found, rel=2e-4)
    assert limits.theory.rate == pytest.approx(limit, rel=1e-3)
    assert limits.bias == pytest.approx(1.0, abs=1e-3)
    # What divides by its gradients comes back from above its limit.
    assert not limits.mixed or name in ("adam", "rmsprop")


def test_the_limit_is_found_where_the_range_does_not_reach_it():
    found = sweep(on_bowl(new_run("sgd")), axis(1e-3, 1e-2), points=5)
    assert found.curves[0].limits.found == pytest.approx(0.5, rel=1e-3)
    assert "it is the largest rate tried" in found.curves[0].advice.sentence


@pytest.mark.parametrize(("load", "steps"), [(2.1, 470), (20.0, 16)])
def test_growth_and_steps_to_overflow_are_those_of_a_run(load, steps):
    """By hand: ρ = 1.1 and 19 overflow the loss in float32, from 1, after so many steps."""
    experiment = Experiment(
        surface=SurfaceSettings(name="formula", formula="x^2/2"), start=(1.0, 0.0),
        steps=1000, precision="float32", runs=(new_run("sgd"),),
    )  # fmt: skip
    found = sweep(experiment, axis(load, 2 * load), points=2)
    (curve,) = found.curves
    assert curve.limits.theory.factor(load) == pytest.approx(load - 1.0)
    assert curve.limits.theory.overflow(load, "float32") == pytest.approx(steps, abs=3)
    assert curve.factor[0, 0] == pytest.approx(load - 1.0, rel=1e-3)
    assert VERDICTS[curve.verdict[0, 0]] == "diverged"
    # The square overflows before it is halved.
    assert curve.ended[0, 0] == pytest.approx(steps, abs=4)


def test_each_point_is_the_single_run():
    runs = tuple(new_run(name) for name in ("sgd", "adam", "bfgs", "lion"))
    experiment = on_bowl(*runs)
    found = sweep(experiment, points=7, limits=False)
    for curve in found.curves:
        for place, rate in enumerate(found.rates.tolist()):
            alone = on_bowl(new_run(curve.run.optimizer, learning_rate=rate))
            answered = answer(alone)
            (path,), (status,) = answered.trajectories, answered.statuses
            assert np.array_equal(curve.loss[place, 0], path.loss[path.last_step], equal_nan=True)
            assert VERDICTS[curve.verdict[place, 0]] == status.kind
            reached = np.flatnonzero(path.loss <= curve.target)
            assert curve.steps[place, 0] == (reached[0] if len(reached) else -1)


def test_a_sweep_grows_from_coarse_to_fine_and_what_is_known_stays():
    runs = (new_run("sgd"), new_run("adam", noise=0.1))
    shares, before = [], None
    for found in growing_sweep(on_bowl(*runs), points=40, seeds=3):
        shares.append(found.share)
        if before is not None:
            for old, new in zip(before.curves, found.curves, strict=True):
                known = old.done
                assert (new.done | ~known).all()
                for name in NAMES:
                    same = getattr(old, name)[known], getattr(new, name)[known]
                    assert np.array_equal(*same, equal_nan=True), name
        before = found
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert [curve.seeds for curve in before.curves] == [1, 3]
    assert before.note == "Nothing is left to chance with SGD: one seed is all there is."
    assert all(curve.done.all() and curve.limits is not None for curve in before.curves)


@pytest.mark.parametrize("points", [1, 2, 3, 8, 9, 49, 50])
def test_levels_hold_each_place_once_and_begin_with_both_ends(points):
    found = levels(points)
    assert sorted(place for level in found for place in level) == list(range(points))
    assert {0, points - 1} <= set(found[0])
    assert len(found[0]) <= 9


def test_threads_and_order_change_nothing():
    experiment = on_bowl(new_run("sgd", noise=0.2), new_run("adam"))
    plain = sweep(experiment, points=9, seeds=4, limits=False)
    with ThreadPoolExecutor(2) as pool:
        threaded = sweep(experiment, points=9, seeds=4, limits=False, spread=pool.map)
    for one, other in zip(plain.curves, threaded.curves, strict=True):
        for name in NAMES:
            assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)


def test_seeds_draw_noise_batches_and_starts():
    noisy = sweep(on_bowl(new_run("sgd", noise=0.5)), points=3, seeds=4, limits=False)
    assert len(set(noisy.curves[0].loss[0])) == 4
    surface = SurfaceSettings(name="linear_regression", data=DataSettings(batch_size=2))
    batched = Experiment(surface=surface, start=(0.0, 0.0), steps=50, runs=(new_run("sgd"),))
    assert len(set(sweep(batched, points=3, seeds=4, limits=False).curves[0].loss[0])) == 4
    scattered = sweep(on_bowl(new_run("sgd")), points=3, seeds=4, scatter=0.1, limits=False)
    firsts = scattered.curves[0].first
    assert len(set(firsts[0])) == 4
    assert (firsts == firsts[0]).all()
    assert firsts[0, 0] == on_bowl_loss()


def on_bowl_loss():
    return engine.surface("bowl", lambda1=4.0).value([-3.0, 1.0])


def test_quantiles_take_what_is_no_number_for_the_worst():
    curve = sweep(on_bowl(new_run("sgd", noise=0.1)), points=2, seeds=4, limits=False).curves[0]
    curve.loss[0] = [1.0, np.nan, 3.0, 2.0]
    low, middle, high = curve.quantiles(0.0, 0.5, 1.0)[:, 0]
    assert (low, middle, high) == (1.0, 3.0, np.inf)
    curve.steps[0] = [5, -1, 7, 6]
    assert curve.quantiles(1.0, of="steps")[0, 0] == np.inf
    assert curve.quantiles(0.25, of="steps")[0, 0] == 6.0


SENTENCES = [
    (axis(0.02, 2.0), 13, r"^Use 0\.\d+: it reaches a loss of \S+ in \d+ steps, sooner than at any "
     r"other rate tried; by bisection runs train up to 0\.5, which is theory's limit 0\.5 at the "
     r"minimum; at 0\.75, 1\.5 times that, each step multiplies the error by 2, and the loss "
     r"overflows after about \d+ steps\.$"),
    (axis(1.0, 100.0), 5, r"^Every run from 1 to 100 diverges or ends at what is no number; sweep "
     r"lower rates\.$"),
    (axis(0.1, 0.4), 1, r"^Use 0\.2: it reaches .* steps, the only rate tried; by bisection"),
    (axis(1e-300, 1e-290), 3, r"^Nothing moves from 1e-300 to 1e-290; sweep higher rates"),
    (axis(1e-300, 1e300), 5, r"^Use 1: |^Every run|^Nothing moves|^No run from 1e-300 to 1e300"),
    (axis(-1.0, 0.4, "linear"), 8, r"^Use 0\.[24]"),
]  # fmt: skip


@pytest.mark.parametrize(("rates", "points", "sentence"), SENTENCES)
def test_one_sentence_says_which_rate_and_why(rates, points, sentence):
    import re

    found = sweep(on_bowl(new_run("sgd")), rates, points=points)
    (curve,) = found.curves
    assert re.search(sentence, curve.advice.sentence), curve.advice.sentence
    assert (curve.advice.rate is None) == (not curve.advice.sentence.startswith("Use"))
    assert np.isfinite(found.rates).all()
    assert found.rates[0] == rates.low or points == 1


def test_without_a_known_minimum_the_lowest_loss_counts():
    formula = SurfaceSettings(name="formula", formula="x^2 + 3*y^2")
    experiment = Experiment(surface=formula, runs=(new_run("sgd"),), steps=20)
    (curve,) = sweep(experiment, axis(1e-3, 1.0), points=9).curves
    assert math.isnan(curve.target)
    assert (curve.steps == -1).all()
    assert "the lowest of all rates tried" in curve.advice.sentence
    (aimed,) = sweep(experiment, axis(1e-3, 1.0), points=9, target=0.1).curves
    assert "reaches a loss of 0.1 in" in aimed.advice.sentence
    assert (aimed.steps >= 0).any()


WRONG = [
    ({"low": 1.0, "high": 0.1}, "give a low end that is below the high one"),
    ({"low": 1.0, "high": 1.0}, "give a low end that is below the high one"),
    ({"low": -1.0, "high": 1.0}, "give a low end above 0, or a linear axis"),
    ({"low": 0.0, "high": 1.0}, "give a low end above 0, or a linear axis"),
    ({"high": math.inf}, "give a finite number"),
    ({"points": 0}, "points is 0; give 1 to"),
    ({"seeds": 0}, "seeds is 0; give 1 to"),
    ({"target": math.nan}, "give a finite loss"),
    ({"scatter": -1.0}, "scatter is -1; give 0"),
    ({"optimizers": []}, "There are no runs to sweep"),
    ({"optimizers": "addam"}, "did you mean adam"),
]


@pytest.mark.parametrize(("options", "sentence"), WRONG)
def test_what_cannot_be_swept_is_refused_in_a_sentence(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        sweep_of("bowl", **{"optimizers": "sgd", **options})


def test_a_recorded_run_is_refused():
    with pytest.raises(ValueError, match="cannot be run at another learning rate"):
        sweep(on_bowl(new_run("sgd", recorded="some.csv")))


def test_linear_and_log_axes_reach_both_ends_exactly():
    assert rates_on(axis(0.1, 0.7, "linear"), 4).tolist() == pytest.approx([0.1, 0.3, 0.5, 0.7])
    found = rates_on(axis(1e-300, 1e300), 7)
    assert found[[0, -1]].tolist() == [1e-300, 1e300]
    assert np.diff(np.log10(found)).tolist() == pytest.approx([100.0] * 6)
    assert rates_on(axis(1e-2, 1.0), 1).tolist() == pytest.approx([0.1])


def test_a_sweep_stops_when_asked():
    stop = np.zeros(1, np.uint8)
    steps = growing_sweep(on_bowl(new_run("sgd"), steps=5000), points=500, stop=stop)
    first = next(steps)
    stop[0] = 1
    with pytest.raises(Cancelled):
        list(steps)
    assert first.share < 1.0


def test_the_csv_has_a_row_per_rate_and_seed(tmp_path):
    found = sweep(on_bowl(new_run("sgd", noise=0.1)), points=3, seeds=2)
    found.to_csv(tmp_path / "s.csv")
    with open(tmp_path / "s.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    (curve,) = found.curves
    assert [float(row["loss"]) for row in rows] == curve.loss.ravel().tolist()
    assert [row["seed"] for row in rows] == ["0", "1"] * 3
    assert {row["optimizer"] for row in rows} == {"sgd"}
    assert float(rows[0]["limit_found"]) == curve.limits.found


def test_a_run_that_climbs_takes_the_highest_loss_for_the_best():
    formula = SurfaceSettings(name="formula", formula="-x^2 - y^2")
    run = new_run("sgd", maximize=True)
    experiment = Experiment(surface=formula, runs=(run,), steps=20)
    (curve,) = sweep(experiment, axis(1e-3, 2.0), points=12, limits=False).curves
    assert "the highest of all rates tried" in curve.advice.sentence
    assert curve.loss[curve.best_place(), 0] == curve.loss[curve.trained].max()
