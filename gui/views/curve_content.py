"""What one curve plot has to show: values at a step, marks at the edge, or why there is nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor

from gui.theme import THEME
from gui.views.curve_marks import EdgeMark, ExitMark
from gui.views.curve_readout import Row
from gui.views.curve_text import tr

if TYPE_CHECKING:
    from gui.views.curve_drawing import CurveDrawing
    from gui.views.curve_frame import Frame


def rows_at(drawing: CurveDrawing, step: int) -> list[Row]:
    """Return what each visible run has at a step; runs that have no such step are left out."""
    picture = drawing.picture
    if picture is None or drawing.prepared is None:
        return []
    found = []
    for index in drawing.visible:
        value = drawing.value(index, step)
        if value is not None:
            slot, label = drawing.runs[index].slot, drawing.label(index)
            place = drawing.prepared.series[index].place(step, picture.scale)
            words, columns = drawing.words(index, step), drawing.columns(index, step)
            found.append(Row(index, slot, label, value, place, words, columns))
    return found


def edge_marks(drawing: CurveDrawing, frame: Frame) -> list[EdgeMark]:
    """Return the marks of the visible runs that stopped being finite within the view."""
    if drawing.prepared is None:
        return []
    found = []
    for index in drawing.visible:
        mark = drawing.prepared.series[index].mark
        if mark is not None and frame.low <= mark.step <= frame.high:
            text = drawing.mark_text(index, mark)
            found.append(EdgeMark(index, drawing.runs[index].slot, frame.x(mark.step), text))
    return found


def exit_marks(drawing: CurveDrawing, frame: Frame) -> list[ExitMark]:
    """Return where runs leave the plot; those that diverged in the alert colour."""
    found = []
    for leaving in drawing.exits:
        if leaving.index < len(drawing.runs):
            colour = QColor(THEME.colours.alert)
            if not drawing.is_loud(leaving.index):
                colour = THEME.path_colour(drawing.runs[leaving.index].slot)
            found.append(ExitMark(frame.x(leaving.step), leaving.upwards, colour))
    return found


def why_empty(drawing: CurveDrawing) -> str:
    """Return why there is nothing to draw, or an empty string."""
    if drawing.prepared is None:
        return tr("The curves appear here in a moment.")
    if not drawing.runs:
        return tr("Add an optimizer, and its curve appears here.")
    if not drawing.visible:
        return tr("Every run is hidden; show one to see its curve.")
    series = [drawing.prepared.series[i] for i in drawing.visible]
    if all(s.highest == -math.inf for s in series):
        return drawing.why_empty() or tr("There is no finite value to draw.")
    return ""


def limit_place(drawing: CurveDrawing) -> float | None:
    """Return where the limit stands (0 top, 1 bottom) in a plot that is measured against it."""
    limit, picture = drawing.limit, drawing.picture
    return None if limit is None or picture is None else picture.scale.place(limit)
