"""A run as a script that stands alone and walks the same path: plain numpy, or PyTorch."""

from __future__ import annotations

import importlib
import re
from string import Template
from typing import TYPE_CHECKING, Any, Literal

from engine.experiment import start_of, surface_of
from engine.formula import parse
from engine.optimizers import optimizer_named
from engine.parameter import complete
from engine.schedules import schedule_named
from engine.schedules.warm_up import warmed
from engine.script import comment, literal, numbers, source_of, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.experiment import Experiment, RunSettings
    from engine.optimizers.optimizer import Optimizer
    from engine.torch_optim import Run

#: Numbers of a table that a script may carry.
MOST_NUMBERS = 20_000

Flavour = Literal["numpy", "torch"]

_SCRIPT = Template("""\
$title
# Copied from Overshoot; needs numpy only. It leaves every step in `points`, (steps + 1, 2),
# and `losses`, (steps + 1,).

$imports

real = np.$precision
steps = $steps

$surface


$rule


$rates
$settings
$state
points = np.full((steps + 1, 2), np.nan, real)
losses = np.full(steps + 1, np.nan, real)

x, y = real($x), real($y)
with np.errstate(all="ignore"):
    for t in range(steps + 1):
        loss, gx, gy = value_gradient(x, y, data, t)
        points[t] = x, y
        losses[t] = $recorded
        if t == steps or not (np.isfinite(x) and np.isfinite(y)):
            break
$step

print(f"after {t} steps: x = {x}, y = {y}, loss = {losses[t]}")
""")


def as_python(experiment: Experiment, run_index: int, flavour: Flavour = "numpy") -> str:
    """Return a script that walks the path of one run of an experiment.

    Parameters
    ----------
    experiment : the experiment.
    run_index : which of its runs, from 0.
    flavour : ``"numpy"`` (the rule written out) or ``"torch"`` (torch.optim and autograd).

    Raises
    ------
    ValueError : with one sentence, if torch has no such optimizer or refuses its settings, or if
        the data are too large for a script.
    """
    if experiment.runs[run_index].recorded:
        raise ValueError("This path was read from a file; only runs made here can be copied.")
    if flavour == "torch":
        from engine.torch_export import as_torch

        return as_torch(experiment, experiment.runs[run_index])
    return _as_numpy(experiment, experiment.runs[run_index])


def _as_numpy(experiment: Experiment, run: RunSettings) -> str:
    optimizer = optimizer_named(run.optimizer)
    coupled = optimizer.step is not None
    rule = source_of(*(f for f in (optimizer.per_step, optimizer.update, optimizer.step) if f))
    data, functions, batched = surface_text(experiment)
    second_order = "second_order" if "second_order(" in rule else "None"
    functions = without(functions, ["second_order"] if second_order == "None" else [])
    x, y = start_of(experiment, run)
    text = _SCRIPT.substitute(
        title=title(experiment, run),
        imports="\n".join(["import math\n"] * ("math." in functions) + ["import numpy as np"]),
        precision=experiment.precision,
        steps=experiment.steps,
        surface=f"{data}\n\n\n{functions}",
        rule=rule,
        rates=rates_text(run),
        settings=_settings(optimizer, run, rule),
        state=_state(optimizer),
        x=literal(x),
        y=literal(y),
        recorded="value_gradient(x, y, data, -1)[0]" if batched else "loss",
        step=_step(run, coupled, second_order),
    )
    return re.sub(r"\n{4,}", "\n\n\n", text)


def title(experiment: Experiment, run: RunSettings) -> str:
    """Return the comment that says what a script does."""
    surface = surface_of(experiment.surface)
    name = run.label or optimizer_named(run.optimizer).title
    return comment(
        f"{name} on {surface.formula if surface.name == 'formula' else surface.title}: "
        f"{experiment.steps} steps of {experiment.precision}."
    )


def surface_text(experiment: Experiment) -> tuple[str, str, bool]:
    """Return (text that sets `data`, text of the surface's functions, whether it has batches).

    Raises ValueError if the data are too large for a script.
    """
    settings = experiment.surface
    surface = surface_of(settings)
    values = complete(surface.parameters, settings.parameters)
    if not surface.kernel:
        formula = parse(surface.formula, tuple(values))
        data = numbers("data", list(values.values()))
        described = comment(f"The surface: {surface.formula}")
        return f"{described}\n{data}", formula.python_source(experiment.precision), False
    from engine.answer import landscape_of

    landscape = landscape_of(experiment)
    if len(landscape.block) > MOST_NUMBERS:
        raise ValueError(
            f"The surface reads {len(landscape.block):,} numbers; a script with more than "
            f"{MOST_NUMBERS:,} would be of no use. Take a smaller table."
        )
    kernel = importlib.import_module(f"engine.surfaces.kernels.{surface.kernel}")
    data = numbers("data", landscape.block.tolist())
    described = comment(f"The surface: {surface.title}, with its data in one list.")
    return f"{described}\n{data}", kernel.python_source(landscape.block), landscape.batched


