"""A run's optimizer and schedule as calls of torch.optim."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from engine.parameter import complete
from engine.schedules import schedule_named
from engine.script import WIDTH, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.experiment import RunSettings
    from engine.networks.settings import TrainingRun
    from engine.optimizers.optimizer import Optimizer
    from engine.parameter import Parameter

    Run: TypeAlias = RunSettings | TrainingRun


#: Where torch keeps the rate of the present step.
RATE = 'optimizer.param_groups[0]["lr"]'


def refusal(rule: Optimizer, run: Run) -> str:
    """Return in a clause why torch.optim cannot take a run's steps, or nothing if it can."""
    if not rule.torch:
        return f"PyTorch has no {rule.title}"
    if run.learning_rate < 0 or run.weight_decay < 0:
        what = "learning rate" if run.learning_rate < 0 else "weight decay"
        return f"PyTorch refuses a negative {what}"
    values = complete(rule.parameters, run.hyperparameters)
    if values.get("nesterov") and values.get("dampening"):
        return "PyTorch refuses Nesterov momentum with dampening"
    return ""


def decays(rule: Optimizer, run: Run) -> bool:
    """Return whether torch's own optimizer does the kind of weight decay that the run wants."""
    if run.weight_decay == 0 or "{decoupled}" in rule.torch:
        return True
    return "{weight_decay}" in rule.torch and run.decoupled == rule.decoupled


def optimizer_call(rule: Optimizer, run: Run) -> str:
    """Return ``optimizer = torch.optim.…`` for what is called ``parameters``.

    Where torch does not do the decay, see `decays`, it is to be done by hand, and so is the sign of
    a run that climbs.
    """
    native = decays(rule, run)
    values = complete(rule.parameters, run.hyperparameters)
    texts = _texts(rule.parameters, values)
    if not values.get("momentum", 1.0):
        # torch refuses to look ahead where there is no momentum, and it would change nothing.
        texts["nesterov"] = "False"
    call = rule.torch.format(
        lr=literal(run.learning_rate),
        weight_decay=literal(run.weight_decay if native else 0.0),
        decoupled=run.decoupled and run.weight_decay != 0,
        maximize=climbs(rule, run),
        **texts,
    )
    return tidy(call, "optimizer")


def climbs(rule: Optimizer, run: Run) -> bool:
    """Return whether torch's own optimizer turns the gradient's sign."""
    return run.maximize and decays(rule, run) and "{maximize}" in rule.torch


def scheduler_call(run: Run, steps: int) -> str:
    """Return ``scheduler = torch.optim.lr_scheduler.…``, or nothing where none is needed."""
    schedule = schedule_named(run.schedule.name)
    if not (schedule.torch and steps):
        return ""
    values = complete(schedule.parameters, run.schedule.parameters)
    call = schedule.torch.format(
        base=literal(run.learning_rate), steps=steps, **_texts(schedule.parameters, values)
    )
    return tidy(call, "scheduler")


def rate_lines(run: Run, steps: int) -> tuple[list[str], list[str]]:
    """Return the lines that set the step's rate, and those that make ready for the next one."""
    scheduled = bool(schedule_named(run.schedule.name).torch)
    before, after = [], []
    warm = run.schedule.warm_up_steps
    if warm > 1:
        before = [
            f"rate = {RATE if scheduled else literal(run.learning_rate)}",
            f"{RATE} = rate * min((t + 1) / {warm}, 1.0)",
        ]
        after = [f"{RATE} = rate"]
    return before, after + ["scheduler.step()"] * (scheduled and steps > 0)


def _texts(parameters: Iterable[Parameter], values: Mapping[str, float]) -> dict[str, str]:
    kinds = {"switch": lambda v: str(bool(v)), "integer": lambda v: str(int(v)), "real": literal}
    return {p.name: kinds[p.kind](values[p.name]) for p in parameters}


def tidy(call: str, name: str) -> str:
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
