"""Why a training run went as it did: what happened, and what else is to be seen in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.explanation import kinds as on_surfaces
from engine.networks.explanation import words, words_besides
from engine.networks.explanation.kinds import kind_of
from engine.networks.explanation.run_case import RunCase
from engine.networks.explanation.sharpness import sharpness_along

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.explanation.diagnosis import Claim
    from engine.networks.explanation.kinds import Kind
    from engine.networks.explanation.load import Sharpness
    from engine.networks.history import History
    from engine.networks.network import Network

#: What may be seen besides, in this order.
Beside = Literal["overfitting", "vanishing", "exploding", "dead", "saturation", "batches"]

#: Looks at curvature that a verdict is made from, and the residual that is good enough for them.
LOOKS, ENOUGH = 60, 1e-3

TITLES: dict[str, str] = {
    **dict(on_surfaces.TITLES.items()),
    "overshoot": "Overshoots, and still gets down",
    "dead": "Dead units",
    "overfitting": "Overfits",
    "vanishing": "Signals vanish",
    "exploding": "Signals explode",
    "saturation": "Saturated units",
    "climbing": "Climbs on purpose",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a run bears out.

    Parameters
    ----------
    kind : what it is.
    title : the kind in a few words for people.
    claims : whole sentences with their numbers, each with how it was checked.
    """

    kind: Kind | Beside
    title: str
    claims: tuple[Claim, ...]

    @property
    def text(self) -> str:
        """The sentences in one paragraph."""
        return " ".join(claim.text for claim in self.claims)


_WORDS: dict[Kind, Callable[[RunCase], list[Claim]]] = {
    "nan": words.not_a_number,
    "divergence": words.divergence,
    "still": words.still,
    "dead": words_besides.dead,
    "climbing": words.climbing,
    "catapult": words.catapult,
    "edge": words.edge,
    "noise": words.noise,
    "batches": words.batches,
    "plateau": words.plateau,
    "overshoot": words.overshoot,
    "contraction": words.contraction,
    "moving": words.moving,
}
_BESIDE: dict[Beside, Callable[[RunCase], list[Claim]]] = {
    "overfitting": words_besides.overfitting,
    "vanishing": words_besides.vanishing,
    "exploding": words_besides.exploding,
    "dead": words_besides.dead,
    "saturation": words_besides.saturation,
    "batches": words_besides.disagreement,
}


def verdict_on(
    network: Network,
    history: History,
    sharpness: Sharpness | None = None,
    *,
    stop: NDArray[np.uint8] | None = None,
) -> tuple[Finding, ...]:
    """Return what a run bears out, what happened first.

    Parameters
    ----------
    sharpness : the run's curvature; left out, it is looked at along the kept weights.

    Raises
    ------
    engine.descent.Cancelled : `stop` was set.
    """
    if sharpness is None:
        every = -(-len(history.kept) // LOOKS)
        sharpness = sharpness_along(network, history, every=every, tolerance=ENOUGH, stop=stop)
    case = RunCase(network, history, sharpness)
    with np.errstate(all="ignore"):
        kind = kind_of(case)
        found = [Finding(kind, TITLES[kind], tuple(_WORDS[kind](case)))]
        for name, say in _BESIDE.items():
            claims = say(case) if name != kind else []
            if claims:
                found.append(Finding(name, TITLES[name], tuple(claims)))
    return tuple(found)
