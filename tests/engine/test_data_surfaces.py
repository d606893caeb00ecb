import importlib

import mpmath
import numpy as np
import pytest

from engine.experiment import DataSettings
from engine.landscape import bind
from engine.surfaces.data_blocks import MOST_SUMMED, problem_of
from engine.surfaces.data_driven import SURFACES, default_data, payload, suggest
from engine.tables import load

LINEAR, LOGISTIC, ABSOLUTE, CLIFF = SURFACES
ON_DATA = [s for s in SURFACES if s.uses_data]
SETTINGS = [
    DataSettings(),
    DataSettings(table="cars", reduction="sum"),
    DataSettings(table="nile"),
    DataSettings(table="engel", standardise=True),
    DataSettings(table="trees", target_scale=16.0),
    DataSettings(table="challenger"),
    DataSettings(table="iris", feature="petal_width", target="setosa", standardise=True),
]


def bound(surface, settings, precision="float64", steps=100):
    numbers, minima, batched, _ = payload(surface, settings, steps)
    return bind(surface, {}, precision, numbers, minima=minima, batched=batched)


def some_points(surface, settings, count=4):
    low_x, high_x, low_y, high_y = suggest(surface, settings).view
    return np.random.default_rng(1).uniform((low_x, low_y), (high_x, high_y), (count, 2))


def exactly(surface, rows, weight, point):
    """Return f, gx, gy, hxx, hxy, hyy from the definition, row by row, in 40 digits."""
    w, b = (mpmath.mpf(float(p)) for p in point)
    total = [mpmath.mpf(0)] * 6
    for u, v in rows:
        u, v = mpmath.mpf(float(u)), mpmath.mpf(float(v))
        z = w * u + b
        if surface is LINEAR:
            f, d, dd = (z - v) ** 2, 2 * (z - v), mpmath.mpf(2)
        elif surface is ABSOLUTE:
            f, d, dd = abs(z - v), mpmath.sign(z - v), mpmath.mpf(0)
        else:
            s = 1 / (1 + mpmath.exp(-z))
            f, d, dd = mpmath.log1p(mpmath.exp(z)) - v * z, s - v, s / (1 + mpmath.exp(z))
        terms = (f, d * u, d, dd * u * u, dd * u, dd)
        total = [t + weight * term for t, term in zip(total, terms, strict=True)]
    return [float(t) for t in total]


def assert_agree(found, expected):
    """Compare value, gradient and Hessian, each to 1e-12 of its largest number."""
    for part in (slice(0, 1), slice(1, 3), slice(3, 6)):
        scale = np.abs(expected[part]).max()
        np.testing.assert_allclose(found[part], expected[part], rtol=0, atol=1e-12 * scale)


def everything(landscape, point, step=-1):
    hessian = landscape.hessian(point, step)
    return np.array(
        [landscape.value(point, step), *landscape.gradient(point, step), *hessian[0], hessian[1, 1]]
    )


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: f"{s.table} {s.standardise}")
@pytest.mark.parametrize("surface", ON_DATA, ids=lambda s: s.name)
def test_value_gradient_and_hessian_are_those_of_the_definition(surface, settings):
    landscape = bound(surface, settings)
    pair = problem_of(surface, settings).pair
    weight = 1 / mpmath.mpf(len(pair.x)) if settings.reduction == "mean" else 1
    rows = list(zip(pair.x, pair.y, strict=True))
    with mpmath.workdps(40):
        for point in some_points(surface, settings):
            assert_agree(
                everything(landscape, point), np.array(exactly(surface, rows, weight, point))
            )


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: f"{s.table} {s.standardise}")
@pytest.mark.parametrize("surface", ON_DATA, ids=lambda s: s.name)
def test_minima_are_lowest_and_level(surface, settings):
    landscape = bound(surface, settings)
    for x, y, value in landscape.minima:
        assert landscape.value((x, y)) == pytest.approx(value, rel=1e-12, abs=1e-25)
        assert (landscape.value(some_points(surface, settings, 500)) >= value).all()
        if surface.smooth:
            slope = landscape.gradient((x, y)) / np.abs(landscape.hessian((x, y))).max(axis=1)
            assert np.abs(slope).max() <= 1e-14 * max(1, abs(x), abs(y))


