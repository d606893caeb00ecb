"""What every rule of whole tensors must do: declared, of its precision, resumable, silent."""

import copy
import importlib
import pkgutil
import warnings

import matrix_problem as problem
import numpy as np
import pytest

from engine.networks import matrix_rules
from engine.networks.matrix_rules import MATRIX_CATALOGUE, matrix_optimizer_named
from engine.networks.matrix_rules.advance import advance
from engine.networks.matrix_rules.rule import Evaluate, MatrixOptimizer
from engine.optimizers import CATALOGUE

NAMES = [optimizer.name for optimizer in MATRIX_CATALOGUE]
#: Rules whose next step does not depend on those before it.
WITHOUT_MEMORY = {"polyak", "backtracking", "damped_newton"}


def numbers_in(state):
    """Return every array and number of a state."""
    if isinstance(state, list | tuple):
        return [found for part in state for found in numbers_in(part)]
    if hasattr(state, "__slots__") and not isinstance(state, np.generic):
        parts = [getattr(state, name) for name in state.__slots__]
        return [found for part in parts for found in numbers_in(part)]
    return [state]


def ready(name, dtype=np.float64):
    optimizer = matrix_optimizer_named(name)
    h = problem.hyperparameters(optimizer)
    tensors = [x.astype(dtype) for x in problem.START]
    return optimizer, h, tensors, optimizer.start(tensors, h)


def move(optimizer, tensors, state, t, h, **options):
    gradients = problem.loss_and_gradients(tensors)[1]
    rate = np.float64(optimizer.learning_rate)
    advance(optimizer, tensors, gradients, state, t, rate, h, problem.evaluate, **options)


def test_nothing_is_unregistered():
    modules = pkgutil.iter_modules(matrix_rules.__path__, matrix_rules.__name__ + ".")
    declared = {
        value.name
        for module in modules
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, MatrixOptimizer)
    }
    assert declared == set(NAMES)


def test_names_are_not_those_of_rules_for_single_coordinates():
    assert not set(NAMES) & {optimizer.name for optimizer in CATALOGUE if optimizer.update}
    with pytest.raises(ValueError, match="did you mean lbfgs"):
        matrix_optimizer_named("lbfg")


@pytest.mark.parametrize("optimizer", MATRIX_CATALOGUE, ids=NAMES)
def test_declarations_are_complete(optimizer):
    assert optimizer.title
    assert optimizer.help.endswith(".")
    assert optimizer.latex
    assert optimizer.source
    assert optimizer.learning_rate > 0
    for parameter in optimizer.parameters:
        assert parameter.help.endswith(".")
        assert parameter.check(parameter.default) == parameter.default
        assert parameter.check(parameter.low) == parameter.low
        assert parameter.check(parameter.high) == parameter.high


@pytest.mark.parametrize("name", NAMES)
def test_each_lowers_the_loss(name):
    points = problem.walk(name, 60)
    losses = [problem.evaluate(point)[0] for point in points]
    assert losses[-1] < 0.95 * losses[0]


@pytest.mark.parametrize("decoupled", [False, True])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept(name, dtype, decoupled):
    optimizer, h, tensors, state = ready(name, dtype)
    for t in range(4):
        move(optimizer, tensors, state, t, h, weight_decay=0.01, decoupled=decoupled)
    assert {x.dtype for x in tensors} == {np.dtype(dtype)}
    arrays = [part for part in numbers_in(state) if isinstance(part, np.ndarray | np.generic)]
    assert bool(arrays) == (name not in WITHOUT_MEMORY)
    assert {part.dtype for part in arrays} <= {np.dtype(dtype)}


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_of_the_state_continues_the_same_path(name):
    optimizer, h, tensors, state = ready(name)
    for t in range(3):
        move(optimizer, tensors, state, t, h)
    again, kept = copy.deepcopy((tensors, state))
    for t in range(3, 6):
        move(optimizer, tensors, state, t, h)
    for t in range(3, 6):
        move(optimizer, again, kept, t, h)
    np.testing.assert_array_equal(problem.joined(tensors), problem.joined(again))


def test_a_copy_of_lbfgs_shares_its_pairs():
    optimizer, h, tensors, state = ready("lbfgs")
    move(optimizer, tensors, state, 0, h)
    kept = copy.deepcopy(state)
    before = len(state.pairs)
    move(optimizer, tensors, state, 1, h)
    assert len(state.pairs) > before == len(kept.pairs)
    assert kept.pairs[0][0] is state.pairs[0][0]


