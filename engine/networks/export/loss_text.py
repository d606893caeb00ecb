"""Losses as functions of ``output`` and ``target``, as the users of each framework write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.networks.export.pieces import indented
from engine.networks.losses import loss_named

if TYPE_CHECKING:
    from engine.networks.export.subject import Subject
    from engine.networks.model import Model


class Spelling(NamedTuple):
    """A loss in each framework: the lines of a function's body, the last one an expression."""

    torch: tuple[str, ...]
    jax: tuple[str, ...]
    keras: tuple[str, ...]


_REGRESSION = {
    "mean_squares": Spelling(
        (), ("jnp.mean((output - target) ** 2)",), ("ops.mean((output - target) ** 2)",)
    ),
    "sum_squares": Spelling(
        (), ("jnp.sum((output - target) ** 2)",), ("ops.sum((output - target) ** 2)",)
    ),
    "huber": Spelling(
        (),
        ("jnp.mean(optax.huber_loss(output, target))",),
        ("ops.mean(keras.losses.huber(target, output))",),
    ),
}
_BINARY = {
    "cross_entropy": Spelling(
        ("F.binary_cross_entropy_with_logits(output, target)",),
        ("jnp.mean(optax.sigmoid_binary_cross_entropy(output, target))",),
        ("ops.mean(ops.binary_crossentropy(target, output, from_logits=True))",),
    ),
    "cross_entropy_probabilities": Spelling(
        (
            "p = torch.sigmoid(output)",
            "-(target * torch.log(p) + (1 - target) * torch.log(1 - p)).mean()",
        ),
        (
            "p = jax.nn.sigmoid(output)",
            "-jnp.mean(target * jnp.log(p) + (1 - target) * jnp.log(1 - p))",
        ),
        (
            "p = ops.sigmoid(output)",
            "-ops.mean(target * ops.log(p) + (1 - target) * ops.log(1 - p))",
        ),
    ),
}
_CLASSES = {
    "cross_entropy": Spelling(
        ("F.cross_entropy(output, target)",),
        ("jnp.mean(optax.softmax_cross_entropy_with_integer_labels(output, target))",),
        ("ops.mean(ops.sparse_categorical_crossentropy(target, output, from_logits=True))",),
    ),
    "cross_entropy_probabilities": Spelling(
        (
            "p = torch.softmax(output, dim=1)",
            "-(target * torch.log(p)).sum(dim=1).mean()",
        ),
        (
            "p = jax.nn.softmax(output, axis=1)",
            "-jnp.mean(jnp.sum(target * jnp.log(p), axis=1))",
        ),
        (
            "p = ops.softmax(output, axis=1)",
            "-ops.mean(ops.sum(target * ops.log(p), axis=1))",
        ),
    ),
}


def spelling_of(model: Model) -> Spelling:
    """Return a model's loss as each framework writes it."""
    if model.loss in _REGRESSION:
        found = _REGRESSION[model.loss]
        return found._replace(torch=(loss_named(model.loss).torch,))
    return (_CLASSES if model.task == "classes" else _BINARY)[model.loss]


def function_of(subject: Subject, lines: tuple[str, ...]) -> str:
    """Return ``judge(output, target)`` of a loss's lines."""
    title = loss_named(subject.model.loss).title
    *before, last = lines
    body = [f'"""Return the loss of a batch: {title[0].lower()}{title[1:]}."""', *before]
    return f"def judge(output, target):\n{indented([*body, f'return {last}'])}"