def test_the_line_is_the_one_of_theory():
    landscape = bound(LINEAR, DataSettings())
    np.testing.assert_array_equal(landscape.minima, [[2, 1, 0]])
    high = np.linalg.eigvalsh(landscape.hessian((0, 0)))[1]
    assert high == pytest.approx(23.66, abs=0.005)
    notes = " ".join(payload(LINEAR, DataSettings(), 1)[3])
    assert "λ₁ = 23.66" in notes
    assert "0.08452" in notes
    # The loss grows with the square of 1 − ηλ.
    assert (1 - 0.12 * high) ** 2 == pytest.approx(3.38, abs=0.005)


@pytest.mark.parametrize("table", ["cars", "trees", "engel", "nile", "anscombe"])
def test_least_squares_agrees_with_lapack(table):
    pair = load(table).pair()
    design = np.stack([pair.x, np.ones_like(pair.x)], axis=1)
    theta, squares, *_ = np.linalg.lstsq(design, pair.y)
    found = payload(LINEAR, DataSettings(table=table, reduction="sum"), 1)[1][0]
    np.testing.assert_allclose(found, [*theta, squares[0]], rtol=1e-10)


def test_a_feature_far_from_zero_costs_no_digits(tmp_path):
    path = tmp_path / "far.csv"
    path.write_text("x,y\n" + "\n".join(f"{10**9 + i},{3 * i + 1}" for i in range(10)))
    landscape = bound(LINEAR, DataSettings(table=str(path)))
    slope, intercept, lowest = landscape.minima[0]
    assert slope == 3
    assert intercept == 1 - 3 * 10**9
    assert lowest == 0
    assert landscape.value((slope + 1e-3, intercept)) == pytest.approx(
        np.mean((1e-3 * (10**9 + np.arange(10.0))) ** 2), rel=1e-12
    )


def test_published_fits():
    # Dalal, Fowlkes, Hoadley 1989; R: glm(distress ~ temperature, binomial).
    x, y, _ = payload(LOGISTIC, DataSettings(table="challenger"), 1)[1][0]
    assert (x, y) == (pytest.approx(-0.2322, abs=5e-5), pytest.approx(15.0429, abs=5e-5))
    # R's quantreg: rq(foodexp ~ income) on the same data.
    x, y, _ = payload(ABSOLUTE, DataSettings(table="engel"), 1)[1][0]
    assert (x, y) == (pytest.approx(0.56018, abs=5e-6), pytest.approx(81.48225, abs=2e-5))
    # Ten of the eleven points of Anscombe's third table lie on a line; least squares misses it.
    settings = DataSettings(table="anscombe", target="y3")
    assert payload(ABSOLUTE, settings, 1)[1][0, 0] == pytest.approx(0.3454, abs=5e-4)
    assert payload(LINEAR, settings, 1)[1][0, 0] == pytest.approx(0.4997, abs=5e-5)


def test_separated_classes_have_no_minimum():
    settings = DataSettings(table="iris", target="setosa")
    _, minima, _, notes = payload(LOGISTIC, settings, 1)
    assert minima.shape == (0, 3)
    assert "no minimum" in notes[-1]
    landscape = bound(LOGISTIC, settings)
    along = landscape.value([(-k, 2.5 * k) for k in (1, 10, 100, 1000)])
    assert (np.diff(along) < 0).all()
    assert 0 < along[-1] < 1e-200


def test_logistic_target_is_made_two_valued():
    notes = payload(LOGISTIC, DataSettings(table="cars"), 1)[3]
    assert "distance_ft has more than two values: above 36 counts as 1" in notes[0]
    assert set(problem_of(LOGISTIC, DataSettings(table="cars")).pair.y) == {0, 1}


@pytest.mark.parametrize("surface", ON_DATA, ids=lambda s: s.name)
def test_logistic_and_others_survive_the_end_of_the_numbers(surface):
    for precision, far in (("float32", 1e38), ("float64", 1e300)):
        value = bound(surface, DataSettings(), precision).value((far, far))
        assert value > 1e30


@pytest.mark.parametrize("surface", SURFACES, ids=lambda s: s.name)
def test_float32_stays_float32(surface):
    module = importlib.import_module(f"engine.surfaces.kernels.{surface.kernel}")
    for kernel, length in zip(module.build("float32"), (3, 6), strict=True):
        (signature,) = kernel.nopython_signatures
        assert str(signature.return_type) == f"UniTuple(float32 x {length})"
    for helper in vars(module).values():
        for signature in getattr(helper, "nopython_signatures", ()):
            if "class(float32)" in str(signature):
                assert "float64" not in str(signature)


