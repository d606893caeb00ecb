"""How a JAX script takes a run's steps: optax, our rule on arrays of JAX, or our rule in NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.networks.export.jax_gradients import apart_text, arguments_of, gradient_lines
from engine.networks.export.optax_rules import decays, optax_call
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

if TYPE_CHECKING:
    from engine.networks.export.subject import Subject
    from engine.optimizers.optimizer import Optimizer


@dataclass(frozen=True)
class JaxRule:
    """The parts of a script that belong to its optimizer.

    Parameters
    ----------
    blocks : functions and settings behind the loss's.
    start, lines : before the loop, and of one step.
    imports : what else it needs.
    """

    blocks: list[str]
    start: list[str]
    lines: list[str]
    imports: list[str]


def rule_of(subject: Subject) -> JaxRule:
    """Return how a script takes a run's steps."""
    rule = subject.rule
    call = optax_call(subject)
    if call:
        return _optax(subject, call)
    if isinstance(rule, MatrixOptimizer):
        return _in_numpy(subject, rule)
    return _own(subject, rule)


def _rates(subject: Subject) -> str:
    """Return the settings of a rate that changes."""
    if subject.constant_rate:
        return ""
    return assembled(
        [
            rates_text(subject.run),
            "def schedule(count):\n"
            '    """Return the learning rate of a step."""\n'
            "    return jnp.asarray(rates)[count]",
        ]
    )


def _optax(subject: Subject, call: str) -> JaxRule:
    """Return the parts of a script that trains with optax."""
    run = subject.run
    lines = gradient_lines(subject)
    by_hand = run.weight_decay != 0 and not decays(subject)
    decay = literal(run.weight_decay)
    if by_hand and not run.decoupled:
        lines.append(f"gradients = jax.tree.map(lambda g, w: g + {decay} * w, gradients, weights)")
    lines.append("updates, state = optimizer.update(gradients, state, weights)")
    shrinks = by_hand and run.decoupled
    if shrinks:
        lines.append(f"weights = jax.tree.map(lambda w: (1 - rate * {decay}) * w, weights)")
    lines.append("return optax.apply_updates(weights, updates), state, loss")
    rate = "rate, " * shrinks
    arguments = arguments_of(subject)
    train = (
        f"@jax.jit\ndef train_step(weights, state, {rate}{arguments}):\n"
        '    """Return weights and state after a step, and the loss of its rows before it."""\n'
        f"{indented(lines)}"
    )
    given = literal(run.learning_rate) if subject.constant_rate else "rates[t]"
    passed = f"{given}, " * shrinks
    loop = [
        f"weights, state, loss = train_step(weights, state, {passed}{arguments})",
        "losses.append(float(loss))",
    ]
    blocks = [apart_text(subject) if run.noise else "", _rates(subject), call, train]
    return JaxRule(blocks, ["state = optimizer.init(weights)"], loop, [])


def _own(subject: Subject, rule: Optimizer) -> JaxRule:
    """Return the parts of a script that moves arrays of JAX by our own rule."""
    run = subject.run
    lines = gradient_lines(subject)
    decay = literal(run.weight_decay)
    weight = "w"
    if run.weight_decay and not run.decoupled:
        lines.append(f"gradients = jax.tree.map(lambda g, w: g + {decay} * w, gradients, weights)")
    shrinks = run.weight_decay != 0 and run.decoupled
    if shrinks:
        weight = f"(1 - rate * {decay}) * w"
    lines += [
        f"moved = {{n: update({weight}, gradients[n], state[n], k) for n, w in weights.items()}}",
        "weights = {n: w for n, (w, _) in moved.items()}",
        "return weights, {n: s for n, (_, s) in moved.items()}, loss",
    ]
    rate, arguments = "rate, " * shrinks, arguments_of(subject)
    train = (
        f"@jax.jit\ndef train_step(weights, state, k, {rate}{arguments}):\n"
        '    """Return weights and state after a step, and the loss of its rows before it."""\n'
        f"{indented(lines)}"
    )
    passed = "rates[t], " * shrinks
    loop = [
        "carry, k = per_step(t, rates[t], h, carry)",
        f"k = tuple(np.{subject.experiment.precision}(number) for number in k)",
        f"weights, state, loss = train_step(weights, state, k, {passed}{arguments})",
        "losses.append(float(loss))",
    ]
    start = [
        f"# {rule.title}, written out: optax has none that walks the same path.",
        "state = {n: tuple(np.full_like(w, s) for s in first) for n, w in weights.items()}",
    ]
    text = elementwise_text(rule, subject, "jnp")
    blocks = [apart_text(subject) if run.noise else "", text, rates_text(run), train]
    return JaxRule(blocks, start, loop, [])


