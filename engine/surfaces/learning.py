"""The smallest losses that behave as those of networks do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.parameter import Parameter
from engine.surfaces.minima import fixed
from engine.surfaces.surface import Surface

if TYPE_CHECKING:
    from collections.abc import Mapping


def _chain_minima(parameters: Mapping[str, float]) -> tuple[tuple[float, float, float], ...]:
    """Return the minimum with weights of size 1 for either sign of the shared weight."""
    sign = 1.0 if parameters["depth"] % 2 else -1.0
    return ((1.0, 1.0, 0.0), (sign, -1.0, 0.0))


FACTORISATION = Surface(
    name="factorisation",
    title="Factorisation, ½(xy − 1)²",
    group="Machine learning",
    formula="(x*y-1)^2/2",
    teaches="All of xy = 1 is minimal (the balanced points are marked); above η = 2/λ the loss "
    "first rises and ends where the curve is flatter.",
    source="Lewkowycz et al. 2020, The catapult phase; Wang et al. 2022, Balancing effect",
    minima=fixed((1.0, 1.0, 0.0), (-1.0, -1.0, 0.0)),
    view=(-5.0, 5.0, -3.75, 3.75),
    start=(4.0, 0.5),
    learning_rate=0.15,
)

SQUARED_FACTORISATION = Surface(
    name="squared_factorisation",
    title="Squared factorisation, ¼(1 − x²y²)²",
    group="Machine learning",
    formula="(1-x^2*y^2)^2/4",
    latex=r"\frac{(1 - x^2 y^2)^2}{4}",
    teaches="The iterate bounces across the valley with the loss up and down, and drifts to where "
    "the sharpness is just below 2/η: the edge of stability.",
    source="Zhu et al. 2023, Understanding edge-of-stability training dynamics with a "
    "minimalist example",
    minima=fixed((1.0, 1.0, 0.0), (1.0, -1.0, 0.0), (-1.0, 1.0, 0.0), (-1.0, -1.0, 0.0)),
    view=(-4.0, 4.0, -3.0, 3.0),
    start=(2.5, 0.3),
    learning_rate=0.2,
)

DEEP_CHAIN = Surface(
    name="deep_chain",
    title="Deep scalar chain",
    group="Machine learning",
    formula="(x*y^(depth-1)-1)^2/2",
    latex=r"\frac{1}{2}\left(x\, y^{L-1} - 1\right)^2",
    teaches="The first layer is x and the other L − 1 share y: the curvature at (1, 1) is "
    "1 + (L − 1)², so each layer added lowers the safe rate.",
    source="Saxe, McClelland, Ganguli 2014, Exact solutions to the nonlinear dynamics of learning",
    parameters=(
        Parameter(
            "depth",
            "L",
            4.0,
            2.0,
            12.0,
            "Number of layers.",
            kind="integer",
            minimum=2.0,
            maximum=64.0,
        ),
    ),
    minima=_chain_minima,
    view=(-2.4, 2.4, -1.8, 1.8),
    start=(0.5, 0.6),
    learning_rate=0.21,
)

TANH_NEURON = Surface(
    name="tanh_neuron",
    title="One tanh neuron",
    group="Machine learning",
    formula=(
        "((tanh(y-x)-tanh(-3))^2+(tanh(x/2+y)-tanh(0))^2"
        "+(tanh(x+y)-tanh(1))^2+(tanh(2*x+y)-tanh(3))^2)/4"
    ),
    latex=r"\frac{1}{4}\sum_i\left(\tanh(x u_i + y) - \tanh(2u_i - 1)\right)^2",
    teaches="Weight x and bias y on inputs −1, ½, 1, 2: where every input saturates the gradient "
    "vanishes and the path lies still on a plateau.",
    source="Glorot, Bengio 2010, Understanding the difficulty of training deep networks",
    axes=("weight x", "bias y"),
    minima=fixed((2.0, -1.0, 0.0)),
    view=(-6.0, 6.0, -4.5, 4.5),
    start=(-3.0, 2.0),
    learning_rate=3.0,
)

SIGMOID_NEURON = Surface(
    name="sigmoid_neuron",
    title="One sigmoid neuron",
    group="Machine learning",
    formula=(
        "((sigmoid(y-x)-sigmoid(-3))^2+(sigmoid(x/2+y)-1/2)^2"
        "+(sigmoid(x+y)-sigmoid(1))^2+(sigmoid(2*x+y)-sigmoid(3))^2)/4"
    ),
    latex=r"\frac{1}{4}\sum_i\left(\sigma(x u_i + y) - \sigma(2u_i - 1)\right)^2",
    teaches="Weight x and bias y on inputs −1, ½, 1, 2 with squared error: slopes are at most ¼, "
    "so useful rates are ten times those of tanh.",
    source="LeCun et al. 1998, Efficient BackProp",
    axes=("weight x", "bias y"),
    minima=fixed((2.0, -1.0, 0.0)),
    view=(-8.0, 8.0, -6.0, 6.0),
    start=(-4.0, 3.0),
    learning_rate=20.0,
)

RELU_NEURON = Surface(
    name="relu_neuron",
    title="One ReLU neuron",
    group="Machine learning",
    formula="(relu(y-x)^2+(relu(x/2+y)-1/2)^2+(relu(x+y)-1)^2+(relu(2*x+y)-2)^2)/8",
    latex=r"\frac{1}{8}\sum_i\left(\mathrm{relu}(x u_i + y) - \mathrm{relu}(u_i)"
    r"\right)^2",
    teaches="Inputs −1, ½, 1, 2: one step that is too long makes every input negative; then the "
    "gradient is exactly 0 and the neuron is dead for good.",
    source="Lu et al. 2020, Dying ReLU and initialization",
    axes=("weight x", "bias y"),
    minima=fixed((1.0, 0.0, 0.0)),
    view=(-2.4, 2.4, -1.8, 1.8),
    start=(1.5, 0.5),
    learning_rate=1.0,
    smooth=False,
)

SHARP_AND_FLAT = Surface(
    name="sharp_and_flat",
    title="Sharp and flat minimum",
    group="Machine learning",
    formula=("1+(x^2+y^2)/50-exp(-((x+2)^2+y^2)/(2*0.3^2))-exp(-((x-2)^2+y^2)/(2*1.5^2))"),
    teaches="The sharp well is the deeper one, yet above η = 2/11.2 gradient descent cannot stay "
    "in it and, larger still, leaves for the flat one.",
    source="After Keskar et al. 2017, On large-batch training",
    minima=fixed(
        (-1.988179779563626, 0.0, 0.05066187052007365),
        (1.8339315077087561, 0.0, 0.073375963683584),
    ),
    view=(-4.0, 4.0, -3.0, 3.0),
    start=(-2.3, 0.3),
    learning_rate=1.0,
)

SURFACES = (
    FACTORISATION,
    SQUARED_FACTORISATION,
    DEEP_CHAIN,
    TANH_NEURON,
    SIGMOID_NEURON,
    RELU_NEURON,
    SHARP_AND_FLAT,
)
