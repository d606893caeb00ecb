"""Limits against long runs of the engine: 0.999 of one converges, 1.001 of it diverges.

A preconditioned method's gain moves with its gradients, so it is frozen: the runs start at 1e-150
and stay far below ε, which is then all that the gradient is divided by.
"""

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from engine.answer import landscape_of, perform_run
from engine.experiment import Experiment, SurfaceSettings, new_run
from engine.explanation.limits import (
    dominant,
    growth,
    largest_rate,
    limit,
    roots,
    stability_of,
)
from engine.optimizers import CATALOGUE

CURVATURE = 3.0
BETAS = [{"momentum": 0.0}, {"momentum": 0.5}, {"momentum": 0.9}]
ADAMS = [{"beta1": b, "beta2": 0.9, "epsilon": 1.0} for b in (0.0, 0.5, 0.9, 0.97)]


def rate_itself(h, bend):
    return 1.0


#: name -> (hyperparameters to try, (h, curvature) -> the frozen gain per η).
FROZEN = {
    "sgd": (
        [*BETAS, {"momentum": 0.9, "dampening": 0.9}, {"momentum": 0.8, "nesterov": 1.0}],
        rate_itself,
    ),
    "heavy_ball": (BETAS, rate_itself),
    "nesterov": (BETAS, rate_itself),
    "quasi_hyperbolic": ([{"beta": 0.9, "nu": 0.7}, {"beta": 0.99, "nu": 0.3}], rate_itself),
    # What is divided by is s₀, or ε: the sum of squares is far below both.
    "adagrad": (
        [{"epsilon": 1.0}, {"initial_accumulator_value": 4.0}],
        lambda h, bend: 1 / (math.sqrt(h[1]) + h[2]),
    ),
    "rmsprop": (
        [{"epsilon": 1.0, "momentum": m, "centered": c} for m in (0.0, 0.8) for c in (0.0, 1.0)],
        rate_itself,
    ),
    # Both averages are far below ε, so that their ratio is 1.
    "adadelta": ([{"epsilon": 1.0}], rate_itself),
    "adam": (ADAMS, rate_itself),
    "adamw": (ADAMS, rate_itself),
    "amsgrad": (ADAMS, rate_itself),
    "adamax": (ADAMS, rate_itself),
    # ψ = 1 warms the momentum up in some hundred steps.
    "nadam": ([given | {"momentum_decay": 1.0} for given in ADAMS], rate_itself),
    # Its first steps, not rectified yet, divide by 1, as ε = 1 does later.
    "radam": (ADAMS, rate_itself),
    # ε is added to s at each step, hence ŝ = ε/(1 − β₂).
    "adabelief": (ADAMS, lambda h, bend: 1 / (math.sqrt(h[2] / (1 - h[1])) + h[2])),
    # Its moments start at 1e-6 and push the point as far; ε = 1e150 hides what that changes.
    "yogi": ([given | {"epsilon": 1e150} for given in ADAMS], lambda h, bend: 1 / (1e-3 + h[2])),
    "adan": ([{"epsilon": 1.0}, {"beta1": 0.5, "beta2": 0.8, "epsilon": 1.0}], rate_itself),
    # ε₁ is the root's floor, ε₂ the weights' least size; then η is small enough for η < 1/√t.
    "adafactor": ([{"epsilon1": 1.0, "epsilon2": 1e3}], lambda h, bend: 1e3),
    # α = 0 keeps its rate.
    "asgd": ([{"alpha": 0.0, "lambd": 1e-3}, {"alpha": 0.0, "lambd": 1.0}], rate_itself),
    # On one coordinate its rate is f/f'² = 1/(2λ) of η at every point.
    "polyak": ([{}], lambda h, bend: 1 / (2 * bend)),
}
CASES = [(name, given) for name, (tried, _) in FROZEN.items() for given in tried]
NAMES = [f"{name}-{'-'.join(map(str, given.values()))}" for name, given in CASES]


def test_every_optimizer_with_a_filter_is_here():
    assert set(FROZEN) == {o.name for o in CATALOGUE if o.stability.filter}


def setting(name, given, decay):
    """Return (filter, settings of the run, (η) -> load, (η) -> decoupled decay)."""
    stability, h = linear = stability_of(new_run(name, hyperparameters=given))
    bend = CURVATURE * (2 if decay == "coupled" else 1)
    gain = FROZEN[name][1](h, bend)
    weight_decay = {"none": 0.0, "coupled": CURVATURE, "decoupled": 0.1 * gain * CURVATURE}[decay]
    own = stability.decay(h) if stability.decay else 0.0
    outside = weight_decay if decay == "decoupled" else 0.0

    def shrink(rate):
        return 1 - (1 - rate * own) * (1 - rate * outside)

    settings = {
        "hyperparameters": given,
        "weight_decay": weight_decay,
        "decoupled": decay == "decoupled",
    }
    return linear, settings, lambda rate: rate * gain * bend, shrink


def plan(linear, load, decay):
    """Return (steps until other roots and transients have died, steps in which growth shows)."""
    sizes = np.sort(np.abs(roots(*linear, load, decay)))
    others = sizes[sizes < sizes[-1] * (1 - 1e-9)]
    apart = math.log(sizes[-1] / others[-1]) if len(others) and others[-1] > 0 else math.inf
    # After 800 steps 0.97ᵗ and 0.9ᵗ, and with them the bias corrections, are below 1e-10.
    # A pair of roots beats, so that it takes longer to see by how much it falls.
    pair = abs(dominant(*linear, load, decay).imag) > 0
    return 800 + math.ceil(25 / apart), math.ceil((40 if pair else 4) / abs(math.log(sizes[-1])))


