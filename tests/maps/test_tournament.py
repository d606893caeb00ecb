"""Tournaments: what is paid for, each at its own best rate, and performance profiles."""

import csv
import math

import numpy as np
import pytest

import engine
from engine.descent import Cancelled
from engine.experiment import Experiment, SurfaceSettings, new_run
from engine.maps.axes import Axis
from engine.maps.contest import Contest
from engine.maps.counting import counting
from engine.maps.profiles import profiles, ratios_of
from engine.maps.surface_subject import SurfaceSubject
from engine.maps.sweep_api import compare
from engine.maps.tournament import hold

RATES = Axis(name="learning_rate", low=1e-3, high=1.0, scale="log")


def on(name, start=(-3.0, 1.0), steps=60):
    return Experiment(surface=SurfaceSettings(name=name), start=start, steps=steps)


def held(contest, **options):
    *_, last = hold(contest, **options)
    return last


def test_a_gradient_step_costs_one_and_a_hessian_four_more():
    subject = SurfaceSubject(on("bowl"))
    for name, cost in (("sgd", 1.0), ("adam", 1.0), ("damped_newton", 5.0)):
        trial = subject.trial(new_run(name), 0.01, 0, budget=20)
        assert trial.evaluations.tolist() == [cost * t for t in range(21)], name


def test_backtracking_pays_for_each_length_it_tries():
    """By hand: on x², from 1, lengths 1, ½ … are halved until the loss falls enough."""
    experiment = Experiment(
        surface=SurfaceSettings(name="formula", formula="8*x^2"), start=(1.0, 0.0), steps=5
    )
    trial = SurfaceSubject(experiment).trial(new_run("backtracking"), 1.0, 0, budget=5)
    # 1 − 16η: 1, ½, ¼, ⅛ do not lower the loss, 1/16 lands on the minimum, which is known then.
    assert trial.evaluations[1] == 1 + 5
    assert trial.losses[1] == 0.0


def test_a_path_that_breaks_off_is_counted_once():
    experiment = Experiment(
        surface=SurfaceSettings(name="formula", formula="-x^4"), start=(1.0, 0.0), steps=50
    )
    trial = SurfaceSubject(experiment).trial(new_run("damped_newton"), 5.0, 0, budget=50)
    assert trial.broke
    assert set(np.diff(trial.evaluations)) == {5.0}


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_counting_changes_no_value(precision):
    landscape = engine.surface("rosenbrock", precision=precision)
    counted, counts = counting(landscape, 3)
    points = np.array([[0.5, -1.0], [2.0, 3.0]])
    assert np.array_equal(counted.value(points), landscape.value(points))
    assert np.array_equal(counted.hessian(points), landscape.hessian(points))
    assert not counts.any()


def test_each_runs_at_its_own_best_rate_within_the_budget():
    entries = ("sgd", "adam", "backtracking", "bfgs", "damped_newton")
    found = held(Contest((on("bowl"), on("booth", (-7.0, -3.0))), entries, RATES, 10, 3))
    assert len(found.standings) == 10
    assert found.share == 1.0
    for standing in found.standings:
        solved = np.isfinite(standing.cost)
        assert (standing.cost[solved] <= 60).all()
        assert (standing.steps[solved] <= standing.cost[solved]).all()
        assert standing.low <= standing.loss <= standing.high
        assert standing.success == solved.mean()
    rates = {standing.rate for standing in found.standings}
    assert len(rates) > 1
    newton = next(s for s in found.standings if s.entry == "Damped Newton")
    assert (newton.rate, newton.cost.tolist(), newton.at_an_end) == (1.0, [5.0] * 3, True)


def test_the_best_rate_is_the_best_of_those_tried():
    contest = Contest((on("bowl"),), ("sgd",), RATES, 12, 1)
    (standing,) = held(contest).standings
    costs = {}
    subject = SurfaceSubject(on("bowl"))
    lowest = min(subject.trial(new_run("sgd"), r, 0).best for r in np.geomspace(1e-3, 1.0, 12))
    first = subject.trial(new_run("sgd"), 0.01, 0).losses[0]
    for rate in np.geomspace(1e-3, 1.0, 12):
        costs[rate] = subject.trial(new_run("sgd"), rate, 0).cost_of(
            lowest + 1e-3 * (first - lowest)
        )
    assert standing.cost[0] == min(costs.values())


