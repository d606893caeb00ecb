"""Rates that fall (or rise) along a simple curve: steps, powers, lines, inverse square root."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.parameter import Parameter
from engine.schedules.schedule import Schedule, numbered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

MILESTONES = ("milestone1", "milestone2", "milestone3", "milestone4")


def _step(base: float, steps: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    return base * values["gamma"] ** (numbered(steps) // values["step_size"])


def _multi_step(base: float, steps: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    milestones = sorted(values[m] for m in MILESTONES if values[m] > 0)
    passed = np.searchsorted(milestones, numbered(steps), side="right")
    return base * values["gamma"] ** passed.astype(np.float64)


def _exponential(base: float, steps: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    return base * values["gamma"] ** numbered(steps)


def _share(steps: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    """Return how much of the way each step has behind it; a length of 0 is the whole run."""
    return np.minimum(numbered(steps) / (values["total_iters"] or max(steps, 1)), 1.0)


def _polynomial(base: float, steps: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    return base * (1.0 - _share(steps, values)) ** values["power"]


def _linear(base: float, steps: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    start, end = values["start_factor"], values["end_factor"]
    return base * (start + (end - start) * _share(steps, values))


def _inverse_sqrt(base: float, steps: int, values: Mapping[str, float]) -> NDArray[np.float64]:
    progress = (numbered(steps) + 1.0) / values["length"]
    return base * np.minimum(progress, 1.0 / np.sqrt(progress))


def _gamma(default: float, text: str) -> Parameter:
    return Parameter("gamma", "γ", default, 0.01, 1.0, text, minimum=0.0)


def _milestone(name: str, default: float) -> Parameter:
    return Parameter(
        name,
        name.replace("milestone", "step "),
        default,
        0,
        1000,
        "A step at which the rate is multiplied by γ; 0 for none.",
        kind="integer",
        minimum=0,
    )


WHOLE_RUN = Parameter(
    "total_iters",
    "n",
    0,
    0,
    1000,
    "Number of steps until the end is reached; 0 takes the whole run.",
    kind="integer",
    minimum=0,
)

STEP = Schedule(
    name="step",
    title="Step decay",
    help="Multiplies the rate by γ after every so many steps.",
    latex=(r"\eta_t = \eta\, \gamma^{\lfloor t/s \rfloor}",),
    rates=_step,
    parameters=(
        Parameter(
            "step_size", "s", 100, 1, 1000, "Steps between two drops.", kind="integer", minimum=1
        ),
        _gamma(0.1, "Factor of each drop."),
    ),
    torch="torch.optim.lr_scheduler.StepLR(optimizer, step_size={step_size}, gamma={gamma})",
)

MULTI_STEP = Schedule(
    name="multi_step",
    title="Drops at chosen steps",
    help="Multiplies the rate by γ at up to four chosen steps.",
    latex=(r"\eta_t = \eta\, \gamma^{k}, \quad k = \mathrm{number\ of\ } m_i \le t",),
    rates=_multi_step,
    parameters=(
        *(
            _milestone(name, default)
            for name, default in zip(MILESTONES, (200, 400, 0, 0), strict=True)
        ),
        _gamma(0.1, "Factor of each drop."),
    ),
    torch=(
        "torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[m for m in "
        "({milestone1}, {milestone2}, {milestone3}, {milestone4}) if m], gamma={gamma})"
    ),
)

EXPONENTIAL = Schedule(
    name="exponential",
    title="Exponential decay",
    help="Multiplies the rate by γ after every step.",
    latex=(r"\eta_t = \eta\, \gamma^t",),
    rates=_exponential,
    parameters=(Parameter("gamma", "γ", 0.99, 0.9, 1.0, "Factor from step to step.", minimum=0.0),),
    torch="torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma={gamma})",
)

POLYNOMIAL = Schedule(
    name="polynomial",
    title="Polynomial decay",
    help="Falls to zero along a power of the remaining steps.",
    latex=(r"\eta_t = \eta\, (1 - \min(t, n)/n)^p",),
    rates=_polynomial,
    parameters=(
        WHOLE_RUN,
        Parameter("power", "p", 1.0, 0.1, 5.0, "1 is a straight line.", minimum=0.0),
    ),
    torch=(
        "torch.optim.lr_scheduler.PolynomialLR(optimizer, total_iters={total_iters} or {steps}, "
        "power={power})"
    ),
)

LINEAR = Schedule(
    name="linear",
    title="Linear",
    help="Goes in a straight line from one share of the rate to another.",
    latex=(r"\eta_t = \eta\, (a + (b - a)\, \min(t, n)/n)",),
    rates=_linear,
    parameters=(
        Parameter(
            "start_factor",
            "a",
            1 / 3,
            0.01,
            1.0,
            "Share of the rate at the first step.",
            minimum=1e-12,
            maximum=1.0,
        ),
        Parameter(
            "end_factor",
            "b",
            1.0,
            0.0,
            1.0,
            "Share of the rate at the end.",
            minimum=0.0,
            maximum=1.0,
        ),
        WHOLE_RUN,
    ),
    torch=(
        "torch.optim.lr_scheduler.LinearLR(optimizer, start_factor={start_factor}, "
        "end_factor={end_factor}, total_iters={total_iters} or {steps})"
    ),
)

INVERSE_SQRT = Schedule(
    name="inverse_sqrt",
    title="Inverse square root",
    help="Rises in a line to the full rate, then falls as 1/√t: the Transformer's schedule.",
    latex=(r"\eta_t = \eta\, \min((t+1)/n, \sqrt{n/(t+1)})",),
    rates=_inverse_sqrt,
    parameters=(
        Parameter(
            "length",
            "n",
            50,
            1,
            1000,
            "Step at which the rate is full (Vaswani et al. 2017, eq. 3).",
            kind="integer",
            minimum=1,
        ),
    ),
    torch=(
        "torch.optim.lr_scheduler.LambdaLR(optimizer, "
        "lambda t: min((t + 1) / {length}, ({length} / (t + 1)) ** 0.5))"
    ),
)
