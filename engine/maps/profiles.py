"""Performance profiles: on which share of problems a method is within a factor of the best.

Source: Dolan & Moré 2002, "Benchmarking optimization software with performance profiles", eq. 1-2;
what counts as solved is Moré & Wild 2009, "Benchmarking derivative-free optimization algorithms",
eq. 2.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Samples of the bootstrap, how sure its intervals are, and points of a profile at most.
SAMPLES, SURE, MOST = 1000, 0.95, 64


@dataclass(frozen=True, eq=False)
class Profiles:
    """A profile per method.

    Parameters
    ----------
    ratios : (k,) factors of the best method's cost, rising from 1.
    shares : (methods, k), the share of problems solved within that factor.
    low, high : (methods, k), between which the share lies with 95 % confidence, by bootstrap.
    """

    ratios: Array
    shares: Array
    low: Array
    high: Array


def profiles(costs: Array, seed: int = 0) -> Profiles:
    """Return the profiles of methods by what they paid for each problem.

    Parameters
    ----------
    costs : (problems, methods, seeds), above 0, infinite where a problem was not solved. Each
        problem with each seed counts as one.
    seed : of the bootstrap, which draws problems and then, for each, seeds.
    """
    factors = ratios_of(costs)
    finite = np.unique(factors[np.isfinite(factors)])
    ratios = finite if len(finite) else np.array([1.0])
    if len(ratios) > MOST:
        ratios = ratios[np.unique(np.linspace(0, len(ratios) - 1, MOST).astype(int))]
    shares = _shares(factors.transpose(0, 2, 1)[np.newaxis], ratios)[0]
    drawn = _shares(_resampled(factors, seed), ratios)
    tail = 0.5 * (1.0 - SURE)
    low, high = np.quantile(drawn, [tail, 1.0 - tail], axis=0)
    return Profiles(ratios, shares, low, high)


def ratios_of(costs: Array) -> Array:
    """Return each cost over the least that any method paid, (problems, methods, seeds)."""
    best = costs.min(axis=1, keepdims=True)
    # Where nobody has solved a problem, nobody is within any factor.
    return np.where(np.isfinite(costs), costs / np.where(np.isfinite(best), best, 1.0), np.inf)


def _resampled(factors: Array, seed: int) -> Array:
    """Return bootstrap samples, (samples, problems, seeds, methods)."""
    problems, _, seeds = factors.shape
    random = np.random.default_rng(seed)
    # Problems are drawn, and then seeds: those of one problem are no problems of their own.
    which = random.integers(0, problems, (SAMPLES, problems, 1))
    each = random.integers(0, seeds, (SAMPLES, problems, seeds))
    return factors.transpose(0, 2, 1)[which, each]


def _shares(factors: Array, ratios: Array) -> Array:
    """Return shares (samples, methods, k) of factors (samples, problems, seeds, methods)."""
    return np.stack([(factors <= ratio).mean(axis=(1, 2)) for ratio in ratios], axis=-1)
