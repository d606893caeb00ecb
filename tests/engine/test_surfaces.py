"""The catalogue: every declaration, its known minima, and its derivatives against mpmath."""

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from formula_by_mpmath import assert_close

import engine.surfaces
from engine.formula import parse
from engine.landscape import bind
from engine.parameter import complete
from engine.surfaces import CATALOGUE, surface_named

FORMULAS = [surface for surface in CATALOGUE if surface.formula]
GROUPS = (
    "Machine learning",
    "Valleys and bowls",
    "Many minima",
    "Saddles and plateaus",
    "One variable",
)
#: Global minima as published (the lists of Jamil and Yang 2013, and Surjanovic and Bingham), to
#: the digits printed there.
PUBLISHED = {
    "rosenbrock": [(1, 1, 0)],
    "beale": [(3, 0.5, 0)],
    "himmelblau": [
        (3, 2, 0),
        (-2.805118, 3.131313, 0),
        (-3.779310, -3.283186, 0),
        (3.584428, -1.848127, 0),
    ],
    "booth": [(1, 3, 0)],
    "matyas": [(0, 0, 0)],
    "sphere": [(0, 0, 0)],
    "zakharov": [(0, 0, 0)],
    "three_hump_camel": [(0, 0, 0)],
    "six_hump_camel": [(0.089842, -0.712656, -1.03162845), (-0.089842, 0.712656, -1.03162845)],
    "mccormick": [(-0.547198, -1.547198, -1.91322295)],
    "branin": [
        (-3.141593, 12.275, 0.39788736),
        (3.141593, 2.275, 0.39788736),
        (9.424778, 2.475, 0.39788736),
    ],
    "goldstein_price": [(0, -1, 3)],
    "styblinski_tang": [(-2.903534, -2.903534, -78.33233141)],
    "rastrigin": [(0, 0, 0)],
    "ackley": [(0, 0, 0)],
    "griewank": [(0, 0, 0)],
    "levy13": [(1, 1, 0)],
    "dixon_price": [(1, 0.707107, 0), (1, -0.707107, 0)],
    "easom": [(3.141593, 3.141593, -1)],
    "bohachevsky1": [(0, 0, 0)],
    "bukin6": [(-10, 1, 0)],
    "cross_in_tray": [(1.34941, 1.34941, -2.06261187), (-1.34941, 1.34941, -2.06261187)],
    "drop_wave": [(0, 0, -1)],
    "holder_table": [(8.05502, 9.66459, -19.20850257), (-8.05502, -9.66459, -19.20850257)],
    "michalewicz": [(2.202906, 1.570796, -1.80130341)],
    "schaffer2": [(0, 0, 0)],
    "schaffer4": [(0, 1.253132, 0.29257863)],
    "schwefel": [(420.968746, 420.968746, 0)],
    "shubert": [(-7.083506, 4.858057, -186.73090883), (5.482864, -1.425128, -186.73090883)],
    "bird": [(4.701043, 3.152939, -106.76453675), (-1.582142, -3.130247, -106.76453675)],
}
#: Published minima on the edge of a domain, where the gradient is not zero: values, no minima.
AT_AN_EDGE = {
    "eggholder": (512.0, 404.2319, -959.6407),
    "adjiman": (2.0, 0.10578, -2.02181),
}
#: Unbounded below within the view.
NO_LOWEST = {"saddle", "monkey_saddle", "adjiman"}


def ids(surface):
    return surface.name


def test_the_catalogue_is_large_and_unambiguous():
    assert len(FORMULAS) >= 40
    names = [surface.name for surface in CATALOGUE]
    assert len(set(names)) == len(names)
    assert len({surface.title for surface in CATALOGUE}) == len(names)


def test_no_declared_surface_is_left_out():
    folder = Path(engine.surfaces.__file__).parent
    declared = sum(path.read_text(encoding="utf-8").count("= Surface(") for path in
                   folder.glob("*.py"))  # fmt: skip
    assert declared == len(CATALOGUE)


