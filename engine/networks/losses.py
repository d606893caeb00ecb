"""What a network's outputs are judged by. Targets are numbers (outputs, samples); classes one-hot.

Means are taken as torch takes them: of squares over samples and outputs, of cross-entropy over
samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss with the tasks it serves.

    Parameters
    ----------
    name : identifier in files and in the API.
    title : name on screen.
    help : one sentence: what it does and when it matters.
    latex : its formula.
    tasks : those of "regression", "binary" and "classes" that it may judge.
    torch : the same in PyTorch, as an expression of ``output`` and ``target``, both
        (samples, outputs), and of ``F`` (torch.nn.functional).
    """

    name: str
    title: str
    help: str
    latex: str
    tasks: tuple[str, ...]
    torch: str


EVERY = ("regression", "binary", "classes")

#: The order is that of the codes in `engine.networks.loss_kernels`.
CATALOGUE: tuple[Loss, ...] = (
    Loss(
        "mean_squares",
        "Mean of squares",
        "The mean squared error: its gradient does not grow with the size of the batch.",
        r"\frac{1}{nk} \sum (o - y)^2",
        EVERY,
        "((output - target) ** 2).mean()",
    ),
    Loss(
        "sum_squares",
        "Sum of squares",
        "Squares that are added up: curvature and gradient grow with the batch, and the largest "
        "stable learning rate shrinks with it.",
        r"\sum (o - y)^2",
        EVERY,
        "((output - target) ** 2).sum()",
    ),
    Loss(
        "huber",
        "Huber",
        "Squares near the target and a straight line beyond δ = 1: outliers pull with bounded "
        "force.",
        r"\frac{1}{nk} \sum \min(\tfrac12 r^2, |r| - \tfrac12), \quad r = o - y",
        EVERY,
        "F.huber_loss(output, target)",
    ),
    Loss(
        "cross_entropy",
        "Cross-entropy from logits",
        "The usual loss of a classifier, computed so that no exponential overflows.",
        r"\frac{1}{n} \sum \left( \log \textstyle\sum_j e^{o_j} - \sum_j y_j o_j \right)",
        ("binary", "classes"),
        "",
    ),
    Loss(
        "cross_entropy_probabilities",
        "Cross-entropy from probabilities",
        "The same, computed naively through probabilities: once one of them rounds to 0 or 1, "
        "0 · log 0 is NaN. This is how NaN is made.",
        r"-\frac{1}{n} \sum_j y_j \log p_j",
        ("binary", "classes"),
        "",
    ),
)

_BY_NAME = {loss.name: loss for loss in CATALOGUE}
#: What takes the place of the squares for classes.
USUAL = {"regression": "mean_squares", "binary": "cross_entropy", "classes": "cross_entropy"}


def loss_named(name: str) -> Loss:
    """Return the loss called `name`; raise ValueError with near names for an unknown one."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    near = get_close_matches(name, _BY_NAME, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(_BY_NAME)}."
    raise ValueError(f"There is no loss {name!r}; {hint}")
