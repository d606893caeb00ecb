"""What is said about ηλ and its limit: beside the pointer, in the heading, in an empty plot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gui.numbers import show
from gui.views.curve_text import step_text, tr

if TYPE_CHECKING:
    from engine.drawing.curve_series import Mark, Series
    from gui.views.curve_paths import PathDrawing


def load_words(drawing: PathDrawing, index: int, step: int) -> str:
    """Return what a run has at a step, to follow "ηλ is"; empty where a number says it all."""
    prepared = drawing.prepared
    if prepared is None or prepared.quantity not in ("stability", "load"):
        return ""
    series = prepared.series[index]
    if series.bends is not None and series.bends[step]:
        return tr("below 0: it bends down")
    value, limit = float(series.values[step]), _limit(series, step)
    if math.isnan(value) or math.isnan(limit):
        return tr("not known here")
    if prepared.quantity == "stability":
        return tr("{factor} × the limit {limit}").format(factor=show(value), limit=show(limit))
    return tr("{load}, limit {limit}").format(load=show(value), limit=show(limit))


def end_text(drawing: PathDrawing, index: int, mark: Mark) -> str:
    """Return what is said where λ is not finite any more, which the loss may have been before.

    λ is worked out in float64, so that it can outlast the loss of a run in float32.
    """
    assert drawing.shown is not None
    trajectory = drawing.shown.trajectories[index]
    text = tr("λ ends at step {step}").format(step=step_text(mark.step))
    if trajectory.cause == "loss" and trajectory.cause_step < mark.step:
        text += tr(", the loss at step {step}").format(step=step_text(trajectory.cause_step))
    return text


def axis_words(quantity: str) -> tuple[str, str]:
    """Return what an axis counts, short and in a sentence."""
    if quantity == "stability":
        tip = tr(
            "The learning rate times the largest curvature, over the method’s own limit: above 1 "
            "the steps along the steepest direction grow."
        )
        return tr("ηλ / limit"), tip
    if quantity == "load":
        tip = tr(
            "The learning rate times the largest curvature, as the method scales it; each run’s "
            "limit is the thin dashed line in its colour."
        )
        return tr("ηλ"), tip
    return tr("λ₁"), tr(
        "The largest eigenvalue of the Hessian, the curvature of the loss; of a run that maximises "
        "it is that of the negative loss, which the run lowers."
    )


def left_out(drawing: PathDrawing) -> list[int]:
    """Return which visible runs have no curve for a reason, the selected run first."""
    prepared = drawing.prepared
    if prepared is None or not prepared.reasons:
        return []
    order = sorted(drawing.visible, key=lambda index: index != drawing.selected)
    return [index for index in order if prepared.reasons[index]]


def reasons_left_out(drawing: PathDrawing) -> list[str]:
    """Return why runs have no curve, "runs: reason"; one that oscillates says how far."""
    assert drawing.prepared is not None
    runs: dict[str, list[str]] = {}
    for index in left_out(drawing):
        runs.setdefault(drawing.prepared.reasons[index], []).append(_with_amplitude(drawing, index))
    return [f"{'; '.join(names)}: {reason}" for reason, names in runs.items()]


def _with_amplitude(drawing: PathDrawing, index: int) -> str:
    assert drawing.shown is not None
    status = drawing.shown.statuses[index]
    if status.kind != "oscillating":
        return drawing.label(index)
    return f"{drawing.label(index)}, {status.short}"


def _limit(series: Series, step: int) -> float:
    return float(series.limits[step]) if series.limits is not None else math.nan