@pytest.mark.parametrize("surface", CATALOGUE, ids=ids)
def test_declaration(surface):
    assert surface.name.isidentifier()
    assert surface.group in GROUPS
    assert surface.teaches.endswith(".")
    assert 40 <= len(surface.teaches) <= 180
    assert surface.source
    assert bool(surface.formula) != bool(surface.kernel)
    assert [title[-1] for title in surface.axes] == ["x", "y"]
    x_low, x_high, y_low, y_high = surface.view
    assert x_low < surface.start[0] < x_high
    assert y_low < surface.start[1] < y_high
    assert 0 < surface.learning_rate < math.inf
    for parameter in surface.parameters:
        assert parameter.low <= parameter.default <= parameter.high
        assert parameter.minimum <= parameter.low
        assert parameter.high <= parameter.maximum
        assert parameter.help.endswith(".")


@pytest.mark.parametrize("surface", FORMULAS, ids=ids)
def test_formula_declares_what_it_is(surface):
    formula = parse(surface.formula, [p.name for p in surface.parameters])
    assert formula.depends_on_y != surface.one_variable
    # hypot has a kink at the origin, but the drop-wave has none there.
    assert formula.smooth == surface.smooth or surface.name == "drop_wave"
    assert parse(surface.formula).constants == tuple(
        name for name in parse(surface.formula).constants if name in formula.constants
    )


@pytest.mark.parametrize("surface", FORMULAS, ids=ids)
def test_derivatives_agree_with_mpmath(surface):
    landscape = bind(surface)
    x_low, x_high, y_low, y_high = surface.view
    points = np.random.default_rng(11).uniform((x_low, y_low), (x_high, y_high), (4, 2))
    values, gradients = landscape.value(points), landscape.gradient(points)
    hessians = landscape.hessian(points)
    constants = complete(surface.parameters, {})
    for point, value, gradient, hessian in zip(points, values, gradients, hessians, strict=True):
        found = (value, *gradient, hessian[0, 0], hessian[0, 1], hessian[1, 1])
        text = surface.formula
        assert_close(found, text, point.tolist(), constants)


@pytest.mark.parametrize("surface", FORMULAS, ids=ids)
def test_start_is_finite_and_steep(surface):
    landscape = bind(surface)
    assert np.isfinite(landscape.value(surface.start))
    assert np.linalg.norm(landscape.gradient(surface.start)) > 1e-6


@pytest.mark.parametrize("surface", FORMULAS, ids=ids)
def test_minima_are_minima(surface):
    landscape = bind(surface)
    for x, y, value in landscape.minima:
        scale = max(1.0, abs(value))
        assert landscape.value((x, y)) == pytest.approx(value, abs=1e-12 * scale)
        if surface.name == "bukin6":
            continue
        hessian = landscape.hessian((x, y))
        curvature = max(1.0, float(np.abs(hessian).max()))
        assert np.linalg.norm(landscape.gradient((x, y))) <= 1e-12 * scale * curvature
        assert np.linalg.eigvalsh(hessian).min() >= -1e-9 * curvature


@pytest.mark.parametrize("surface", FORMULAS, ids=ids)
def test_nothing_in_view_lies_below_the_lowest_minimum(surface):
    landscape = bind(surface)
    if surface.name in NO_LOWEST:
        assert surface.name == "adjiman" or len(landscape.minima) == 0
        return
    x_low, x_high, y_low, y_high = surface.view
    x, y = np.meshgrid(np.linspace(x_low, x_high, 301), np.linspace(y_low, y_high, 301))
    lowest = np.nanmin(landscape.value(np.stack([x, y], axis=-1)))
    known = landscape.minima[:, 2].min()
    assert lowest >= known - 1e-12 * max(1.0, abs(known))


@pytest.mark.parametrize(("name", "minima"), PUBLISHED.items())
def test_minima_are_those_published(name, minima):
    known = bind(surface_named(name)).minima
    lowest = known[:, 2].min()
    for x, y, value in minima:
        nearest = known[np.argmin(np.hypot(known[:, 0] - x, known[:, 1] - y))]
        np.testing.assert_allclose(nearest[:2], (x, y), atol=6e-6)
        assert nearest[2] == pytest.approx(value, abs=6e-9)
        assert nearest[2] == pytest.approx(lowest, abs=1e-12)


@pytest.mark.parametrize(("name", "point"), AT_AN_EDGE.items())
def test_published_minima_at_an_edge_are_values_only(name, point):
    landscape = bind(surface_named(name))
    assert landscape.value(point[:2]) == pytest.approx(point[2], abs=6e-5)
    assert np.linalg.norm(landscape.gradient(point[:2])) > 0.1
    assert not any(np.hypot(landscape.minima[:, 0] - point[0], landscape.minima[:, 1]) < 1)


