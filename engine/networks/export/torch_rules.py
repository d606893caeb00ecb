"""How a PyTorch script takes a run's steps: torch.optim, our rule as one, or our rule in NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.networks.export.pieces import assembled, indented
from engine.networks.export.rule_text import (
    asks,
    asks_for_curvature,
    elementwise_text,
    tensor_rule_text,
)
from engine.networks.matrix_rules.rule import MatrixOptimizer
from engine.optimizers import CATALOGUE, optimizer_named
from engine.python_export import rates_text
from engine.script import literal
from engine.torch_optim import (
    RATE,
    climbs,
    decays,
    optimizer_call,
    rate_lines,
    refusal,
    scheduler_call,
    tidy,
)

if TYPE_CHECKING:
    from engine.networks.export.subject import Subject
    from engine.optimizers.optimizer import Optimizer


@dataclass(frozen=True)
class TorchRule:
    """The parts of a script that belong to its optimizer.

    Parameters
    ----------
    start : lines that make it, once ``parameters`` are there.
    lines : of one step, from the loss on.
    imports, functions, closure : what else it needs, ahead of the network and of the loop.
    """

    start: list[str]
    lines: list[str]
    imports: list[str]
    functions: str = ""
    closure: str = ""


def rule_of(subject: Subject) -> TorchRule:
    """Return how a script takes a run's steps."""
    rule = subject.rule
    if rule.name == "lbfgs":
        return _lbfgs(subject)
    native = _native(subject)
    if native is not None:
        return _optim(subject, native, optimizer_call(native, subject.run), "")
    if isinstance(rule, MatrixOptimizer):
        return _in_numpy(subject, rule)
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
        lines += ["for p in parameters:", "    p.grad.neg_()"]
    before, after = rate_lines(run, subject.experiment.steps)
    lines += before
    if run.weight_decay and not (native and decays(native, run)):
        decay = literal(run.weight_decay)
        change = f"p *= 1 - {RATE} * {decay}" if run.decoupled else f"p.grad += {decay} * p"
        lines += ["with torch.no_grad():", "    for p in parameters:", f"        {change}"]
    start = [call, *[scheduler] * bool(scheduler)]
    return TorchRule(start, [*lines, "optimizer.step()", *after], [], functions)


def output_of(subject: Subject) -> str:
    """Return the expression of the network's output on a step's rows."""
    return "model(inputs, masks)" if subject.drops else "model(inputs)"


def gradient_lines(subject: Subject, *, record: bool = True) -> list[str]:
    """Return the lines that leave in the parameters the gradient that the optimizer sees."""
    run = subject.run
    judged = f"judge({output_of(subject)}, targets)"
    lines = ["model.zero_grad()", f"loss = {judged}", "loss.backward()"]
    if record:
        lines.append("losses.append(loss.item())")
    if run.sharpness:
        rho = literal(-run.sharpness if run.maximize else run.sharpness)
        lines += [
            f"# SAM: the gradient where a climb of length {run.sharpness:g} leads.",
            "kept = [p.detach().clone() for p in parameters]",
            "length = nn.utils.get_total_norm([p.grad for p in parameters])",
            "with torch.no_grad():",
            "    for p in parameters:",
            f"        p += {rho} / (length + 1e-12) * p.grad",
            "model.zero_grad()",
            f"{judged}.backward()",
            "with torch.no_grad():",
            "    for p, before in zip(parameters, kept):",
            "        p.copy_(before)",
        ]
    if run.noise:
        lines += [
            "for p, part in zip(parameters, draws.split([p.numel() for p in parameters])):",
            f"    p.grad += {literal(run.noise)} * part.view_as(p)",
        ]
    if run.clip_value:
        lines.append(f"nn.utils.clip_grad_value_(parameters, {literal(run.clip_value)})")
    if run.clip_norm:
        lines.append(f"nn.utils.clip_grad_norm_(parameters, {literal(run.clip_norm)})")
    return lines


_CLOSURE = '''\
def closure():
    """Leave the gradient of this step's rows in the parameters and return their loss."""
{lines}
    return {loss}'''


