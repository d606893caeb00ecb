"""The exact minima of straight-line models: least squares, least absolute, maximum likelihood."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MOST_ITERATIONS = 200


def mean_and_deviation(x: Array) -> tuple[float, float]:
    """Return the mean of x (n,) and its standard deviation (divisor n).

    A deviation that is only rounding error is 0.
    """
    centred = x - x.mean()
    # The mean of the centred values is the rounding error of the mean.
    mean = float(x.mean() + centred.mean())
    deviation = math.sqrt(float(np.mean((x - mean) ** 2)))
    return (mean, deviation) if np.ptp(x) > 0 else (float(x[0]), 0.0)


def least_squares(x: Array, y: Array) -> tuple[float, float, float]:
    """Return slope, intercept and mean squared error of the line through x, y (n,).

    Both columns are centred first, so that large values cost no digits.
    """
    x_mean, _ = mean_and_deviation(x)
    y_mean, _ = mean_and_deviation(y)
    across, up = x - x_mean, y - y_mean
    slope = float(across @ up / (across @ across))
    error = float(np.mean((up - slope * across) ** 2))
    return slope, y_mean - slope * x_mean, error


def curvatures(mean: float, deviation: float, scale: float) -> tuple[float, float]:
    """Return both eigenvalues, low and high, of the squared error's Hessian.

    H = 2c [[s² + x̄², x̄], [x̄, 1]]; the low one comes from the determinant, without cancellation.
    """
    square = deviation**2 + mean**2
    high = 0.5 * (square + 1.0 + math.hypot(square - 1.0, 2.0 * mean))
    return 2.0 * scale * deviation**2 / high, 2.0 * scale * high


def least_absolute(x: Array, y: Array) -> tuple[float, float, float]:
    """Return slope, intercept and mean absolute error of a best line; n log n per row.

    Some best line passes through two of the points (x differs between at least two). Through a
    given point the best slope is a weighted median of the slopes to the others, so trying every
    point finds it (Bloomfield & Steiger 1980). Where several lines are best, one is returned.
    """
    best = (0.0, 0.0, math.inf)
    for x0, y0 in zip(x, y, strict=True):
        across = x - x0
        others = across != 0
        slopes, weights = (y[others] - y0) / across[others], np.abs(across[others])
        by_slope = np.argsort(slopes, kind="stable")
        half = np.searchsorted(np.cumsum(weights[by_slope]), 0.5 * weights.sum())
        slope = float(slopes[by_slope][min(half, len(slopes) - 1)])
        error = float(np.mean(np.abs((y - y0) - slope * across)))
        if error < best[2]:
            best = (slope, float(y0 - slope * x0), error)
    return best


@dataclass(frozen=True, slots=True)
class LogisticFit:
    """A maximum-likelihood fit: mean cross-entropy and the Hessian's two eigenvalues."""

    slope: float
    intercept: float
    loss: float
    low: float
    high: float


def logistic(values: Array, ones: Array, zeros: Array) -> LogisticFit | None:
    """Return the logistic fit of counts of 1 and 0 per feature value, or None if there is none.

    It exists unless a threshold separates the classes, a tie at the threshold included
    (Albert & Anderson 1984). Newton's method with halved steps on the standardised feature.
    """
    of_ones, of_zeros = values[ones > 0], values[zeros > 0]
    if of_ones.min() >= of_zeros.max() or of_zeros.min() >= of_ones.max():
        return None
    mean, deviation = mean_and_deviation(np.repeat(values, (ones + zeros).astype(int)))
    z = (values - mean) / deviation
    theta = np.zeros(2)
    loss, gradient, hessian = _cross_entropy(theta, z, ones, zeros)
    for _ in range(MOST_ITERATIONS):
        step = np.linalg.solve(hessian, gradient)
        while True:
            trial = theta - step
            found = _cross_entropy(trial, z, ones, zeros)
            # Near the minimum the loss is flat to rounding, where only the gradient still tells.
            if found[0] <= loss * (1 + 1e-14):
                break
            step = step / 2
        theta, (loss, gradient, hessian) = trial, found
        if np.abs(step).max() <= 1e-15 * np.abs(theta).max():
            break
    slope, at_mean = float(theta[0] / deviation), float(theta[1])
    back = np.array([[deviation, mean], [0.0, 1.0]])
    raw = back @ hessian @ back.T
    high = float(np.linalg.eigvalsh(raw)[1])
    low = float(np.linalg.det(hessian)) * deviation**2 / high
    return LogisticFit(slope, at_mean - slope * mean, loss, low, high)


def _cross_entropy(theta: Array, z: Array, ones: Array, zeros: Array) -> tuple[float, Array, Array]:
    """Return mean loss, gradient (2,) and Hessian (2, 2) at slope and intercept `theta`."""
    u = theta[0] * z + theta[1]
    e = np.exp(-np.abs(u))
    above, below = 1 / (1 + e), e / (1 + e)
    sigmoid = np.where(u >= 0, above, below)
    complement = np.where(u >= 0, below, above)
    count = float(ones.sum() + zeros.sum())
    loss = (ones + zeros) @ np.log1p(e) + ones @ np.maximum(-u, 0) + zeros @ np.maximum(u, 0)
    slope = zeros * sigmoid - ones * complement
    design = np.stack([z, np.ones_like(z)])
    hessian = (design * ((ones + zeros) * sigmoid * complement)) @ design.T
    return float(loss) / count, design @ slope / count, hessian / count
