"""What a loss surface declares. Nothing here compiles; `engine.landscape` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.parameter import Parameter

#: Parameter values -> known minima, each (x, y, value).
Minima = Callable[[Mapping[str, float]], tuple[tuple[float, float, float], ...]]


def no_minima(parameters: Mapping[str, float]) -> tuple[tuple[float, float, float], ...]:
    """Declare that no minimum is known or that none exists."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """A loss of two parameters, declared once for engine, panel, file, picker and tests.

    Parameters
    ----------
    name : identifier, e.g. ``"rosenbrock"``.
    title : name on screen, sentence case.
    group : heading in the picker: ``"Machine learning"``, ``"Valleys and bowls"``,
        ``"Many minima"``, ``"Saddles and plateaus"``, ``"One variable"`` or ``"Your own"``.
    formula : text in the grammar of `engine.formula`, over x, y and the parameters' names;
        empty for a kernel surface.
    kernel : module under ``engine.surfaces.kernels`` with a `build(precision)`; empty for formulas.
    latex : what is shown as mathematics; empty means "made from the formula".
    teaches : one sentence.
    parameters : what can be set.
    minima : known minima for given parameters.
    axes : what stands at the axes: the letter, after the parameter's name where it has one.
    view : (x low, x high, y low, y high) shown by "fit".
    start : where the start ring waits.
    learning_rate : a rate at which plain gradient descent does something worth seeing.
    smooth : false where the gradient jumps (|x|, ReLU): curvature theory does not apply.
    one_variable : the loss ignores y; it is drawn as a curve as well.
    uses_data : takes two columns of a table (see `engine.experiment.DataSettings`).
    source : where the surface comes from.
    """

    name: str
    title: str
    group: str
    teaches: str
    source: str
    view: tuple[float, float, float, float]
    start: tuple[float, float]
    formula: str = ""
    kernel: str = ""
    latex: str = ""
    parameters: tuple[Parameter, ...] = ()
    axes: tuple[str, str] = ("x", "y")
    minima: Minima = no_minima
    learning_rate: float = 0.01
    smooth: bool = True
    one_variable: bool = False
    uses_data: bool = False
