"""Rules that look at the whole point: Polyak step, line search, Newton, BFGS."""

from itertools import pairwise

import numpy as np
import pytest
from optimizers_by_hand import bowl, himmelblau, ripples, rosenbrock, walk

from engine.optimizers import optimizer_named

POLYAK, BACKTRACKING, NEWTON, BFGS = map(
    optimizer_named, ("polyak", "backtracking", "damped_newton", "bfgs")
)
SEARCHES = (BACKTRACKING, BFGS)
SMOOTH = (bowl, himmelblau, rosenbrock, ripples)
named = {"ids": lambda thing: getattr(thing, "name", getattr(thing, "__name__", None))}


def sphere(x, y):
    return x * x + y * y, 2 * x, 2 * y, 2.0, 0.0, 2.0


def saddle(x, y):
    return x * x - y * y, 2 * x, -2 * y, 2.0, 0.0, -2.0


def corner(x, y):
    return abs(x) + abs(y), np.sign(x), np.sign(y), 0.0, 0.0, 0.0


def objective(surface, point, sense=1.0, decay=0.0):
    return sense * surface(*point)[0] + decay / 2 * np.dot(point, point)


def objective_gradient(surface, point, sense=1.0, decay=0.0):
    return sense * np.array(surface(*point)[1:3]) + decay * np.array(point)


def test_polyak_halves_the_way_on_a_bowl():
    points, _ = walk(POLYAK, sphere, (3.0, -4.0), 30)
    np.testing.assert_allclose(points, np.outer(0.5 ** np.arange(31), (3, -4)), rtol=1e-12)


def test_polyak_reaches_a_corner_that_fixed_rates_jump_over():
    points, _ = walk(POLYAK, corner, (0.75, 0.5), 20)
    assert abs(points[-1]).max() < 1e-5


@pytest.mark.parametrize("lowest", [25.0, 30.0])
def test_polyak_rests_at_and_below_the_lowest_loss(lowest):
    points, _ = walk(POLYAK, sphere, (3.0, -4.0), 3, lowest=lowest)
    assert (points == (3.0, -4.0)).all()


def test_polyak_never_takes_more_than_its_longest_rate():
    points, _ = walk(POLYAK, sphere, (3.0, -4.0), 1, lr=2.0, longest=0.1)
    np.testing.assert_allclose(points[1], (1 - 2 * 0.1 * 2) * np.array((3.0, -4.0)))


def test_polyak_does_not_overflow_where_the_squared_slope_would():
    points, _ = walk(POLYAK, sphere, (1e19, 1e18), 2, real=np.float32)
    np.testing.assert_allclose(points[2], (2.5e18, 2.5e17), rtol=1e-6)


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("surface", [bowl, ripples], **named)
@pytest.mark.parametrize("optimizer", SEARCHES, **named)
def test_a_line_search_lowers_its_objective_at_every_step(optimizer, surface, decay, maximize):
    start, how = (1.4, 0.7), {"decay": decay, "decoupled": False, "maximize": maximize}
    points, _ = walk(optimizer, surface, start, 12 if surface is ripples else 4, **how)
    heights = [objective(surface, p, -1.0 if maximize else 1.0, decay) for p in points]
    assert (np.diff(heights) <= 0).all()
    assert heights[-1] < heights[0]


@pytest.mark.parametrize("surface", SMOOTH, **named)
def test_backtracking_takes_the_first_rate_that_keeps_armijos_promise(surface):
    shrink, share = 0.5, 1e-4
    points, _ = walk(BACKTRACKING, surface, (-1.1, 0.8), 40, shrink=shrink, slope_share=share)
    tried = 0
    for here, there in pairwise(points):
        g = objective_gradient(surface, here)
        if np.linalg.norm(g) < 1e-5:
            break
        halvings = round(np.log2(np.linalg.norm(g) / np.linalg.norm(there - here)))
        np.testing.assert_allclose(there, here - shrink**halvings * g, rtol=1e-9, atol=1e-12)
        fall = objective(surface, here) - objective(surface, there)
        assert fall >= share * shrink**halvings * g @ g * (1 - 1e-9)
        if halvings > 0:
            rate = shrink ** (halvings - 1)
            longer = objective(surface, here - rate * g)
            assert longer > objective(surface, here) - share * rate * g @ g * (1 + 1e-9)
        tried += 1
    assert tried > 5


def test_backtracking_stays_where_nothing_is_lower():
    points, _ = walk(BACKTRACKING, lambda x, y: (-x, 1.0, 0.0), (3.0, 4.0), 2)
    assert (points == (3.0, 4.0)).all()


def test_newton_solves_a_bowl_in_one_step():
    points, _ = walk(NEWTON, bowl, (5.0, 7.0), 1, damping=0.0)
    np.testing.assert_allclose(points[1], (1.0, -2.0), rtol=1e-12)


