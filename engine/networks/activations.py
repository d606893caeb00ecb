"""Activations: what a hidden unit makes of its sum of inputs, with two derivatives.

A rule is plain Python, compiled by `engine.networks.activation_kernels`. There a literal takes the
run's precision; a number that is not a literal would widen float32. At a kink the slope is the one
that PyTorch takes, and NaN stays NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from engine.elementary import cos, erf, exp, expm1, sigmoid, sin, softplus, tanh

#: a -> (φ(a), φ′(a), φ″(a))
Rule = Callable[[Any], tuple[Any, Any, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """An activation with its derivatives and its names elsewhere.

    Parameters
    ----------
    name : identifier in files and in the API.
    title : name on screen.
    help : one sentence: what it does and when it matters.
    latex : its formula.
    rule : one number's value, slope and bend.
    torch : the same in PyTorch, an expression of ``a``, ``torch`` and ``F``
        (torch.nn.functional).
    keras : the same in Keras 3, an expression of ``a`` and ``keras``.
    jax : the same in JAX, an expression of ``a``, ``jax`` and ``jnp`` (jax.numpy).
    """

    name: str
    title: str
    help: str
    latex: str
    rule: Rule
    torch: str
    keras: str
    jax: str


def tanh_rule(a: Any) -> tuple[Any, Any, Any]:
    """Take the slope from the value, as PyTorch does: it is 0 once the value rounds to 1."""
    h = tanh(a)
    slope = 1.0 - h * h
    return h, slope, -2.0 * h * slope


def relu_rule(a: Any) -> tuple[Any, Any, Any]:
    """Cut off what is negative; the slope at 0 is 0."""
    return 0.0 if a < 0.0 else a, 0.0 if a <= 0.0 else 1.0, 0.0


def leaky_relu_rule(a: Any) -> tuple[Any, Any, Any]:
    """Keep a hundredth of what is negative; the slope at 0 is 0.01."""
    slope = 1.0 if a > 0.0 else 0.01
    return a * slope, slope, 0.0


def gelu_rule(a: Any) -> tuple[Any, Any, Any]:
    """Weight a by Φ(a), the share of a normal distribution below it; φ its density."""
    t = a * 0.7071067811865476
    below = 0.5 + 0.5 * erf(t)
    density = 0.3989422804014327 * exp(-(t * t))
    # a² may overflow where the density is 0, and a φ has one use, so that it is rounded alike with
    # and without the bend.
    return a * below, below + a * density, 2.0 * (density - t * (t * density))


def silu_rule(a: Any) -> tuple[Any, Any, Any]:
    """Weight a by its sigmoid."""
    s = sigmoid(a)
    rest = 1.0 - s
    return a * s, s * (1.0 + a * rest), s * rest * (2.0 + a * (rest - s))


def softplus_rule(a: Any) -> tuple[Any, Any, Any]:
    """Round ReLU's corner; compiled code takes the exponential of all three once."""
    s = sigmoid(a)
    return softplus(a), s, s * (1.0 - s)


def sigmoid_rule(a: Any) -> tuple[Any, Any, Any]:
    """Take the slope from the value, as PyTorch does: it is 0 once the value rounds to 1."""
    s = sigmoid(a)
    rest = 1.0 - s
    slope = s * rest
    return s, slope, slope * (rest - s)


def elu_rule(a: Any) -> tuple[Any, Any, Any]:
    """Let what is negative approach −1."""
    below = expm1(a)
    inside = a > 0.0
    slope = 1.0 + below
    return a if inside else below, 1.0 if inside else slope, 0.0 if inside else slope


def sine_rule(a: Any) -> tuple[Any, Any, Any]:
    """Swing (Sitzmann et al. 2020, without their factor 30)."""
    h = sin(a)
    return h, cos(a), -h


def identity_rule(a: Any) -> tuple[Any, Any, Any]:
    """Pass a on."""
    return a, 1.0, 0.0


