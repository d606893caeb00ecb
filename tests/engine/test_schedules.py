"""Every schedule: its declaration, its edges, and torch.optim.lr_scheduler beside it."""

import importlib
import pkgutil
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pytest

import engine.schedules
from engine.parameter import complete
from engine.schedules import CATALOGUE, rates_of, schedule_named
from engine.schedules.schedule import Schedule

EVERY = pytest.mark.parametrize("schedule", CATALOGUE, ids=lambda s: s.name)
BASE = 0.3


@dataclass
class Chosen:
    name: str
    parameters: dict[str, float] = field(default_factory=dict)
    warm_up_steps: int = 0


def test_nothing_is_unregistered_and_names_are_unique():
    declared = set()
    for module in pkgutil.iter_modules(engine.schedules.__path__):
        found = vars(importlib.import_module(f"engine.schedules.{module.name}")).values()
        declared |= {s.name for s in found if isinstance(s, Schedule)}
    names = [s.name for s in CATALOGUE]
    assert len(set(names)) == len({s.title for s in CATALOGUE}) == len(names)
    assert declared == set(names)


@EVERY
def test_is_found_by_name(schedule):
    assert schedule_named(schedule.name) is schedule


@pytest.mark.parametrize(("name", "near"), [("cosin", "cosine"), ("zzzz", "known: constant")])
def test_an_unknown_name_is_answered_with_near_ones(name, near):
    with pytest.raises(ValueError, match=near):
        schedule_named(name)


@EVERY
@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")  # ziamath's own import
def test_declares_what_the_window_needs(schedule):
    ziamath = importlib.import_module("ziamath")
    for line in schedule.latex:
        assert ziamath.Latex(line).svg().startswith("<svg")
    for parameter in schedule.parameters:
        assert parameter.low <= parameter.default <= parameter.high
        assert parameter.minimum <= parameter.default <= parameter.maximum
        assert parameter.help.endswith(".")
    assert complete(schedule.parameters, {}).keys().isdisjoint({"base", "steps", "warm_up_steps"})
    assert schedule.help.endswith(".")


@EVERY
@pytest.mark.parametrize("steps", [0, 1, 2, 500])
def test_has_a_finite_rate_for_each_step(schedule, steps):
    for warm_up, base in product((0, 1, 3, 1000), (BASE, 0.0, -1.0, 1e308)):
        rates = rates_of(Chosen(schedule.name, {}, warm_up), base, steps)
        alone = schedule.name == "constant" and warm_up < 2
        assert rates.shape == ((1,) if alone else (steps,))
        assert rates.dtype == np.float64
        assert np.isfinite(rates).all()
        assert (abs(rates) <= abs(base) * (1 + 1e-15)).all()


@pytest.mark.parametrize("name", ["cosine_restarts", "one_cycle"])
def test_ten_million_steps(name):
    rates = rates_of(Chosen(name), BASE, 10_000_000)
    assert rates.shape == (10_000_000,)
    assert 0 <= rates.min() < rates.max() <= BASE * (1 + 1e-15)


def test_huge_growth_is_infinite_not_an_error():
    assert rates_of(Chosen("exponential", {"gamma": 2.0}), BASE, 2000)[-1] == np.inf


@EVERY
def test_warm_up_multiplies_the_first_steps(schedule):
    plain = np.broadcast_to(rates_of(Chosen(schedule.name), BASE, 50), (50,))
    warm = rates_of(Chosen(schedule.name, {}, 8), BASE, 50)
    np.testing.assert_allclose(warm[:8], plain[:8] * np.arange(1, 9) / 8, rtol=1e-15)
    np.testing.assert_array_equal(warm[8:], plain[8:])


@pytest.mark.parametrize(
    ("name", "parameters", "complaint"),
    [
        ("step", {"step_size": 0}, "step_size"),
        ("step", {"step_size": 2.5}, "whole number"),
        ("cosine", {"T": 3}, "no parameter 'T'"),
        ("one_cycle", {"pct_start": 1.5}, "between 0 and 1"),
    ],
)
def test_what_is_not_allowed_is_named(name, parameters, complaint):
    with pytest.raises(ValueError, match=complaint):
        rates_of(Chosen(name, parameters), BASE, 10)


