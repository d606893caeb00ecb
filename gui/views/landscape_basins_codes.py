"""From outcomes to one byte per pixel, which says hue and shade; a theme turns it into colours."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.maps.outcomes import Outcomes

    Bytes = NDArray[np.uint8]

#: Minima share so many hues; one more is for what converged elsewhere, one for what diverged.
HUES = 8
SHADES = 20
ELSEWHERE, DIVERGED, NO_HUE = HUES, HUES + 1, HUES + 2
#: What a byte means that is no shade of a hue: nothing to be seen, the hatch of divergence.
NOTHING = NO_HUE * SHADES
HATCH = NOTHING + 1
HATCH_PX = 8
#: Losses at rest that are nearer than this part of their spread are of the same level, and a level
#: is no wider than that one; more levels than this are none.
SAME_LEVEL, WIDEST_LEVEL = 2e-3, 2e-2
MOST_LEVELS = 64


class Scales(Struct, frozen=True):
    """What hues and shades mean in a picture.

    Attributes
    ----------
    ends, breaks : which logarithms of steps have first and last shade, of what comes to rest and
        of what diverges.
    levels : losses between those at which runs rest, where no minimum is known: rising.
    """

    ends: tuple[float, float]
    breaks: tuple[float, float]
    levels: tuple[float, ...] = ()


def scales_of(found: Outcomes) -> Scales:
    """Return the scales that suit some outcomes, but for a few of the fastest and slowest."""
    from engine.maps.outcomes import NO_BASIN

    rests = np.isin(found.verdict, _verdicts("converged"))
    breaks = found.steps[np.isin(found.verdict, _verdicts("diverged", "nan"))]
    elsewhere = found.loss[rests & (found.basin == NO_BASIN)]
    return Scales(_scale(found.steps[rests]), _scale(breaks), _levels(elsewhere))


def _scale(steps: NDArray[np.int32]) -> tuple[float, float]:
    if not steps.size:
        return 0.0, 1.0
    low, high = np.log1p(np.quantile(steps, (0.02, 0.98)))
    return float(low), float(max(high, low + 0.5))


def _levels(losses: NDArray[np.float64]) -> tuple[float, ...]:
    """Return what separates the levels of some losses; nothing if they have no clear ones."""
    ordered = np.sort(losses[np.abs(losses) < 1e300])
    if len(ordered) < 2:
        return ()
    spread = float(ordered[-1] - ordered[0])
    if spread <= 1e-6 * max(1.0, abs(ordered[0]), abs(ordered[-1])):
        return ()
    gaps = np.flatnonzero(np.diff(ordered) > SAME_LEVEL * spread)
    first, last = np.r_[0, gaps + 1], np.r_[gaps, len(ordered) - 1]
    if len(first) > MOST_LEVELS or (ordered[last] - ordered[first]).max() > WIDEST_LEVEL * spread:
        return ()
    return tuple(((ordered[gaps] + ordered[gaps + 1]) / 2).tolist())


def codes_of(found: Outcomes, scales: Scales, minima: int, size: tuple[int, int]) -> Bytes:
    """Return a picture of `size` pixels, the uppermost row first: hue × `SHADES` + shade, or else.

    Parameters
    ----------
    minima : how many are known; their hues come first.
    """
    from engine.maps.outcomes import VERDICTS

    hues = _hues(found, scales, minima)
    steps = np.log1p(found.steps.astype(np.float32))
    shades = np.where(hues == DIVERGED, _shades(steps, scales.breaks), _shades(steps, scales.ends))
    codes = np.where(hues == NO_HUE, np.uint8(NOTHING), hues * np.uint8(SHADES) + shades)
    nan = found.verdict == VERDICTS.index("nan")
    return _hatched(codes[::-1], nan[::-1], size)


def _hues(found: Outcomes, scales: Scales, minima: int) -> Bytes:
    from engine.maps.outcomes import NO_BASIN

    hue = np.full(256, NO_HUE, np.uint8)
    hue[_verdicts("converged")] = ELSEWHERE
    hue[_verdicts("diverged", "nan")] = DIVERGED
    hues = hue[found.verdict]
    hues = np.where(found.basin == NO_BASIN, hues, (found.basin % HUES).astype(np.uint8))
    if scales.levels:
        # Minima that nobody listed differ in their losses, if in anything.
        level = np.searchsorted(np.array(scales.levels), found.loss)
        hues = np.where(hues == ELSEWHERE, ((minima + level) % HUES).astype(np.uint8), hues)
    return hues


def _shades(logarithms: NDArray[np.float32], scale: tuple[float, float]) -> Bytes:
    share = (logarithms - np.float32(scale[0])) / np.float32(scale[1] - scale[0])
    return np.asarray(np.clip(share, 0.0, 1.0) * (SHADES - 1) + 0.5, np.uint8)


def _verdicts(*kinds: str) -> list[int]:
    from engine.maps.outcomes import VERDICTS

    return [VERDICTS.index(kind) for kind in kinds]


def _hatched(codes: Bytes, nan: NDArray[np.bool_], size: tuple[int, int]) -> Bytes:
    """Return the picture with lines over what diverged; the other way over what became NaN."""
    codes = np.ascontiguousarray(_enlarged(codes, size))
    falling, rising = _lines(*size)
    diverged = (codes >= DIVERGED * SHADES) & (codes < NOTHING)
    if nan.any():
        falling = np.where(_enlarged(nan, size), rising, falling)
    np.putmask(codes, diverged & falling, HATCH)
    return codes


def _enlarged(field: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Return a picture with larger pixels of the same values."""
    height, width = field.shape
    if (width, height) == size:
        return field
    rows = np.arange(size[1]) * height // size[1]
    columns = np.arange(size[0]) * width // size[0]
    return np.asarray(field[rows][:, columns])


@lru_cache(maxsize=2)
def _lines(width: int, height: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where the lines of a hatch go, down to the right and up."""
    rows, columns = np.arange(height)[:, None], np.arange(width)
    return (rows - columns) % HATCH_PX == 0, (rows + columns) % HATCH_PX == 0
