"""A multilayer perceptron's shape, and where each of its tensors lies among all parameters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

Kind = Literal["weight", "bias", "gain", "shift"]
#: Added to a layer's variance before its root is taken, as in torch.nn.LayerNorm.
NORM_EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of a network: its layer, what it is, its shape, its place among the parameters."""

    layer: int
    kind: Kind
    shape: tuple[int, ...]
    offset: int

    @property
    def size(self) -> int:
        """Number of its parameters."""
        rows, *columns = self.shape
        return rows * (columns[0] if columns else 1)

    @property
    def name(self) -> str:
        """Its name on screen and in files, layers counted from 1."""
        return f"layer {self.layer + 1} {self.kind}"


@dataclass(frozen=True)
class Model:
    """A multilayer perceptron and its loss.

    A hidden layer computes φ(W h + b), with layer normalisation φ(γ·norm(W h + b) + β); dropout
    follows, then, with residual connections, its input is added wherever it has as many units
    and is not the data itself. The last layer is affine.

    Parameters
    ----------
    sizes : units of the input, of each hidden layer and of the output.
    task : "regression", "binary" or "classes".
    activation, loss : names in their catalogues.
    bias, residual, layer_norm : switches.
    dropout : probability that a hidden unit is left out of a step.
    """

    sizes: tuple[int, ...]
    task: str = "regression"
    activation: str = "tanh"
    loss: str = "mean_squares"
    bias: bool = True
    residual: bool = False
    layer_norm: bool = False
    dropout: float = 0.0

    @property
    def layers(self) -> int:
        """Number of weight matrices."""
        return len(self.sizes) - 1

    def skips(self, layer: int) -> bool:
        """Return whether a layer's input is added to its output."""
        hidden = 0 < layer < self.layers - 1
        return self.residual and hidden and self.sizes[layer] == self.sizes[layer + 1]

    @cached_property
    def tensors(self) -> tuple[Tensor, ...]:
        """All tensors in the order in which they lie in the flat vector of parameters."""
        found, offset = [], 0
        for layer, kind, shape in self._shapes():
            tensor = Tensor(layer, kind, shape, offset)
            found.append(tensor)
            offset += tensor.size
        return tuple(found)

    @property
    def size(self) -> int:
        """Number of parameters."""
        last = self.tensors[-1]
        return last.offset + last.size

    def tensor(self, layer: int, kind: Kind) -> Tensor | None:
        """Return a layer's tensor of a kind, if it has one."""
        return next((t for t in self.tensors if (t.layer, t.kind) == (layer, kind)), None)

    def views(self, parameters: NDArray[Any]) -> list[NDArray[Any]]:
        """Return views of a flat vector (P,), one per tensor in its own shape."""
        return [parameters[t.offset : t.offset + t.size].reshape(t.shape) for t in self.tensors]

    def _shapes(self) -> Iterator[tuple[int, Kind, tuple[int, ...]]]:
        for layer, (inputs, outputs) in enumerate(zip(self.sizes, self.sizes[1:], strict=False)):
            yield layer, "weight", (outputs, inputs)
            if self.bias:
                yield layer, "bias", (outputs,)
            if self.layer_norm and layer < self.layers - 1:
                yield layer, "gain", (outputs,)
                yield layer, "shift", (outputs,)
