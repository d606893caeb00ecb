"""The maps of Sohl-Dickstein 2024, and others of the same networks.

The paper's have as many points as weights, 272; the network without an activation, whose function
has only 16 numbers, has 16 points. Its notebook begins with learning rates from 10⁻³ to 10⁶. There
the offset is added to the weights anew at each step; here it is the mean of the first weights, as
the paper's text has it.
"""

from __future__ import annotations

from typing import NamedTuple

from engine.maps.axes import Axis
from engine.maps.trainability import Trainability


class Preset(NamedTuple):
    """A map to begin with.

    Attributes
    ----------
    name, title, help : in files, on screen, and one sentence about what it shows.
    task : which networks.
    x, y : the frame.
    """

    name: str
    title: str
    help: str
    task: Trainability
    x: Axis
    y: Axis


def _rates(name: str, title: str, text: str, task: Trainability) -> Preset:
    return Preset(name, title, text, task, _log("input_rate", -3, 6), _log("output_rate", -3, 6))


def _log(name: str, low: float, high: float) -> Axis:
    return Axis(name=name, low=10.0**low, high=10.0**high, scale="log")


_ALL: tuple[Preset, ...] = (
    _rates(
        "tanh",
        "tanh, full batch",
        "Learning rates of the two layers: tanh holds the first layer's blow-ups in check, and the "
        "border between training and divergence is fractal.",
        Trainability(),
    ),
    _rates(
        "relu",
        "ReLU, full batch",
        "The same with ReLU, which does not hold the first layer's blow-ups in check.",
        Trainability(activation="relu"),
    ),
    _rates(
        "linear",
        "Linear, full batch",
        "Without an activation the two layers are still multiplied, which is enough for a fractal.",
        Trainability(activation="identity", points=16),
    ),
    _rates(
        "mini_batch",
        "tanh, mini-batches",
        "Each step sees 16 points drawn anew, the same for every pixel: no order is left, and the "
        "border is still fractal.",
        Trainability(batch=16),
    ),
    _rates(
        "one_point",
        "tanh, one point",
        "The border does not need many data: one point has it, too.",
        Trainability(points=1),
    ),
    Preset(
        "offset",
        "Initial mean against learning rate",
        "The mean of the first layer's first weights against one learning rate for both layers.",
        Trainability(x="offset", y="learning_rate"),
        Axis(name="offset", low=-4.0, high=4.0),
        _log("learning_rate", -1, 4),
    ),
    Preset(
        "momentum",
        "Momentum against learning rate",
        "Heavy ball's momentum β moves the largest stable rate, on a quadratic by 1 + β.",
        Trainability(points=16, x="learning_rate", y="momentum"),
        _log("learning_rate", -1, 4),
        Axis(name="momentum", low=0.0, high=1.0),
    ),
    Preset(
        "gain",
        "Initial scale against learning rate",
        "The factor of both layers' first weights against one learning rate for both.",
        Trainability(points=16, x="learning_rate", y="gain"),
        _log("learning_rate", -1, 4),
        _log("gain", -1.5, 1.5),
    ),
    Preset(
        "steps",
        "Steps against learning rate",
        "How the border sharpens as networks are trained for longer.",
        Trainability(points=16, x="learning_rate", y="steps"),
        _log("learning_rate", -1, 4),
        _log("steps", 0, 3),
    ),
    Preset(
        "batch_size",
        "Batch size against learning rate",
        "Small batches bend the loss more than all points do, so that they stand less.",
        Trainability(x="learning_rate", y="batch"),
        _log("learning_rate", -1, 4),
        Axis(name="batch", low=1.0, high=272.0, scale="log"),
    ),
)

#: By name, in the order of the picker.
PRESETS: dict[str, Preset] = {preset.name: preset for preset in _ALL}
