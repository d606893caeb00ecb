"""PyTorch scripts of rules that work on whole tensors: torch.optim.LBFGS, and ours in NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.networks.export.pieces import assembled, indented
from engine.networks.export.rule_text import asks, asks_for_curvature, tensor_rule_text
from engine.networks.export.tensor_steps import decayed_step
from engine.networks.export.torch_gradients import CLIMB, gradient_lines, output_of
from engine.python_export import rates_text
from engine.script import literal
from engine.torch_optim import RATE, rate_lines, scheduler_call, tidy

if TYPE_CHECKING:
    from engine.networks.export.subject import Subject
    from engine.networks.matrix_rules.rule import MatrixOptimizer


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


_CLOSURE = '''\
def closure():
    """Leave the gradient of this step's rows in the parameters and return their loss."""
{lines}
    return {loss}'''


def lbfgs(subject: Subject) -> TorchRule:
    """Return the parts of a script over torch.optim.LBFGS, which asks for gradients itself."""
    run, steps = subject.run, subject.experiment.steps
    scheduler = scheduler_call(run, steps)
    before, after = rate_lines(run, steps)
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
            f"        p -= {RATE} * {literal(run.weight_decay)} * before",
            *after,
        ]
    return TorchRule(
        [_lbfgs_call(subject), *[scheduler] * bool(scheduler)],
        [*lines, "optimizer.step(closure)", *after], [], closure=_lbfgs_closure(subject),
    )  # fmt: skip


def _lbfgs_call(subject: Subject) -> str:
    values = subject.values
    search = '"strong_wolfe"' if values["strong_wolfe"] else "None"
    call = (
        f"torch.optim.LBFGS(parameters, lr={literal(subject.run.learning_rate)}, "
        f"max_iter={int(values['iterations'])}, max_eval={int(values['evaluations'])}, "
        f"tolerance_grad={values['tolerance_gradient']!r}, "
        f"tolerance_change={values['tolerance_change']!r}, history_size={int(values['history'])}, "
        f"line_search_fn={search})"
    )
    return tidy(call, "optimizer").replace("'", '"')


def _lbfgs_closure(subject: Subject) -> str:
    run = subject.run
    inside = gradient_lines(subject, record=False)
    loss = "-loss" if run.maximize else "loss"
    if run.maximize:
        inside += CLIMB
    if run.weight_decay and not run.decoupled:
        decay = literal(run.weight_decay)
        inside += [
            "with torch.no_grad():",
            "    for p in parameters:",
            f"        p.grad += {decay} * p",
            f"    loss = {loss} + 0.5 * {decay} * sum((p**2).sum() for p in parameters)",
        ]
        loss = "loss"
    return _CLOSURE.format(lines=indented(inside), loss=loss)


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


def in_numpy(subject: Subject, rule: MatrixOptimizer) -> TorchRule:
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
        lines += CLIMB
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
