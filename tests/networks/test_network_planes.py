"""Planes through weights, and the loss over them."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine.descent import Cancelled
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.explanation.objective import objective_of
from engine.networks.explanation.spectrum import hessian_of
from engine.networks.initialisation import InitialSettings, as_text
from engine.networks.network import begun_anew, bind
from engine.networks.plane_losses import losses_over
from engine.networks.planes import (
    eigenvector_plane,
    line_between,
    near,
    principal_plane,
    random_plane,
)
from engine.networks.settings import ModelSettings, NetworkExperiment, TrainingRun
from engine.networks.training import Training

EXPERIMENT = NetworkExperiment(
    data=NetworkDataSettings(source="moons"),
    model=ModelSettings(hidden=(6, 6), layer_norm=True),
    steps=60,
    precision="float64",
)


@pytest.fixture(scope="module")
def network():
    return bind(EXPERIMENT)


def trained(network, run):
    training = Training(network, run, 60)
    training.advance(60)
    return training.history()


@pytest.fixture(scope="module")
def histories(network):
    return [
        trained(network, TrainingRun(learning_rate=0.3)),
        trained(network, TrainingRun(optimizer="adam", learning_rate=0.02)),
    ]


@pytest.fixture
def executor():
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.mark.parametrize("runs", [1, 2])
def test_principal_components_are_those_of_numpy(histories, runs):
    paths = [history.weights for history in histories[:runs]]
    plane = principal_plane(paths)
    rows = np.concatenate(paths)
    _, sizes, directions = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(plane.variance, (sizes**2 / (sizes**2).sum())[:2], rtol=1e-9)
    np.testing.assert_allclose(np.abs(plane.axes @ directions[:2].T), np.eye(2), atol=1e-7)
    np.testing.assert_allclose(plane.axes @ plane.axes.T, np.eye(2), atol=1e-12)
    # The first path ends at the origin and comes from where coordinates are above 0.
    np.testing.assert_allclose(plane.coordinates(paths[0][-1]), 0, atol=1e-12)
    assert (plane.coordinates(paths[0][0]) >= 0).all()
    assert "61 %" in plane.note


def test_coordinates_and_distances_make_up_the_whole_way(histories):
    plane = principal_plane([histories[0].weights])
    weights = histories[1].weights
    places, far = plane.coordinates(weights), plane.distances(weights)
    gaps = np.linalg.norm(weights - plane.origin, axis=1)
    np.testing.assert_allclose(places[:, 0] ** 2 + places[:, 1] ** 2 + far**2, gaps**2)
    np.testing.assert_allclose(plane.distances(plane.weights(places)), 0, atol=1e-12)
    np.testing.assert_allclose(plane.coordinates(plane.weights(places)), places, atol=1e-12)


def test_what_is_not_finite_is_left_out(histories):
    weights = histories[0].weights
    broken = np.concatenate([weights, np.full((1, weights.shape[1]), np.nan)])
    plane, wanted = principal_plane([broken]), principal_plane([weights])
    np.testing.assert_allclose(plane.coordinates(weights), wanted.coordinates(weights), atol=1e-9)
    assert np.isnan(plane.distances(broken)[-1])
    assert np.isfinite(plane.view(broken)).all()


@pytest.mark.parametrize("count", [2, 3])
def test_few_weights_still_span_a_plane(histories, count):
    plane = principal_plane([histories[0].weights[:count]])
    np.testing.assert_allclose(plane.axes @ plane.axes.T, np.eye(2), atol=1e-9)
    assert plane.variance.sum() == pytest.approx(1)
    np.testing.assert_allclose(plane.distances(histories[0].weights[:count]), 0, atol=1e-9)
    for low, high in plane.view(histories[0].weights[:count]):
        assert low < high


def test_a_path_that_does_not_move_has_no_plane(histories):
    with pytest.raises(ValueError, match="does not move"):
        principal_plane([histories[0].weights[:1]])
    with pytest.raises(ValueError, match="does not move"):
        principal_plane([np.full((2, 9), np.nan)])
    with pytest.raises(ValueError, match="one parameter"):
        principal_plane([np.arange(3.0)[:, None]])


def test_huge_weights_do_not_overflow():
    path = 1e200 * np.random.default_rng(0).standard_normal((6, 20))
    plane = principal_plane([path])
    assert 0 < plane.variance.sum() <= 1
    assert np.isfinite(plane.coordinates(path)).all()


def test_eigenvectors_span_the_steepest_plane(network, histories):
    objective, point = objective_of(network), histories[0].weights[-1]
    plane = eigenvector_plane(objective, point)
    values, vectors = np.linalg.eigh(hessian_of(objective, point))
    np.testing.assert_allclose(np.abs(plane.axes @ vectors[:, [-1, -2]]), np.eye(2), atol=1e-3)
    assert plane.names[0].startswith("λ₁ = ")
    step = 1e-4 * np.eye(2)[0]
    ahead, here, behind = objective.value(plane.weights([step, 0 * step, -step]))
    assert (ahead - 2 * here + behind) / 1e-8 == pytest.approx(values[-1], rel=1e-3)
    with pytest.raises(ValueError, match="not finite"):
        eigenvector_plane(objective, np.full(objective.size, np.nan))


def test_random_directions_are_as_long_as_each_row(network):
    model, point = network.model, network.start[: network.model.size].astype(float)
    plane = random_plane(model, point, seed=3)
    for axis in plane.axes:
        for tensor, own, drawn in zip(
            model.tensors, model.views(point), model.views(axis), strict=True
        ):
            if tensor.kind == "weight":
                lengths = [np.linalg.norm(a, axis=1) for a in (own, drawn)]
                np.testing.assert_allclose(lengths[1], lengths[0], rtol=1e-8)
            else:
                assert not drawn.any()
    assert not np.array_equal(plane.axes[0], plane.axes[1])
    np.testing.assert_array_equal(random_plane(model, point, seed=3).axes, plane.axes)


def test_there_are_no_random_directions_where_nothing_is_finite_or_all_is_0(network):
    for point, words in ((np.nan, "not finite"), (0.0, "which are 0")):
        with pytest.raises(ValueError, match=words):
            random_plane(network.model, np.full(network.model.size, point))


def test_weights_that_left_for_good_are_not_near(histories):
    weights = histories[0].weights
    away = np.concatenate([weights, 1e30 * weights[-1:], np.full_like(weights[:1], np.inf)])
    np.testing.assert_array_equal(near(away, weights[0]), weights)


def test_a_line_goes_from_one_run_to_the_other(network, histories, executor):
    ends = [history.weights[-1] for history in histories]
    line = line_between(*ends)
    np.testing.assert_allclose(line.coordinates(ends), [[0], [1]], atol=1e-12)
    objective = objective_of(network)
    *_, last = losses_over(line, objective, [(0, 1)], executor, size=33)
    assert last.losses.shape == (33,)
    assert last.losses[0] == pytest.approx(histories[0].training_loss[-1])
    assert last.losses[-1] == pytest.approx(histories[1].training_loss[-1])
    with pytest.raises(ValueError, match="two different"):
        line_between(ends[0], ends[0])


def test_grids_get_finer_and_keep_what_is_known(network, histories, executor):
    objective, plane = objective_of(network), principal_plane([histories[0].weights])
    view = plane.view(histories[0].weights)
    grids = list(losses_over(plane, objective, view, executor, size=20))
    assert [len(grid.places[0]) for grid in grids] == [9, 17, 33]
    assert [grid.finest for grid in grids] == [False, False, True]
    np.testing.assert_array_equal(grids[2].losses[::4, ::4], grids[0].losses)
    xs, ys = grids[2].places
    for i, j in ((0, 0), (3, 20), (32, 7)):
        wanted = objective.value(plane.weights([xs[j], ys[i]]))
        assert grids[2].losses[i, j] == pytest.approx(float(wanted), rel=1e-12)
    assert grids[0].note == ""


def test_a_grid_over_some_of_the_rows_says_which(network, histories, executor):
    objective = objective_of(network).thinned(50)
    plane = random_plane(network.model, histories[0].weights[-1])
    first = next(losses_over(plane, objective, [(-1, 1), (-1, 1)], executor))
    same = next(losses_over(plane, objective, [(-1, 1), (-1, 1)]))
    np.testing.assert_array_equal(first.losses, same.losses)
    assert first.note == "On 50 of 160 training rows, drawn with seed 0."


def test_a_grid_stops_when_asked(network, histories, executor):
    plane, stop = random_plane(network.model, histories[0].weights[-1]), np.zeros(1, np.uint8)
    grids = losses_over(plane, objective_of(network), [(-1, 1), (-1, 1)], executor, stop=stop)
    next(grids)
    stop[0] = 1
    with pytest.raises(Cancelled):
        next(grids)


def test_training_starts_from_a_place_in_the_plane(network, histories):
    plane = principal_plane([histories[0].weights])
    weights = as_text(plane.weights([0.5, -0.5]))
    begun = begun_anew(network, InitialSettings(weights=weights))
    history = trained(begun, TrainingRun(learning_rate=0.1))
    np.testing.assert_allclose(plane.coordinates(history.weights[0]), [0.5, -0.5], atol=1e-12)
    assert plane.distances(history.weights)[0] == pytest.approx(0, abs=1e-12)
    assert plane.distances(history.weights)[-1] > 0