@pytest.mark.parametrize("surface", [s for s in FORMULAS if s.parameters], ids=ids)
def test_minima_follow_the_parameters(surface):
    for end in ("low", "high"):
        values = {p.name: getattr(p, end) for p in surface.parameters}
        landscape = bind(surface, values)
        for x, y, value in landscape.minima:
            assert landscape.value((x, y)) == pytest.approx(value, abs=1e-9)
            assert np.abs(landscape.gradient((x, y))).max() <= 1e-9


def test_minima_that_a_parameter_takes_away():
    assert len(bind(surface_named("square"), {"curvature": -1.0}).minima) == 0
    assert len(bind(surface_named("bowl"), {"lambda1": -1.0}).minima) == 0
    assert len(bind(surface_named("rosenbrock"), {"b": 0.0}).minima) == 0
    assert len(bind(surface_named("quadratic_cosine"), {"epsilon": 1.5}).minima) == 0
    odd = bind(surface_named("deep_chain"), {"depth": 5})
    np.testing.assert_array_equal(odd.minima, [(1, 1, 0), (1, -1, 0)])


@pytest.mark.parametrize("name", ["rosenbrock", "cross_in_tray", "tanh_neuron"])
def test_float32_is_close(name):
    surface = surface_named(name)
    wide, narrow = bind(surface), bind(surface, precision="float32")
    points = np.float32([surface.start, (0.5, 0.25), (1.5, -0.75)]).astype(np.float64)
    np.testing.assert_allclose(narrow.value(points), wide.value(points), rtol=1e-5)
    np.testing.assert_allclose(narrow.gradient(points), wide.gradient(points), rtol=1e-3)


def descend(name, learning_rate, steps=200, start=None):
    surface = surface_named(name)
    formula = parse(surface.formula, [p.name for p in surface.parameters])
    constants = complete(surface.parameters, {})
    x, y = start or surface.start
    losses = []
    for _ in range(steps):
        f, gx, gy, *_ = formula.evaluate(x, y, constants)
        losses.append(f)
        x, y = x - learning_rate * gx, y - learning_rate * gy
    return x, y, losses


def test_the_relu_neuron_dies_above_the_rate_its_text_names():
    for rate in (0.3, 1.0):
        assert descend("relu_neuron", rate)[2][-1] < 1e-3
    for rate in (1.5, 3.0):
        x, y, losses = descend("relu_neuron", rate)
        assert losses[-1] == losses[-2] == pytest.approx(5.25 / 8)
        assert max(-x + y, x / 2 + y, x + y, 2 * x + y) < 0


def test_square_lands_bounces_and_diverges():
    assert descend("square", 0.5, 1)[0] == 0.0
    assert set(descend("square", 1.0, 50)[2]) == {9.0}
    assert descend("square", 1.1, 50)[2][-1] > 1e4


def test_the_bowl_overshoots_at_the_edge_of_its_limit():
    losses = descend("bowl", surface_named("bowl").learning_rate)[2]
    assert losses[-1] < 1e-6
    assert descend("bowl", 0.101)[2][-1] > losses[0]


def test_factorisation_catapults_to_a_flatter_minimum():
    x, y, losses = descend("factorisation", surface_named("factorisation").learning_rate)
    assert max(losses) > 2 * losses[0]
    assert losses[-1] < 1e-12
    assert x * x + y * y < 2 / 0.15


def test_the_sharp_well_is_left_for_the_flat_one():
    assert descend("sharp_and_flat", 0.1)[0] == pytest.approx(-1.98818, abs=1e-4)
    assert descend("sharp_and_flat", 1.0)[0] == pytest.approx(1.83393, abs=1e-4)


def test_names_are_found_and_offered():
    assert surface_named("rosenbrock").title == "Rosenbrock"
    with pytest.raises(ValueError, match="no surface 'rosenbrok'; did you mean rosenbrock"):
        surface_named("rosenbrok")
    with pytest.raises(ValueError, match="known: square, absolute"):
        surface_named("zzzzzz")


def test_declarations_import_neither_numba_nor_qt():
    code = (
        "import sys; import engine.surfaces.bowls, engine.formula.formula;"
        "sys.exit(any(m in sys.modules for m in ('numba', 'sympy', 'scipy', 'PySide6')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
