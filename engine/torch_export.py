"""A run as a PyTorch script: torch.optim takes the steps, autograd differentiates a formula."""

from __future__ import annotations

import ast
from string import Template
from typing import TYPE_CHECKING

from engine.experiment import start_of, surface_of
from engine.formula import parse
from engine.optimizers import optimizer_named
from engine.parameter import complete
from engine.python_export import surface_text, title
from engine.schedules import schedule_named
from engine.script import WIDTH, literal, without
from engine.torch_code import torch_function

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.experiment import Experiment, RunSettings
    from engine.optimizers.optimizer import Optimizer
    from engine.parameter import Parameter

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
    _check(rule, run)
    surface, gradient, recorded, uses_numpy = _surface(experiment)
    uses_numpy = uses_numpy or run.noise != 0
    imports = ["import math"] * ("math." in surface)
    imports += ["import numpy as np"] * uses_numpy + ["import torch"]
    native = _native_decay(rule, run)
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
        optimizer=_optimizer(rule, run, native),
        scheduler=_scheduler(experiment, run),
        gradient=gradient,
        recorded=recorded,
        step="\n".join(f"    {line}" for line in _step(experiment, run, rule, native)),
    )
    return text.replace("\n\npoints, losses = [], []", "\npoints, losses = [], []")


def _check(rule: Optimizer, run: RunSettings) -> None:
    if not rule.torch:
        raise ValueError(f"PyTorch has no {rule.title}; copy it as numpy instead.")
    if run.learning_rate < 0 or run.weight_decay < 0:
        what = "learning rate" if run.learning_rate < 0 else "weight decay"
        raise ValueError(f"PyTorch refuses a negative {what}; copy the run as numpy instead.")
    values = complete(rule.parameters, run.hyperparameters)
    if values.get("nesterov") and values.get("dampening"):
        raise ValueError(
            "PyTorch refuses Nesterov momentum with dampening; copy the run as numpy instead."
        )


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


def _native_decay(rule: Optimizer, run: RunSettings) -> bool:
    """Return whether torch's own optimizer does the kind of weight decay that the run wants."""
    if run.weight_decay == 0 or "{decoupled}" in rule.torch:
        return True
    return "{weight_decay}" in rule.torch and run.decoupled == rule.decoupled


def _optimizer(rule: Optimizer, run: RunSettings, native: bool) -> str:
    values = complete(rule.parameters, run.hyperparameters)
    texts = _texts(rule.parameters, values)
    if not values.get("momentum", 1.0):
        # torch refuses to look ahead where there is no momentum, and it would change nothing.
        texts["nesterov"] = "False"
    call = rule.torch.format(
        lr=literal(run.learning_rate),
        weight_decay=literal(run.weight_decay if native else 0.0),
        decoupled=run.decoupled and run.weight_decay != 0,
        # Flipped by hand together with a decay that torch does not do itself.
        maximize=run.maximize and native,
        **texts,
    )
    return _tidy(call, "optimizer")


def _scheduler(experiment: Experiment, run: RunSettings) -> str:
    schedule = schedule_named(run.schedule.name)
    lines = []
    if schedule.torch and experiment.steps:
        values = complete(schedule.parameters, run.schedule.parameters)
        call = schedule.torch.format(
            base=literal(run.learning_rate),
            steps=experiment.steps,
            **_texts(schedule.parameters, values),
        )
        lines.append(_tidy(call, "scheduler"))
    if run.noise:
        draw = f"np.random.default_rng({run.seed}).standard_normal((steps, 2))"
        lines.append(f"noise = torch.tensor({draw}, dtype=point.dtype)")
    return "".join(f"{line}\n" for line in lines)


def _texts(parameters: Iterable[Parameter], values: Mapping[str, float]) -> dict[str, str]:
    kinds = {"switch": lambda v: str(bool(v)), "integer": lambda v: str(int(v)), "real": literal}
    return {p.name: kinds[p.kind](values[p.name]) for p in parameters}


def _tidy(call: str, name: str) -> str:
    """Return a constructor call with its arithmetic done and switches that are off left out.

    The text comes from our own declarations, the numbers in it have been checked.
    """
    tree = ast.parse(call, mode="eval").body
    assert isinstance(tree, ast.Call)
    arguments = [ast.unparse(argument) for argument in tree.args]
    for keyword in tree.keywords:
        text = _worked_out(keyword.value)
        if text != "False" or keyword.arg == "cycle_momentum":
            arguments.append(f"{keyword.arg}={text}")
    line = f"{name} = {ast.unparse(tree.func)}({', '.join(arguments)})"
    if len(line) <= WIDTH:
        return line
    rows = "".join(f"    {argument},\n" for argument in arguments)
    return f"{name} = {ast.unparse(tree.func)}(\n{rows})"


def _worked_out(expression: ast.expr) -> str:
    """Return the value of an expression of numbers only, anything else as it is."""
    names = [n for n in ast.walk(expression) if isinstance(n, ast.Name)]
    bound = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    if any(n.id not in bound for n in names):
        return ast.unparse(expression)
    code = compile(ast.Expression(expression), "<declaration>", "eval")
    return repr(eval(code, {"__builtins__": {}}))


def _step(experiment: Experiment, run: RunSettings, rule: Optimizer, native: bool) -> list[str]:
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
    if run.maximize and not (native and "{maximize}" in rule.torch):
        lines.append("point.grad.neg_()")
    scheduled = bool(schedule_named(run.schedule.name).torch)
    rate = 'optimizer.param_groups[0]["lr"]' if scheduled else literal(run.learning_rate)
    warm = run.schedule.warm_up_steps
    if warm > 1:
        lines += [
            f"rate = {rate}",
            f'optimizer.param_groups[0]["lr"] = rate * min((t + 1) / {warm}, 1.0)',
        ]
    if not native:
        decay = literal(run.weight_decay)
        lines += [
            "with torch.no_grad():",
            f'    point *= 1 - optimizer.param_groups[0]["lr"] * {decay}'
            if run.decoupled
            else f"    point.grad += {decay} * point",
        ]
    lines.append("optimizer.step()")
    if warm > 1:
        lines.append('optimizer.param_groups[0]["lr"] = rate')
    if scheduled and experiment.steps:
        lines.append("scheduler.step()")
    return lines
