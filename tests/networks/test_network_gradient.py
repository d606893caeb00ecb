"""Loss, gradient and Hessian-vector product against torch's automatic differentiation."""

import numpy as np
import pytest
from random_networks import draw, placed

from engine.networks.activations import CATALOGUE
from engine.networks.gradient import gradient_kernel
from engine.networks.product import product_kernel

COUNT = 240


def worst(found, wanted):
    size = max(float(np.abs(wanted).max(initial=0.0)), 1e-8)
    return float(np.abs(found - wanted).max(initial=0.0)) / size


@pytest.mark.parametrize("first", range(0, COUNT, 20))
def test_loss_gradient_and_product_are_those_of_torch(first):
    pytest.importorskip("torch", reason="torch is its own test group")
    from torch_networks import loss_gradient_product

    for seed in range(first, first + 20):
        drawn = draw(seed)
        model = drawn.model
        plan, work = placed(drawn, second=True)
        gradient, product = np.full((2, model.size), np.nan)
        loss = gradient_kernel("float64")(
            plan.numbers, drawn.theta, work, len(drawn.inputs), 0.0, -1, gradient
        )
        product_kernel("float64")(
            plan.numbers, drawn.theta, drawn.direction, work, len(drawn.inputs), product
        )
        wanted = loss_gradient_product(
            model, drawn.theta, drawn.inputs, drawn.targets, drawn.direction
        )
        assert loss == pytest.approx(wanted[0], rel=1e-10, abs=1e-12), (seed, model)
        assert worst(gradient, wanted[1]) < 1e-10, (seed, model)
        assert worst(product, wanted[2]) < 1e-10, (seed, model)


@pytest.mark.parametrize("seed", range(0, 60, 7))
def test_the_gradient_is_the_slope_of_the_loss(seed):
    """Without torch: central differences along a direction."""
    drawn = draw(seed)
    plan, work = placed(drawn)
    gradient, nothing = np.empty(drawn.model.size), np.empty(0)

    def loss(theta, out):
        count = len(drawn.inputs)
        return gradient_kernel("float64")(plan.numbers, theta, work, count, 0.0, -1, out)

    loss(drawn.theta, gradient)
    step = 1e-6
    ahead, behind = (loss(drawn.theta + s * drawn.direction, nothing) for s in (step, -step))
    slope = (ahead - behind) / (2 * step)
    scale = float(np.linalg.norm(gradient) * np.linalg.norm(drawn.direction))
    assert slope == pytest.approx(gradient @ drawn.direction, rel=1e-5, abs=1e-5 * scale + 1e-9)


@pytest.mark.parametrize("activation", [a.name for a in CATALOGUE])
def test_float32_stays_near_float64(activation):
    seed = [a.name for a in CATALOGUE].index(activation)
    drawn = draw(seed)
    found = {}
    for precision in ("float32", "float64"):
        plan, work = placed(drawn, precision)
        gradient = np.empty(drawn.model.size, precision)
        theta = drawn.theta.astype(precision)
        loss = gradient_kernel(precision)(
            plan.numbers, theta, work, len(drawn.inputs), 0.0, -1, gradient
        )
        found[precision] = np.append(gradient, loss)
    np.testing.assert_allclose(
        found["float32"], found["float64"], atol=2e-5 * np.abs(found["float64"]).max()
    )


def test_dropout_leaves_out_its_share_and_scales_the_rest():
    drawn = draw(1)
    model = drawn.model
    plan, work = placed(drawn)
    kernel = gradient_kernel("float64")

    def loss(key, share):
        return kernel(plan.numbers, drawn.theta, work, len(drawn.inputs), share, key, np.empty(0))

    plain = loss(-1, 0.5)
    assert loss(-1, 0.5) == plain == loss(3, 0.0)
    drawn_losses = [loss(key, 0.5) for key in range(50)]
    assert model.layers > 1
    assert len(set(drawn_losses)) > 10
    assert loss(7, 0.5) == drawn_losses[7]