def test_whole_run_ends_at_the_last_step():
    for name in ("cosine", "polynomial"):
        rates = rates_of(Chosen(name), BASE, 100)
        np.testing.assert_allclose(rates, rates_of(Chosen(name, {LENGTH[name]: 100}), BASE, 100))


LENGTH = {"cosine": "T_max", "polynomial": "total_iters"}

#: Schedule -> settings compared with torch, each beside the defaults.
OPTIONS = {
    "step": ({}, {"step_size": 7, "gamma": 0.7}),
    "multi_step": (
        {}, {"milestone1": 3, "milestone2": 3, "milestone3": 90, "milestone4": 17, "gamma": 0.5},
        {"milestone1": 0, "milestone2": 0},
    ),
    "exponential": ({}, {"gamma": 0.9}, {"gamma": 1.01}),
    "polynomial": ({}, {"total_iters": 90}, {"power": 2.5}, {"power": 0.5, "total_iters": 400}),
    "linear": ({}, {"total_iters": 90}, {"start_factor": 1.0, "end_factor": 0.0}),
    "constant_factor": ({}, {"factor": 0.1, "total_iters": 7}),
    "cosine": ({}, {"T_max": 70}, {"T_max": 70, "eta_min": 0.05}),
    "cosine_restarts": ({}, {"T_0": 7, "T_mult": 1}, {"T_0": 5, "T_mult": 3, "eta_min": 0.05}),
    "cyclic": ({}, {"low": 0.5, "step_size_up": 7, "step_size_down": 3}),
    "cyclic_halving": ({}, {"low": 0.0, "step_size_up": 7, "step_size_down": 3}),
    "cyclic_decaying": ({}, {"low": 0.5, "step_size_up": 7, "gamma": 0.9}),
    "one_cycle": (
        {}, {"linear": 1}, {"three_phase": 1}, {"linear": 1, "three_phase": 1, "pct_start": 0.7},
        {"pct_start": 0.1, "div_factor": 5.0, "final_div_factor": 100.0}, {"pct_start": 0.0},
        {"pct_start": 1.0},
    ),
    "warm_up": ({}, {"length": 1}, {"length": 7}),
    "inverse_sqrt": ({}, {"length": 7}),
}  # fmt: skip
CASES = [(name, settings) for name, several in OPTIONS.items() for settings in several]


def scheduler_text(schedule: Schedule, steps, given):
    """Fill the template the way the exported script does."""
    values = complete(schedule.parameters, given)
    kinds = {"integer": int, "switch": bool, "real": float}
    typed = {p.name: kinds[p.kind](values[p.name]) for p in schedule.parameters}
    return schedule.torch.format(base=BASE, steps=steps, **{k: repr(v) for k, v in typed.items()})


def torch_rates(schedule, steps, given):
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(2)], lr=BASE)
    text = scheduler_text(schedule, steps, given)
    scheduler = eval(text, {"torch": torch, "optimizer": optimizer})
    rates = [optimizer.param_groups[0]["lr"]]
    for _ in range(steps - 1):
        optimizer.step()
        scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
    return np.array(rates)


def test_every_schedule_of_torch_that_needs_no_metric_is_compared():
    lr_scheduler = pytest.importorskip("torch").optim.lr_scheduler
    used = {s.torch.split("(")[0].rsplit(".", 1)[-1] for s in CATALOGUE if s.torch}
    # Bases, combinations, anything at all (LambdaLR is used by one), and the one with a metric.
    others = {
        "LRScheduler", "SequentialLR", "ChainedScheduler", "LambdaLR", "MultiplicativeLR",
        "ReduceLROnPlateau",
    }  # fmt: skip
    assert used | others == set(lr_scheduler.__all__)
    assert set(OPTIONS) == {s.name for s in CATALOGUE if s.torch}


@pytest.mark.parametrize(("name", "settings"), CASES)
@pytest.mark.parametrize("steps", [3, 300])
def test_has_torchs_rates(name, settings, steps):
    schedule = schedule_named(name)
    ours, theirs = (
        rates_of(Chosen(name, settings), BASE, steps), torch_rates(schedule, steps, settings),
    )  # fmt: skip
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12 * BASE)
