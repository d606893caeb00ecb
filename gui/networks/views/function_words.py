"""What is said above the picture of a network's function."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication

from gui.numbers import show
from gui.views.curve_text import step_text

if TYPE_CHECKING:
    from gui.networks.views.function_points import Points
    from gui.networks.views.function_runs import Shown
    from gui.networks.views.function_wish import Wish
    from gui.networks.views.function_work import Answer
    from gui.views.landscape_frame import Frame


def tr(text: str) -> str:
    """Translate a literal string."""
    return QCoreApplication.translate("function", text)


def subject_text(run: Shown) -> str:
    """Return whose weights are shown, and of which step if others were asked for."""
    if run.step == run.asked:
        return tr("{run}, step {step}").format(run=run.label, step=step_text(run.asked))
    return tr("{run}, step {step}: the nearest kept to {asked}").format(
        run=run.label, step=step_text(run.step), asked=step_text(run.asked)
    )


def details(answer: Answer, points: Points, frame: Frame) -> list[str]:
    """Return what else is to be said: the slice, errors, rows that are not seen."""
    rows, wish, found = answer.rows, answer.wish, []
    if wish.kind != "rows" and points.beside:
        found.append(tr("slice through the mean of all other inputs"))
    training, held = answer.errors
    if math.isfinite(training) and math.isfinite(held):
        text = tr("typical error {training} in training, {held} in validation")
        found.append(text.format(training=show(training), held=show(held)))
    elif math.isfinite(training):
        found.append(tr("typical error {training}").format(training=show(training)))
    if len(rows.truth) < rows.total:
        found.append(
            tr("{some} of {total} rows").format(
                some=step_text(len(rows.truth)), total=step_text(rows.total)
            )
        )
    outside = int((~points.inside(frame)).sum())
    if wish.kind == "rows" and outside and answer.counted is None:
        found.append(tr("{count} outside the view").format(count=step_text(outside)))
    return found


def alert_text(answer: Answer) -> str:
    """Return what is said if the network's answers are not finite; else nothing."""
    broken = np.atleast_1d(~np.isfinite(answer.predicted).all(axis=0))
    if not broken.any():
        return ""
    step = step_text(answer.wish.chosen.step)
    if broken.all():
        return tr("At step {step} no output is finite.").format(step=step)
    return tr("At step {step} the output is not finite for {count} of {total} rows.").format(
        step=step, count=step_text(int(broken.sum())), total=step_text(len(broken))
    )


def axis_names(wish: Wish) -> tuple[str, str]:
    """Return what stands at the axes."""
    data = wish.network.prepared.data
    across = data.feature_names[wish.axes[0]]
    if wish.kind == "rows":
        return tr("{name}, true").format(name=data.target_names[0]), tr("predicted")
    if wish.kind == "plane":
        return across, data.feature_names[wish.axes[1]]
    model = wish.network.model
    if model.task == "regression":
        return across, data.target_names[0]
    share = tr("probability") if model.loss.startswith("cross") else tr("output")
    if model.task == "classes":
        return across, share
    of = tr("{share} of {name}")
    return across, of.format(share=share, name=data.class_names[1])


def empty_text(some_runs: bool) -> str:
    """Return what is said before anything has been trained."""
    if not some_runs:
        return tr("Add an optimizer: what its network computes appears here.")
    return tr("What the network computes appears here as soon as it is trained.")
