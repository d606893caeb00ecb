"""What every optimizer declares about its limit: filters, gains, reasons, amplitudes."""

import importlib
import inspect
import subprocess
import sys

import numba
import numpy as np
import pytest
from test_optimizers import OPTIONS, k_of

from engine.answer import landscape_of, perform_run
from engine.experiment import Experiment, SurfaceSettings, new_run
from engine.explanation.limits import bounded_amplitude, stability_of
from engine.optimizers import CATALOGUE, optimizer_named
from engine.parameter import complete

EVERY = pytest.mark.parametrize("optimizer", CATALOGUE, ids=lambda o: o.name)
WITH_GAIN = [o for o in CATALOGUE if o.stability.gain]


@EVERY
def test_has_a_filter_or_says_why_not(optimizer):
    stability = optimizer.stability
    assert (stability.filter is None) == bool(stability.reason)
    assert (stability.filter is None) != bool(stability.limit)
    assert stability.source
    # A clause: it stands after "because" or a colon.
    assert not stability.reason or (stability.reason[0].islower() and stability.reason[-1] != ".")
    assert not (stability.gain and stability.measured)
    assert not stability.own_rate or stability.gains_vary


@EVERY
def test_the_filter_is_causal_and_answers_to_a_steady_slope(optimizer):
    stability, h = stability_of(new_run(optimizer.name))
    if stability.filter is None:
        return
    numerator, denominator = stability.filter(h)
    assert len(numerator) <= len(denominator)
    assert denominator[0] == 1
    assert np.abs(np.roots(denominator)).max(initial=0) < 1
    # Q(1) > 0: a steady slope is gone down.
    assert np.polyval(numerator, 1.0) / np.polyval(denominator, 1.0) > 0


@EVERY
@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")  # ziamath's own import
def test_the_limit_can_be_drawn_as_mathematics(optimizer):
    ziamath = importlib.import_module("ziamath")
    if optimizer.stability.limit:
        assert ziamath.Latex(optimizer.stability.limit).svg().startswith("<svg")


@pytest.mark.parametrize("optimizer", WITH_GAIN, ids=lambda o: o.name)
def test_the_gain_stands_alone_and_stays_in_float32(optimizer):
    source = "from __future__ import annotations\n" + inspect.getsource(optimizer.stability.gain)
    alone = {"np": np}
    exec(compile(source, optimizer.name, "exec"), alone)
    real = numba.float32
    state = numba.types.UniTuple(real, len(optimizer.state))
    arguments = (state, state, numba.types.UniTuple(real, len(k_of(optimizer))))
    kernel = numba.njit(**OPTIONS)(alone["gain"])
    kernel.compile(arguments)
    assert kernel.overloads[arguments].signature.return_type == real
    assert "fpext" not in kernel.inspect_llvm(arguments).split("define ")[1]


@EVERY
def test_one_step_is_proportional_to_the_rate_where_it_says_so(optimizer):
    """After the same past, twice the rate makes a step twice as long."""

    def last_step(rate):
        values = (*complete(optimizer.parameters, {}).values(), *(0.0,) * 12)[:12]
        carry, states = optimizer.carry, [optimizer.state] * 2
        point = np.array([1.0, -0.5])
        for t in range(8):
            now = rate if t == 7 else 0.01
            carry, k = optimizer.per_step(t, now, values, carry)
            before = point
            if optimizer.update:
                moved = [
                    optimizer.update(x, g, s, k)
                    for x, g, s in zip(point, point * [3.0, 1.0], states, strict=True)
                ]
                point, states = np.array([m[0] for m in moved]), [m[1] for m in moved]
            else:
                found, states[0] = optimizer.step(
                    tuple(point), bowl(*point)[0], bowl(*point)[1:3], lambda x, y, d, t: bowl(x, y),
                    lambda x, y, d, t: bowl(x, y), 0, t, k, states[0], 1.0, 0.0,
                )  # fmt: skip
                point = np.array(found)
        return point - before

    def bowl(x, y):
        return 1.5 * x * x + 0.5 * y * y, 3.0 * x, y, 3.0, 0.0, 1.0

    # Longer than what Adafactor and the line searches allow.
    short, long = last_step(8.0), last_step(16.0)
    proportional = np.allclose(long, 2 * short, rtol=1e-12)
    assert proportional == optimizer.stability.proportional


