"""What is said of the place or the row under the pointer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gui.networks.views.function_words import tr
from gui.numbers import show
from gui.views.landscape_hover import digits_for

if TYPE_CHECKING:
    from engine.networks.network import Network
    from gui.networks.views.function_work import Answer
    from gui.views.landscape_frame import Frame

#: Inputs of a row that are named, and classes whose shares are.
MOST_INPUTS, MOST_SHARES = 4, 3


def place_text(answer: Answer, frame: Frame, at: tuple[float, float]) -> str:
    """Return the inputs at a place and what the selected run's network gives there."""
    wish, network = answer.wish, answer.wish.network
    names = network.prepared.data.feature_names
    x0, x1, y0, y1 = frame.view
    text = f"{names[wish.axes[0]]} {show(at[0], digits_for(x0, x1))}"
    if wish.kind == "line":
        return f"{text}\n{_readings_text(answer, _on_the_lines(answer, at[0]))}"
    if wish.kind == "plane":
        text += f"   {names[wish.axes[1]]} {show(at[1], digits_for(y0, y1))}"
        return f"{text}\n{_readings_text(answer, _on_the_plane(answer, at))}"
    truth, output = tr("truth {value}"), tr("prediction {value}")
    return truth.format(value=show(at[0], 4)) + "\n" + output.format(value=show(at[1], 4))


def row_text(answer: Answer, row: int) -> str:
    """Return inputs, truth and prediction of a row of the data."""
    rows, data = answer.rows, answer.wish.network.prepared.data
    values = rows.inputs[row, :MOST_INPUTS].tolist()
    parts = [f"{name} {show(v)}" for name, v in zip(data.feature_names, values, strict=False)]
    more = "   …" if len(data.feature_names) > MOST_INPUTS else ""
    kind = tr("row for validation") if rows.held[row] else tr("row for training")
    truth = float(rows.truth[row])
    name = data.class_names[int(truth)] if data.class_names else show(truth, 4)
    answered = _readings_text(answer, answer.predicted[:, row].tolist())
    right = tr("truth {value}").format(value=name)
    return f"{kind}: {'   '.join(parts)}{more}\n{right}\n{answered}"


def _on_the_lines(answer: Answer, x: float) -> list[float]:
    """Return the selected run's readings at the place nearest to x."""
    chosen = answer.lines[-1]
    k = int(np.abs(chosen.places - x).argmin())
    task = answer.wish.network.model.task
    if task == "classes":
        return [float(line.heights[k]) for line in answer.lines]
    value = float(chosen.heights[k])
    return [1.0 - value, value] if task == "binary" else [value]


def _on_the_plane(answer: Answer, at: tuple[float, float]) -> list[float]:
    """Return the readings at the nearest place of the grid."""
    assert answer.readings is not None
    x0, x1, y0, y1 = answer.wish.view
    _, rows, columns = answer.readings.shape
    i = round((at[0] - x0) / (x1 - x0) * (columns - 1))
    j = round((y1 - at[1]) / (y1 - y0) * (rows - 1))
    if not (0 <= i < columns and 0 <= j < rows):
        return []
    found: list[float] = answer.readings[:, j, i].tolist()
    return found


def _readings_text(answer: Answer, readings: list[float]) -> str:
    network: Network = answer.wish.network
    if not readings:
        return ""
    if not all(map(math.isfinite, readings)):
        return tr("the output is not finite")
    data = network.prepared.data
    if network.model.task == "regression":
        return tr("prediction {value}").format(value=show(readings[0], 4))
    likely = sorted(range(len(readings)), key=lambda k: -readings[k])[:MOST_SHARES]
    shares = ", ".join(f"{data.class_names[k]} {show(readings[k])}" for k in likely)
    if network.model.loss.startswith("cross"):
        return tr("probability: {shares}").format(shares=shares)
    return tr("output: {shares}").format(shares=shares)