#: The order is that of the codes by which kernels know them.
CATALOGUE: tuple[Activation, ...] = (
    Activation(
        name="tanh",
        title="Tanh",
        help="Squashes to between −1 and 1; far from 0 it saturates and lets no gradient through.",
        latex=r"\tanh a",
        rule=tanh_rule,
        torch="torch.tanh(a)",
        keras="keras.ops.tanh(a)",
        jax="jnp.tanh(a)",
    ),
    Activation(
        name="relu",
        title="ReLU",
        help="Cuts off what is negative; a unit that is negative on all data has died and learns "
        "no more.",
        latex=r"\max(a, 0)",
        rule=relu_rule,
        torch="F.relu(a)",
        keras="keras.ops.relu(a)",
        jax="jax.nn.relu(a)",
    ),
    Activation(
        name="leaky_relu",
        title="Leaky ReLU",
        help="Keeps a hundredth of what is negative, so that no unit dies for good.",
        latex=r"\max(a, 0.01\, a)",
        rule=leaky_relu_rule,
        torch="F.leaky_relu(a, 0.01)",
        keras="keras.ops.leaky_relu(a, 0.01)",
        jax="jax.nn.leaky_relu(a, 0.01)",
    ),
    Activation(
        name="gelu",
        title="GELU",
        help="A smooth ReLU weighted by the normal distribution, usual in transformers; it dips "
        "below 0 just left of it.",
        latex=r"\tfrac12\, a \left( 1 + \mathrm{erf}(a / \sqrt2) \right)",
        rule=gelu_rule,
        torch="F.gelu(a)",
        keras="keras.ops.gelu(a, approximate=False)",
        jax="jax.nn.gelu(a, approximate=False)",
    ),
    Activation(
        name="silu",
        title="SiLU",
        help="A smooth ReLU weighted by the sigmoid, also called swish; it dips below 0 just left "
        "of it.",
        latex=r"a / (1 + e^{-a})",
        rule=silu_rule,
        torch="F.silu(a)",
        keras="keras.ops.silu(a)",
        jax="jax.nn.silu(a)",
    ),
    Activation(
        name="softplus",
        title="Softplus",
        help="A ReLU with a rounded corner: positive everywhere, and no unit ever quite dies.",
        latex=r"\log(1 + e^{a})",
        rule=softplus_rule,
        # Beyond torch's usual threshold of 20 it is off by 2e-9.
        torch="F.softplus(a, threshold=40.0)",
        keras="keras.ops.softplus(a)",
        jax="jax.nn.softplus(a)",
    ),
    Activation(
        name="sigmoid",
        title="Sigmoid",
        help="Squashes to between 0 and 1; its slope is at most ¼, so that gradients vanish with "
        "depth.",
        latex=r"1 / (1 + e^{-a})",
        rule=sigmoid_rule,
        torch="torch.sigmoid(a)",
        keras="keras.ops.sigmoid(a)",
        jax="jax.nn.sigmoid(a)",
    ),
    Activation(
        name="elu",
        title="ELU",
        help="A ReLU whose negative side approaches −1 instead of stopping at 0.",
        latex=r"a \;(a > 0), \quad e^{a} - 1 \;(a \le 0)",
        rule=elu_rule,
        torch="F.elu(a)",
        keras="keras.ops.elu(a)",
        jax="jax.nn.elu(a)",
    ),
    Activation(
        name="sine",
        title="Sine",
        help="Swings for ever: fits waves well, and has many minima besides.",
        latex=r"\sin a",
        rule=sine_rule,
        torch="torch.sin(a)",
        keras="keras.ops.sin(a)",
        jax="jnp.sin(a)",
    ),
    Activation(
        name="identity",
        title="Identity",
        help="Does nothing: a deep linear network, whose function is linear and whose loss is not "
        "quadratic.",
        latex=r"a",
        rule=identity_rule,
        torch="a",
        keras="a",
        jax="a",
    ),
)

_BY_NAME = {activation.name: activation for activation in CATALOGUE}


def activation_named(name: str) -> Activation:
    """Return the activation called `name`; raise ValueError with near names for an unknown one."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    near = get_close_matches(name, _BY_NAME, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(_BY_NAME)}."
    raise ValueError(f"There is no activation {name!r}; {hint}")


def code_of(name: str) -> int:
    """Return the number by which kernels know the activation called `name`."""
    return CATALOGUE.index(activation_named(name))
