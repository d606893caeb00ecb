"""What a budget, a line and a mode are said to be."""

import math

import numpy as np
import pytest

from engine.answer import answer
from engine.experiment import Experiment, RunSettings, SurfaceSettings, new_run
from engine.explanation.budget_words import (
    StepBudget,
    bar_lengths,
    budget_at,
    first_rise,
    sentence,
)
from engine.explanation.explain import explain
from engine.explanation.explanation import Budget
from engine.explanation.line_view import loss_range, values_at, verdict
from engine.explanation.microscope import microscope
from engine.explanation.mode_words import envelope, flips_text, motion, multiplier_text
from engine.explanation.modes import Mode, in_eigenbasis, modes_at

PLAIN, CLIMBING = RunSettings(), RunSettings(maximize=True)


def explained(surface="square", start=(1.5, 0.0), steps=30, optimizer="sgd", **run):
    experiment = Experiment(
        surface=SurfaceSettings(name=surface), start=start, steps=steps,
        runs=(new_run(optimizer, **run),),
    )  # fmt: skip
    return explain(answer(experiment).trajectories[0], experiment)


@pytest.mark.parametrize(
    ("terms", "run", "batched", "expected"),
    [
        ((-1, 0.2, 0, -0.8), PLAIN, False, "Curvature takes back 20 % of what the slope gives"),
        ((-1, 0.01, 0, -0.99), PLAIN, False, "The slope decides"),
        ((-1, -0.5, 0, -1.5), PLAIN, False, "Slope and downward bend pull together"),
        ((-1, 3, 0, 2), PLAIN, False, "Curvature takes back 3 times what the slope gives"),
        ((-1, 0.5, 9, 8.5), PLAIN, False, "The remainder decides: so long a step"),
        ((-1, 3, -4, -2), PLAIN, False, "The remainder decides; the quadratic model would not"),
        ((1, 0.5, 0, 1.5), PLAIN, False, "uphill, carried by earlier gradients"),
        ((1, 0.5, 0, 1.5), PLAIN, True, "uphill, since its mini-batch asks"),
        ((-1, -0.5, 0, -1.5), CLIMBING, False, "pull together: the negative loss falls by 1.5."),
        ((-1, 3, 0, 2), CLIMBING, False, "the negative loss rises by 2."),
        ((1, 0.5, 0, 1.5), RunSettings(noise=1.0), False, "uphill, since noise points there"),
        ((1, 0.5, 0, 1.5), RunSettings(weight_decay=0.1), False, "uphill, carried by weight decay"),
        ((1, -3, 0, -2), PLAIN, False, "uphill at first, but a downward bend outweighs it"),
        ((0, 0, 0, 0), PLAIN, False, "Nothing moves."),
        ((-1, 1, 0, 0), PLAIN, False, "Slope, curvature and remainder cancel."),
        ((-1, 1, math.inf, math.inf), PLAIN, False, "the loss is no longer finite"),
        ((math.nan, 1, math.nan, 3), PLAIN, False, "not finite here"),
    ],
)
def test_sentences(terms, run, batched, expected):
    assert expected in sentence(StepBudget(*map(float, terms)), run, batched)


def test_terms_of_like_size_have_linear_bars_and_others_logarithmic_ones():
    lengths, logarithmic = bar_lengths((-1.0, 2.0, 0.0, 1.0))
    assert not logarithmic
    assert lengths == pytest.approx((-0.5, 1.0, 0.0, 0.5))
    lengths, logarithmic = bar_lengths((-1e-3, 2.0, 0.0, 2.0))
    assert logarithmic
    assert -0.5 < lengths[0] < -0.001
    assert bar_lengths((math.inf, -1.0, math.nan, math.inf))[0][0] == 1.0
    assert bar_lengths((0.0, 0.0, 0.0, 0.0)) == ((0.0, 0.0, 0.0, 0.0), False)


def test_the_first_rise_counts_what_is_no_longer_finite():
    def budget(measured):
        array = np.array(measured, dtype=float)
        return Budget(array, array, array, array)

    assert first_rise(budget([-1, -2, 3, 4])) == 2
    assert first_rise(budget([-1, -2, math.nan])) == 2
    assert first_rise(budget([-1, 0])) == -1
    assert first_rise(budget([])) == -1


