"""What the verdict says, that its numbers are right, and that what it claims was run."""

import math
import re

import msgspec
import numpy as np
import pytest
from diagnosis_labels import BOWL, LABELS, LINE, experiment_of
from diagnosis_sayings import SAYINGS, UNTRUE

from engine.answer import answer
from engine.descent import Cancelled
from engine.explanation.diagnose import diagnose
from engine.explanation.explain import explain
from engine.numbers import short as number
from engine.optimizers import CATALOGUE as OPTIMIZERS
from engine.surfaces import CATALOGUE as SURFACES


def verdict(where, how, *, checked=True, stop=None):
    """Walk, explain and diagnose one run."""
    experiment = experiment_of(**where, **how)
    run = answer(experiment).trajectories[0]
    return diagnose(explain(run, experiment), experiment, checked=checked, stop=stop)


def test_the_founding_sentence():
    line = {"learning_rate": 0.12, "precision": "float32", "steps": 60}
    found = verdict(LINE, line)
    assert found.kind == "divergence"
    assert found.paragraph == (
        "ηλ₁ = 2.84 is above gradient descent's limit 2: along the steep direction each step "
        "multiplies the error by −1.84, so the loss grows 3.38-fold a step; float32 overflows near "
        "step 70. Below η = 0.0845 it converges; 0.0833 is fastest in the long run. Momentum 0.9 "
        "would allow 0.161."
    )
    assert [claim.checked for claim in found.claims] == ["measured", "run", "run"]
    assert found.claims[1].learning_rate == pytest.approx(1 / 12)


def test_the_founding_numbers_by_hand():
    # H = 2 [[11, 3], [3, 1]] for x = 1 … 5: λ = 12 ± √136.
    high = 12 + math.sqrt(136)
    assert f"{0.12 * high:.3g}" == "2.84"
    assert f"{2 / high:.3g}" == "0.0845"
    assert f"{(1 - 0.12 * high) ** 2:.3g}" == "3.38"
    assert f"{3.8 / high:.3g}" == "0.161"
    # The overflow that is foretold from 60 steps is the one that 500 steps meet.
    met = verdict(LINE, {"learning_rate": 0.12, "precision": "float32"}, checked=False)
    assert "; the loss overflows float32 at step 70." in met.paragraph


@pytest.mark.parametrize(("where", "how", "sayings"), SAYINGS)
def test_what_is_said(where, how, sayings):
    found = verdict(where, how)
    for words in sayings:
        assert words in found.paragraph, found.paragraph
    assert found.complete
    assert found.title


@pytest.mark.parametrize(("where", "how", "words"), UNTRUE)
def test_what_is_not_true_is_not_said(where, how, words):
    found = verdict(where, how)
    assert words not in f"{found.title}: {found.paragraph}"


