"""Networks with data drawn by chance, over every choice there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.networks.activations import CATALOGUE
from engine.networks.losses import CATALOGUE as LOSSES
from engine.networks.model import Model
from engine.networks.plan import INPUT, ONES, TARGET, plan_of
from engine.networks.tiles import lanes_of

TASKS = ("regression", "binary", "classes")


@dataclass
class Drawn:
    """A model with parameters, a direction, inputs (n, d) and targets (n, k)."""

    model: Model
    theta: Any
    direction: Any
    inputs: Any
    targets: Any


def draw(seed):
    """Return one configuration; the first ones go through activations, tasks and losses in turn."""
    rng = np.random.default_rng(seed)
    task = TASKS[seed % 3]
    losses = [loss.name for loss in LOSSES if task in loss.tasks]
    outputs = {"regression": int(rng.integers(1, 4)), "binary": 1}.get(task, rng.integers(2, 6))
    hidden = tuple(int(units) for units in rng.integers(1, 10, rng.integers(0, 4)))
    if hidden and rng.random() < 0.6:
        # Residual connections need neighbours of one width.
        hidden = (hidden[0],) * len(hidden)
    model = Model(
        (int(rng.integers(1, 6)), *hidden, int(outputs)),
        task,
        activation=CATALOGUE[seed % len(CATALOGUE)].name,
        loss=losses[seed // 3 % len(losses)],
        bias=bool(rng.integers(2)),
        residual=bool(rng.integers(2)),
        layer_norm=bool(rng.integers(2)),
    )
    count = int(rng.integers(1, 40))
    inputs = rng.standard_normal((count, model.sizes[0]))
    if task == "regression":
        targets = rng.standard_normal((count, model.sizes[-1]))
    elif task == "binary":
        targets = rng.integers(0, 2, (count, 1)).astype(float)
    else:
        targets = np.eye(model.sizes[-1])[rng.integers(0, model.sizes[-1], count)]
    theta, direction = rng.standard_normal((2, model.size))
    return Drawn(model, 0.7 * theta, direction, inputs, targets)


def placed(drawn, precision="float64", *, second=False):
    """Return a plan and its work with all samples in place, everything else NaN."""
    count = len(drawn.inputs)
    plan = plan_of(drawn.model, count, precision, second=second)
    work = np.full(plan.work, np.nan, precision)
    lanes = -(-count // lanes_of(precision)) * lanes_of(precision)
    for start, values in (
        (plan.numbers[INPUT], drawn.inputs),
        (plan.numbers[TARGET], drawn.targets),
    ):
        block = np.zeros((values.shape[1], lanes))
        block[:, :count] = values.T
        work[start : start + block.size] = block.ravel()
    work[plan.numbers[ONES] : plan.numbers[ONES] + lanes] = 1
    return plan, work