@pytest.mark.parametrize("surface", ON_DATA, ids=lambda s: s.name)
def test_float32_agrees_with_float64(surface):
    settings = DataSettings(table="cars", standardise=True, batch_size=7)
    single, double = (bound(surface, settings, p) for p in ("float32", "float64"))
    for point in some_points(surface, settings):
        for step in (-1, 0, 5):
            a, b = everything(single, point, step), everything(double, point, step)
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5 * np.abs(b).max())


@pytest.mark.parametrize("table", ["line", "cars"])
@pytest.mark.parametrize("surface", ON_DATA, ids=lambda s: s.name)
def test_suggestions_show_the_minimum_and_settle(surface, table):
    settings = DataSettings(table=table)
    view, start, rate = suggest(surface, settings)
    landscape = bound(surface, settings)
    for x, y in [start, *landscape.minima[:, :2]]:
        assert view[0] < x < view[1]
        assert view[2] < y < view[3]
    if surface is LINEAR:
        assert 1.7 < rate * np.linalg.eigvalsh(landscape.hessian(start))[1] < 1.9
    assert default_data(surface).table in ("line", "challenger", "anscombe")


def test_too_many_rows_to_sum_are_sampled_and_said(tmp_path):
    path = tmp_path / "many.csv"
    values = np.random.default_rng(0).standard_normal((5000, 2))
    np.savetxt(path, values, delimiter=",")
    _, _, _, notes = payload(ABSOLUTE, DataSettings(table=str(path)), 1)
    assert f"{MOST_SUMMED:,} of the 5,000 rows" in notes[-1]
    landscape = bound(LINEAR, DataSettings(table=str(path)))
    residuals = 0.3 * values[:, 0] - 0.2 - values[:, 1]
    assert landscape.value((0.3, -0.2)) == pytest.approx(np.mean(residuals**2), rel=1e-12)


@pytest.mark.parametrize("surface", [LINEAR, ABSOLUTE], ids=lambda s: s.name)
def test_a_scaled_target_scales_the_line_but_not_the_curvature(surface):
    raw, scaled = (
        DataSettings(table="trees", target_scale=scale, reduction="sum") for scale in (1.0, 16.0)
    )
    assert (problem_of(surface, scaled).pair.y == problem_of(surface, raw).pair.y / 16).all()
    before, after = bound(surface, raw), bound(surface, scaled)
    np.testing.assert_allclose(after.minima[0, :2], before.minima[0, :2] / 16, rtol=1e-12)
    power = 16 ** (2 if surface is LINEAR else 1)
    for point in some_points(surface, raw):
        expected = before.value(point) / power
        np.testing.assert_allclose(after.value(point / 16), expected, rtol=1e-12)
        np.testing.assert_array_equal(after.hessian(point / 16), before.hessian(point))
    assert "volume_ft3 is divided by 16" in payload(surface, scaled, 1)[3][0]


def test_classes_know_no_scale():
    plain, scaled = (DataSettings(table="cars", target_scale=scale) for scale in (1.0, 16.0))
    np.testing.assert_array_equal(payload(LOGISTIC, plain, 1)[0], payload(LOGISTIC, scaled, 1)[0])
    assert payload(LOGISTIC, plain, 1)[3] == payload(LOGISTIC, scaled, 1)[3]


@pytest.mark.parametrize("scale", [0.0, -2.0, float("inf"), float("nan")])
def test_impossible_scales_are_refused(scale):
    with pytest.raises(ValueError, match="target_scale is "):
        DataSettings(target_scale=scale)


def test_a_scale_that_makes_targets_overflow_is_refused():
    with pytest.raises(ValueError, match="squares overflow"):
        payload(LINEAR, DataSettings(table="cars", target_scale=1e-308), 1)