def rates_text(run: Run) -> str:
    """Return text that sets ``rates``, the learning rate of each of the ``steps``."""
    chosen = run.schedule
    rate = literal(run.learning_rate)
    used: list[Callable[..., Any]] = []
    lines = []
    value = f"np.full(steps, {rate})"
    if chosen.name != "constant":
        schedule = schedule_named(chosen.name)
        used.append(schedule.rates)
        given = complete(schedule.parameters, chosen.parameters)
        lines += ["values = {", *(f'    "{n}": {literal(v)},' for n, v in given.items()), "}"]
        value = f"{schedule.rates.__name__}({rate}, steps, values)"
    if chosen.warm_up_steps > 1:
        used.append(warmed)
        value = f"warmed({value}, {chosen.warm_up_steps}, steps)"
    text = source_of(*used)
    return "\n".join([f"{text}\n\n"] * bool(text) + [*lines, f"rates = {value}"])


def _settings(optimizer: Optimizer, run: RunSettings, rule: str) -> str:
    values = complete(optimizer.parameters, run.hyperparameters)
    lines = []
    if values:
        lines.append(f"# {', '.join(values)}")
    # A rule that is shared with another optimizer finds 0 for what this one does not declare.
    read = [int(i) for i in re.findall(r"\bh\[(\d+)\]", rule)]
    padding = [0.0] * (max(read, default=-1) + 1 - len(values))
    lines.append(f"h = {_tuple(map(literal, [*values.values(), *padding]))}")
    if run.noise:
        lines.append(f"noise = np.random.default_rng({run.seed}).standard_normal((steps, 2))")
    return "\n".join(lines)


def _state(optimizer: Optimizer) -> str:
    state = _tuple(f"real({literal(s)})" for s in optimizer.state)
    name = "state" if optimizer.step is not None else "state_x = state_y"
    return f"carry = {_tuple(map(literal, optimizer.carry))}\n{name} = {state}"


def _tuple(texts: Iterable[str]) -> str:
    items = list(texts)
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"


def _step(run: RunSettings, coupled: bool, second_order: str) -> str:
    """Return the lines that change the gradient and take a step, in the order of the engine."""
    decay = run.weight_decay != 0
    sense = "-1.0" if run.maximize else "1.0"
    kept = literal(run.weight_decay) if decay and not run.decoupled else "0.0"
    lines = []
    if run.noise:
        sigma = literal(run.noise)
        lines += [
            f"gx = gx + real({sigma} * noise[t, 0])",
            f"gy = gy + real({sigma} * noise[t, 1])",
        ]
    if run.clip_value:
        bound = f"real({literal(run.clip_value)})"
        lines.append(f"gx, gy = np.clip(gx, -{bound}, {bound}), np.clip(gy, -{bound}, {bound})")
    if run.clip_norm:
        lines += [
            f"scale = real({literal(run.clip_norm)}) / (np.sqrt(gx * gx + gy * gy) + real(1e-6))",
            "if not scale >= 1:",
            "    gx, gy = gx * scale, gy * scale",
        ]
    if run.maximize:
        lines.append("gx, gy = -gx, -gy")
    if decay and not run.decoupled:
        lines.append(f"gx, gy = gx + real({kept}) * x, gy + real({kept}) * y")
    lines += ["carry, k = per_step(t, rates[t], h, carry)", "k = tuple(real(v) for v in k)"]
    if decay and run.decoupled:
        lines.append(f"shrink = real(1.0 - rates[t] * {literal(run.weight_decay)})")
    if coupled:
        lines += [
            "point, state = step(",
            f"    (x, y), loss, (gx, gy), value_gradient, {second_order}, data, t, k, state,",
            f"    real({sense}), real({kept}),",
            ")",
        ]
        if decay and run.decoupled:
            lines.append(
                "point = (point[0] + (shrink - real(1)) * x, point[1] + (shrink - real(1)) * y)"
            )
        lines.append("x, y = point")
    else:
        if decay and run.decoupled:
            lines.append("x, y = shrink * x, shrink * y")
        lines += [
            "x, state_x = update(x, gx, state_x, k)",
            "y, state_y = update(y, gy, state_y, k)",
        ]
    return "\n".join(f"        {line}" for line in lines)
