"""What else is said of a training run: overfitting, signals through the layers, units, batches.

Each returns no claim where the run does not bear it out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.explanation.diagnosis import Claim
from engine.networks.explanation.layers import layers_at
from engine.networks.explanation.words import disagreeing
from engine.numbers import short as number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.networks.explanation.run_case import RunCase

#: The validation loss must rise by this factor above its lowest while the training loss falls.
OVERFITS, LEARNS = 1.1, 0.95
#: Signals vanish or explode if they shrink or grow so much from the first layer to the last.
FADES = 100.0
#: Part of a layer's units that must be dead, or saturated, to be told.
MANY = 0.25
#: Part of the batches that must ask to go against all rows to be told.
AGAINST = 0.25


def overfitting(case: RunCase) -> list[Claim]:
    """Say since when the validation loss rises while the training loss falls."""
    history = case.history
    finite = np.isfinite(history.training_loss) & np.isfinite(history.validation_loss)
    if np.count_nonzero(finite) < 4 or case.run.maximize:
        return []
    # Batches toss both to and fro: the lowest of all looks may be chance.
    steps, training, held = (
        _smooth(values[finite])
        for values in (history.scored, history.training_loss, history.validation_loss)
    )
    best = int(np.argmin(held))
    rose = held[-1] > OVERFITS * held[best] > 0
    if not (0 < best < len(held) - 2 and rose and training[-1] < LEARNS * training[best]):
        return []
    text = (
        f"The validation loss is lowest about step {round(steps[best])}, {number(held[best])}, and "
        f"then rises to {number(held[-1])} while the training loss falls on, from "
        f"{number(training[best])} to {number(training[-1])}."
    )
    return [Claim(text, "measured", "training and validation loss of this run")]


def _smooth(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return means of a twentieth of all values each, one beside the other."""
    window = max(1, len(values) // 20)
    return np.convolve(values, np.full(window, 1.0 / window), "valid")


def vanishing(case: RunCase) -> list[Claim]:
    """Say how signals, or gradients on their way back, fade from layer to layer at the start."""
    return _through_layers(case, vanish=True)


def exploding(case: RunCase) -> list[Claim]:
    """Say how signals, or gradients on their way back, grow from layer to layer at the start."""
    return _through_layers(case, vanish=False)


def _through_layers(case: RunCase, *, vanish: bool) -> list[Claim]:
    layers = case.first_layers
    last = len(layers.units)
    if last < 2:
        return []
    claims = []
    forward = layers.outputs[last - 1] / layers.outputs[0]
    back = layers.errors[0] / layers.errors[last]
    verb = "fades" if vanish else "grows"
    for ratio, what, first, end, steps in (
        (forward, "the signal", f"{number(layers.outputs[0])} behind layer 1",
         f"{number(layers.outputs[last - 1])} behind layer {last}", last - 1),
        (back, "the slope of the loss", f"{number(layers.errors[last])} in layer {last + 1}",
         f"{number(layers.errors[0])} in layer 1 on its way back", last),
    ):  # fmt: skip
        factor = 1 / ratio if vanish else ratio
        if not np.isfinite(ratio) or not ratio > 0 or not factor > FADES:
            continue
        a_layer = number(float(factor ** (1 / steps)))
        text = f"At the start {what} {verb} from {first} to {end}, {a_layer}-fold a layer."
        claims.append(Claim(text, "measured", "a pass over the rows with the first weights"))
    return claims


def dead(case: RunCase) -> list[Claim]:
    """Say how many units are off on every row, and since when a whole layer is."""
    layers = case.last_layers
    if layers.silent:
        return [_silent(case, layers.silent)]
    layer = int(np.argmax(layers.dead / layers.units)) if len(layers.units) else 0
    if not len(layers.units) or not layers.dead[layer] >= MANY * layers.units[layer]:
        return []
    before = int(case.first_layers.dead[layer])
    text = (
        f"{layers.dead[layer]} of the {layers.units[layer]} units of layer {layer + 1} are off on "
        f"every row in the end, {before or 'none'} at the start: their weights get no gradient."
    )
    return [Claim(text, "measured", "the slopes of the layers' units on all rows")]


def _silent(case: RunCase, layer: int) -> Claim:
    """Say by which step a whole layer was switched off."""
    history = case.history
    low, high = -1, len(history.kept) - 1
    while high - low > 1:
        middle = (low + high) // 2
        found = layers_at(case.objective, history.weights[middle])
        off = found.dead[layer - 1] == found.units[layer - 1]
        low, high = (low, middle) if off else (middle, high)
    when = "From the start" if high == 0 else f"By step {history.kept[high]}"
    text = (
        f"{when} all {case.last_layers.units[layer - 1]} units of layer {layer} are off on every "
        "row: no gradient passes them, so that this layer and those before it learn nothing more "
        f"at any learning rate; the loss is {number(case.looks[1][-1])}."
    )
    return Claim(text, "measured", "the slopes of the layer's units on all rows")


def saturation(case: RunCase) -> list[Claim]:
    """Say how many units are so far out that hardly any gradient passes them."""
    layers = case.last_layers
    if not len(layers.units):
        return []
    layer = int(np.argmax(layers.saturated / layers.units))
    many = int(layers.saturated[layer])
    if not many >= max(1.0, MANY * layers.units[layer]):
        return []
    before = int(case.first_layers.saturated[layer])
    text = (
        f"{many} of the {layers.units[layer]} {case.network.model.activation} units of layer "
        f"{layer + 1} are saturated in the end, {before or 'none'} at the start: their slope is "
        "below 1 % of the steepest on nearly every row."
    )
    return [Claim(text, "measured", "the slopes of the layer's units on all rows")]


def disagreement(case: RunCase) -> list[Claim]:
    """Say how many batches ask to go the wrong way for the rest."""
    found = case.agreement
    if len(found) < 4 or not np.mean(found < 0) >= AGAINST:
        return []
    text = f"Batches of {case.network.order.size} disagree: {disagreeing(case)}."
    return [Claim(text, "measured", "the gradients of this run's batches")]