def _in_numpy(subject: Subject, rule: MatrixOptimizer) -> JaxRule:
    """Return the parts of a script that runs our own rule on NumPy's arrays."""
    imports, text = tensor_rule_text(rule, subject)
    arguments = arguments_of(subject)
    gradients = (
        f"@jax.jit\ndef loss_and_gradients(weights, {arguments}):\n"
        '    """Return the loss of some rows and the gradients that the optimizer sees."""\n'
        f"{indented([*gradient_lines(subject), 'return loss, gradients'])}"
    )
    start = [
        f"# {rule.title}, written out in NumPy; it changes `tensors` in place.",
        "tensors = [arrays[name] for name in names]",
        "weights = dict(zip(names, tensors))",
        "state = start(tensors, h)",
    ]
    lines = [
        f"loss, gradients = loss_and_gradients(weights, {arguments})",
        "losses.append(float(loss))",
        "gradients = [np.array(gradients[name]) for name in names]",
        *decayed_step(subject, rule, "evaluate" if asks(text) else "None"),
    ]
    apart = apart_text(subject) if subject.run.noise or asks(text) else ""
    blocks = [apart, gradients, text, rates_text(subject.run), _closure(subject, rule, text)]
    return JaxRule(blocks, start, lines, imports)


_EVALUATE = '''\
def evaluate(theta):
    """Return loss and gradient of this step's rows at any weights, which stand in one vector."""
    loss, gradients = {function}(apart(theta), {arguments})
    gradient = np.concatenate([np.array(gradients[name]).ravel() for name in names])
    return {loss}, {gradient}'''
_CURVATURE = '''\
def loss_at(theta, {rows}):
    """Return the loss at any weights."""
    return {sense}loss_of(apart(theta), {rows}){decay}


hessian_at = jax.jit(jax.hessian(loss_at))


def products(theta, directions):
    """Return the Hessian of this step's loss times each direction."""
    return directions @ np.array(hessian_at(theta, {rows}))


evaluate.products = products'''


def _closure(subject: Subject, rule: MatrixOptimizer, text: str) -> str:
    """Return ``evaluate`` for a rule that takes losses and gradients of its own."""
    if not asks(text):
        return ""
    run, rows = subject.run, "inputs, targets" + ", masks" * subject.drops
    coupled = run.weight_decay != 0 and not run.decoupled
    decay = literal(run.weight_decay)
    square = f" + 0.5 * {decay} * (theta @ theta)" * coupled
    # What the optimizer sees is turned already where the run climbs.
    sign = "-" * (run.maximize and not rule.own_gradients)
    closure = _EVALUATE.format(
        function="loss_and_gradients" if rule.own_gradients else "bare",
        arguments=arguments_of(subject) if rule.own_gradients else rows,
        loss=f"{'-' * run.maximize}float(loss){square}",
        gradient=f"{sign}gradient{f' + {decay} * theta' * coupled}",
    )
    blocks = ["" if rule.own_gradients else "bare = jax.jit(jax.value_and_grad(loss_of))", closure]
    if asks_for_curvature(text):
        sense = "-" * run.maximize
        blocks.append(_CURVATURE.format(rows=rows, sense=sense, decay=square))
    return assembled(blocks)
