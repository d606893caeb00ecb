"""How a PyTorch script takes a run's steps: torch.optim, our rule as one, or our rule in NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.networks.export.pieces import assembled
from engine.networks.export.rule_text import elementwise_text
from engine.networks.export.torch_closures import TorchRule, in_numpy, lbfgs
from engine.networks.export.torch_gradients import CLIMB, gradient_lines
from engine.networks.matrix_rules.rule import MatrixOptimizer
from engine.optimizers import CATALOGUE, optimizer_named
from engine.script import literal
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
    from engine.networks.export.subject import Subject
    from engine.optimizers.optimizer import Optimizer


def rule_of(subject: Subject) -> TorchRule:
    """Return how a script takes a run's steps."""
    rule = subject.rule
    if rule.name == "lbfgs":
        return lbfgs(subject)
    native = _native(subject)
    if native is not None:
        return _optim(subject, native, optimizer_call(native, subject.run), "")
    if isinstance(rule, MatrixOptimizer):
        return in_numpy(subject, rule)
    return _optim(subject, None, *_own(subject, rule))


def _native(subject: Subject) -> Optimizer | None:
    """Return the declaration whose torch.optim takes the run's steps, if there is one."""
    name, run = subject.rule.name, subject.run
    if name not in {rule.name for rule in CATALOGUE}:
        return None
    rule = optimizer_named(name)
    # A rule of whole tensors has its own way with weight decay.
    other_decay = isinstance(subject.rule, MatrixOptimizer) and run.weight_decay != 0
    return None if other_decay or refusal(rule, run) else rule


_OWN = '''\
class {name}(torch.optim.Optimizer):
    """{title}, written out: {reason}."""

    def __init__(self, parameters, lr):
        super().__init__(parameters, {{"lr": lr}})
        self.t, self.carry = 0, carry

    @torch.no_grad()
    def step(self):
        group = self.param_groups[0]
        self.carry, k = per_step(self.t, group["lr"], h, self.carry)
        k = [torch.tensor(float(number)) for number in k]
        self.t += 1
        for p in group["params"]:
            state = self.state[p].get("numbers", [torch.full_like(p, s) for s in first])
            moved, self.state[p]["numbers"] = update(p, p.grad, state, k)
            p.copy_(moved)'''


def _own(subject: Subject, rule: Optimizer) -> tuple[str, str]:
    """Return (call, class) of a rule that torch does not have."""
    name = "".join(part.capitalize() for part in rule.name.split("_"))
    text = elementwise_text(rule, subject, "torch")
    reason = refusal(rule, subject.run)
    text = assembled([text, _OWN.format(name=name, title=rule.title, reason=reason)])
    return f"optimizer = {name}(parameters, lr={literal(subject.run.learning_rate)})", text


def _optim(subject: Subject, native: Optimizer | None, call: str, functions: str) -> TorchRule:
    """Return the parts of a script whose optimizer is a torch.optim.Optimizer."""
    run = subject.run
    scheduler = scheduler_call(run, subject.experiment.steps)
    lines = gradient_lines(subject)
    if run.maximize and not (native and climbs(native, run)):
        lines += CLIMB
    before, after = rate_lines(run, subject.experiment.steps)
    lines += before
    if run.weight_decay and not (native and decays(native, run)):
        decay = literal(run.weight_decay)
        change = f"p *= 1 - {RATE} * {decay}" if run.decoupled else f"p.grad += {decay} * p"
        lines += ["with torch.no_grad():", "    for p in parameters:", f"        {change}"]
    start = [call, *[scheduler] * bool(scheduler)]
    return TorchRule(start, [*lines, "optimizer.step()", *after], [], functions)
