"""Schemes from which a network's first weights are drawn.

The normal schemes draw from the whole normal distribution, as torch.nn.init does. Keras cuts it
off at two standard deviations and widens it by 1/0.8796 to keep the variance: the same variance,
no tails. torch is followed here as everywhere in this program.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from engine.parameter import Parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: (generator, outputs, inputs, the scheme's own numbers) -> (outputs, inputs), float64.
Weights = Callable[[np.random.Generator, int, int, Mapping[str, float]], "NDArray[np.float64]"]
#: (generator, outputs, inputs) -> (outputs,), float64.
Biases = Callable[[np.random.Generator, int, int], "NDArray[np.float64]"]

#: Beyond it, times the largest gains, float32 could not hold a weight.
LARGEST = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One way of drawing first weights.

    Parameters
    ----------
    name : identifier in files and in the API.
    title : name on screen.
    help : one sentence: what it does and when it matters.
    latex : how a weight is distributed.
    source : paper with equation, or the library's name for it.
    weights : draws one layer's weights.
    biases : draws one layer's biases; without it they are zero.
    parameters : the scheme's own numbers.
    """

    name: str
    title: str
    help: str
    latex: str
    source: str
    weights: Weights
    biases: Biases | None = None
    parameters: tuple[Parameter, ...] = ()


def _uniform(bound: Callable[[int, int], float]) -> Weights:
    """Return draws from ±bound(inputs, outputs)."""
    return lambda generator, outputs, inputs, _: generator.uniform(
        -(b := bound(inputs, outputs)), b, (outputs, inputs)
    )


def _normal(deviation: Callable[[int, int], float]) -> Weights:
    """Return draws from a normal distribution of deviation(inputs, outputs)."""
    return lambda generator, outputs, inputs, _: generator.normal(
        0.0, deviation(inputs, outputs), (outputs, inputs)
    )


def _orthogonal(
    generator: np.random.Generator, outputs: int, inputs: int, _: Mapping[str, float]
) -> NDArray[np.float64]:
    """Return orthonormal rows, or columns if there are more rows, uniform among all such.

    The signs of R's diagonal make it so: Mezzadri 2007, arXiv:math-ph/0609050, §5.
    """
    tall, flat = max(outputs, inputs), min(outputs, inputs)
    q, r = np.linalg.qr(generator.standard_normal((tall, flat)))
    q *= np.where(np.diag(r) < 0, -1.0, 1.0)
    return np.ascontiguousarray(q if outputs >= inputs else q.T)


def _between(
    generator: np.random.Generator, outputs: int, inputs: int, values: Mapping[str, float]
) -> NDArray[np.float64]:
    return generator.uniform(values["low"], values["high"], (outputs, inputs))


def _pytorch_biases(
    generator: np.random.Generator, outputs: int, inputs: int
) -> NDArray[np.float64]:
    bound = 1 / math.sqrt(inputs)
    return generator.uniform(-bound, bound, outputs)


def _glorot_bound(inputs: int, outputs: int) -> float:
    return math.sqrt(6 / (inputs + outputs))


def _level(name: str, symbol: str, default: float, text: str) -> Parameter:
    return Parameter(name, symbol, default, -2.0, 2.0, text, minimum=-LARGEST, maximum=LARGEST)


