"""Colours mean what they say, and the border's dimension is that of known sets."""

from __future__ import annotations

import numpy as np
import pytest

from engine.maps import colouring
from engine.maps.colouring import ColouringSettings, colours, scale_of
from engine.maps.dimension import dimension, of_mask
from engine.maps.outcomes import VERDICTS, Outcomes, unknown


def some(height=40, width=50):
    chance = np.random.default_rng(1)
    measure = chance.standard_cauchy((height, width)) * 100
    verdict = np.where(measure >= 0, 0, 3).astype(np.uint8)
    basin = np.where(measure >= 0, chance.integers(0, 12, measure.shape), -1).astype(np.int16)
    steps = chance.integers(0, 500, measure.shape).astype(np.int32)
    return Outcomes(measure.copy(), measure, steps, verdict, basin)


@pytest.mark.parametrize("equalised", [True, False])
def test_converged_is_blue_and_diverged_red_and_deeper_beside_the_border(equalised):
    outcomes = some()
    found = colours(outcomes, ColouringSettings(equalised=equalised)).astype(int)
    good = outcomes.measure >= 0
    assert (found[good][:, 2] > found[good][:, 0]).all()
    assert (found[~good][:, 0] > found[~good][:, 2]).all()
    order = np.argsort(np.abs(outcomes.measure[good]))
    brightness = found[good][order][:, :3].sum(axis=1)
    assert (np.diff(brightness) <= 0).all()
    assert (found[..., 3] == 255).all()


def test_equalised_shades_are_used_equally_often():
    outcomes = some(200, 200)
    found = colours(outcomes, ColouringSettings())
    brightness = found[outcomes.measure >= 0][:, :3].astype(int).sum(axis=1)
    quarters = np.quantile(brightness, [0.0, 0.25, 0.5, 0.75, 1.0])
    assert (np.diff(quarters) > 80).all()


def test_unknown_is_transparent_and_changes_no_other_colour():
    outcomes = some()
    hidden = unknown(80, 50)
    for whole, part in zip(hidden, outcomes, strict=True):
        whole[:40] = part
    for by in ("measure", "verdict", "basin"):
        settings = ColouringSettings(by=by)
        found = colours(hidden, settings)
        assert (found[40:, :, 3] == 0).all()
        np.testing.assert_array_equal(found[:40], colours(outcomes, settings))


@pytest.mark.parametrize("by", ["measure", "verdict", "basin"])
def test_a_part_with_the_scale_of_the_whole_is_a_part_of_the_picture(by):
    outcomes, settings = some(), ColouringSettings(by=by)
    part = Outcomes(*(field[10:20] for field in outcomes))
    whole = colours(outcomes, settings)
    np.testing.assert_array_equal(
        colours(part, settings, scale_of(outcomes, settings)), whole[10:20]
    )


def test_verdicts_have_a_colour_each():
    outcomes = unknown(1, len(VERDICTS))
    outcomes.verdict[0] = np.arange(len(VERDICTS))
    found = colours(outcomes, ColouringSettings(by="verdict"))[0, :, :3].tolist()
    assert found == [list(colour) for colour in colouring.VERDICT_COLOURS]
    assert len(set(map(tuple, found))) == len(VERDICTS)


def test_basins_have_the_colour_of_their_minimum_darker_with_steps():
    outcomes = unknown(2, 3)
    outcomes.verdict[:] = 0
    outcomes.basin[:] = [[0, 0, 0], [1, 1, -1]]
    outcomes.steps[:] = [[1, 50, 200], [1, 90, 5]]
    found = colours(outcomes, ColouringSettings(by="basin")).astype(int)
    assert found[0, 0, :3].tolist() == list(colouring.BASIN_COLOURS[0])
    assert found[0, 0, 2] > found[0, 1, 2] > found[0, 2, 2] > 0
    assert found[1, 1, 0] > found[1, 1, 2]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0])
@pytest.mark.parametrize("by", ["measure", "verdict", "basin"])
@pytest.mark.parametrize("equalised", [True, False])
def test_one_value_everywhere(value, by, equalised):
    outcomes = unknown(3, 3)
    outcomes.verdict[:] = 3
    outcomes.measure[:] = value
    found = colours(outcomes, ColouringSettings(by=by, equalised=equalised))
    assert (found == found[0, 0]).all()


def koch(size, depth=7):
    """Return a mask of what lies below Koch's curve, drawn from corner to corner."""
    points = np.array([0j, 1 + 0j])
    turn = np.exp(1j * np.pi / 3)
    for _ in range(depth):
        a, step = points[:-1], np.diff(points) / 3
        parts = np.stack([a, a + step, a + step + step * turn, a + 2 * step], axis=1)
        points = np.append(parts.ravel(), points[-1])
    x, y = points.real * (size - 1), points.imag * (size - 1) + 0.3 * size
    edge = np.zeros((size, size), bool)
    for share in np.linspace(0, 1, 9):
        rows = np.rint(y[:-1] * (1 - share) + y[1:] * share).astype(int)
        columns = np.rint(x[:-1] * (1 - share) + x[1:] * share).astype(int)
        edge[rows.clip(0, size - 1), columns.clip(0, size - 1)] = True
    return edge


def half_plane(size):
    rows, columns = np.indices((size, size))
    return rows > 0.37 * columns + 0.2 * size


def disc(size):
    rows, columns = np.indices((size, size)) - size / 2
    return rows**2 + columns**2 < (0.37 * size) ** 2


def noise(size):
    return np.random.default_rng(2).random((size, size)) < 0.5


@pytest.mark.parametrize(
    ("mask", "value", "off"),
    [
        (half_plane(512), 1.0, 0.03),
        (disc(512), 1.0, 0.05),
        (koch(2048), np.log(4) / np.log(3), 0.06),
        (noise(512), 2.0, 0.03),
    ],
    ids=["line", "circle", "Koch", "everywhere"],
)
def test_dimension_of_known_sets(mask, value, off):
    found = of_mask(mask)
    assert found.value == pytest.approx(value, abs=off)
    assert f"{found.value:.2f}" in found.sentence


def test_dimension_says_where_there_is_none():
    outcomes = some(64, 64)
    outcomes.measure[:] = 1.0
    assert np.isnan(dimension(outcomes).value)
    assert "No border" in dimension(outcomes).sentence
    assert "too few pixels" in of_mask(half_plane(16)).sentence
    assert "too few pixels" not in of_mask(half_plane(128)).sentence


def test_dimension_of_an_unfinished_picture_says_so():
    outcomes = some(128, 128)
    outcomes.verdict[0, 0] = len(VERDICTS)
    assert "not complete" in dimension(outcomes).sentence
