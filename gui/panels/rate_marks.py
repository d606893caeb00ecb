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
    """Return what is shown of a run's limits at its learning rate; the most urgent mark first.

    Above limits that hold with one path's scaling nothing is tinted: they move with the rate, and
    the methods that have them swing there rather than blow up.
    """
    found = []
    scaling = _tr(", with the scaling of this path") if limits.scaled else ""
    if limits.lowest is not None:
        text = _tr("lowest limit along the path, at step {step}{scaling}: η = {rate}")
        found.append(_mark(limits.lowest, text, scaling, Shape.POINT, limits.lowest_step))
    if limits.start is not None:
        text = _tr("limit at the start{scaling}: η = {rate}")
        found.append(_mark(limits.start, text, scaling, Shape.RING))
    if limits.minimum is not None:
        text = _tr("limit at the minimum{scaling}: η = {rate}")
        found.append(_mark(limits.minimum, text, scaling, Shape.CROSS))
    if not found:
        reason = _tr("no limit is marked: {reason}").format(reason=limits.reason)
        return RateMarks(words=";\n".join([reason, *_swing(limits, rate)]))
    above = found[0].value
    words = _tr("limit {limit}{scaling}; now {times} times it").format(
        limit=show(above), scaling=scaling, times=show(rate / above, 2)
    )
    if not limits.scaled:
        return RateMarks(tuple(found), above, words)
    words = ";\n".join([words, *_swing(limits, rate), *_left_out(limits)])
    return RateMarks(tuple(found), None, words)


def _mark(value: float, text: str, scaling: str, shape: Shape, step: int = 0) -> SliderMark:
    return SliderMark(value, text.format(rate=show(value), step=step, scaling=scaling), shape)


def _swing(limits: RateLimits, rate: float) -> list[str]:
    """Say how far a run whose steps are bounded swings."""
    if limits.amplitude is None or not rate:
        return []
    share = limits.amplitude / abs(rate)
    part = "η/2" if abs(share - 0.5) < 1e-9 else _tr("{share} η").format(share=show(share))
    text = _tr("oscillates with amplitude {part} = {amplitude}")
    return [text.format(part=part, amplitude=show(limits.amplitude))]


def _left_out(limits: RateLimits) -> list[str]:
    """Say why the start has no mark."""
    if not limits.corrected:
        return []
    text = _tr("its first {steps} steps, which corrections lengthen, have no limit")
    return [text.format(steps=limits.corrected)]


def _tr(text: str) -> str:
    return QCoreApplication.translate("rates", text)
