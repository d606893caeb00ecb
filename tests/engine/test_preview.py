"""Thumbnails: evaluated with numpy, nothing compiled."""

import numpy as np
import pytest

from engine.experiment import SurfaceSettings
from engine.formula import parse
from engine.parameter import complete
from engine.preview import BANDS, LINE, bands, curve, preview, sample
from engine.surfaces import CATALOGUE

FORMULAS = [surface for surface in CATALOGUE if surface.formula]


@pytest.mark.parametrize("surface", FORMULAS, ids=lambda surface: surface.name)
def test_a_sample_is_what_the_formula_says(surface):
    values = complete(surface.parameters, {})
    x, y = np.random.default_rng(0).uniform(-3, 3, (2, 4, 3))
    formula = parse(surface.formula, tuple(values))
    slowly = [formula.evaluate(*point, values)[0] for point in zip(x.flat, y.flat, strict=True)]
    found = sample(surface.formula, values, x, y)
    np.testing.assert_allclose(found.ravel(), slowly, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("surface", FORMULAS, ids=lambda surface: surface.name)
def test_every_preview_shows_something(surface):
    picture = preview(SurfaceSettings(name=surface.name), 48, 32)
    assert picture.shape == (32, 48)
    assert picture.dtype == np.uint8
    assert len(np.unique(picture)) >= (3 if surface.one_variable else BANDS // 2)
    assert np.mean(picture == LINE) < 0.5


@pytest.mark.parametrize(
    "formula", ["1", "log(-1)", "1/0", "log(x)", "9^9^9", "erf(x)*cbrt(y) + atan2(x, y)", "a*x"]
)
def test_a_preview_of_any_formula_is_a_picture(formula):
    picture = preview(SurfaceSettings(name="formula", formula=formula), 20, 10)
    assert picture.shape == (10, 20)


def test_bands_hold_equally_many_points_and_rise_with_the_loss():
    loss = np.linspace(0, 1, 900).reshape(30, 30) ** 5
    levels = bands(loss)
    rising = levels[levels != LINE]
    assert np.all(np.diff(rising.astype(int)) >= 0)
    assert len(np.unique(rising)) == BANDS


def test_points_without_a_loss_lie_in_the_highest_band():
    loss = np.zeros((4, 4))
    loss[0, 0] = np.nan
    loss[3, 3] = np.inf
    assert bands(loss)[3, 3] >= bands(loss)[2, 2]
    assert bands(np.full((3, 3), np.nan)).shape == (3, 3)


def test_a_curve_is_one_unbroken_line():
    x = np.linspace(-3, 3, 60)
    picture = curve(x**2, 40)
    assert np.all((picture == LINE).any(axis=0))
    top = (picture == LINE).argmax(axis=0)
    assert top[30] > top[0]
    assert not np.any(curve(np.full(5, np.nan), 8))
