"""Every optimizer that torch.optim has, each option, step by step against it."""

import numpy as np
import pytest
from optimizers_by_hand import bowl, difference, himmelblau, ripples, rosenbrock, walk

from engine.optimizers import CATALOGUE, optimizer_named
from engine.parameter import complete

torch = pytest.importorskip("torch")

STEPS = 500
SURFACES = {f.__name__: f for f in (rosenbrock, himmelblau, bowl, ripples)}
DECAY = {"decay": 0.01}
COUPLED, DECOUPLED = {**DECAY, "decoupled": False}, {**DECAY, "decoupled": True}
UP = {"maximize": True}

#: Optimizer -> settings tried, each beside the defaults.
OPTIONS = {
    "sgd": (
        {}, {"momentum": 0.9}, {"momentum": 0.9, "dampening": 0.5}, {"dampening": 0.5},
        {"momentum": 0.8, "nesterov": 1}, COUPLED, UP, {"momentum": 0.9, **UP, **COUPLED},
    ),
    "heavy_ball": ({}, {"momentum": 0.5, **COUPLED}, UP),
    "nesterov": ({}, {"momentum": 0.5, **COUPLED}, UP),
    "adam": (
        {}, {"beta1": 0.5, "beta2": 0.9}, {"beta1": 0.0, "beta2": 0.0}, {"epsilon": 1e-2}, COUPLED,
        DECOUPLED, UP,
    ),
    "amsgrad": ({}, {"beta1": 0.5, "beta2": 0.9}, {"epsilon": 1e-2}, COUPLED, DECOUPLED, UP),
    "adamw": ({}, {"beta1": 0.5, "beta2": 0.9}, {"epsilon": 1e-2}, DECOUPLED, COUPLED, UP),
    "adamax": ({}, {"beta1": 0.5, "beta2": 0.9}, {"epsilon": 1e-2}, COUPLED, UP),
    "nadam": (
        {}, {"beta1": 0.5, "beta2": 0.9}, {"epsilon": 1e-2}, {"momentum_decay": 0.1}, COUPLED,
        DECOUPLED, UP,
    ),
    "radam": (
        {}, {"beta1": 0.5, "beta2": 0.9}, {"beta2": 0.5}, {"epsilon": 1e-2}, COUPLED, DECOUPLED, UP,
    ),
    "rmsprop": (
        {}, {"alpha": 0.9}, {"epsilon": 1e-2}, {"momentum": 0.9}, {"centered": 1},
        {"centered": 1, "momentum": 0.5}, COUPLED, UP,
    ),
    "adagrad": (
        {}, {"lr_decay": 0.1}, {"initial_accumulator_value": 0.5}, {"epsilon": 1e-2}, COUPLED, UP,
    ),
    "adadelta": ({}, {"rho": 0.5}, {"epsilon": 1e-3}, {"lr": 0.3}, COUPLED, UP),
    "adafactor": (
        {}, {"beta2_decay": -0.5}, {"epsilon1": 1e-3}, {"epsilon2": 0.5}, {"d": 2.0}, {"lr": 0.5},
        DECOUPLED, UP,
    ),
    "rprop": (
        {}, {"eta_minus": 0.3, "eta_plus": 1.5}, {"step_min": 1e-3, "step_max": 0.05}, {"lr": 99.0},
        UP,
    ),
    "asgd": ({}, {"lambd": 0.1}, {"alpha": 0.5, "lambd": 0.1}, {"t0": 50.0}, COUPLED, UP),
}  # fmt: skip
CASES = [
    pytest.param(name, i, settings, surface, id=f"{name}-{i}-{surface}")
    for name, several in OPTIONS.items()
    for i, settings in enumerate(several)
    for surface in SURFACES
]
#: Chaotic walks: torch's own strays by more than 1e-10 when its points tremble in the last bit
#: (tested), so they are compared only until that begins. They near a point where v fades away
#: or leave one. (optimizer, number of settings, surface).
CHAOTIC = {
    ("nesterov", 2, "rosenbrock"),
    ("adamax", 1, "rosenbrock"),
    ("nadam", 1, "rosenbrock"),
    ("nadam", 1, "ripples"),
    ("radam", 1, "rosenbrock"),
    ("adadelta", 0, "rosenbrock"),
    ("adadelta", 1, "rosenbrock"),
    ("adadelta", 1, "bowl"),
    ("adadelta", 2, "rosenbrock"),
    ("adadelta", 3, "rosenbrock"),
    ("adadelta", 4, "rosenbrock"),
    ("adafactor", 1, "bowl"),
    ("adafactor", 1, "ripples"),
    ("adafactor", 5, "rosenbrock"),
}