def test_declarations_and_limits_do_not_load_numba():
    code = (
        "import sys, engine.optimizers, engine.explanation.limits\n"
        "assert 'numba' not in sys.modules and 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def half_width(run, curvature, steps=200_000):
    """Return half the width of the last 2000 points on ½λx²."""
    settings = SurfaceSettings(name="formula", formula="a*x^2/2", parameters={"a": curvature})
    experiment = Experiment(surface=settings, start=(1.3, 0.0), steps=steps)
    tail = perform_run(experiment, run, landscape_of(experiment)).points[-2000:, 0]
    return (tail.max() - tail.min()) / 2


#: Without memory in the direction, or with little: the run ends in the declared cycle itself.
EXACT = [
    ("signsgd", {}),
    ("lion", {"beta1": 0.0}),
    ("rmsprop", {}),
    ("rmsprop", {"centered": 1.0, "alpha": 0.5}),
    ("adam", {"beta1": 0.0, "beta2": 0.99}),
    ("adamw", {"beta1": 0.0, "beta2": 0.99}),
    ("adamax", {"beta1": 0.0, "beta2": 0.99}),
    ("radam", {"beta1": 0.0, "beta2": 0.99}),
    ("nadam", {"beta1": 0.5, "beta2": 0.99}),
    ("nadam", {"beta1": 0.9, "beta2": 0.99}),
    ("adan", {}),
    ("adan", {"beta1": 0.5, "beta2": 0.5, "beta3": 0.5}),
    ("rprop", {"step_min": 1e-3}),
]
WIDER = [
    ("signsgd", {"beta": 0.9}),
    ("lion", {}),
    ("rmsprop", {"momentum": 0.9}),
    ("adam", {}),
    ("adam", {"beta1": 0.9, "beta2": 0.9}),
    ("adamax", {"beta2": 0.99}),
    ("radam", {}),
    ("adabelief", {}),
    ("adan", {"beta1": 0.9, "beta2": 0.9, "beta3": 0.9}),
]


def bounded_run(name, given, **changes):
    known = {p.name for p in optimizer_named(name).parameters}
    tiny = {"epsilon": 1e-12} if "epsilon" in known and name != "adabelief" else {}
    changes = {"learning_rate": 0.01, "weight_decay": 0.0, **changes}
    return new_run(name, hyperparameters=tiny | given, **changes)


@pytest.mark.parametrize("curvature", [0.3, 30.0])
@pytest.mark.parametrize(("name", "given"), EXACT)
def test_ends_in_the_declared_cycle_whatever_the_curvature(name, given, curvature):
    run = bounded_run(name, given)
    assert half_width(run, curvature) == pytest.approx(bounded_amplitude(run), rel=1e-3)


@pytest.mark.parametrize("curvature", [0.3, 30.0])
@pytest.mark.parametrize(("name", "given"), WIDER)
def test_momentum_swings_wider_than_the_declared_cycle(name, given, curvature):
    run = bounded_run(name, given)
    assert half_width(run, curvature) >= 0.999 * bounded_amplitude(run)


def test_every_amplitude_is_tried():
    tried = {name for name, _ in EXACT + WIDER}
    assert tried == {o.name for o in CATALOGUE if o.stability.amplitude}


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_adams_two_cycle_closes(beta):
    """From ±A with the moments of the cycle, each step leads to the other end (Cohen et al.)."""
    rule, rate, curvature = optimizer_named("adam"), 0.01, 7.0
    amplitude = rule.stability.amplitude(rate, (beta, 0.999, 0.0))
    assert amplitude == pytest.approx(rate / 2 * (1 - beta) / (1 + beta), rel=1e-14)
    slope = curvature * amplitude
    k = (beta, 1 - beta, 0.999, 0.001, rate, 0.0)
    state = (-slope * (1 - beta) / (1 + beta), slope * slope)
    there, state = rule.update(amplitude, slope, state, k)
    back, _ = rule.update(there, -slope, state, k)
    assert (there, back) == pytest.approx((-amplitude, amplitude), rel=1e-12)


@pytest.mark.parametrize("clip", [{"clip_value": 0.2}, {"clip_norm": 0.2}])
def test_clipped_descent_above_its_limit_ends_in_a_cycle(clip):
    run = bounded_run("sgd", {}, learning_rate=0.5, **clip)
    assert bounded_amplitude(run) == pytest.approx(0.5 * 0.2 / 2)
    assert half_width(run, 9.0) == pytest.approx(bounded_amplitude(run), rel=2e-3)
    ball = bounded_run("heavy_ball", {}, learning_rate=0.5, **clip)
    assert half_width(ball, 9.0) >= 0.999 * bounded_amplitude(ball)


@pytest.mark.parametrize("name", ["sgd", "adagrad", "amsgrad", "yogi", "adadelta", "bfgs"])
def test_no_cycle_is_claimed_where_there_is_none(name):
    assert bounded_amplitude(new_run(name)) is None


def test_a_surprise_of_nothing_bounds_nothing():
    """AdaBelief without β₁ is never surprised and divides by ε; RMSprop centred on g the same."""
    assert bounded_amplitude(bounded_run("adabelief", {"beta1": 0.0})) is None
    centred = bounded_run("rmsprop", {"alpha": 0.0, "centered": 1.0})
    assert bounded_amplitude(centred) is None


@pytest.mark.parametrize("rate", [0.3, 1.9, 2.1])
@pytest.mark.parametrize("curvature", [0.1, 50.0])
def test_newton_multiplies_the_error_by_one_less_its_rate(rate, curvature):
    settings = SurfaceSettings(name="formula", formula="a*x^2/2", parameters={"a": curvature})
    experiment = Experiment(surface=settings, start=(1.0, 0.0), steps=10)
    run = new_run("damped_newton", learning_rate=rate, hyperparameters={"damping": 0.0})
    points = perform_run(experiment, run, landscape_of(experiment)).points[:, 0]
    np.testing.assert_allclose(points, (1 - rate) ** np.arange(11), rtol=1e-12)