def test_a_remainder_of_rounding_is_no_remainder():
    found = budget_at(explained(learning_rate=1.1).budget, 3)
    assert found.remainder == 0.0
    assert budget_at(explained(learning_rate=1.1).budget, 30) is None


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (0.25, "0.5 of the best one"),
        (0.5, "The step is the best one along this line."),
        (0.9, "1.8 times the best one: it overshoots, and still falls"),
        (1.0, "twice the best one: the model lands as high as it began."),
        (1.1, "2.2 times the best one, beyond twice it"),
    ],
)
def test_how_a_step_stands_to_the_best_one(rate, expected):
    assert expected in verdict(microscope(explained(learning_rate=rate), 0), PLAIN)


def test_a_line_that_bends_down_has_no_best_step():
    line = microscope(explained("saddle", (0.0, 1.0), learning_rate=0.1), 0)
    assert "The surface bends down" in verdict(line, PLAIN)
    assert "The negative loss bends down" in verdict(line, CLIMBING)
    low, high = loss_range(line)
    assert low < min(line.value, line.landed)
    assert high > max(line.value, line.landed)


def test_values_on_the_line_of_a_parabola_equal_the_model():
    explanation = explained(learning_rate=0.9)
    line = microscope(explanation, 0)
    for s in (-0.2, 0.123, 1.0, 1.7):
        true, model = values_at(explanation, 0, line, s)
        assert true == pytest.approx(model, rel=1e-12)
    assert values_at(explanation, 0, line, line.best) == (pytest.approx(0.0, abs=1e-12), 0.0)


def mode(eigenvalue=2.0, multiplier=0.5, flips=0, watched=16, load=0.5, coordinate=1.0):
    z = None if multiplier is None else complex(multiplier)
    return Mode(eigenvalue, np.array([1.0, 0.0]), load, z, flips, watched, 0.5, coordinate)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (mode(multiplier=0.5), "shrinks from one side"),
        (mode(multiplier=-2e-16), "gone in one step"),
        (mode(multiplier=-0.5), "overshoots each step and shrinks"),
        (mode(multiplier=-1.5), "overshoots each step and grows"),
        (mode(multiplier=-1.0), "overshoots each step and keeps its size"),
        (mode(multiplier=0.5 + 0.5j), "swings and shrinks"),
        (mode(-2.0, 1.2, load=-0.2), "bends down: leaves the ridge"),
        (mode(-2.0, None), "bends down: no rest along it"),
        (mode(0.0, 1.0, load=0.0), "flat: nothing pulls along it"),
        (mode(math.nan, None), "the curvature is not finite here"),
    ],
)
def test_motions(given, expected):
    assert motion(given) == expected


def test_multipliers_and_flips_are_read_as_people_write_them():
    assert multiplier_text(mode(multiplier=-1.84)) == "−1.84"
    assert multiplier_text(mode(multiplier=0.5 + 0.5j)) == "0.707 turning 45°"
    assert multiplier_text(mode(multiplier=None)) == ""
    assert flips_text(mode(flips=16)) == "flips each step"
    assert flips_text(mode(flips=0)) == "no flips"
    assert flips_text(mode(flips=3)) == "3 flips in 16 steps"
    assert flips_text(mode(watched=0)) == ""
    assert flips_text(mode(multiplier=0.0, flips=1, watched=1)) == ""


def test_on_a_bowl_the_path_follows_its_envelope():
    explanation = explained("bowl", (-3.0, 1.0), 40, learning_rate=0.096)
    errors = in_eigenbasis(explanation, 10)
    for row, found in enumerate(modes_at(explanation, 10)):
        predicted = envelope(errors[:, row], found, 10)
        seen = np.isfinite(predicted)
        assert seen.sum() > 30
        assert np.abs(errors[seen, row]) == pytest.approx(predicted[seen], rel=1e-9)


@pytest.mark.parametrize("multiplier", [None, 1e-300])
def test_where_a_multiplier_predicts_nothing_that_can_be_seen_there_is_no_envelope(multiplier):
    # Going back from step 3 by a factor of 1e300 a step leaves the path; there is no step after.
    errors = np.array([4.0, 2.0, 1.0, 0.0])
    assert envelope(errors, mode(multiplier=multiplier, coordinate=9.0), 3) is None
