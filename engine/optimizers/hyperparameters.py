"""Hyperparameters that several optimizers declare alike."""

from __future__ import annotations

from engine.parameter import Parameter

#: torch demands β < 1; at 1 a bias correction would divide by zero.
BELOW_ONE = 0.999999


def decay_rate(name: str, symbol: str, default: float, text: str) -> Parameter:
    """Return the memory of a running average: 0 forgets at once, just below 1 hardly ever."""
    return Parameter(name, symbol, default, 0.0, 0.9999, text, minimum=0.0, maximum=BELOW_ONE)


def beta1(default: float = 0.9) -> Parameter:
    """Return β₁, the memory of the averaged gradient."""
    return decay_rate("beta1", "β₁", default, "Memory of the averaged gradient.")


def beta2(default: float = 0.999) -> Parameter:
    """Return β₂, the memory of the averaged squared gradient."""
    return decay_rate("beta2", "β₂", default, "Memory of the averaged squared gradient.")


def momentum(default: float) -> Parameter:
    """Return μ, the share of the last step that is kept; at 1 and above nothing is forgotten."""
    return Parameter(
        "momentum", "μ", default, 0.0, 0.999, "Share of the last step kept.", minimum=0.0
    )


def epsilon(default: float = 1e-8) -> Parameter:
    """Return ε, which keeps a denominator away from zero."""
    return Parameter(
        "epsilon",
        "ε",
        default,
        1e-16,
        1.0,
        "Keeps the denominator away from zero; it caps the step where gradients are tiny.",
        log=True,
        minimum=0.0,
    )


def switch(name: str, symbol: str, text: str) -> Parameter:
    """Return something that is off unless it is switched on."""
    return Parameter(name, symbol, 0.0, 0.0, 1.0, text, kind="switch")
