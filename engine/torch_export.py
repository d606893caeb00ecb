"""A run as a PyTorch script: torch.optim takes the steps, autograd differentiates a formula."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from engine.experiment import start_of, surface_of
from engine.formula import parse
from engine.optimizers import optimizer_named
from engine.parameter import complete
from engine.python_export import surface_text, title
from engine.script import literal, without
from engine.torch_code import torch_function
from engine.torch_optim import (
    RATE,
    climbs,
    decays,
    optimizer_call,
    rate_lines,
    refusal,
    scheduler_call,
)

if TYPE_CHECKING:
    from engine.experiment import Experiment, RunSettings
    from engine.optimizers.optimizer import Optimizer

_SCRIPT = Template("""\
$title
# Copied from Overshoot; needs $needs. It leaves every step in `points`, (steps + 1, 2),
# and `losses`, (steps + 1,).

$imports

# Some of torch's optimizers keep numbers of their own, in the default precision.
torch.set_default_dtype(torch.$precision)
steps = $steps

$surface


point = torch.tensor([$x, $y], requires_grad=True)
parameters = [point]
$optimizer
$scheduler
points, losses = [], []
for t in range(steps + 1):
$gradient
    points.append(point.detach().clone())
    losses.append($recorded)
    if t == steps or not torch.isfinite(point).all():
        break
$step

points, losses = torch.stack(points), torch.stack(losses)
print(f"after {t} steps: x, y = {points[-1].tolist()}, loss = {losses[-1].item()}")
""")
_AUTOGRAD = """\
    optimizer.zero_grad()
    loss = loss_of(point[0], point[1])
    loss.backward()"""
_BY_HAND = """\
    x, y = point.detach().numpy()
    loss, *gradient = value_gradient(x, y, data, t)
    point.grad = torch.tensor(gradient, dtype=point.dtype)"""


def as_torch(experiment: Experiment, run: RunSettings) -> str:
    """Return a script over torch.optim that walks the path of a run.

    Raises ValueError, with one sentence, if torch has no such optimizer or refuses its settings.
    """
    rule = optimizer_named(run.optimizer)
    reason = refusal(rule, run)
    if reason:
        raise ValueError(f"{reason}; copy the run as numpy instead.")
    surface, gradient, recorded, uses_numpy = _surface(experiment)
    uses_numpy = uses_numpy or run.noise != 0
    imports = ["import math"] * ("math." in surface)
    imports += ["import numpy as np"] * uses_numpy + ["import torch"]
    x, y = start_of(experiment, run)
    text = _SCRIPT.substitute(
        title=title(experiment, run),
        needs="torch and numpy" if uses_numpy else "torch only",
        imports="\n".join(imports),
        steps=experiment.steps,
        surface=surface,
        precision=experiment.precision,
        x=literal(x),
        y=literal(y),
        optimizer=optimizer_call(rule, run),
        scheduler=_scheduler(experiment, run),
        gradient=gradient,
        recorded=recorded,
        step="\n".join(f"    {line}" for line in _step(experiment, run, rule)),
    )
    return text.replace("\n\npoints, losses = [], []", "\npoints, losses = [], []")


def _surface(experiment: Experiment) -> tuple[str, str, str, bool]:
    """Return (definition, gradient's lines, what is recorded as loss, whether it needs numpy)."""
    data, functions, batched = surface_text(experiment)
    surface = surface_of(experiment.surface)
    if surface.kernel:
        value = "value_gradient(x, y, data, -1)[0]" if batched else "loss"
        text = f"{data}\n\n\n{without(functions, ['second_order'])}"
        return text, _BY_HAND, f"torch.tensor({value}, dtype=point.dtype)", True
    values = complete(surface.parameters, experiment.surface.parameters)
    described, _, numbers = data.rpartition("data = ")
    function = torch_function(parse(surface.formula, tuple(values)))
    listed = f"data = torch.tensor({numbers})\n\n\n" if values else "\n"
    return f"{described}{listed}{function}", _AUTOGRAD, "loss.detach()", False


def _scheduler(experiment: Experiment, run: RunSettings) -> str:
    lines = [scheduler_call(run, experiment.steps)]
    if run.noise:
        draw = f"np.random.default_rng({run.seed}).standard_normal((steps, 2))"
        lines.append(f"noise = torch.tensor({draw}, dtype=point.dtype)")
    return "".join(f"{line}\n" for line in lines if line)


def _step(experiment: Experiment, run: RunSettings, rule: Optimizer) -> list[str]:
    """Return the lines that change the gradient and take a step, in the order of the engine."""
    lines = []
    if run.noise:
        lines.append(f"point.grad += {literal(run.noise)} * noise[t]")
    if run.clip_value:
        value = literal(run.clip_value)
        lines.append(f"torch.nn.utils.clip_grad_value_(parameters, {value})")
    if run.clip_norm:
        norm = literal(run.clip_norm)
        lines.append(f"torch.nn.utils.clip_grad_norm_(parameters, {norm})")
    if run.maximize and not climbs(rule, run):
        lines.append("point.grad.neg_()")
    before, after = rate_lines(run, experiment.steps)
    lines += before
    if not decays(rule, run):
        decay = literal(run.weight_decay)
        lines += [
            "with torch.no_grad():",
            f"    point *= 1 - {RATE} * {decay}"
            if run.decoupled
            else f"    point.grad += {decay} * point",
        ]
    return [*lines, "optimizer.step()", *after]
