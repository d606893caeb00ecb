"""The largest stable learning rate, from the linear filter that an optimizer declares.

Along an eigenvector a method with the filter Q = num / den, the load s (ηλ, or what stands for it
with gains and coupled decay) and the decoupled decay d = ηw multiplies the error by the roots of

    (z − 1 + d) den(z) + s num(z) = 0.

Everything here follows from that polynomial; nothing is known per method. `h` is the tuple of
hyperparameters in declared order.

Source: Goh, "Why Momentum Really Works", Distill 2017; Cohen et al. 2022 (arXiv:2207.14484), §2.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.explanation.crossings import first_crossing, is_stable
from engine.optimizers import optimizer_named
from engine.optimizers.stability import at_flip
from engine.parameter import complete

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment import RunSettings
    from engine.optimizers.optimizer import Numbers
    from engine.optimizers.stability import Stability

    Array = NDArray[np.floating[Any]]


def stability_of(run: RunSettings) -> tuple[Stability, Numbers]:
    """Return what the run's optimizer declares and its hyperparameters in declared order."""
    rule = optimizer_named(run.optimizer)
    return rule.stability, tuple(complete(rule.parameters, run.hyperparameters).values())


def _polynomials(stability: Stability, h: Numbers) -> tuple[Array, Array]:
    """Return (num, den) of the filter. Raises ValueError where there is none."""
    if stability.filter is None:
        raise ValueError(f"No linear theory applies: {stability.reason}.")
    numerator, denominator = stability.filter(h)
    return np.array(numerator), np.array(denominator)


def roots(stability: Stability, h: Numbers, s: float, decay: float = 0.0) -> NDArray[Any]:
    """Return what a step may multiply the error by, complex (n,); NaN where s is not finite."""
    numerator, denominator = _polynomials(stability, h)
    with np.errstate(all="ignore"):
        polynomial = np.polyadd(np.polymul([1.0, decay - 1.0], denominator), s * numerator)
    if not np.isfinite(polynomial).all():
        return np.full(len(denominator), complex(np.nan, np.nan))
    return np.roots(polynomial).astype(complex)


def dominant(stability: Stability, h: Numbers, s: float, decay: float = 0.0) -> complex:
    """Return the root that outlasts the others: the largest; of a pair the one above the axis."""
    return complex(max(roots(stability, h, s, decay), key=lambda z: (abs(z), z.imag)))


def growth(stability: Stability, h: Numbers, s: float, decay: float = 0.0) -> float:
    """Return the spectral radius: the factor per step in the long run, above 1 if it diverges."""
    return abs(dominant(stability, h, s, decay))


@lru_cache(maxsize=1024)
def limit(stability: Stability, h: Numbers, decay: float = 0.0) -> float:
    """Return the largest stable s: below it every root lies inside the unit circle.

    It is infinite where nothing crosses the circle, 0 where nothing is stable, NaN for a decay
    that is NaN. With negative decay there is a lower limit as well, which this is not.
    """
    numerator, denominator = _polynomials(stability, h)
    return first_crossing(np.polymul([1.0, decay - 1.0], denominator), numerator)


def transient(run: RunSettings) -> int:
    """Return how many first steps a bias correction makes longer than the filter alone would.

    It multiplies the gain of Adam's first step by 1/(1 − β₁), although the memory that the limit
    counts on is still empty; after 1/(1 − β₁) steps that is over.
    """
    return transient_of(*stability_of(run))


def transient_of(stability: Stability, h: Numbers) -> int:
    """Return the same of a method, as `stability_of` returns it."""
    if stability.filter is None or not stability.preconditioned:
        return 0
    memory = float(np.abs(np.roots(stability.filter(h)[1])).max(initial=0.0))
    return math.ceil(1.0 / (1.0 - memory) - 1e-9) if 0.0 < memory < 1.0 else 0


def largest_rate(run: RunSettings, eigenvalue: float) -> float | None:
    """Return the η at the limit for a direction of curvature `eigenvalue`.

    `eigenvalue` is that of the objective which the run lowers. None where the gain moves with the
    gradients, where no linear theory applies, or where the objective does not bend up. A rule
    that lowers its rate by itself, as ASGD does, takes this one at its first step.
    """
    stability, _ = stability_of(run)
    plain = not stability.gains_vary or (stability.own_rate and not stability.measured)
    return scaled_rate(run, eigenvalue + coupled_decay(run)) if plain else None


