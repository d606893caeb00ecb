"""What is said of a plane through the weights, of the paths in it, and of places."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from gui.numbers import show
from gui.views.curve_text import step_text
from gui.views.landscape_hover import digits_for

if TYPE_CHECKING:
    from gui.networks.views.plane_work import Followed, Ground, Laid
    from gui.views.landscape_frame import Frame


def tr(text: str) -> str:
    """Translate a literal string."""
    return QCoreApplication.translate("plane", text)


def axis_names(laid: Laid, log: bool) -> tuple[str, str]:
    """Return what stands at the axes."""
    plane = laid.plane
    assert plane is not None
    if len(plane.axes) == 1:
        return tr("share of the way"), tr("log₁₀ of the loss") if log else tr("loss")
    names = [
        f"{name}: {_percent(share)}" if math.isfinite(share) else name
        for name, share in zip(plane.names, plane.variance.tolist(), strict=True)
    ]
    return names[0], names[1]


def details(
    laid: Laid, followed: Followed | None, ground: Ground | None, selected: int, held: bool
) -> str:
    """Return what is to be known of the plane: what it holds, what it leaves out."""
    plane, parts = laid.plane, []
    assert plane is not None
    if laid.replaced:
        text = tr("{reason} Shown: the steepest curvature at the start.")
        parts.append(text.format(reason=laid.replaced))
    if held:
        parts.append(tr("Laid through earlier paths."))
    elif math.isfinite(both := float(plane.variance.sum())):
        text = tr("{both} of the paths' variance lies in this plane.")
        parts.append(text.format(both=_percent(both)))
    if plane.note and not held:
        parts.append(plane.note)
    if laid.cut and not held:
        parts.append(tr("What left for good was not counted."))
    if followed is not None and selected in followed.indices:
        parts.append(_gap_text(followed, selected))
    if ground is not None and ground.losses.note and ground.losses.note != plane.note:
        parts.append(ground.losses.note)
    return " ".join(filter(None, parts))


def _gap_text(followed: Followed, selected: int) -> str:
    run, gaps = followed.runs.runs[selected], followed.distances[selected]
    assert run is not None
    assert gaps is not None
    finite = gaps[gaps < math.inf]
    if not len(finite):
        return ""
    text = tr("{run}: up to {most} beside it, on a way of {way}.")
    way = show(followed.ways[selected], 2)
    return text.format(run=run.label, most=show(float(finite.max()), 2), way=way)


def _percent(share: float) -> str:
    return f"{show(100 * share)} %"


def place_text(ground: Ground | None, frame: Frame, at: tuple[float, float]) -> str:
    """Return coordinates and loss of a place."""
    from gui.networks.views.plane_work import nearest

    x0, x1, y0, y1 = frame.view
    text = f"{show(at[0], digits_for(x0, x1))}"
    if ground is None or ground.pixels is not None:
        text += f"   {show(at[1], digits_for(y0, y1))}"
    loss = nearest(ground, at) if ground is not None else None
    if loss is None:
        return text
    if math.isfinite(loss):
        return text + "\n" + tr("loss {loss}").format(loss=show(loss, 4))
    return text + "\n" + tr("loss {loss}: no number can hold it").format(loss=show(loss))


def point_text(followed: Followed, index: int, row: int) -> str:
    """Return run, step, loss and distance of a point of a path."""
    run, gaps, losses = (
        followed.runs.runs[index], followed.distances[index], followed.losses[index]
    )  # fmt: skip
    assert run is not None
    assert gaps is not None
    assert losses is not None
    text = tr("{run}, step {step}: loss {loss}\n{gap} away from the plane")
    if followed.is_line:
        text = tr("{run}, step {step}: loss {loss}\n{gap} away from the line")
    return text.format(
        run=run.label,
        step=step_text(run.step(row)),
        loss=show(float(losses[row]), 4),
        gap=show(float(gaps[row])),
    )


def kind_options() -> list[tuple[str, str, str]]:
    """Return the kinds of planes: key, name, tooltip."""
    return [
        ("principal", tr("Principal components"), tr("The plane that holds most of all paths")),
        ("curvature", tr("Steepest curvature"),
         tr("The plane of the Hessian's two largest eigenvalues")),
        ("random", tr("Random directions"),
         tr("Two random directions, each row of weights varied by its own length")),
        ("line", tr("Straight line"),
         tr("The loss along the line from the selected run's end to another network")),
    ]  # fmt: skip


def around_options() -> list[tuple[str, str, str]]:
    """Return where a plane can touch the selected run: key, name, tooltip."""
    return [
        ("start", tr("at the start"), tr("Through the first weights")),
        ("head", tr("at the head"), tr("Through the weights kept nearest to the play head")),
        ("end", tr("at the end"), tr("Through the selected run's last weights")),
    ]


def loss_options() -> list[tuple[str, str, str]]:
    """Return whose loss can be drawn: key, name, tooltip."""
    return [
        ("all", tr("all rows"), tr("The loss on all training rows")),
        ("batch", tr("this batch"), tr("The loss on the batch that the head's step sees")),
    ]


def empty_text(some_runs: bool) -> str:
    """Return what is said before there is a plane."""
    if not some_runs:
        return tr("Add an optimizer: its path through the weights appears here.")
    return tr("The path through the weights appears here as soon as it is trained.")
