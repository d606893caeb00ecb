"""Muon, Adafactor and L-BFGS, each option, step by step against torch.optim."""

import matrix_problem as problem
import numpy as np
import pytest

from engine.networks.matrix_rules import matrix_optimizer_named
from engine.networks.matrix_rules.muon import orthogonal

torch = pytest.importorskip("torch")

STEPS = 25


def tensors_of(start=problem.START, dtype=torch.float64):
    return [torch.tensor(x, dtype=dtype, requires_grad=True) for x in start]


def loss_of(tensors):
    w1, b1, w2, b2 = tensors
    x = torch.tensor(problem.INPUTS, dtype=w1.dtype)
    y = torch.tensor(problem.TARGETS, dtype=w1.dtype)
    return ((torch.tanh(x @ w1.T + b1) @ w2.T + b2 - y) ** 2).mean()


def theirs(tensors, rules, steps=STEPS, loss=loss_of):
    """Return torch's parameters after each step, (steps + 1, P)."""

    def closure():
        for x in tensors:
            x.grad = None
        value = loss(tensors)
        value.backward()
        return value

    points = [problem.joined([x.detach().numpy() for x in tensors])]
    for _ in range(steps):
        closure()
        for rule in rules:
            # A closure given to AdamW would see what Muon has moved by then.
            rule.step(closure if isinstance(rule, torch.optim.LBFGS) else None)
        points.append(problem.joined([x.detach().numpy() for x in tensors]))
    return np.array(points)


def torchs_muon(tensors, rate=0.02, **options):
    matrices, vectors = tensors[::2], tensors[1::2]
    adamw = torch.optim.AdamW(
        vectors, lr=rate * 0.015, weight_decay=options.get("weight_decay", 0.1)
    )
    return [torch.optim.Muon(matrices, lr=rate, **options), adamw]


def test_gradient_by_hand_is_autograds():
    tensors = tensors_of()
    loss_of(tensors).backward()
    loss, gradients = problem.loss_and_gradients(problem.START)
    assert loss == pytest.approx(loss_of(tensors).item(), rel=1e-14)
    for ours, x in zip(gradients, tensors, strict=True):
        np.testing.assert_allclose(ours, x.grad.numpy(), rtol=1e-12)


MUON = [
    ({}, {}),
    ({"momentum": 0.8}, {"momentum": 0.8}),
    ({"nesterov": 0.0}, {"nesterov": False}),
    ({"iterations": 2.0}, {"ns_steps": 2}),
    ({"match_adamw": 1.0}, {"adjust_lr_fn": "match_rms_adamw"}),
    ({"decay": 0.0}, {"weight_decay": 0.0}),
    ({"decay": 0.7}, {"weight_decay": 0.7}),
]


@pytest.mark.parametrize(("given", "options"), MUON)
def test_muon_with_adamw_walks_as_torchs_in_float64(given, options, monkeypatch):
    # torch rounds to bfloat16 before it iterates; without that, everything else is compared.
    monkeypatch.setattr(torch.Tensor, "bfloat16", torch.Tensor.clone)
    tensors = tensors_of()
    expected = theirs(tensors, torchs_muon(tensors, **options))
    ours = problem.walk("muon", STEPS, **({"decay": 0.1, "decoupled": True} | given))
    assert problem.strays(ours, expected) < 1e-10


def test_muon_strays_from_torchs_bfloat16_by_its_rounding_only():
    tensors = tensors_of()
    expected = theirs(tensors, torchs_muon(tensors), steps=1)
    ours = problem.walk("muon", 1, decay=0.1, decoupled=True)
    step = np.abs(expected[1] - expected[0]).max()
    difference = np.abs(ours[1] - expected[1]).max()
    assert 1e-5 * step < difference < 0.05 * step


@pytest.mark.parametrize("shape", [(7, 7), (3, 40), (40, 3), (1, 9), (9, 1), (1, 1)])
def test_muons_step_is_nearly_orthogonal(shape):
    matrix = np.random.default_rng(5).normal(size=shape)
    made = np.linalg.svd(orthogonal(matrix, 5), compute_uv=False)
    # torch's own words: singular values about uniform between 0.5 and 1.5.
    assert ((made > 0.5) & (made < 1.5)).all()


ADAFACTOR = [
    ({}, {}),
    ({"rate": 0.5}, {"lr": 0.5}),
    ({"beta2_decay": -0.5}, {"beta2_decay": -0.5}),
    ({"epsilon1": 0.1}, {"eps": (0.1, 1e-3)}),
    ({"epsilon2": 3.0}, {"eps": (None, 3.0)}),
    ({"d": 1.0, "rate": 2.0}, {"d": 1.0, "lr": 2.0}),
    ({"d": 2.0, "rate": 2.0}, {"d": 2.0, "lr": 2.0}),
    ({"decay": 0.3, "decoupled": True}, {"weight_decay": 0.3}),
]


@pytest.mark.parametrize(("given", "options"), ADAFACTOR)
def test_adafactor_walks_as_torchs(given, options):
    tensors = tensors_of()
    expected = theirs(tensors, [torch.optim.Adafactor(tensors, **options)])
    ours = problem.walk("adafactor", STEPS, **given)
    assert np.abs(expected[-1] - expected[0]).max() > 0.01
    assert problem.strays(ours, expected) < 1e-10


def test_adafactors_defaults_are_torchs():
    ours = matrix_optimizer_named("adafactor")
    theirs = torch.optim.Adafactor([torch.zeros(2, 2, requires_grad=True)]).defaults
    found = {p.name: p.default for p in ours.parameters}
    assert ours.learning_rate == theirs["lr"]
    assert (found["epsilon1"] or None, found["epsilon2"]) == theirs["eps"]
    assert all(found[name] == theirs[name] for name in ("beta2_decay", "d"))


