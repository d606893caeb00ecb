"""A network's first weights: from settings and a seed, the same for every optimizer."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from engine.experiment import Settings
from engine.networks.schemes import Scheme, scheme_named
from engine.parameter import Parameter, complete

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from engine.networks.model import Tensor

GAIN = Parameter(
    "gain",
    "a",
    1.0,
    0.01,
    100.0,
    "Multiplies the first weights, not the biases: what is too large explodes with depth, what is "
    "too small dies out.",
    log=True,
    minimum=0.0,
    maximum=1e6,
)
#: Which stream of random numbers a kind of tensor has in its layer.
STREAMS = {"weight": 0, "bias": 1}


class InitialSettings(Settings, frozen=True):
    """How the first weights are drawn, or what they are.

    ``gain`` multiplies all layers' weights, and ``layer_gains``, unless empty, each layer's own
    besides, from the first layer to the output. Biases are zero unless the scheme draws them.
    ``weights``, unless empty, are all parameters themselves, as `as_text` writes them; then
    nothing is drawn, and nothing else here counts.
    """

    scheme: str = "pytorch"
    parameters: dict[str, float] = msgspec.field(default_factory=dict)
    gain: float = 1.0
    layer_gains: tuple[float, ...] = ()
    seed: int = 0
    weights: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError, naming the field and the fix, for what is not allowed."""
        values = complete(scheme_named(self.scheme).parameters, self.parameters)
        if "low" in values and values["low"] > values["high"]:
            raise ValueError(
                f"low is {values['low']:g} and high is {values['high']:g}; give low below high."
            )
        GAIN.check(self.gain)
        for index, gain in enumerate(self.layer_gains):
            try:
                GAIN.check(gain)
            except ValueError as mistake:
                raise ValueError(f"layer_gains[{index}]: {mistake}") from None
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; give a whole number of 0 or more.")
        if self.weights:
            of_text(self.weights)


def as_text(parameters: ArrayLike) -> str:
    """Return parameters (P,) as text, bit for bit: little-endian float64 in base64 (RFC 4648)."""
    return b64encode(np.ascontiguousarray(parameters, "<f8").tobytes()).decode("ascii")


def of_text(text: str) -> NDArray[np.float64]:
    """Return the parameters (P,) that `as_text` has written; ValueError for other texts."""
    try:
        found = np.frombuffer(b64decode(text, validate=True), "<f8").astype(np.float64)
    except ValueError:
        raise ValueError(
            "weights is not a row of float64 numbers in base64; remove it, and the scheme draws "
            "the weights."
        ) from None
    if not np.isfinite(found).all():
        raise ValueError("weights holds a number that is not finite; remove weights.")
    return found


def initial(tensors: Sequence[Tensor], settings: InitialSettings) -> NDArray[np.float64]:
    """Return a network's first parameters, (P,) float64; in float32 they are these, rounded.

    Every tensor has random numbers of its own (PCG64, its seed spawned by layer and kind): another
    width, or biases off, leaves the layers that are not touched as they were. Layer normalisation
    starts with gain 1 and shift 0.

    Parameters
    ----------
    tensors : `engine.networks.model.Model.tensors`.
    settings : scheme, gains, seed.

    Raises
    ------
    ValueError : there are not as many layer gains as layers, or not as many weights as parameters.
    """
    if settings.weights:
        return _given(tensors, of_text(settings.weights))
    layers = 1 + max(tensor.layer for tensor in tensors)
    if settings.layer_gains and len(settings.layer_gains) != layers:
        raise ValueError(
            f"layer_gains has {len(settings.layer_gains)} numbers, but the network has {layers} "
            f"layers of weights; give {layers} numbers, or none."
        )
    scheme = scheme_named(settings.scheme)
    inputs = {t.layer: t.shape[1] for t in tensors if t.kind == "weight"}
    parts = [_drawn(t, inputs[t.layer], scheme, settings).ravel() for t in tensors]
    return np.concatenate(parts)


def _given(tensors: Sequence[Tensor], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    wanted = sum(tensor.size for tensor in tensors)
    if len(weights) != wanted:
        raise ValueError(
            f"weights holds {len(weights):,} numbers, but the network has {wanted:,} parameters; "
            "remove weights, and the scheme draws them."
        )
    return weights


def _drawn(
    tensor: Tensor, inputs: int, scheme: Scheme, settings: InitialSettings
) -> NDArray[np.float64]:
    if tensor.kind == "gain":
        return np.ones(tensor.shape)
    if tensor.kind == "shift" or (tensor.kind == "bias" and scheme.biases is None):
        return np.zeros(tensor.shape)
    key = (tensor.layer, STREAMS[tensor.kind])
    sequence = np.random.SeedSequence(settings.seed, spawn_key=key)
    generator = np.random.Generator(np.random.PCG64(sequence))
    if tensor.kind == "bias" and scheme.biases is not None:
        return scheme.biases(generator, tensor.shape[0], inputs)
    values = complete(scheme.parameters, settings.parameters)
    own = settings.layer_gains[tensor.layer] if settings.layer_gains else 1.0
    return settings.gain * own * scheme.weights(generator, tensor.shape[0], inputs, values)