BAD = {
    "constant feature": ("a,b\n3,1\n3,2\n3,4\n", "a is 3 in every row", ON_DATA),
    "constant target": ("a,b\n1,5\n2,5\n3,5\n", "needs two classes", [LOGISTIC]),
    "huge": ("a,b\n1e200,1\n2,2\n3,3\n", "squares overflow", ON_DATA),
}


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize(("content", "words", "surfaces"), BAD.values(), ids=BAD)
def test_columns_that_cannot_be_learnt_from(tmp_path, content, words, surfaces, standardise):
    path = tmp_path / "bad.csv"
    path.write_text(content)
    for surface in surfaces:
        if standardise and words == "needs two classes":
            continue
        with pytest.raises(ValueError, match=words):
            payload(surface, DataSettings(table=str(path), standardise=standardise), 1)


def test_a_constant_target_is_a_level_line(tmp_path):
    path = tmp_path / "level.csv"
    path.write_text("a,b\n1,5\n2,5\n3,5\n")
    settings = DataSettings(table=str(path))
    np.testing.assert_array_equal(payload(LINEAR, settings, 1)[1], [[0, 5, 0]])
    assert np.isfinite(suggest(LINEAR, settings).view).all()


def recurrence(w, b, steps):
    z = mpmath.mpf("0.5")
    for _ in range(steps):
        z = w / (1 + mpmath.exp(-z)) + b
    return (1 / (1 + mpmath.exp(-z)) - mpmath.mpf(0.7)) ** 2


@pytest.mark.parametrize("steps", [1, 7, 50])
def test_recurrent_cliff_derivatives(steps):
    landscape = bind(CLIFF, {"steps": steps})
    points = np.random.default_rng(3).uniform((3, -4.5), (7, -0.5), (5, 2))
    with mpmath.workdps(60):
        for point in points:
            w, b = (mpmath.mpf(float(p)) for p in point)
            orders = ((1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
            slopes = [
                mpmath.diff(lambda *p: recurrence(*p, steps), (w, b), order) for order in orders
            ]
            expected = np.array([float(v) for v in (recurrence(w, b, steps), *slopes)])
            assert_agree(everything(landscape, point), expected)


def test_recurrent_cliff_is_steep_beside_flat():
    landscape = bind(CLIFF)
    # Where the start is the recurrence's unstable fixed point.
    wall = (6.0, 0.5 - 6.0 / (1.0 + np.exp(-0.5)))
    assert np.hypot(*landscape.gradient(wall)) > 1000
    assert np.hypot(*landscape.gradient((6.0, -2.0))) < 0.05
    for steps in (1, 50, 200):
        x, y, value = CLIFF.minima({"steps": steps})[0]
        at = bind(CLIFF, {"steps": steps})
        assert at.value((x, y)) == pytest.approx(value, abs=1e-25)
        assert np.abs(at.gradient((x, y))).max() < 1e-12


@pytest.mark.parametrize("batch_size", [0, 4])
@pytest.mark.parametrize("surface", SURFACES, ids=lambda s: s.name)
def test_plain_source_does_what_the_kernel_does(surface, batch_size):
    settings = DataSettings(table="cars", batch_size=batch_size)
    landscape = bound(surface, settings) if surface.uses_data else bind(surface)
    module = importlib.import_module(f"engine.surfaces.kernels.{surface.kernel}")
    names = {}
    exec(module.python_source(landscape.block), names)
    data = landscape.block.tolist()
    for x, y in ((0.25, -1.5), (4.0, 2.0)):
        for step in (-1, 0, 3, 40):
            expected = everything(landscape, (x, y), step)
            found = names["second_order"](x, y, data, step)
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)
            assert names["value_gradient"](x, y, data, step) == found[:3]


@pytest.mark.parametrize("surface", SURFACES, ids=lambda s: s.name)
def test_plain_source_in_float32_stays_float32(surface):
    settings = DataSettings(table="cars", standardise=True, batch_size=4)
    landscape = bound(surface, settings, "float32") if surface.uses_data else bind(surface)
    module = importlib.import_module(f"engine.surfaces.kernels.{surface.kernel}")
    names = {}
    exec(module.python_source(landscape.block, "float32"), names)
    point = (np.float32(4.0), np.float32(-1.0))
    for step in (-1, 2):
        found = names["second_order"](*point, landscape.block.tolist(), step)
        assert {type(value) for value in found} == {np.float32}
        # Signed features may cancel to nothing, in whatever order they are added.
        np.testing.assert_allclose(found, everything(landscape, point, step), 1e-5, 1e-6)
