"""Labelled runs: where, how, what happens, and the reason why that is the truth.

The reasons are those of THEORY; `tests/engine/long_runs.py` derives each label anew.
"""

from typing import Any

from engine.experiment import (
    DataSettings,
    Experiment,
    RunSettings,
    ScheduleSettings,
    SurfaceSettings,
    new_run,
)
from engine.surfaces import CATALOGUE

NAMES = {surface.name for surface in CATALOGUE}


def experiment_of(
    surface: str,
    optimizer: str = "sgd",
    *,
    start: tuple[float, float],
    steps: int = 500,
    precision: str = "float64",
    parameters: dict[str, float] | None = None,
    data: DataSettings | None = None,
    schedule: str = "constant",
    **settings: Any,
) -> Experiment:
    """Return an experiment of one run; hyperparameters are given by name."""
    own = {
        key: settings.pop(key) for key in [*settings] if key not in RunSettings.__struct_fields__
    }
    run = new_run(
        optimizer, hyperparameters=own, schedule=ScheduleSettings(name=schedule), **settings
    )
    named = {"name": surface} if surface in NAMES else {"name": "formula", "formula": surface}
    return Experiment(
        surface=SurfaceSettings(**named, parameters=parameters or {}, data=data),
        start=tuple(map(float, start)), steps=steps, precision=precision, runs=(run,),
    )  # fmt: skip


SQUARE = {"surface": "square", "start": (-3.0, 0.0)}
BOWL = {"surface": "bowl", "start": (-3.0, 1.0)}
STEEP_BOWL = {"surface": "bowl", "start": (-3.0, 1.0), "parameters": {"kappa": 1000.0}}
LINE = {"surface": "linear_regression", "start": (0.0, 0.0), "data": DataSettings(table="line")}
CARS = {
    "surface": "linear_regression", "start": (2.0, 1.0),
    "data": DataSettings(table="cars", standardise=True, batch_size=5),
}  # fmt: skip
ROSENBROCK = {"surface": "rosenbrock", "start": (-1.5, 2.0)}
PRODUCT = {"surface": "factorisation", "start": (4.0, 0.5)}
SQUARED = {"surface": "squared_factorisation", "start": (2.5, 0.3)}
RELU = {"surface": "relu_neuron", "start": (1.5, 0.5)}