SCHEMES: tuple[Scheme, ...] = (
    Scheme(
        name="pytorch",
        title="PyTorch's default",
        help="What torch.nn.Linear does by itself: weights and biases within one over the root of "
        "the inputs, a third of LeCun's variance.",
        latex=r"W, b \sim U(\pm 1/\sqrt{n_{in}})",
        source="torch.nn.Linear.reset_parameters",
        weights=_uniform(lambda inputs, _: 1 / math.sqrt(inputs)),
        biases=_pytorch_biases,
    ),
    Scheme(
        name="tensorflow",
        title="TensorFlow's default",
        help="What a Keras Dense layer does by itself: Glorot's uniform weights, zero biases.",
        latex=r"W \sim U(\pm\sqrt{6/(n_{in}+n_{out})}), \quad b = 0",
        source="tf.keras.layers.Dense",
        weights=_uniform(_glorot_bound),
    ),
    Scheme(
        name="glorot_uniform",
        title="Glorot, uniform",
        help="Keeps signals and gradients alike in size through layers of tanh.",
        latex=r"W \sim U(\pm\sqrt{6/(n_{in}+n_{out})})",
        source="Glorot & Bengio 2010, eq. 16; torch.nn.init.xavier_uniform_",
        weights=_uniform(_glorot_bound),
    ),
    Scheme(
        name="glorot_normal",
        title="Glorot, normal",
        help="Keeps signals and gradients alike in size through layers of tanh.",
        latex=r"W \sim N(0, 2/(n_{in}+n_{out}))",
        source="Glorot & Bengio 2010, eq. 12; torch.nn.init.xavier_normal_",
        weights=_normal(lambda inputs, outputs: math.sqrt(2 / (inputs + outputs))),
    ),
    Scheme(
        name="he_uniform",
        title="He, uniform",
        help="Twice the variance, because a ReLU lets only half of a signal through.",
        latex=r"W \sim U(\pm\sqrt{6/n_{in}})",
        source="He et al. 2015, eq. 10; torch.nn.init.kaiming_uniform_",
        weights=_uniform(lambda inputs, _: math.sqrt(6 / inputs)),
    ),
    Scheme(
        name="he_normal",
        title="He, normal",
        help="Twice the variance, because a ReLU lets only half of a signal through.",
        latex=r"W \sim N(0, 2/n_{in})",
        source="He et al. 2015, eq. 10; torch.nn.init.kaiming_normal_",
        weights=_normal(lambda inputs, _: math.sqrt(2 / inputs)),
    ),
    Scheme(
        name="lecun_uniform",
        title="LeCun, uniform",
        help="Keeps the size of signals through layers that are nearly linear.",
        latex=r"W \sim U(\pm\sqrt{3/n_{in}})",
        source="LeCun et al. 1998, Efficient BackProp, §4.6",
        weights=_uniform(lambda inputs, _: math.sqrt(3 / inputs)),
    ),
    Scheme(
        name="lecun_normal",
        title="LeCun, normal",
        help="Keeps the size of signals through layers that are nearly linear.",
        latex=r"W \sim N(0, 1/n_{in})",
        source="LeCun et al. 1998, Efficient BackProp, eq. 16",
        weights=_normal(lambda inputs, _: math.sqrt(1 / inputs)),
    ),
    Scheme(
        name="orthogonal",
        title="Orthogonal",
        help="Turns a signal without changing its length, however many layers there are.",
        latex=r"W W^\top = I \;\mathrm{or}\; W^\top W = I",
        source="Saxe et al. 2014, arXiv:1312.6120; torch.nn.init.orthogonal_",
        weights=_orthogonal,
    ),
    Scheme(
        name="uniform",
        title="Uniform",
        help="Weights between two numbers, whatever the size of the layer.",
        latex=r"W \sim U(a, b)",
        source="torch.nn.init.uniform_",
        weights=_between,
        parameters=(
            _level("low", "a", -0.5, "The smallest weight."),
            _level("high", "b", 0.5, "The largest weight."),
        ),
    ),
    Scheme(
        name="constant",
        title="Constant",
        help="All weights alike: the units of a layer stay copies of each other for ever.",
        latex=r"W = c",
        source="torch.nn.init.constant_",
        weights=lambda _, outputs, inputs, values: np.full((outputs, inputs), values["value"]),
        parameters=(_level("value", "c", 0.1, "Every weight."),),
    ),
    Scheme(
        name="zeros",
        title="Zeros",
        help="Fair without hidden layers; through tanh or ReLU nothing passes, and only the last "
        "biases ever learn.",
        latex=r"W = 0",
        source="torch.nn.init.zeros_",
        weights=lambda _, outputs, inputs, __: np.zeros((outputs, inputs)),
    ),
)

_BY_NAME = {scheme.name: scheme for scheme in SCHEMES}


def scheme_named(name: str) -> Scheme:
    """Return the scheme called `name`; raise ValueError with near names for an unknown one."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    near = get_close_matches(name, _BY_NAME, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(_BY_NAME)}."
    raise ValueError(f"There is no initialisation {name!r}; {hint}")
