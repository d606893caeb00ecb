"""The same networks in PyTorch, written as their users write them."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
F = torch.nn.functional


def tensors_of(model, theta):
    """Return (whole vector that requires a gradient, {(layer, kind): view})."""
    whole = torch.tensor(theta, requires_grad=True)
    parts = {
        (t.layer, t.kind): whole[t.offset : t.offset + t.size].reshape(t.shape)
        for t in model.tensors
    }
    return whole, parts


def output_of(model, parts, inputs):
    """Return the network's outputs (n, k) for inputs (n, d)."""
    h = torch.as_tensor(inputs)
    for layer in range(model.layers - 1):
        a = F.linear(h, parts[layer, "weight"], parts.get((layer, "bias")))
        if model.layer_norm:
            a = F.layer_norm(a, a.shape[1:], parts[layer, "gain"], parts[layer, "shift"])
        h = ACTIVATIONS[model.activation](a) + (h if model.skips(layer) else 0)
    last = model.layers - 1
    return F.linear(h, parts[last, "weight"], parts.get((last, "bias")))


ACTIVATIONS = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": F.leaky_relu,
    "gelu": F.gelu,
    "silu": F.silu,
    "softplus": F.softplus,
    "sigmoid": torch.sigmoid,
    "elu": F.elu,
    "sine": torch.sin,
    "identity": lambda a: a,
}


def loss_of(model, output, targets):
    """Return a model's loss of outputs and targets, both (n, k); classes one-hot."""
    y = torch.as_tensor(targets)
    if model.loss == "mean_squares":
        return F.mse_loss(output, y)
    if model.loss == "sum_squares":
        return F.mse_loss(output, y, reduction="sum")
    if model.loss == "huber":
        return F.huber_loss(output, y)
    binary = model.task == "binary"
    if model.loss == "cross_entropy":
        if binary:
            return F.binary_cross_entropy_with_logits(output, y)
        return F.cross_entropy(output, y)
    if binary:
        p = torch.sigmoid(output)
        return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
    return -(y * torch.log(torch.softmax(output, 1))).sum(1).mean()


def loss_gradient_product(model, theta, inputs, targets, direction):
    """Return loss, gradient and Hessian times a direction, by automatic differentiation."""
    whole, parts = tensors_of(model, theta)
    loss = loss_of(model, output_of(model, parts, inputs), targets)
    (gradient,) = torch.autograd.grad(loss, whole, create_graph=True)
    (product,) = torch.autograd.grad(
        (gradient * torch.tensor(direction)).sum(), whole, allow_unused=True
    )
    found = np.zeros(model.size) if product is None else product.numpy()
    return loss.item(), gradient.detach().numpy(), found