def measured_growth(run, start, quiet, steps):
    """Return the factor per step over `steps` steps, after the first `quiet` ones."""
    window = 64
    settings = SurfaceSettings(name="formula", formula="a*x^2/2", parameters={"a": CURVATURE})
    experiment = Experiment(surface=settings, start=(start, 0.0), steps=quiet + steps + window)
    sizes = np.abs(perform_run(experiment, run, landscape_of(experiment)).points[:, 0])
    early, late = (sizes[t : t + window].max() for t in (quiet, quiet + steps))
    # Neither at the edge of the smallest numbers nor near ε.
    assert min(early, late) > 1e-290
    assert max(early, late) < 1e-4 * run.hyperparameters.get("epsilon", np.inf)
    return (late / early) ** (1 / steps)


@pytest.mark.parametrize("decay", ["none", "coupled", "decoupled"])
@pytest.mark.parametrize(("name", "given"), CASES, ids=NAMES)
def test_converges_below_its_limit_and_diverges_above(name, given, decay):
    linear, settings, load, shrink = setting(name, given, decay)
    highest = limit(*linear) / load(1.0)
    at_limit = brentq(lambda rate: load(rate) - limit(*linear, shrink(rate)), 0, 2 * highest,
                      xtol=1e-14 * highest, rtol=1e-14)  # fmt: skip
    run = new_run(name, learning_rate=at_limit, **settings)
    if not linear[0].gains_vary or name == "asgd":
        assert largest_rate(run, CURVATURE) == pytest.approx(at_limit, rel=1e-8)
    start = 1.0 if name == "polyak" else 1e-150
    for part in (0.999, 1.001):
        rate = part * at_limit
        expected = growth(*linear, load(rate), shrink(rate))
        assert (expected < 1) == (part < 1)
        quiet, steps = plan(linear, load(rate), shrink(rate))
        run = new_run(name, learning_rate=rate, **settings)
        found = measured_growth(run, start, quiet, steps)
        assert (found < 1) == (part < 1)
        beats = dominant(*linear, load(rate), shrink(rate)).imag > 0
        assert math.log(found) == pytest.approx(math.log(expected), rel=0.1 if beats else 0.03)


@pytest.mark.parametrize("load", [0.4, 1.5, 1.84, 2.84, 20.0])
@pytest.mark.parametrize("decay", [0.0, 0.2])
def test_multiplier_of_gradient_descent_is_that_of_each_step(load, decay):
    run = new_run(
        "sgd", learning_rate=load / CURVATURE, weight_decay=decay * CURVATURE / load,
        decoupled=True,
    )  # fmt: skip
    settings = SurfaceSettings(name="formula", formula="a*x^2/2", parameters={"a": CURVATURE})
    experiment = Experiment(surface=settings, start=(1.0, 0.0), steps=12)
    points = perform_run(experiment, run, landscape_of(experiment)).points[:, 0]
    (root,) = roots(*stability_of(run), load, decay)
    np.testing.assert_allclose(points[1:] / points[:-1], root.real, rtol=1e-12)


@pytest.mark.parametrize("name", ["heavy_ball", "nesterov", "quasi_hyperbolic"])
@pytest.mark.parametrize("load", [0.5, 1.1, 3.0])
def test_path_is_the_sum_of_the_roots_powers(name, load):
    """On a quadratic every path is Σ cᵢ zᵢᵗ: the first points decide all that follow."""
    given = {"beta": 0.8} if name == "quasi_hyperbolic" else {"momentum": 0.8}
    run = new_run(name, learning_rate=load / CURVATURE, hyperparameters=given)
    settings = SurfaceSettings(name="formula", formula="a*x^2/2", parameters={"a": CURVATURE})
    experiment = Experiment(surface=settings, start=(1.0, 0.0), steps=40)
    points = perform_run(experiment, run, landscape_of(experiment)).points[:, 0]
    powers = (
        np.array(roots(*stability_of(run), load))[np.newaxis, :] ** np.arange(41)[:, np.newaxis]
    )
    weights = np.linalg.solve(powers[:2], points[:2])
    np.testing.assert_allclose((powers @ weights).real, points, rtol=1e-8, atol=1e-12)


def test_a_rotated_bowl_has_the_limit_of_its_steepest_direction():
    settings = SurfaceSettings(name="formula", formula="3.25*x^2/2 + 7.75*y^2/2 + a*x*y",
                               parameters={"a": math.sqrt(15.1875)})  # fmt: skip
    experiment = Experiment(surface=settings, start=(1.0, -2.0), steps=20_000)
    landscape = landscape_of(experiment)
    for name in ("sgd", "heavy_ball", "nesterov"):
        highest = largest_rate(new_run(name), 10.0)
        sizes = [
            np.abs(
                perform_run(experiment, new_run(name, learning_rate=part * highest), landscape)
                .points[-64:]
            ).max()
            for part in (0.999, 1.001)
        ]  # fmt: skip
        assert sizes[0] < 1e-1
        assert not sizes[1] < 1e1