@pytest.mark.parametrize(
    ("where", "how", "reason"),
    [
        ({"surface": "absolute", "start": (-3.1, 0.0)}, {"learning_rate": 0.01, "steps": 50},
         "kinks"),
        ({"surface": "rosenbrock", "start": (-1.5, 2.0)}, {"optimizer": "bfgs"}, "line search"),
        (BOWL, {"optimizer": "damped_newton", "learning_rate": 2.5, "steps": 100},
         "whatever λ is"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_left_out_with_its_reason(where, how, reason):
    paragraph = verdict(where, how).paragraph
    assert "No limit is given: " in paragraph
    assert reason in paragraph
    assert "'s limit" not in paragraph


#: A rate that the verdict calls safe, or too large, in the words that it uses.
CLAIMED = re.compile(r"(?:Below|Up to) η = ([0-9.e−-]+) it (converges|stays stable)")


@pytest.mark.parametrize(
    ("where", "how"),
    [(where, how) for where, how, kind, _ in LABELS
     if kind in ("contraction", "overshoot", "divergence", "catapult", "edge", "ravine", "moving")
     and "schedule" not in how],
)  # fmt: skip
def test_the_claimed_limit_is_where_long_runs_have_it(where, how):
    paragraph = verdict(where, how).paragraph
    found = CLAIMED.search(paragraph)
    if found is None:
        return
    rate = float(found[1].replace("−", "-"))

    def end(part):
        settings = {**how, "learning_rate": part * rate, "steps": 20_000}
        return answer(experiment_of(**where, **settings))

    safe, over = end(0.97), end(1.04)
    assert safe.statuses[0].kind not in ("diverged", "nan", "oscillating"), found[0]
    if found[2] == "converges":
        assert safe.statuses[0].kind == "converged"
    if "some rates do and some do not" in paragraph:
        return
    status, path = over.statuses[0], over.trajectories[0]
    growing = status.factor is not None and abs(status.factor) > 1
    assert growing or status.kind in ("diverged", "nan", "oscillating"), (found[0], path.loss[-1])


@pytest.mark.parametrize(("where", "how", "kind", "reason"), LABELS[::4])
def test_a_draft_speaks_of_this_run_alone(where, how, kind, reason):
    draft, full = verdict(where, how, checked=False), verdict(where, how)
    assert not draft.complete
    assert all(claim.checked != "run" for claim in draft.claims)
    if draft.kind == full.kind:
        assert full.claims[: len(draft.claims)] == draft.claims
    for claim in full.claims:
        assert claim.text.endswith(".")
        assert claim.text[0].isupper() or claim.text[0] in "ηκ"
        assert (claim.checked == "run") <= bool(claim.how)
        assert claim.learning_rate is None or claim.checked == "run"


def test_a_pixel_of_a_drag_changes_no_sentence():
    here = verdict(BOWL, {"learning_rate": 0.12})
    there = verdict({"surface": "bowl", "start": (-3.0, 1.0 + 1e-4)}, {"learning_rate": 0.12})
    assert here.paragraph == there.paragraph
    assert verdict(BOWL, {"learning_rate": 0.12}) == here


@pytest.mark.parametrize(("where", "how", "kind", "reason"), LABELS)
def test_no_number_has_more_than_three_digits(where, how, kind, reason):
    for claim in verdict(where, how, checked=False).claims:
        for shown in re.findall(r"\d+\.\d+", claim.text):
            few = len(shown.replace(".", "").lstrip("0")) <= 3
            # Just beside a limit it takes more digits to tell a number from it.
            beside = number(float(shown)) in claim.text.replace(shown, "")
            assert few or beside, claim.text


def test_checks_can_be_stopped():
    with pytest.raises(Cancelled):
        verdict(BOWL, {"learning_rate": 0.12}, stop=np.ones(1, np.uint8))


@pytest.mark.parametrize("surface", SURFACES, ids=lambda s: s.name)
@pytest.mark.parametrize("steps", [0, 1, 2, 40])
def test_every_surface_can_be_diagnosed(surface, steps):
    for factor in (0.1, 1.0, 30.0):
        how = {"learning_rate": factor * surface.learning_rate, "steps": steps}
        checked = steps == 40 and factor == 1.0
        assert verdict(
            {"surface": surface.name, "start": surface.start}, how, checked=checked
        ).claims


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: o.name)
def test_every_optimizer_can_be_diagnosed(optimizer):
    for factor in (0.1, 1.0, 100.0):
        how = {"optimizer": optimizer.name, "learning_rate": factor * optimizer.learning_rate}
        for start in ((-3.0, 1.0), (0.0, 0.0)):
            assert verdict({"surface": "bowl", "start": start}, {**how, "steps": 60}).claims


def test_a_recorded_run_is_judged_without_claims_about_others(tmp_path):
    experiment = experiment_of(**BOWL, learning_rate=0.12)
    path = tmp_path / "run.csv"
    answer(experiment).trajectories[0].to_csv(path)
    run = msgspec.structs.replace(experiment.runs[0], recorded=str(path))
    experiment = msgspec.structs.replace(experiment, runs=(run,))
    recorded = answer(experiment).trajectories[0]
    found = diagnose(explain(recorded, experiment), experiment, checked=True)
    assert found.kind == "divergence"
    assert "ηλ₁ = 2.4 is above gradient descent's limit 2" in found.paragraph
    assert "read from a file" not in found.paragraph
    assert all(claim.checked != "run" for claim in found.claims)
