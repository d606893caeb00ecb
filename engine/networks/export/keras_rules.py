"""How a Keras script takes a run's steps: keras.optimizers, or our rule on its tensors or in NumPy.

Keras has optimizers of most names, but few that walk the same path: ε stands elsewhere in Adam,
RMSprop, Adagrad and Nadam, and momentum contains the rates of earlier steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.networks.export.keras_gradients import CLIMB, apart_text, gradient_lines
from engine.networks.export.pieces import assembled, indented
from engine.networks.export.rule_text import (
    asks,
    asks_for_curvature,
    elementwise_text,
    tensor_rule_text,
)
from engine.networks.export.tensor_steps import decayed_step
from engine.networks.matrix_rules.rule import MatrixOptimizer
from engine.python_export import rates_text
from engine.script import literal
from engine.torch_optim import tidy

if TYPE_CHECKING:
    from engine.networks.export.subject import Subject
    from engine.optimizers.optimizer import Optimizer


@dataclass(frozen=True)
class KerasRule:
    """The parts of a script that belong to its optimizer.

    Parameters
    ----------
    blocks : functions and settings behind the network's.
    start, lines : before the loop, and of one step.
    imports : what else it needs.
    """

    blocks: list[str]
    start: list[str]
    lines: list[str]
    imports: list[str]


def rule_of(subject: Subject) -> KerasRule:
    """Return how a script takes a run's steps.

    Raises ValueError, with one sentence, if Keras cannot.
    """
    rule = subject.rule
    call = _call(subject)
    if call:
        return _keras(subject, call)
    if isinstance(rule, MatrixOptimizer):
        return _in_numpy(subject, rule)
    return _own(subject, rule)


def _call(subject: Subject) -> str:
    """Return ``optimizer = keras.optimizers.…`` where it walks the same path, else nothing."""
    v, name = subject.values, subject.rule.name
    rate = literal(subject.run.learning_rate if subject.constant_rate else 0.0)
    if name in ("sgd", "heavy_ball", "nesterov"):
        if v.get("dampening") or (v["momentum"] and not subject.constant_rate):
            return ""
        ahead = bool(v["momentum"]) and bool(name == "nesterov" or v.get("nesterov"))
        call = f"keras.optimizers.SGD({rate}, momentum={v['momentum']!r}, nesterov={ahead})"
        return tidy(call, "optimizer") if v["momentum"] <= 1 else ""
    if name == "adadelta":
        call = f"keras.optimizers.Adadelta({rate}, rho={v['rho']!r}, epsilon={v['epsilon']!r})"
        return tidy(call, "optimizer")
    if name == "lion" and v["beta1"] > 0:
        call = f"keras.optimizers.Lion({rate}, beta_1={v['beta1']!r}, beta_2={v['beta2']!r})"
        return tidy(call, "optimizer")
    return ""


def _given(subject: Subject) -> list[str]:
    """Return the lines up to the gradients that an optimizer of its own is given."""
    run = subject.run
    lines = [*gradient_lines(subject), "losses.append(loss.item())"]
    if run.maximize:
        lines.append(CLIMB)
    decay = literal(run.weight_decay)
    if run.weight_decay and not run.decoupled:
        change = f"g + {decay} * w.value.detach()"
        lines.append(f"gradients = [{change} for g, w in zip(gradients, weights)]")
    if run.weight_decay and run.decoupled:
        rate = literal(run.learning_rate) if subject.constant_rate else "float(rates[t])"
        lines += [
            "with torch.no_grad():",
            "    for w in weights:",
            f"        w.value.mul_(1 - {rate} * {decay})",
        ]
    return lines


def _keras(subject: Subject, call: str) -> KerasRule:
    """Return the parts of a script that trains with keras.optimizers."""
    lines = _given(subject)
    if not subject.constant_rate:
        lines.append("optimizer.learning_rate = float(rates[t])")
    lines += ["with torch.no_grad():", "    optimizer.apply(gradients, weights)"]
    rates = "" if subject.constant_rate else rates_text(subject.run)
    return KerasRule([apart_text(subject) if subject.run.noise else "", rates], [call], lines, [])


def _own(subject: Subject, rule: Optimizer) -> KerasRule:
    """Return the parts of a script that moves tensors by our own rule."""
    start = [
        f"# {rule.title}, written out: Keras has none that walks the same path.",
        "state = [tuple(torch.full_like(w.value, s) for s in first) for w in weights]",
    ]
    lines = [
        *_given(subject),
        "carry, k = per_step(t, float(rates[t]), h, carry)",
        f"k = [torch.tensor(number, dtype=torch.{subject.experiment.precision}) for number in k]",
        "for i, (w, g) in enumerate(zip(weights, gradients)):",
        "    moved, state[i] = update(w.value.detach(), g, state[i], k)",
        "    w.assign(moved)",
    ]
    text = elementwise_text(rule, subject, "torch")
    apart = apart_text(subject) if subject.run.noise else ""
    return KerasRule([apart, text, rates_text(subject.run)], start, lines, [])


def _in_numpy(subject: Subject, rule: MatrixOptimizer) -> KerasRule:
    """Return the parts of a script that runs our own rule on the weights' memory."""
    imports, text = tensor_rule_text(rule, subject)
    if asks_for_curvature(text):
        raise ValueError(
            f"{rule.title} takes second derivatives, which a Keras script cannot ask for; copy "
            "the run as PyTorch or JAX instead."
        )
    start = [
        f"# {rule.title}, written out in NumPy; `tensors` are the weights' own memory.",
        "tensors = [w.value.detach().numpy().T for w in weights]",
        "state = start(tensors, h)",
    ]
    lines = [*gradient_lines(subject), "losses.append(loss.item())"]
    if subject.run.maximize:
        lines.append(CLIMB)
    lines.append("gradients = [g.numpy().T for g in gradients]")
    lines += decayed_step(subject, rule, "evaluate" if asks(text) else "None")
    apart = apart_text(subject) if subject.run.noise or asks(text) else ""
    closure = _closure(subject, rule) if asks(text) else ""
    return KerasRule([apart, text, rates_text(subject.run), closure], start, lines, imports)


_EVALUATE = '''\
def evaluate(theta):
    """Return loss and gradient of this step's rows at any weights, which stand in one vector."""
    kept = [w.copy() for w in tensors]
    for w, part in zip(tensors, apart(theta)):
        w[...] = part
{lines}
    for w, before in zip(tensors, kept):
        w[...] = before
    gradient = np.concatenate([g.numpy().T.ravel() for g in gradients])
    return {loss}, gradient{decay}'''


def _closure(subject: Subject, rule: MatrixOptimizer) -> str:
    """Return ``evaluate`` for a rule that takes losses and gradients of its own."""
    run = subject.run
    coupled = run.weight_decay != 0 and not run.decoupled
    decay = literal(run.weight_decay)
    lines = gradient_lines(subject, bare=not rule.own_gradients)
    square = f" + 0.5 * {decay} * float(theta @ theta)" * coupled
    return assembled(
        [
            _EVALUATE.format(
                lines=indented([*lines, *[CLIMB] * run.maximize]),
                loss=f"{'-' * run.maximize}loss.item(){square}",
                decay=f" + {decay} * theta" * coupled,
            )
        ]
    )