LBFGS = [
    ({}, {}),
    ({"history": 3.0}, {"history_size": 3}),
    ({"iterations": 1.0, "evaluations": 1.0}, {"max_iter": 1}),
    ({"iterations": 4.0, "evaluations": 5.0}, {"max_iter": 4}),
    ({"rate": 0.3}, {"lr": 0.3}),
    ({"tolerance_gradient": 1e-2}, {"tolerance_grad": 1e-2}),
    ({"tolerance_change": 1e-4}, {"tolerance_change": 1e-4}),
    ({"strong_wolfe": 1.0}, {"line_search_fn": "strong_wolfe"}),
    (
        {"strong_wolfe": 1.0, "iterations": 1.0},
        {"line_search_fn": "strong_wolfe", "max_iter": 1, "max_eval": 25},
    ),
    (
        {"strong_wolfe": 1.0, "iterations": 7.0, "evaluations": 8.0, "rate": 10.0},
        {"line_search_fn": "strong_wolfe", "max_iter": 7, "lr": 10.0},
    ),
    (
        {"strong_wolfe": 1.0, "rate": 1e-3, "history": 5.0},
        {"line_search_fn": "strong_wolfe", "lr": 1e-3, "history_size": 5},
    ),
    (
        {"strong_wolfe": 1.0, "iterations": 1.0, "evaluations": 1.0},
        {"line_search_fn": "strong_wolfe", "max_iter": 1},
    ),
]


@pytest.mark.parametrize(("given", "options"), LBFGS)
def test_lbfgs_walks_as_torchs_in_float64(given, options):
    # About 40 iterations: beyond, differences in the last bit have grown to 1e-10.
    steps = max(2, int(40 / given.get("iterations", 20.0)))
    tensors = tensors_of()
    expected = theirs(tensors, [torch.optim.LBFGS(tensors, **options)], steps=steps)
    ours = problem.walk("lbfgs", steps, **given)
    assert np.abs(expected[-1] - expected[0]).max() > 0.01
    assert problem.strays(ours, expected) < 1e-10


@pytest.mark.parametrize("search", [0.0, 1.0])
def test_lbfgs_with_coupled_decay_minimises_the_decayed_loss(search):
    def decayed(tensors):
        return loss_of(tensors) + 0.5 * 0.03 * sum((x * x).sum() for x in tensors)

    tensors = tensors_of()
    name = "strong_wolfe" if search else None
    rule = torch.optim.LBFGS(tensors, max_iter=5, line_search_fn=name)
    expected = theirs(tensors, [rule], steps=4, loss=decayed)
    ours = problem.walk(
        "lbfgs", 4, decay=0.03, strong_wolfe=search, iterations=5.0, evaluations=6.0
    )
    assert problem.strays(ours, expected) < 1e-10


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_lbfgs_blows_up_where_torchs_does(search):
    start = [1e200 * x for x in problem.START]
    tensors = tensors_of(start)
    rule = torch.optim.LBFGS(tensors, lr=1e200, line_search_fn=search)
    expected = theirs(tensors, [rule], steps=2)
    ours = problem.walk("lbfgs", 2, start=start, rate=1e200, strong_wolfe=float(search is not None))
    np.testing.assert_array_equal(np.isfinite(ours), np.isfinite(expected))


@pytest.mark.parametrize("name", ["muon", "adafactor", "lbfgs"])
def test_float32_walks_beside_torchs(name, monkeypatch):
    monkeypatch.setattr(torch.Tensor, "bfloat16", torch.Tensor.clone)
    tensors = tensors_of(dtype=torch.float32)
    if name == "muon":
        rules = torchs_muon(tensors)
        given = {"decay": 0.1, "decoupled": True}
    elif name == "adafactor":
        rules, given = [torch.optim.Adafactor(tensors)], {}
    else:
        rules = [torch.optim.LBFGS(tensors, max_iter=3)]
        given = {"iterations": 3.0, "evaluations": 3.0}
    expected = theirs(tensors, rules, steps=3)
    start = [x.astype(np.float32) for x in problem.START]
    ours = problem.walk(name, 3, start=start, **given)
    assert ours.dtype == np.float32
    assert problem.strays(ours, expected) < 1e-5


def test_defaults_are_torchs():
    muon, lbfgs = matrix_optimizer_named("muon"), matrix_optimizer_named("lbfgs")
    x = [torch.zeros(2, 2, requires_grad=True)]
    theirs_muon, theirs_lbfgs = torch.optim.Muon(x).defaults, torch.optim.LBFGS(x).defaults
    ours_muon = {p.name: p.default for p in muon.parameters}
    ours_lbfgs = {p.name: p.default for p in lbfgs.parameters}
    assert muon.weight_decay == theirs_muon["weight_decay"]
    assert ours_muon["momentum"] == theirs_muon["momentum"]
    assert ours_muon["nesterov"] == theirs_muon["nesterov"]
    assert ours_muon["iterations"] == theirs_muon["ns_steps"]
    assert lbfgs.learning_rate == theirs_lbfgs["lr"]
    assert ours_lbfgs["history"] == theirs_lbfgs["history_size"]
    assert ours_lbfgs["iterations"] == theirs_lbfgs["max_iter"]
    assert ours_lbfgs["evaluations"] == theirs_lbfgs["max_eval"]
    assert ours_lbfgs["tolerance_gradient"] == theirs_lbfgs["tolerance_grad"]
    assert ours_lbfgs["tolerance_change"] == theirs_lbfgs["tolerance_change"]
