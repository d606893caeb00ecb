"""Labelled runs that are hard to tell: just beside a limit, hidden, scaled, or moved by chance."""

from diagnosis_labels import BOWL, LINE, SQUARE

from engine.experiment import DataSettings

ONE_ROW = {**LINE, "data": DataSettings(table="line", batch_size=1)}
SADDLE = {"surface": "x^2-y^2", "start": (2.0, 1.0)}
DOME = {"surface": "-x^2-2*y^2", "start": (2.0, 1.0)}
TINY = {"surface": "1e-12*x^2", "start": (3.0, 0.0)}
LONG_VALLEY = "x^2+1e-4*y^2"

#: As LABELS: where, how, kind, reason.
HARD = [
    (SQUARE, {"learning_rate": 1.0002}, "divergence", "1 − ηλ = −1.0004"),
    (BOWL, {"learning_rate": 0.10002}, "divergence",
     "1 − ηλ₁ = −1.0004, hidden at first by what the flat direction gains"),
    (SQUARE, {"learning_rate": 0.9995}, "overshoot", "1 − ηλ = −0.999"),
    (BOWL, {"learning_rate": 0.1}, "oscillation", "1 − ηλ₁ = −1 exactly"),
    (ONE_ROW, {"learning_rate": 0.6, "steps": 200}, "divergence", "no batch bears this rate"),
    (SQUARE, {"learning_rate": 1.01, "noise": 0.1, "steps": 100}, "divergence",
     "1 − ηλ = −1.02, whatever the noise is"),
    (SADDLE, {"learning_rate": 0.05, "weight_decay": 3.0}, "contraction", "λ + w = 5 and 1"),
    (SADDLE, {"learning_rate": 0.05}, "divergence", "it has no floor"),
    (SQUARE, {"learning_rate": 0.5, "weight_decay": 5.0, "decoupled": True}, "divergence",
     "decay alone multiplies by 1 − ηw = −1.5"),
    (DOME, {"learning_rate": 0.45, "maximize": True}, "overshoot", "1 − ηλ₁ = −0.8"),
    (DOME, {"learning_rate": 0.55, "maximize": True}, "divergence", "1 − ηλ₁ = −1.2"),
    ({"surface": "x^2-log(x)", "start": (0.2, 0.0)}, {"learning_rate": 0.9}, "nan",
     "a step over 0, after hundreds within"),
    ({"surface": "x-log(x)", "start": (3.0, 0.0)}, {"learning_rate": 1.5}, "overshoot",
     "λ = 1 at the minimum: 1 − ηλ = −0.5"),
    ({"surface": "rastrigin", "start": (2.2, 0.9)}, {"learning_rate": 0.001}, "contraction",
     "into a local minimum"),
    ({"surface": "-exp(-x^2-y^2)", "start": (3.5, 0.0)}, {"learning_rate": 0.1}, "plateau",
     "a slope of 3e-5 beside a well"),
    ({"surface": LONG_VALLEY, "start": (1.0, 100.0)}, {"learning_rate": 0.9}, "ravine",
     "κ = 10000: 1 − ηλ₂ = 0.9998"),
    ({"surface": LONG_VALLEY, "start": (1.0, 1e-6)}, {"learning_rate": 0.9}, "overshoot",
     "κ = 10000, but nothing is left to go along the valley"),
    (BOWL, {"optimizer": "heavy_ball", "learning_rate": 0.05, "momentum": 0.99, "steps": 300},
     "overshoot", "√β = 0.995: it rings for long"),
    ({"surface": "factorisation", "start": (4.0, 0.5)}, {"learning_rate": 0.26}, "divergence",
     "ηλ₁ = 4.3 is too much for a catapult"),
    ({"surface": "cos(x)", "start": (0.0, 0.0)}, {"learning_rate": 0.5}, "resting",
     "on a maximum"),
    (TINY, {"learning_rate": 1e12}, "oscillation", "1 − ηλ = −1 exactly"),
    (TINY, {"learning_rate": 1.2e12}, "divergence", "1 − ηλ = −1.4"),
    ({"surface": "x^2", "start": (3e5, 0.0)},
     {"optimizer": "adam", "learning_rate": 1.0, "steps": 300}, "moving", "300 steps of 1 for 3e5"),
]  # fmt: skip