@pytest.mark.parametrize("how", [{}, {"maximize": True}, {"decay": 0.3, "decoupled": False}])
@pytest.mark.parametrize("plain", [0, 1])
@pytest.mark.parametrize("surface", SMOOTH, **named)
def test_newton_divides_by_curvature_plus_damping(surface, plain, how):
    start, lr, damping = np.array((0.6, -1.1)), 0.7, 0.2
    sense, decay = (-1.0 if how.get("maximize") else 1.0), how.get("decay", 0.0)
    points, _ = walk(NEWTON, surface, start, 1, lr=lr, damping=damping, plain=plain, **how)
    hxx, hxy, hyy = surface(*start)[3:]
    curvatures, directions = np.linalg.eigh(
        sense * np.array(((hxx, hxy), (hxy, hyy))) + decay * np.eye(2)
    )
    curvatures = curvatures if plain else abs(curvatures)
    g = objective_gradient(surface, start, sense, decay)
    move = directions @ (directions.T @ g / (curvatures + damping))
    np.testing.assert_allclose(points[1], start - lr * move, rtol=1e-12)


def test_newton_leaves_a_saddle_unless_it_is_plain():
    free, _ = walk(NEWTON, saddle, (1.0, 0.1), 1, damping=0.0)
    plain, _ = walk(NEWTON, saddle, (1.0, 0.1), 1, damping=0.0, plain=1)
    np.testing.assert_allclose(free[1], (0.0, 0.2), atol=1e-15)
    np.testing.assert_allclose(plain[1], (0.0, 0.0), atol=1e-15)


def test_newton_rests_along_a_direction_without_curvature():
    points, _ = walk(NEWTON, lambda x, y: (x * x + y, 2 * x, 1.0, 2.0, 0.0, 0.0), (3.0, 4.0), 1,
                     damping=0.0)  # fmt: skip
    np.testing.assert_allclose(points[1], (0.0, 4.0), atol=1e-12)


@pytest.mark.parametrize(
    ("surface", "start", "minimum", "steps"),
    [
        (bowl, (5.0, 7.0), (1, -2), 10),
        (rosenbrock, (-1.2, 1.0), (1, 1), 45),
        (himmelblau, (4.0, 3.0), (3, 2), 15),
    ],
    **named,
)
def test_bfgs_arrives(surface, start, minimum, steps):
    points, _ = walk(BFGS, surface, start, steps)
    np.testing.assert_allclose(points[-1], minimum, rtol=1e-9)


def test_bfgs_learns_the_inverse_hessian():
    _, (a, b, c) = walk(BFGS, bowl, (5.0, 7.0), 8)
    hxx, hxy, hyy = bowl(0, 0)[3:]
    inverse = np.linalg.inv(((hxx, hxy), (hxy, hyy)))
    np.testing.assert_allclose(((a, b), (b, c)), inverse, rtol=1e-4)


@pytest.mark.parametrize("surface", SMOOTH, **named)
@pytest.mark.parametrize("how", [{}, {"decay": 0.3, "decoupled": False}])
def test_bfgs_keeps_wolfes_conditions_and_the_secant_equation(surface, how):
    c1, c2, decay = 1e-4, 0.5, how.get("decay", 0.0)
    inverse, start = np.eye(2), np.array((-1.1, 0.8))
    for steps in range(1, 9):
        points, (a, b, c) = walk(BFGS, surface, start, steps, c1=c1, c2=c2, **how)
        here, there = points[-2:]
        g, after = (objective_gradient(surface, p, decay=decay) for p in (here, there))
        s, q, direction = there - here, after - g, -inverse @ g
        if np.linalg.norm(g) < 1e-6:
            break
        assert np.cross([*s, 0], [*direction, 0])[2] == pytest.approx(0, abs=1e-9)
        fall = objective(surface, there, decay=decay) - objective(surface, here, decay=decay)
        assert fall <= c1 * s @ g * (1 - 1e-9) + 1e-15
        assert after @ s >= c2 * (g @ s)
        # Eq. 6.17 as matrices, from the scaled identity at first (eq. 6.20).
        guess = inverse if steps > 1 else np.eye(2) * (s @ q) / (q @ q)
        shear = np.eye(2) - np.outer(s, q) / (s @ q)
        inverse = shear @ guess @ shear.T + np.outer(s, s) / (s @ q)
        np.testing.assert_allclose(((a, b), (b, c)), inverse, rtol=1e-6, atol=1e-9)
    assert steps > 3


def test_bfgs_gets_near_a_corner():
    points, _ = walk(BFGS, corner, (0.77, 0.51), 60)
    assert abs(points[-1]).max() < 1e-3


@pytest.mark.parametrize("optimizer", [POLYAK, BACKTRACKING, NEWTON, BFGS], **named)
@pytest.mark.parametrize("start", [(np.nan, 1.0), (np.inf, 1.0), (1e300, -1e300)])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_hopeless_starts_end_without_an_exception(optimizer, start):
    points, _ = walk(optimizer, rosenbrock, tuple(map(np.float64, start)), 3)
    assert points.shape == (4, 2)