@pytest.fixture(autouse=True)
def double_precision():
    """Torch keeps NAdam's product and ASGD's rate in its default type, whatever the weights'."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def constructor_text(optimizer, lr, decay, decoupled, maximize, given):
    """Fill the template the way the exported script does."""
    values = complete(optimizer.parameters, given)
    for parameter in optimizer.parameters:
        if parameter.kind == "switch":
            values[parameter.name] = bool(values[parameter.name])
    shared = {"lr": lr, "weight_decay": decay, "decoupled": decoupled, "maximize": maximize}
    return optimizer.torch.format(**{k: repr(v) for k, v in (shared | values).items()})


def torch_walk(
    optimizer, surface, start, steps, lr=None, *, decay=0.0, decoupled=None, maximize=False, **given
):
    """Return torch's points, shape (steps + 1, 2), and its optimizer."""
    lr = optimizer.learning_rate if lr is None else lr
    decoupled = optimizer.decoupled if decoupled is None else decoupled
    x = torch.tensor(start, requires_grad=True)
    text = constructor_text(optimizer, lr, decay, decoupled, maximize, given)
    rule = eval(text, {"torch": torch, "parameters": [x]})
    points = [x.detach().numpy().copy()]
    for _ in range(steps):
        here = points[-1]
        x.grad = torch.tensor(surface(*here)[1:3], dtype=x.dtype)
        rule.step()
        points.append(x.detach().numpy().copy())
    return np.array(points), rule


def start_of(name, surface):
    seed = [ord(letter) for letter in name + surface]
    return np.random.default_rng(seed).uniform(-2, 2, 2)


def rate_of(name, settings, surface):
    """Plain gradient steps need a rate below 2/λ; the others take their own."""
    if "lr" in settings or name not in {"sgd", "heavy_ball", "nesterov", "asgd"}:
        return {}
    return {"lr": {"rosenbrock": 5e-5, "himmelblau": 1e-3}.get(surface, 0.01)}


def test_every_optimizer_that_torch_has_is_compared():
    assert set(OPTIONS) == {o.name for o in CATALOGUE if o.torch}
    known = {
        "SGD", "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "RMSprop", "Adagrad", "Adadelta",
        "Adafactor", "Rprop", "ASGD",
    }  # fmt: skip
    # LBFGS asks for a closure, Muon for matrices, SparseAdam for sparse gradients.
    others = {"Optimizer", "LBFGS", "Muon", "SparseAdam"}
    assert {n for n in torch.optim.__all__ if n[0].isupper()} == known | others


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_is_tried(name):
    tried = {option for settings in OPTIONS[name] for option in settings}
    assert {p.name for p in optimizer_named(name).parameters} <= tried
    assert "maximize" in tried


def trembling(surface):
    """Return the surface, asked at points that are wrong in the last bit."""
    chance = np.random.default_rng(0)
    return lambda *point: surface(*np.nextafter(point, chance.choice((-np.inf, np.inf), 2)))


def strays(points, others):
    """Return the first step at which two walks differ by more than 1e-13, or their length."""
    apart = np.abs(points - others).max(axis=1) > 1e-13 * np.abs(others).max(axis=1)
    return int(np.argmax(apart)) if apart.any() else len(points)


@pytest.mark.parametrize(("name", "number", "settings", "surface"), CASES)
@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning", "ignore:invalid:RuntimeWarning")
def test_walks_as_torch_does(name, number, settings, surface):
    optimizer, start, loss = optimizer_named(name), start_of(name, surface), SURFACES[surface]
    settings = {**rate_of(name, settings, surface), **settings}
    ours, _ = walk(optimizer, loss, start, STEPS, **settings)
    theirs, _ = torch_walk(optimizer, loss, start, STEPS, **settings)
    finite = np.isfinite(theirs).all(axis=1)
    assert np.array_equal(finite, np.isfinite(ours).all(axis=1))
    ours, theirs = ours[finite], theirs[finite]
    assert len(np.unique(theirs, axis=0)) > 10
    if (name, number, surface) in CHAOTIC:
        shaken = torch_walk(optimizer, trembling(loss), start, STEPS, **settings)[0][finite]
        assert difference(shaken, theirs) > 1e-10
        until = strays(shaken, theirs)
        assert until > 50
        ours, theirs = ours[:until], theirs[:until]
    assert difference(ours, theirs) < 1e-10


def test_asgd_keeps_torchs_average():
    optimizer, start = optimizer_named("asgd"), (1.5, -0.5)
    _, state = walk(optimizer, ripples, start, 200, lr=0.1, t0=50.0)
    _, rule = torch_walk(optimizer, ripples, start, 200, lr=0.1, t0=50.0)
    (theirs,) = (s["ax"].numpy() for s in rule.state.values())
    np.testing.assert_allclose([s[0] for s in state], theirs, rtol=1e-12)


@pytest.mark.parametrize("name", OPTIONS)
def test_float32_walks_as_torch_does(name):
    optimizer, start = optimizer_named(name), start_of(name, "bowl").astype(np.float32)
    torch.set_default_dtype(torch.float32)
    ours, state = walk(optimizer, bowl, start, 50, real=np.float32)
    theirs, _ = torch_walk(optimizer, bowl, start, 50)
    assert ours.dtype == theirs.dtype == np.float32
    assert {np.dtype(type(s)) for s in np.ravel(np.array(state, dtype=object))} == {ours.dtype}
    assert difference(ours, theirs) < 1e-5