#: Where, how (500 steps unless said), kind, reason.
LABELS = [
    # Contraction: no error changes sign on the way into the minimum.
    (SQUARE, {"learning_rate": 0.1}, "contraction", "1 − ηλ = 0.8 is positive"),
    (SQUARE, {"learning_rate": 0.45}, "contraction", "1 − ηλ = 0.1 is positive"),
    (BOWL, {"learning_rate": 0.045}, "contraction", "1 − ηλ₁ = 0.1 is positive"),
    (BOWL, {"learning_rate": 0.03, "weight_decay": 5.0}, "contraction", "η(λ₁ + w) = 0.75"),
    ({"surface": "booth", "start": (-7.0, -3.0)}, {"learning_rate": 0.05}, "contraction",
     "λ = 18 and 2: factors 0.1 and 0.9"),
    ({"surface": "matyas", "start": (-8.0, 5.0)}, {"learning_rate": 0.9, "steps": 2000},
     "contraction", "λ₁ = 1: factors 0.1 and 0.964"),
    (LINE, {"learning_rate": 0.04, "steps": 2000}, "contraction", "1 − ηλ₁ = 0.054 is positive"),
    ({"surface": "sphere", "start": (-3.0, 2.0)}, {"learning_rate": 0.2, "maximize": False},
     "contraction", "1 − ηλ = 0.6 in all directions"),
    ({"surface": "exp(-x^2-2*y^2)", "start": (0.5, 0.3)}, {"learning_rate": 0.2, "maximize": True},
     "contraction", "it climbs to the maximum, with factors 0.2 and 0.6"),
    (BOWL, {"learning_rate": 0.045, "schedule": "exponential"}, "contraction",
     "the rate only falls from one that contracts"),
    ({"surface": "log_cosh", "start": (-7.0, 4.0)}, {"learning_rate": 0.9}, "contraction",
     "steps at most 0.9 long; 1 − η = 0.1 at the minimum"),
    (SQUARE, {"optimizer": "damped_newton", "learning_rate": 0.5}, "contraction",
     "1 − η = 0.5 whatever λ is"),
    # Overshoot: the error changes sides and shrinks.
    (SQUARE, {"learning_rate": 0.9}, "overshoot", "1 − ηλ = −0.8"),
    (SQUARE, {"learning_rate": 0.98}, "overshoot", "1 − ηλ = −0.96"),
    (SQUARE, {"learning_rate": 0.999}, "overshoot", "1 − ηλ = −0.998: not settled in 500 steps"),
    (BOWL, {"learning_rate": 0.095}, "overshoot", "1 − ηλ₁ = −0.9"),
    (BOWL, {"learning_rate": 0.0999, "steps": 20_000}, "overshoot", "1 − ηλ₁ = −0.998"),
    (BOWL, {"learning_rate": 0.18, "momentum": 0.9}, "overshoot", "ηλ₁ = 3.6 < 3.8, roots complex"),
    (BOWL, {"optimizer": "heavy_ball", "learning_rate": 0.02}, "overshoot",
     "both roots complex: it rings"),
    (BOWL, {"optimizer": "nesterov", "learning_rate": 0.03}, "overshoot",
     "ηλ₁ = 0.6 < 1.36, roots complex"),
    (LINE, {"learning_rate": 0.076}, "overshoot", "1 − ηλ₁ = −0.798"),
    (LINE, {"learning_rate": 0.0833, "precision": "float32"}, "overshoot", "1 − ηλ₁ = −0.971"),
    (BOWL, {"learning_rate": 0.09, "schedule": "exponential"}, "overshoot",
     "1 − ηλ₁ = −0.8 at first"),
    (PRODUCT, {"learning_rate": 0.1}, "overshoot", "ηλ₁ between 1.56 and 1.66 all the way"),
    (BOWL, {"optimizer": "amsgrad", "learning_rate": 0.1, "steps": 1000}, "overshoot",
     "momentum 0.9 carries it past the minimum and back"),
    (SQUARE, {"optimizer": "amsgrad", "learning_rate": 0.1, "steps": 1000}, "overshoot",
     "momentum 0.9 carries it past the minimum and back"),
    (SQUARE, {"optimizer": "nadam", "learning_rate": 0.1, "steps": 1000}, "overshoot",
     "momentum 0.9 carries it past the minimum and back"),
    ({"surface": "booth", "start": (-7.0, -3.0)}, {"learning_rate": 0.105}, "overshoot",
     "1 − 18η = −0.89"),
    # Edge of stability: the sharpness hovers at 2/η and ends just below it.
    (SQUARED, {"learning_rate": 0.15}, "edge", "ends at ηλ₁ = 1.93 after crossing 2"),
    (SQUARED, {"learning_rate": 0.2}, "edge", "ends at ηλ₁ = 1.98 after crossing 2"),
    (SQUARED, {"learning_rate": 0.3}, "edge", "ends at ηλ₁ = 1.98 after crossing 2"),
    ({"surface": "deep_chain", "start": (3.0, 0.05)}, {"learning_rate": 0.15, "steps": 1000},
     "edge", "sharpens until it is thrown back, again and again"),
    # Catapult: above 2/λ₀ and below about 4/λ₀.
    (PRODUCT, {"learning_rate": 0.15}, "catapult", "ηλ₁ = 2.48 at the start, 1.42 at the end"),
    (PRODUCT, {"learning_rate": 0.2}, "catapult", "ηλ₁ = 3.31 at the start, 0.45 at the end"),
    ({"surface": "factorisation", "start": (2.2, 0.3)}, {"learning_rate": 0.5}, "catapult",
     "ηλ₁ = 2.43 at the start, 1.33 at the end"),
    ({"surface": "factorisation", "start": (2.2, 0.3)}, {"learning_rate": 0.7}, "catapult",
     "ηλ₁ = 3.4 at the start, 1.43 at the end"),
    ({"surface": "factorisation", "start": (3.0, 0.2)}, {"learning_rate": 0.3, "steps": 4},
     "catapult", "rising after 4 steps, but the hundredfold run comes back"),
    # Bounded oscillation.
    (SQUARE, {"learning_rate": 1.0}, "oscillation", "1 − ηλ = −1 exactly"),
    ({"surface": "absolute", "start": (-3.1, 0.0)}, {"learning_rate": 0.5}, "oscillation",
     "the slope of |x| never shrinks: a 2-cycle of width η"),
    ({"surface": "l1", "start": (-3.1, 1.7)}, {"learning_rate": 0.4}, "oscillation",
     "each coordinate in its 2-cycle"),
    (BOWL, {"optimizer": "signsgd", "learning_rate": 0.07}, "oscillation", "every step is η long"),
    (BOWL, {"optimizer": "lion", "learning_rate": 0.05}, "oscillation", "every step is η long"),
    (BOWL, {"learning_rate": 0.2, "clip_norm": 1.0}, "oscillation",
     "ηλ₁ = 4, but clipping bounds the step: amplitude η·clip/2"),
    (SQUARE, {"learning_rate": 1.5, "clip_norm": 1.0}, "oscillation", "amplitude η·clip/2"),
    ({"surface": "log_cosh", "start": (-7.0, 4.0)}, {"learning_rate": 2.5}, "oscillation",
     "ηλ = 2.5 at the minimum, but slopes at most 1"),
    ({"surface": "double_well", "start": (0.3, 0.0)}, {"learning_rate": 1.05}, "oscillation",
     "ηλ = 2.1 at the minimum; a 2-cycle of the cubic map"),
    ({"surface": "pseudo_huber", "start": (-3.0, 2.0)}, {"learning_rate": 0.3}, "oscillation",
     "ηλ₁ = 3 at the minimum, but slopes are bounded"),
    ({"surface": "square", "start": (0.05, 0.0)},
     {"optimizer": "adam", "learning_rate": 0.1, "beta2": 0.9, "steps": 5000}, "oscillation",
     "β₂ too short for β₁: a limit cycle"),
    (SQUARE, {"optimizer": "rmsprop", "learning_rate": 0.1, "steps": 5000}, "oscillation",
     "a 2-cycle of amplitude η/2 whatever λ is"),
    (SQUARE, {"optimizer": "adam", "learning_rate": 0.1, "steps": 20_000}, "oscillation",
     "v forgets the early gradients, λ_P passes 38: it spikes late and then goes on for good"),
    ({"surface": "logistic_regression", "start": (0.0, 0.0)}, {"learning_rate": 20.0},
     "oscillation", "ηλ₁ above 2 at the minimum, but slopes are bounded"),
    # Divergence.
    (SQUARE, {"learning_rate": 1.1}, "divergence", "1 − ηλ = −1.2"),
    (SQUARE, {"learning_rate": 1.05, "steps": 9}, "divergence", "1 − ηλ = −1.1, hardly begun"),
    (SQUARE, {"learning_rate": 10.0, "precision": "float32"}, "divergence", "1 − ηλ = −19"),
    (SQUARE, {"learning_rate": -0.05}, "divergence", "1 − ηλ = 1.1: a negative rate climbs"),
    (SQUARE, {"learning_rate": 0.1, "maximize": True}, "divergence", "1 + ηλ = 1.2: no maximum"),
    (BOWL, {"learning_rate": 0.12}, "divergence", "1 − ηλ₁ = −1.4"),
    (BOWL, {"learning_rate": 0.195, "momentum": 0.9, "steps": 2000}, "divergence",
     "ηλ₁ = 3.9 > 3.8"),
    (BOWL, {"optimizer": "nesterov", "learning_rate": 0.08}, "divergence", "ηλ₁ = 1.6 > 1.36"),
    (LINE, {"learning_rate": 0.12}, "divergence", "1 − ηλ₁ = −1.84"),
    (LINE, {"learning_rate": 0.0855, "steps": 60}, "divergence", "1 − ηλ₁ = −1.023"),
    (ROSENBROCK, {"learning_rate": 0.01}, "divergence", "ηλ₁ = 20.9, and it sharpens outwards"),
    ({"surface": "factorisation", "start": (3.0, 3.0)}, {"learning_rate": 0.5}, "divergence",
     "ηλ₁ = 13, far above 4"),
    ({"surface": "quartic", "start": (2.0, 0.0)}, {"learning_rate": 0.75}, "divergence",
     "|x| above √(2/η)"),
    ({"surface": "saddle", "start": (1.0, 1e-3)}, {"learning_rate": 0.1}, "divergence",
     "1 + 2η a step away from y = 0, without a floor"),
    # Plateau.
    ({"surface": "plateau", "start": (-3.5, 2.6)}, {"learning_rate": 0.1}, "plateau",
     "exp(−r²/2w²) is nothing so far out"),
    ({"surface": "easom", "start": (-2.0, -2.0)}, {"learning_rate": 0.5}, "plateau",
     "the gradient is 1e-20"),
    ({"surface": "tanh_neuron", "start": (0.0, 5.0)}, {"learning_rate": 0.1}, "plateau",
     "every input saturates"),
    ({"surface": "sigmoid_neuron", "start": (0.0, 9.0)}, {"learning_rate": 0.5}, "plateau",
     "every input saturates"),
    ({"surface": "recurrent_cliff", "start": (6.0, -2.0)}, {"learning_rate": 0.3}, "plateau",
     "the cliff throws it onto the plain"),
    # Dead neuron.
    (RELU, {"learning_rate": 3.0}, "dead", "all inputs negative after one step"),
    (RELU, {"learning_rate": 1.6}, "dead", "η ≥ 1.5 kills it"),
    ({"surface": "relu_neuron", "start": (0.1, -1.5)}, {"learning_rate": 0.1}, "dead",
     "all inputs negative from the start"),
    # Ravine.
    (ROSENBROCK, {"learning_rate": 1e-3}, "ravine", "κ above 1000 on the valley's floor"),
    (ROSENBROCK, {"learning_rate": 5e-4, "steps": 2000}, "ravine", "κ above 1000"),
    (STEEP_BOWL, {"learning_rate": 0.095}, "ravine", "κ = 1000: 1 − ηλ₂ = 0.998"),
    (STEEP_BOWL, {"learning_rate": 0.05, "steps": 300}, "ravine", "κ = 1000: 1 − ηλ₂ = 0.999"),
    (LINE, {"learning_rate": 0.01}, "ravine", "κ = 70: 1 − ηλ₂ = 0.9966"),
    ({"surface": "ravine", "start": (-5.0, 3.0)}, {"learning_rate": 0.01, "steps": 300}, "ravine",
     "25(y − sin x)² against x²/10"),
    ({"surface": "matyas", "start": (-8.0, 5.0)}, {"learning_rate": 0.2, "steps": 200}, "ravine",
     "κ = 25: 1 − ηλ₂ = 0.992"),
    # Noise floor.
    (BOWL, {"learning_rate": 0.05, "noise": 0.5}, "noise", "var = ησ²/(λ(2 − ηλ))"),
    (SQUARE, {"learning_rate": 0.1, "noise": 1.0, "steps": 1000}, "noise", "var = 0.028"),
    (BOWL, {"learning_rate": 0.02, "momentum": 0.9, "noise": 1.0, "steps": 1000}, "noise",
     "momentum widens the floor by (1 + β)/(1 − β)"),
    (BOWL, {"optimizer": "adam", "learning_rate": 0.05, "noise": 1.0, "steps": 2000}, "noise",
     "Adam's steps do not shrink under noise"),
    # Mini-batches.
    (CARS, {"learning_rate": 0.02, "steps": 2000}, "batches", "each batch has its own minimum"),
    (CARS, {"learning_rate": 0.1, "steps": 2000}, "batches", "each batch has its own minimum"),
    ({**CARS, "data": DataSettings(table="cars", standardise=True, batch_size=2)},
     {"learning_rate": 0.05, "steps": 2000}, "batches", "each batch has its own minimum"),
    # Not a number.
    ({"surface": "log(x)+y^2", "start": (2.0, 1.0)}, {"learning_rate": 1.5, "steps": 6}, "nan",
     "log of a negative number"),
    ({"surface": "1/x", "start": (0.0, 1.0)}, {"learning_rate": 0.1}, "nan", "1/0 at the start"),
    ({"surface": "sqrt(x)+y^2", "start": (0.0, 1.0)}, {"learning_rate": 0.1}, "nan",
     "the slope of √x at 0"),
    ({"surface": "sqrt(x)+y^2", "start": (1.0, 1.0)}, {"learning_rate": 0.3, "steps": 50}, "nan",
     "√ of a negative number"),
    # Resting where it is no minimum.
    ({"surface": "saddle", "start": (1.0, 0.0)}, {"learning_rate": 0.1}, "resting",
     "y stays exactly 0 on x² − y²"),
    ({"surface": "saddle_wells", "start": (-2.0, 0.0)}, {"learning_rate": 0.1}, "resting",
     "y stays exactly 0"),
    ({"surface": "double_well", "start": (0.0, 0.0)}, {"learning_rate": 0.1}, "resting",
     "a maximum has no slope"),
    # Moving.
    (SQUARE, {"learning_rate": 1e-4}, "moving", "1 − ηλ = 0.9998"),
    (BOWL, {"learning_rate": 1e-4}, "moving", "κ = 10 only; 1 − ηλ₁ = 0.998"),
    (SQUARE, {"optimizer": "adam", "learning_rate": 1e-3}, "moving", "500 steps of 0.001 for 3"),
    (SQUARE, {"optimizer": "signsgd", "learning_rate": 1e-3}, "moving", "500 steps of 0.001 for 3"),
    ({"surface": "exponential", "start": (-6.0, 0.0)}, {"learning_rate": 0.005}, "moving",
     "a slope of 1: 500 steps of 0.005 for 6"),
    # Nothing moves.
    (SQUARE, {"learning_rate": 0.0}, "still", "η = 0"),
    (SQUARE, {"learning_rate": 0.1, "steps": 0}, "still", "no steps"),
]  # fmt: skip
