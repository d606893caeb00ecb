"""What is said on the page of layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from engine.networks.activations import activation_named
from gui.numbers import count, show
from gui.views.curve_text import step_text

if TYPE_CHECKING:
    from engine.networks.history import Fault, History
    from engine.networks.layer_records import Sizes
    from engine.networks.model import Model
    from engine.networks.spread import Spread


def tr(text: str) -> str:
    """Translate a literal string."""
    return QCoreApplication.translate("layers", text)


def kinds() -> dict[str, str]:
    """Return the names on screen of the kinds of tensors."""
    return {"weight": tr("Weights"), "bias": tr("Biases"), "gain": tr("Gains"),
            "shift": tr("Shifts")}  # fmt: skip


def columns() -> dict[str, tuple[str, str]]:
    """Return each column's heading and what its number and curve are."""
    return {
        "weights": (tr("Weights"), tr("norm")),
        "gradients": (tr("Gradients"), tr("norm")),
        "activations": (tr("Activations"), tr("root mean square")),
        "updates": (tr("Updates"), tr("of the weights, per step")),
    }


def layer_title(model: Model, layer: int) -> str:
    """Return a layer's name."""
    if layer == model.layers - 1:
        return tr("Output")
    return tr("Layer {}").format(layer + 1)


def layer_shape(model: Model, layer: int) -> str:
    """Return how many units lead to how many, and by which activation."""
    shape = f"{model.sizes[layer]} → {model.sizes[layer + 1]}"
    if layer == model.layers - 1:
        return shape
    return f"{shape} {activation_named(model.activation).title}"


def units_text(model: Model, sizes: Sizes, layer: int) -> str:
    """Return how many of a hidden layer's units are dead or saturated, or nothing if none are."""
    if layer == model.layers - 1:
        return ""
    parts = []
    dead, flat = float(sizes.dead[layer]), float(sizes.saturated[layer])
    if dead > 0:
        parts.append(tr("{} % dead").format(show(100 * dead, 2)))
    if flat > 0:
        parts.append(tr("{} % saturated").format(show(100 * flat, 2)))
    return "\n".join(parts)


def units_help() -> str:
    """Return what dead and saturated mean."""
    return tr(
        "Dead: the slope is 0 on every row, so that nothing of the unit learns. Saturated: the "
        "slope is below a hundredth of the steepest on nearly every row."
    )


def bin_text(name: str, spread: Spread, index: int) -> str:
    """Return how many numbers a bin holds, or how many of all are not finite."""
    total = count(spread.total)
    if spread.broken:
        return tr("{name}: {broken} of {total} are not finite").format(
            name=name, broken=count(spread.broken), total=total
        )
    begin, end = spread.bin(index)
    return tr("{name}: {count} of {total} from {begin} to {end}").format(
        name=name, count=count(int(spread.counts[index])), total=total, begin=show(begin),
        end=show(end),
    )  # fmt: skip


def size_text(name: str, measure: str, step: int, size: float) -> str:
    """Return how large something is at a step."""
    return tr("{name}, step {step}: {size} ({measure})").format(
        name=name, step=step_text(step), size=show(size), measure=measure
    )


def fault_text(history: History, measured: Fault | None) -> str:
    """Return what was not finite first, in the run or on the rows that are looked at."""
    fault = history.fault or measured
    if fault is None:
        return ""
    sentence = tr("{value} first in the {what}, at step {step}.")
    return sentence.format(value=fault.value, what=fault.words, step=step_text(fault.step))


def step_line(history: History, row: int, rows: int, asked: int) -> str:
    """Return which weights are shown."""
    kept = int(history.kept[row])
    words = tr("Step {step}, on {rows} training rows")
    if rows == 1:
        words = tr("Step {step}, on 1 training row")
    line = words.format(step=step_text(kept), rows=step_text(rows))
    if kept != asked:
        line += tr("; the weights of step {} were not kept").format(step_text(asked))
    return line