def _lbfgs(subject: Subject) -> TorchRule:
    """Return the parts of a script over torch.optim.LBFGS, which asks for gradients itself."""
    run, values = subject.run, subject.values
    call = (
        f"torch.optim.LBFGS(parameters, lr={literal(run.learning_rate)}, "
        f"max_iter={int(values['iterations'])}, max_eval={int(values['evaluations'])}, "
        f"tolerance_grad={values['tolerance_gradient']!r}, "
        f"tolerance_change={values['tolerance_change']!r}, history_size={int(values['history'])}, "
        f"line_search_fn={'strong_wolfe' if values['strong_wolfe'] else None!r})"
    )
    scheduler = scheduler_call(run, subject.experiment.steps)
    inside = gradient_lines(subject, record=False)
    loss = "-loss" if run.maximize else "loss"
    if run.maximize:
        inside += ["for p in parameters:", "    p.grad.neg_()"]
    decay = literal(run.weight_decay)
    if run.weight_decay and not run.decoupled:
        inside += [
            "with torch.no_grad():",
            "    for p in parameters:",
            f"        p.grad += {decay} * p",
            f"    loss = {loss} + 0.5 * {decay} * sum((p**2).sum() for p in parameters)",
        ]
        loss = "loss"
    before, after = rate_lines(run, subject.experiment.steps)
    lines = [
        "with torch.no_grad():",
        f"    losses.append(judge({output_of(subject)}, targets).item())",
        *before,
    ]
    if run.weight_decay and run.decoupled:
        lines.append("kept = [p.detach().clone() for p in parameters]")
        after = [
            "with torch.no_grad():",
            "    for p, before in zip(parameters, kept):",
            f"        p -= {RATE} * {decay} * before",
            *after,
        ]
    return TorchRule(
        [tidy(call, "optimizer").replace("'", '"'), *[scheduler] * bool(scheduler)],
        [*lines, "optimizer.step(closure)", *after], [],
        closure=_CLOSURE.format(lines=indented(inside), loss=loss),
    )  # fmt: skip


_EVALUATE = '''\
def loss_at(theta):
    """Return the loss of this step's rows at any weights, which stand in one vector."""
    parts = zip(model.named_parameters(), theta.split([p.numel() for p in parameters]))
    weights = {{name: part.view_as(p) for (name, p), part in parts}}
    output = torch.func.functional_call(model, weights, {inputs})
    return {sense}judge(output, targets){decay}


def evaluate(theta):
    """Return that loss and its gradient."""
    theta = torch.tensor(theta, requires_grad=True)
    loss = loss_at(theta)
    (gradient,) = torch.autograd.grad(loss, theta)
    return loss.item(), gradient.numpy()'''
_CURVATURE = '''


def products(theta, directions):
    """Return the Hessian of that loss times each direction."""
    hessian = torch.autograd.functional.hessian(loss_at, torch.from_numpy(theta))
    return directions @ hessian.numpy()


evaluate.products = products'''


def _in_numpy(subject: Subject, rule: MatrixOptimizer) -> TorchRule:
    """Return the parts of a script that runs our own rule on the parameters' memory."""
    run = subject.run
    imports, text = tensor_rule_text(rule, subject)
    comment = f"# {rule.title}, written out in NumPy; `tensors` are the parameters' own memory."
    start = [
        comment,
        "tensors = [p.detach().numpy() for p in parameters]",
        "state = start(tensors, h)",
    ]
    lines = gradient_lines(subject)
    if run.maximize:
        lines += ["for p in parameters:", "    p.grad.neg_()"]
    lines.append("gradients = [p.grad.numpy() for p in parameters]")
    lines += decayed_step(subject, rule, "evaluate" if asks(text) else "None")
    functions = assembled([text, rates_text(run)])
    return TorchRule(start, lines, imports, functions, _closure(subject, text))


def _closure(subject: Subject, text: str) -> str:
    if not asks(text):
        return ""
    run = subject.run
    decay = f" + 0.5 * {literal(run.weight_decay)} * (theta @ theta)"
    closure = _EVALUATE.format(
        inputs="(inputs, masks)" if subject.drops else "inputs",
        sense="-" * run.maximize,
        decay=decay * (run.weight_decay != 0 and not run.decoupled),
    )
    return closure + _CURVATURE * asks_for_curvature(text)


def decayed_step(subject: Subject, rule: MatrixOptimizer, evaluate: str) -> list[str]:
    """Return the lines that take a step of ``tensors`` with weight decay of either kind."""
    run = subject.run
    decay = literal(run.weight_decay)
    inside = rule.inside and run.decoupled == rule.decoupled
    step = f"step(tensors, gradients, state, t, rate, h, {evaluate}, {decay if inside else '0.0'})"
    lines = ["rate = float(rates[t])"]
    if inside or not run.weight_decay:
        return [*lines, step]
    if not run.decoupled:
        gradients = f"gradients = [g + {decay} * w for w, g in zip(tensors, gradients)]"
        return [*lines, gradients, step]
    return [
        *lines,
        "kept = [w.copy() for w in tensors]",
        step,
        "for w, before in zip(tensors, kept):",
        f"    w -= rate * {decay} * before",
    ]