def scaled_rate(run: RunSettings, bend: float) -> float | None:
    """Return the η at the limit where each step is η times what the filter makes of `bend`.

    `bend` is an eigenvalue of the curvature as the method scales it, coupled decay included; None
    where no linear theory applies or where it is not above 0.
    """
    stability, h = stability_of(run)
    if stability.filter is None or not bend > 0:
        return None
    numerator, denominator = _polynomials(stability, h)
    still = np.polymul([1.0, -1.0], denominator)
    outside, own = decays_beside(run)
    # Decay grows with η as the load does, so both stand on η's side of the equation.
    found = first_crossing(still, np.polyadd(bend * numerator, (outside + own) * denominator))
    if not (outside and own and math.isfinite(found)):
        return found
    low, high = found, first_crossing(still, bend * numerator)
    for _ in range(60):
        middle = 0.5 * (low + high)
        # Two decays shrink the weights one after the other, a little less than their sum does.
        kept = (1.0 - middle * outside) * (1.0 - middle * own)
        shrinking = np.polymul([1.0, -kept], denominator)
        stable = is_stable(np.polyadd(shrinking, middle * bend * numerator))
        low, high = (middle, high) if stable else (low, middle)
    return low


def coupled_decay(run: RunSettings) -> float:
    """Return the weight decay that joins the gradient, and so adds to every curvature."""
    return 0.0 if run.decoupled else run.weight_decay


def decays_beside(run: RunSettings) -> tuple[float, float]:
    """Return by which part of η the run shrinks its weights itself, and by which its rule does."""
    stability, h = stability_of(run)
    own = stability.decay(h) if stability.decay is not None else 0.0
    return run.weight_decay if run.decoupled else 0.0, own


def steps_to_overflow(
    factor: float, size: float, precision: str, squared: bool = False
) -> int | None:
    """Return after how many steps a number that grows by `factor` a step is not finite any more.

    Parameters
    ----------
    factor : growth of the error per step, above 1; otherwise the answer is None.
    size : the error at the start or, with `squared`, the loss there, which grows by factor².
    precision : ``"float32"`` or ``"float64"``.

    Notes
    -----
    A weight is lost one step after its own step, (1 + factor) times as long, overflows: above a
    limit the error changes sides.
    """
    if not (factor > 1.0 and size > 0.0):
        return None
    largest = math.log(float(np.finfo(precision).max)) - math.log(size)
    if squared:
        return math.ceil(largest / (2.0 * math.log(factor)))
    return math.ceil((largest - math.log1p(factor)) / math.log(factor)) + 1


def best_rate(lowest: float, highest: float) -> float:
    """Return gradient descent's quickest η = 2/(m + M) for curvatures between m and M.

    Each step then multiplies the error by (κ − 1)/(κ + 1) in the long run, κ = M/m.
    """
    return 2.0 / (lowest + highest)


def best_heavy_ball(lowest: float, highest: float) -> tuple[float, float]:
    """Return heavy ball's quickest (η, β) for curvatures between m and M.

    Each step then multiplies the error by (√κ − 1)/(√κ + 1) (Polyak 1964; Goh 2017).
    """
    low, high = math.sqrt(lowest), math.sqrt(highest)
    return (2.0 / (low + high)) ** 2, ((high - low) / (high + low)) ** 2


def ringing(beta: float) -> tuple[float, float]:
    """Return the ends of the loads ηλ for which heavy ball's roots are complex: it rings."""
    root = math.sqrt(beta)
    return (1.0 - root) ** 2, (1.0 + root) ** 2


def noise_floor(
    stability: Stability,
    h: Numbers,
    rate: float,
    eigenvalue: float,
    sigma: float,
    decay: float = 0.0,
) -> float:
    """Return the variance at which gradient noise of standard deviation `sigma` keeps the error.

    It solves P = A P Aᵀ + B Bᵀ for the companion matrix A; for momentum SGD this is
    ησ²(1 + β) / (λ(1 − β)(2(1 + β) − ηλ)). Infinite where the motion does not decay.
    """
    numerator, denominator = _polynomials(stability, h)
    load = rate * eigenvalue
    polynomial = np.polyadd(np.polymul([1.0, decay - 1.0], denominator), load * numerator)
    if not is_stable(polynomial):
        return math.inf
    order = len(polynomial) - 1
    companion = np.eye(order, k=-1)
    companion[0] = -polynomial[1:] / polynomial[0]
    outside = np.zeros(order * order)
    outside[0] = 1.0
    inside = np.linalg.solve(np.eye(order * order) - np.kron(companion, companion), outside)
    answer = np.pad(rate * numerator, (order - len(numerator), 0)) / polynomial[0]
    return float(sigma**2 * (answer @ inside.reshape(order, order) @ answer))


def bounded_amplitude(run: RunSettings) -> float | None:
    """Return half the width of the smallest cycle of a run whose steps are bounded, else None.

    Momentum makes real runs swing wider. A clipped plain method keeps this cycle above its limit
    only; below it the path settles.
    """
    stability, h = stability_of(run)
    clips = [c for c in (run.clip_value, run.clip_norm) if c > 0]
    if stability.amplitude is not None:
        found = stability.amplitude(run.learning_rate, h)
    elif clips and stability.filter is not None and not stability.gains_vary:
        found = 0.5 * run.learning_rate * min(clips) * at_flip(stability.filter(h))
    else:
        return None
    return found if math.isfinite(found) else None
