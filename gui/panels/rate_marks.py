"""What a learning-rate slider says of the limit: its marks, its tooltip, its description."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication

from gui.numbers import show
from gui.panels.slider_marks import Shape, SliderMark

if TYPE_CHECKING:
    from engine.explanation.rates import RateLimits


class RateMarks(NamedTuple):
    """Marks of a slider, the value above which its groove is tinted, and what is said of it."""

    marks: tuple[SliderMark, ...] = ()
    above: float | None = None
    words: str = ""


def marks_of(limits: RateLimits, rate: float) -> RateMarks:
    """Return what is shown of a run's limits at its learning rate; the most urgent mark first."""
    found = []
    if limits.lowest is not None:
        text = _tr("lowest limit along the path, at step {step}: η = {rate}")
        found.append(_mark(limits.lowest, text, Shape.POINT, limits.lowest_step))
    if limits.start is not None:
        found.append(_mark(limits.start, _tr("limit at the start: η = {rate}"), Shape.RING))
    if limits.minimum is not None:
        text = _tr("limit at the minimum: η = {rate}")
        found.append(_mark(limits.minimum, text, Shape.CROSS))
    if not found:
        return RateMarks(words=_why_none(limits, rate))
    above = found[0].value
    words = _tr("limit {limit}; now {times} times it").format(
        limit=show(above), times=show(rate / above, 2)
    )
    return RateMarks(tuple(found), above, words)


def _mark(value: float, text: str, shape: Shape, step: int = 0) -> SliderMark:
    return SliderMark(value, text.format(rate=show(value), step=step), shape)


def _why_none(limits: RateLimits, rate: float) -> str:
    words = _tr("no limit is marked: {reason}").format(reason=limits.reason)
    if limits.amplitude is None or not rate:
        return words
    share = limits.amplitude / abs(rate)
    part = "η/2" if abs(share - 0.5) < 1e-9 else _tr("{share} η").format(share=show(share))
    swing = _tr("oscillates with amplitude {part} = {amplitude}").format(
        part=part, amplitude=show(limits.amplitude)
    )
    return f"{words}; {swing}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("rates", text)
