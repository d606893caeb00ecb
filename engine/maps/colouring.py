"""From outcomes to colours: blues converge and reds diverge, as in Sohl-Dickstein 2024.

Blue and red, and the palettes of verdicts and minima (after Okabe and Ito), are told apart by
colour-blind eyes, too. The deepest colours lie beside the border, where runs take longest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from engine.experiment import Settings
from engine.maps.outcomes import NO_BASIN, VERDICTS, Outcomes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Reals = NDArray[np.float64]

_BLUES = ((222, 235, 246), (90, 160, 210), (20, 75, 150), (6, 28, 72))
_REDS = ((253, 228, 212), (236, 130, 90), (178, 36, 36), (80, 4, 16))
#: The colours of `engine.maps.outcomes.VERDICTS`: red, hues of it, is for what diverged alone.
VERDICT_COLOURS = (
    (0, 114, 178), (150, 150, 156), (230, 159, 0), (196, 38, 38), (92, 10, 48), (214, 214, 218)
)  # fmt: skip
#: The colours of minima, in their order; they repeat.
BASIN_COLOURS = (
    (0, 114, 178), (230, 159, 0), (0, 158, 115), (204, 121, 167), (86, 180, 233), (240, 228, 66),
    (136, 102, 68), (120, 94, 240),
)  # fmt: skip
#: The faintest share of a colour's range; what diverges and what converges never meet.
_FAINTEST = 0.2
#: How much darker what took most steps is.
_DARKER = 0.65
#: So many values are enough to know how they are spread.
_ENOUGH = 65_536


class ColouringSettings(Settings, frozen=True):
    """What decides about a pixel's colour, and whether all shades are used equally often."""

    by: Literal["measure", "verdict", "basin"] = "measure"
    equalised: bool = True


class Scale(NamedTuple):
    """What the shades of one picture mean: sorted sizes of what is below and above 0, or steps."""

    below: Reals
    above: Reals


def scale_of(outcomes: Outcomes, settings: ColouringSettings) -> Scale:
    """Return the shades that suit outcomes; what nobody has asked for yet does not count."""
    known = outcomes.verdict != len(VERDICTS)
    if settings.by == "basin":
        reached = known & (outcomes.basin != NO_BASIN)
        return Scale(np.zeros(0), _some(outcomes.steps[reached].astype(np.float64)))
    values = outcomes.measure[known]
    values = values[~np.isnan(values)]
    return Scale(_some(-values[values < 0]), _some(values[values >= 0]))


def colours(
    outcomes: Outcomes, settings: ColouringSettings, scale: Scale | None = None
) -> NDArray[np.uint8]:
    """Return the colours of outcomes, red, green, blue, opacity: shape (..., 4).

    Unknown pixels are transparent. ``scale`` is that of the whole picture if `outcomes` is a
    part of it.
    """
    scale = scale_of(outcomes, settings) if scale is None else scale
    found = np.empty((*outcomes.verdict.shape, 4), np.uint8)
    if settings.by == "verdict":
        found[..., :3] = _table(VERDICT_COLOURS)[outcomes.verdict]
    elif settings.by == "basin":
        found[..., :3] = _basins(outcomes, settings, scale)
    else:
        found[..., :3] = _measures(outcomes, settings, scale)
    found[..., 3] = np.where(outcomes.verdict == len(VERDICTS), 0, 255)
    return found


def _measures(outcomes: Outcomes, settings: ColouringSettings, scale: Scale) -> NDArray[np.uint8]:
    measure = outcomes.measure
    good = measure >= 0
    up = _share(measure, scale.above, settings.equalised)
    down = _share(-measure, scale.below, settings.equalised)
    shades = np.where(good, up, down)
    index = np.rint(255 * (_FAINTEST + (1 - _FAINTEST) * shades)).astype(np.intp)
    ramps = np.stack([_ramp(_REDS), _ramp(_BLUES)])
    return np.asarray(ramps[good.astype(np.intp), index])


def _basins(outcomes: Outcomes, settings: ColouringSettings, scale: Scale) -> NDArray[np.uint8]:
    dark = _DARKER * _share(outcomes.steps.astype(np.float64), scale.above, settings.equalised)
    base = _table(BASIN_COLOURS)[outcomes.basin % len(BASIN_COLOURS)]
    reached = (base * (1 - dark)[..., None]).astype(np.uint8)
    other = _table(VERDICT_COLOURS)[outcomes.verdict]
    # Converged, but to none of the known minima: no colour of theirs.
    elsewhere = (outcomes.verdict == VERDICTS.index("converged"))[..., None]
    other = np.where(elsewhere, np.uint8(240), other)
    return np.where((outcomes.basin == NO_BASIN)[..., None], other, reached)


def _share(values: Reals, among: Reals, equalised: bool) -> Reals:
    """Return where values lie among sorted ones, 0 to 1: by rank, or by their logarithm."""
    if not among.size:
        return np.zeros(values.shape)
    if equalised:
        found = np.searchsorted(among, values) / max(among.size - 1, 1)
    else:
        low, high = np.log1p(among[[0, -1]])
        with np.errstate(all="ignore"):
            found = (np.log1p(np.maximum(values, among[0])) - low) / max(high - low, 1e-300)
    return np.asarray(np.clip(np.nan_to_num(found), 0.0, 1.0))


def _some(values: Reals) -> Reals:
    ordered = np.sort(values[:: max(1, values.size // _ENOUGH)])
    if values.size:
        # Sampling must not lose the ends.
        ordered[0], ordered[-1] = values.min(), values.max()
    return ordered


def _table(palette: tuple[tuple[int, int, int], ...]) -> NDArray[Any]:
    """Return a palette to be indexed; one colour more for what is unknown."""
    return np.array([*palette, (0, 0, 0)], np.uint8)


def _ramp(anchors: tuple[tuple[int, int, int], ...]) -> NDArray[np.uint8]:
    at = np.linspace(0, 255, len(anchors))
    channels = [np.interp(np.arange(256), at, channel) for channel in zip(*anchors, strict=True)]
    return np.asarray(np.rint(np.stack(channels, axis=-1)), np.uint8)