@pytest.mark.parametrize("name", NAMES)
def test_tensors_are_written_in_place(name):
    optimizer = matrix_optimizer_named(name)
    h = problem.hyperparameters(optimizer)
    theta = problem.joined(problem.START)
    tensors = problem.split(theta)
    before = theta.copy()
    move(optimizer, tensors, optimizer.start(tensors, h), 0, h)
    assert (theta != before).all()


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_left_as_they_are(name):
    optimizer, h, tensors, state = ready(name)
    gradients = problem.loss_and_gradients(tensors)[1]
    before = problem.joined(gradients)
    for t in range(2):
        advance(
            optimizer, tensors, gradients, state, t, 0.1, h, problem.evaluate, 0.1, t == 1
        )  # fmt: skip
    np.testing.assert_array_equal(problem.joined(gradients), before)


@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_whose_memory_is_used_again_does_no_harm(name):
    buffer = np.empty(sum(x.size for x in problem.START))

    def reusing(theta):
        loss, buffer[:] = problem.evaluate(theta)
        return loss, buffer

    points = []
    for evaluate in (problem.evaluate, Evaluate(reusing, problem.evaluate.products)):
        optimizer, _, tensors, state = ready(name)
        h = problem.hyperparameters(optimizer, **({"strong_wolfe": 1.0} if name == "lbfgs" else {}))
        for t in range(3):
            gradients = problem.split(evaluate(problem.joined(tensors))[1])
            advance(
                optimizer, tensors, gradients, state, t, optimizer.learning_rate, h, evaluate
            )  # fmt: skip
        points.append(problem.joined(tensors))
    np.testing.assert_array_equal(*points)


@pytest.mark.parametrize("spoil", [np.nan, np.inf, 1e300])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_finite_goes_on_without_a_word(name, dtype, spoil):
    optimizer, h, tensors, state = ready(name, dtype)
    with np.errstate(over="ignore"):
        tensors[0][0, 0] = spoil

    evaluate = Evaluate(
        lambda theta: (float("nan"), np.full_like(theta, np.nan)),
        lambda theta, directions: np.full_like(directions, np.nan),
    )

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for t in range(4):
            gradients = [np.full_like(x, spoil if t else 0.1, dtype=np.float64) for x in tensors]
            with np.errstate(over="ignore"):
                gradients = [g.astype(dtype) for g in gradients]
            advance(optimizer, tensors, gradients, state, t, 0.1, h, evaluate)
    assert {x.dtype for x in tensors} == {np.dtype(dtype)}


@pytest.mark.parametrize("name", NAMES)
def test_decoupled_decay_takes_a_share_of_the_old_weights(name):
    rate = 0.01
    plain = problem.walk(name, 1, rate=rate)
    decayed = problem.walk(name, 1, rate=rate, decay=0.5, decoupled=True)
    if name == "lamb":
        # Inside its trust ratio: see the paper's test.
        assert (decayed != plain)[1].all()
        return
    shrunk = rate * 0.5 * plain[0]
    if name == "muon":
        share = np.repeat([1.0, 0.015, 1.0, 0.015], [x.size for x in problem.START])
        shrunk = shrunk * share
    np.testing.assert_allclose(plain[1] - decayed[1], shrunk, rtol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_coupled_decay_joins_the_gradient(name):
    decay = 0.3

    def joined(theta):
        loss, gradient = problem.evaluate(theta)
        return loss + decay / 2 * theta @ theta, gradient + decay * theta

    def products(theta, directions):
        return problem.evaluate.products(theta, directions) + decay * directions

    if name == "lars":
        # Inside its trust ratio: see the paper's test.
        return
    optimizer = matrix_optimizer_named(name)
    h = problem.hyperparameters(optimizer)
    tensors = [x.copy() for x in problem.START]
    gradients = problem.split(joined(problem.joined(tensors))[1])
    state = optimizer.start(tensors, h)
    evaluate = Evaluate(joined, products)
    advance(optimizer, tensors, gradients, state, 0, 0.01, h, evaluate)
    found = problem.walk(name, 1, rate=0.01, decay=decay)[1]
    np.testing.assert_allclose(found, problem.joined(tensors), rtol=1e-12)