def test_where_none_trains_that_is_said():
    contest = Contest((on("bowl"),), ("sgd",), Axis(name="learning_rate", low=10, high=20), 3, 2)
    found = held(contest)
    assert found.standings[0].rate is None
    assert found.standings[0].success == 0.0
    assert "none trains" in found.to_markdown()
    assert (found.profiles.shares == 0.0).all()


def test_profiles_are_those_of_dolan_and_more():
    costs = np.array([[[1.0], [2.0]], [[4.0], [2.0]], [[3.0], [math.inf]], [[math.inf]] * 2])
    assert ratios_of(costs)[:, :, 0].tolist() == [
        [1.0, 2.0], [2.0, 1.0], [1.0, math.inf], [math.inf, math.inf],
    ]  # fmt: skip
    found = profiles(costs)
    assert found.ratios.tolist() == [1.0, 2.0]
    assert found.shares.tolist() == [[0.5, 0.75], [0.25, 0.5]]
    assert (found.low <= found.shares).all()
    assert (found.shares <= found.high).all()
    again = profiles(costs)
    assert np.array_equal(found.low, again.low)
    assert np.array_equal(found.high, again.high)


def test_intervals_are_those_of_the_binomial_where_problems_are_coins():
    """The bootstrap of n fair coins has the quantiles of Binomial(n, share) / n."""
    from scipy.stats import binom

    solved = np.arange(40) < 20
    costs = np.where(solved, 1.0, math.inf)[:, None, None]
    found = profiles(costs)
    low, high = binom.ppf([0.025, 0.975], 40, 0.5) / 40
    assert found.low[0, 0] == pytest.approx(low, abs=0.026)
    assert found.high[0, 0] == pytest.approx(high, abs=0.026)


def test_problems_come_one_by_one_and_progress_rises():
    shares = []
    contest = Contest((on("bowl"), on("booth")), ("sgd", "adam"), RATES, 4, 2)
    found = list(hold(contest, progress=shares.append))
    assert [len(each.standings) for each in found] == [2, 4]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_tournament_stops_when_asked():
    stop = np.zeros(1, np.uint8)
    rounds = hold(Contest((on("bowl"), on("booth")), ("sgd",), RATES, 4, 1), stop=stop)
    assert len(next(rounds).standings) == 1
    stop[0] = 1
    with pytest.raises(Cancelled):
        next(rounds)


def test_tables_hold_what_was_found(tmp_path):
    found = compare(["bowl", "x^2 + 3*y^2"], ["sgd", "adam"], points=5, seeds=2, steps=50)
    found.to_csv(tmp_path / "t.csv")
    with open(tmp_path / "t.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["problem"], row["optimizer"]) for row in rows] == [
        ("Quadratic bowl", "SGD"), ("Quadratic bowl", "Adam"),
        ("x^2 + 3*y^2", "SGD"), ("x^2 + 3*y^2", "Adam"),
    ]  # fmt: skip
    assert float(rows[0]["median_loss"]) == found.standings[0].loss
    text = found.to_markdown()
    assert "## Quadratic bowl" in text
    assert "| optimizer | within 1 × |" in text


def test_networks_and_surfaces_take_part_together():
    from engine.networks.settings import ModelSettings, NetworkExperiment

    network = NetworkExperiment(model=ModelSettings(hidden=(3,)), steps=20)
    run = new_run("adam", label="Adam, β₁ 0.5", hyperparameters={"beta1": 0.5})
    found = held(Contest((on("bowl", steps=20), network), ("sgd", run), RATES, 3, 2))
    assert [s.entry for s in found.standings] == ["SGD", "Adam, β₁ 0.5"] * 2
    assert found.problems == ("Quadratic bowl", "moons")


@pytest.mark.parametrize(
    ("problems", "entries", "options", "sentence"),
    [
        ((), ("sgd",), {}, "There is no problem"),
        ((on("bowl"),), (), {}, "There is nothing to compare"),
        ((on("bowl"),), ("sgd",), {"points": 0}, "points is 0"),
        ((on("bowl"),), ("sgd",), {"seeds": 0}, "seeds is 0"),
        ((on("bowl"),), ("sgd",), {"budget": -1}, "budget is -1"),
        ((on("bowl"),), ("sgd",), {"left": 1.0}, "left is 1"),
        ((on("bowl", steps=0),), ("sgd",), {}, "0 steps and no budget"),
        ((on("bowl"),), ("addam",), {}, "did you mean adam"),
        ((on("bowl"),), (new_run("sgd", maximize=True),), {}, "set to climb"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(problems, entries, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        held(Contest(problems, entries, **options))
