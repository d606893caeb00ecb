"""What every declaration keeps to: names, ranges, rules that stand alone and stay in precision."""

import importlib
import inspect
import pkgutil

import numba
import numpy as np
import pytest
from optimizers_by_hand import bowl, ripples, walk

import engine.optimizers
from engine.optimizers import CATALOGUE, optimizer_named
from engine.optimizers.optimizer import Optimizer
from engine.parameter import complete

EVERY = pytest.mark.parametrize("optimizer", CATALOGUE, ids=lambda o: o.name)
COUPLED = [o for o in CATALOGUE if o.step]
ELEMENTWISE = [o for o in CATALOGUE if o.update]
#: As the loop in engine.descent compiles them.
OPTIONS = {"fastmath": {"contract", "nsz", "arcp"}, "error_model": "numpy"}


def test_at_least_24_with_names_of_their_own():
    assert len(CATALOGUE) >= 24
    for names in ([o.name for o in CATALOGUE], [o.title for o in CATALOGUE]):
        assert len(set(names)) == len(names)
    assert all(o.name.isidentifier() for o in CATALOGUE)


def test_nothing_is_unregistered():
    declared = set()
    for module in pkgutil.iter_modules(engine.optimizers.__path__):
        found = vars(importlib.import_module(f"engine.optimizers.{module.name}")).values()
        declared |= {o.name for o in found if isinstance(o, Optimizer)}
    assert declared == {o.name for o in CATALOGUE}


@EVERY
def test_is_found_by_name(optimizer):
    assert optimizer_named(optimizer.name) is optimizer


@pytest.mark.parametrize(
    ("name", "near"), [("adma", "adam"), ("nestrov", "nesterov"), ("zzzz", "known: sgd")]
)
def test_an_unknown_name_is_answered_with_near_ones(name, near):
    with pytest.raises(ValueError, match=near):
        optimizer_named(name)


@EVERY
def test_declares_what_the_window_needs(optimizer):
    assert (optimizer.update is None) != (optimizer.step is None)
    assert len(optimizer.parameters) <= 12
    assert complete(optimizer.parameters, {})
    for parameter in optimizer.parameters:
        assert parameter.low <= parameter.default <= parameter.high or parameter.log
        assert parameter.minimum <= parameter.default <= parameter.maximum
        assert parameter.low > 0 or not parameter.log
        assert parameter.help.endswith(".")
    assert optimizer.help.endswith(".")
    assert optimizer.help.count(". ") == 0
    assert optimizer.source


@EVERY
@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")  # ziamath's own import
def test_the_rule_can_be_drawn_as_mathematics(optimizer):
    ziamath = importlib.import_module("ziamath")
    for line in optimizer.latex:
        assert ziamath.Latex(line).svg().startswith("<svg")


@EVERY
def test_the_rule_stands_alone(optimizer):
    """The exported script holds the source of the rule and numpy, nothing else."""
    body = optimizer.step or optimizer.update
    assert body is not None
    assert body.__name__ == ("step" if optimizer.step else "update")
    assert optimizer.per_step.__name__ == "per_step"
    alone: dict = {"np": np}
    for function in (optimizer.per_step, body):
        source = "from __future__ import annotations\n" + inspect.getsource(function)
        exec(compile(source, optimizer.name, "exec"), alone)
    copy = {f.name: getattr(optimizer, f.name) for f in optimizer.__dataclass_fields__.values()}
    copy |= {"per_step": alone["per_step"], body.__name__: alone[body.__name__]}
    points, _ = walk(Optimizer(**copy), ripples, (1.3, -0.4), 20)
    assert np.array_equal(points, walk(optimizer, ripples, (1.3, -0.4), 20)[0])
    assert len(np.unique(points, axis=0)) > 1


def k_of(optimizer, t=3):
    values = (*complete(optimizer.parameters, {}).values(), *(0.0,) * 12)[:12]
    carry = optimizer.carry
    for i in range(t + 1):
        carry, k = optimizer.per_step(i, optimizer.learning_rate, values, carry)
    return k


@EVERY
def test_per_step_is_compiled_to_floats_only(optimizer):
    lengths = len(optimizer.carry), len(k_of(optimizer))
    expected = numba.types.Tuple([numba.types.UniTuple(numba.float64, n) for n in lengths])
    pair = numba.njit(**OPTIONS)(optimizer.per_step)
    arguments = (
        numba.int64,
        numba.float64,
        numba.types.UniTuple(numba.float64, 12),
        expected[0],
    )
    pair.compile(arguments)
    assert pair.overloads[arguments].signature.return_type == expected


@pytest.mark.parametrize("optimizer", ELEMENTWISE, ids=lambda o: o.name)
def test_update_stays_in_float32(optimizer):
    real = numba.float32
    state = numba.types.UniTuple(real, len(optimizer.state))
    arguments = (real, real, state, numba.types.UniTuple(real, len(k_of(optimizer))))
    kernel = numba.njit(**OPTIONS)(optimizer.update)
    kernel.compile(arguments)
    overload = kernel.overloads[arguments]
    assert overload.signature.return_type == numba.types.Tuple([real, state])
    body = kernel.inspect_llvm(arguments).split("define ")[1]
    assert "fpext" not in body, "a literal widens float32 to float64"


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", COUPLED, ids=lambda o: o.name)
def test_coupled_step_compiles_and_keeps_its_precision(optimizer, precision):
    real = {"float32": numba.float32, "float64": numba.float64}[precision]
    number = {"float32": np.float32, "float64": np.float64}[precision]
    third = number(1 / 3)

    @numba.njit(**OPTIONS)
    def surface(x, y, data, t):
        return x * x + third * y * y, x + x, third * y + third * y

    @numba.njit(**OPTIONS)
    def second(x, y, data, t):
        zero = x - x
        f, gx, gy = surface(x, y, data, t)
        return f, gx, gy, zero + third, zero, zero + third

    kernel = numba.njit(**OPTIONS)(optimizer.step)
    k = tuple(number(v) for v in k_of(optimizer))
    state = tuple(number(s) for s in optimizer.state)
    point, gradient = (number(1.5), number(-2)), (number(3), number(-4 / 3))
    one, nothing = number(1), number(0)
    found = kernel(
        point, number(3.5), gradient, surface, second, 0, 3, k, state, one, nothing
    )  # fmt: skip
    (signature,) = kernel.signatures
    pair, states = (numba.types.UniTuple(real, n) for n in (2, len(state)))
    assert kernel.overloads[signature].signature.return_type == numba.types.Tuple([pair, states])
    assert found[0] != point


@EVERY
def test_it_lowers_a_bowl(optimizer):
    points, _ = walk(optimizer, bowl, (2.0, -1.0), 200)
    losses = [bowl(*p)[0] for p in points]
    assert np.isfinite(points).all()
    assert min(losses[100:]) < 0.999 * losses[0]


@EVERY
def test_maximize_climbs(optimizer):
    highest = {"lowest": 1.1} if optimizer.name == "polyak" else {}
    points, _ = walk(optimizer, ripples, (0.4, 0.3), 30, maximize=True, **highest)
    assert max(ripples(*p)[0] for p in points) > ripples(0.4, 0.3)[0]


@EVERY
def test_rests_on_an_exact_minimum(optimizer):
    points, _ = walk(
        optimizer, lambda x, y: (x * x + y * y, 2 * x, 2 * y, 2.0, 0.0, 2.0), (0, 0), 5
    )
    assert np.abs(points).max() < 1e-4
