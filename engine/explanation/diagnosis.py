"""What a diagnosis is: a kind and a paragraph of claims, each of which says how it was checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "contraction", "overshoot", "edge", "catapult", "oscillation", "divergence", "plateau",
    "dead", "ravine", "noise", "batches", "nan", "resting", "moving", "still",
]  # fmt: skip

#: How a claim was checked: by running it, by measuring this run, or not (yet) at all.
Checked = Literal["run", "measured", ""]


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of the paragraph.

    Parameters
    ----------
    text : a whole sentence with its full stop.
    checked : ``"run"`` (other settings were run), ``"measured"`` (on this run) or ``""``.
    how : what was run or measured, in plain words, e.g. ``"runs at η = 0.0837 and 0.0853"``.
    learning_rate : the rate that the claim recommends, if it does: for a "use it" button.
    """

    text: str
    checked: Checked = ""
    how: str = ""
    learning_rate: float | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a run went as it did.

    Parameters
    ----------
    kind : what happened.
    title : the kind in a few words for people, e.g. ``"Diverges"``.
    claims : the sentences of the paragraph, in order.
    complete : whether what is said about other settings has been run; a draft leaves that out.
    """

    kind: Kind
    title: str
    claims: tuple[Claim, ...]
    complete: bool = False

    @property
    def paragraph(self) -> str:
        """The claims' sentences in one paragraph."""
        return " ".join(claim.text for claim in self.claims)
