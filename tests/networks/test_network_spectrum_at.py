"""The spectrum at a step of a run: whose it is, beside which limit, and what is said of it."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.descent import Cancelled
from engine.drawing.spectrum import BARS, spectrum_picture
from engine.explanation.limits import transient_of
from engine.networks.batches import BatchSettings
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.explanation import spectrum_at as module
from engine.networks.explanation.linear import linear_of
from engine.networks.explanation.objective import objective_of
from engine.networks.explanation.replay import Replay
from engine.networks.explanation.spectrum import hessian_of
from engine.networks.explanation.spectrum_at import last_finite, spectrum_at, words
from engine.networks.session import Session
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun

EXPERIMENT = NetworkExperiment(
    data=NetworkDataSettings(source="moons"), model=ModelSettings(hidden=(6,)),
    batches=BatchSettings(size=32), steps=100, precision="float64",
)  # fmt: skip


def trained(experiment=EXPERIMENT, **settings):
    session = Session(replace(experiment, runs=(TrainingRun(**settings),)))
    while session.advance():
        pass
    history = session.histories()[0]
    return Replay(session.network, history), history


@pytest.mark.parametrize("step", [0, 37, 100])
def test_plain_descent_has_the_hessian_and_its_limit(step):
    replay, _ = trained(learning_rate=0.5, weight_decay=0.01)
    seen = spectrum_at(replay, step)
    replay.to(step)
    wanted = np.linalg.eigvalsh(hessian_of(objective_of(replay.network), replay.theta[: seen.size]))
    np.testing.assert_allclose(seen.spectrum.values, wanted, atol=1e-10)
    assert seen.largest == pytest.approx(wanted[-1], rel=1e-5)
    # η (λ + w) may be 2.
    assert seen.limit == pytest.approx(2 / 0.5 - 0.01)
    assert not seen.scaled
    assert not seen.reason


def test_adam_scales_it_and_has_its_own_limit():
    replay, _ = trained(optimizer="adam", learning_rate=0.01)
    step = 60
    seen = spectrum_at(replay, step)
    taken = replay.taken(step)
    root = np.sqrt(taken.gains)
    hessian = hessian_of(objective_of(replay.network), taken.before)
    wanted, vectors = np.linalg.eigh(root[:, None] * hessian * root)
    np.testing.assert_allclose(seen.spectrum.values, wanted, atol=1e-10)
    assert seen.scaled
    assert seen.limit == pytest.approx(2 * 1.9 / 0.1)
    gradient = root * objective_of(replay.network).gradient(taken.before)
    part = (vectors[:, -1] @ gradient) ** 2 / (gradient @ gradient)
    assert seen.share.shares[0] == pytest.approx(part, abs=1e-3)
    plain = spectrum_at(replay, step, scaled=False)
    np.testing.assert_allclose(plain.spectrum.values, np.linalg.eigvalsh(hessian), atol=1e-10)
    assert plain.reason == "Adam scales the curvature first"
    early = spectrum_at(replay, transient_of(*linear_of(plain.run)) - 1)
    assert "too short" in early.reason
    assert np.isnan(early.limit)


def test_words_tell_on_which_side_of_the_limit_it_is():
    replay, _ = trained(learning_rate=0.5)
    below = words(spectrum_at(replay, 100))
    assert "is below gradient descent's limit 4, which is" in below[0]
    assert below[-1].startswith("The 5 steepest directions hold")
    replay, _ = trained(learning_rate=20.0, clip_norm=0.01)
    seen = spectrum_at(replay, 0)
    above = words(seen)
    assert "is above gradient descent's limit 0.1, " in above[0]
    beyond = np.count_nonzero(seen.spectrum.values > 0.1)
    assert above[1].startswith(f"{beyond} of {seen.size} eigenvalue")


def test_rules_of_whole_tensors_say_why_there_is_no_limit():
    replay, _ = trained(optimizer="muon", learning_rate=0.01)
    seen = spectrum_at(replay, 50)
    assert "No limit is given: no limit is known for Muon" in words(seen)[0]
    assert np.isnan(spectrum_picture(seen).limit)


def test_a_run_that_blew_up_is_looked_at_where_it_was_finite_last():
    cars = replace(
        EXPERIMENT, data=NetworkDataSettings(source="cars"),
        model=ModelSettings(hidden=(6,), activation="identity"),
    )  # fmt: skip
    replay, history = trained(cars, learning_rate=0.1)
    step = last_finite(history, history.steps)
    assert 0 < step < history.steps
    assert np.isfinite(history.loss[step])
    assert not np.isfinite(history.loss[step + 1])
    found = spectrum_at(replay, step)
    assert found.step == step
    # Far out the curvature may overflow though the loss does not: then that is said.
    finite = np.isfinite(found.spectrum.values).all()
    assert finite or words(found) == ["The curvature is not finite at these weights."]
    replay.to(history.steps)
    lost = spectrum_at(replay, history.last_step)
    assert words(lost) == ["The curvature is not finite at these weights."]
    assert spectrum_picture(lost) is None


def test_bars_hold_every_eigenvalue_and_a_density_as_many(monkeypatch):
    replay, _ = trained(learning_rate=0.5)
    seen = spectrum_at(replay, 100)
    picture = spectrum_picture(seen)
    assert picture.counts.sum() == seen.size
    assert len(picture.heights) == BARS
    assert picture.heights.max() == 1
    low, high, count = picture.bar_at(picture.place(seen.largest))
    assert low <= seen.largest <= high
    assert count >= 1
    assert 0 < picture.place(seen.largest) < picture.limit < 1
    assert picture.levels[0][1] == 1
    monkeypatch.setattr(module, "MOST_WHOLE", 0)
    monkeypatch.setattr(
        module, "spectrum_of", lambda *a, **k: spectrum(*a, **{**k, "most_whole": 0})
    )
    dense = spectrum_at(replay, 100)
    assert not dense.spectrum.whole
    assert spectrum_picture(dense).counts.sum() == pytest.approx(seen.size, rel=0.05)


spectrum = module.spectrum_of


def test_it_can_be_stopped():
    replay, _ = trained(learning_rate=0.5)
    with pytest.raises(Cancelled):
        spectrum_at(replay, 50, stop=np.ones(1, np.uint8))
