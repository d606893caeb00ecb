"""What is said of the units and weights of a network's graph."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from gui.numbers import show

if TYPE_CHECKING:
    from engine.networks.network import Network
    from gui.networks.views.graph_work import Answer, Unit


def tr(text: str) -> str:
    """Translate a literal string."""
    return QCoreApplication.translate("graph", text)


def column_names(count: int) -> list[str]:
    """Return the headings of so many columns."""
    layers = [tr("Layer {number}").format(number=k) for k in range(1, count - 1)]
    return [tr("Inputs"), *layers, tr("Output")]


def end_names(network: Network, column: int) -> tuple[str, ...]:
    """Return the names of the inputs (column 0) or of the outputs."""
    data = network.prepared.data
    if column == 0:
        return data.feature_names
    if network.model.task == "classes":
        return data.class_names
    # The one output of two classes speaks for the second.
    return data.class_names[1:] if data.class_names else data.target_names


def unit_name(network: Network, column: int, unit: int) -> str:
    """Return what a unit is called in a sentence."""
    if column == 0:
        return end_names(network, 0)[unit]
    if column == network.model.layers:
        return tr("output {name}").format(name=end_names(network, -1)[unit])
    return tr("layer {layer} unit {unit}").format(layer=column, unit=unit + 1)


def unit_text(answer: Answer, column: int, place: int) -> str:
    """Return what is said of a unit under the pointer."""
    network, wiring = answer.wish.run.network, answer.wiring
    name = unit_name(network, column, int(wiring.columns[column].units[place]))
    biases = wiring.biases[column - 1] if column else None
    if column:
        name = name[:1].upper() + name[1:]
    if biases is None:
        return name
    return tr("{unit}: bias {bias}").format(unit=name, bias=show(float(biases[place]), 4))


def weight_text(answer: Answer, column: int, edge: int) -> str:
    """Return what is said of a weight under the pointer."""
    network, edges = answer.wish.run.network, answer.wiring.edges[column]
    ends = (
        (column, int(answer.wiring.columns[column].units[edges.sources[edge]])),
        (column + 1, int(answer.wiring.columns[column + 1].units[edges.targets[edge]])),
    )
    source, target = (unit_name(network, *end) for end in ends)
    return tr("Weight {value} from {source} to {target}").format(
        value=show(float(edges.weights[edge]), 4), source=source, target=target
    )


def range_text(unit: Unit) -> str:
    """Return between what a unit's outputs lie where it is drawn."""
    if not (math.isfinite(unit.low) and math.isfinite(unit.high)):
        return tr("Its output is not finite everywhere.")
    if unit.low == unit.high:
        return tr("Always {value}").format(value=show(unit.low))
    return tr("From {low} to {high}").format(low=show(unit.low), high=show(unit.high))


def slice_text(answer: Answer) -> str:
    """Return over which inputs a unit is drawn, where there are more than two."""
    network, unit = answer.wish.run.network, answer.unit
    names = network.prepared.data.feature_names
    if unit is None or len(names) <= len(unit.axes):
        return ""
    return tr("Over {x} and {y}, all other inputs at their mean").format(
        x=names[unit.axes[0]], y=names[unit.axes[1]]
    )
