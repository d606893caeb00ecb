"""The numbers behind a data-driven surface: rows, batches, and the exact minimum."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.surfaces import line_fits
from engine.surfaces.kernels.layout import MODEL
from engine.tables import Pair, load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.experiment import DataSettings
    from engine.surfaces.surface import Surface

    Array = NDArray[np.float64]

#: At most so many row numbers are stored for mini-batches (or one epoch, if that is longer).
MOST_STORED = 2**20
#: A surface without a closed form sums over this many rows at most: it is drawn per pixel.
MOST_SUMMED = 1000
#: Larger numbers overflow when they are squared and summed.
LARGEST = 1e100


@dataclass(frozen=True, eq=False)
class Problem:
    """What a surface's kernels see of a table: the prepared pair and what follows from it.

    Parameters
    ----------
    pair : feature (standardised if asked for) and target (0 and 1 for logistic regression).
    scale : 1 for the mean over rows, their number for the sum.
    minima : (k, 3) slope, intercept, loss.
    numbers : what the kernel wants beside the rows (see the kernels' ``MODEL``).
    notes : plain sentences.
    """

    pair: Pair
    scale: float
    minima: Array
    numbers: Array
    notes: tuple[str, ...]


def payload(
    surface: Surface, settings: DataSettings, steps: int
) -> tuple[Array, Array, bool, tuple[str, ...]]:
    """Return (numbers, minima, batched, notes) for `engine.landscape.bind`.

    Parameters
    ----------
    surface : one of `engine.surfaces.data_driven.SURFACES` that uses data.
    settings : table, columns, scaling, reduction, batch size and seed.
    steps : how many steps will ask for a batch.

    Returns
    -------
    numbers : the kernels' block, laid out as in `engine.surfaces.kernels.layout`.
    minima : (k, 3) slope, intercept and full-batch loss of the minimum; (0, 3) where none exists.
    batched : whether steps see different rows.
    notes : plain sentences about what was left out, assumed or found.

    A mini-batch is drawn as torch's DataLoader does with ``shuffle=True``: each epoch is a new
    permutation (numpy's ``default_rng(seed).permuted``), cut into batches of `batch_size`, the
    last one smaller if need be; the mean is over the rows of the batch. At most 2**20 row numbers
    are stored (or one epoch, if longer); after them the order repeats.

    Raises
    ------
    ValueError : the table or a column cannot be used; a plain sentence.
    """
    problem = problem_of(surface, settings)
    x, y = problem.pair.x, problem.pair.y
    rows = len(x)
    batched = 0 < settings.batch_size < rows
    mean = float(settings.reduction == "mean")
    order = _order(rows, settings, steps) if batched else np.empty(0)
    per_epoch = -(-rows // settings.batch_size) if batched else 1
    # A closed form needs no rows; storing a million of them would only fill memory.
    kept = (x, y) if batched or surface.name != "linear_regression" else (x[:0], y[:0])
    features = MODEL + len(problem.numbers)
    targets = features + len(kept[0])
    header = np.array(
        [rows, settings.batch_size if batched else 0, per_epoch, len(order) // rows * per_epoch,
         features, targets, targets + len(kept[1]), mean],
        dtype=np.float64,
    )  # fmt: skip
    numbers = np.concatenate([header, problem.numbers, *kept, order])
    return numbers, problem.minima, batched, problem.notes


def _order(rows: int, settings: DataSettings, steps: int) -> Array:
    """Return the rows' order, (epochs · rows,): a new permutation each epoch."""
    wanted = -(-max(steps, 1) // -(-rows // settings.batch_size))
    epochs = max(1, min(wanted, MOST_STORED // rows))
    plain = np.tile(np.arange(rows, dtype=np.float64), (epochs, 1))
    return np.random.default_rng(settings.seed).permuted(plain, axis=1).ravel()


def problem_of(surface: Surface, settings: DataSettings) -> Problem:
    """Load and prepare the table for one surface; raises ValueError with a plain sentence."""
    table = load(settings.table)
    pair = table.pair(settings.feature, settings.target)
    pair = replace(pair, notes=(*table.notes, *pair.notes))
    if (scale := target_scale(surface, settings)) != 1:
        pair = _scaled(pair, scale)
    for name, values in ((pair.feature, pair.x), (pair.target, pair.y)):
        if np.abs(values).max() > LARGEST:
            raise ValueError(
                f"{name} holds numbers above {LARGEST:g}, whose squares overflow; "
                "divide the column by a constant."
            )
    if settings.standardise:
        pair = replace(pair, x=_standardised(pair))
    if surface.name == "linear_regression":
        return _linear(pair, settings)
    pair = _sampled(pair, surface, settings)
    if surface.name == "logistic_regression":
        return _logistic(pair, settings)
    return _absolute(pair, settings)


def target_scale(surface: Surface, settings: DataSettings) -> float:
    """Return what the target is divided by; classes are 0 and 1, whatever the settings say."""
    return 1.0 if surface.name == "logistic_regression" else settings.target_scale


def _scaled(pair: Pair, scale: float) -> Pair:
    with np.errstate(over="ignore", under="ignore"):
        y = pair.y / scale
    note = f"{pair.target} is divided by {scale:g}, and with it the best slope and intercept."
    return replace(pair, y=y, notes=(*pair.notes, note))


def _standardised(pair: Pair) -> Array:
    mean, deviation = line_fits.mean_and_deviation(pair.x)
    _refuse_constant(pair, deviation)
    return (pair.x - mean) / deviation


def _refuse_constant(pair: Pair, deviation: float) -> None:
    if deviation == 0:
        raise ValueError(
            f"{pair.feature} is {pair.x[0]:g} in every row, so every slope fits equally well; "
            "choose another feature."
        )


def _sampled(pair: Pair, surface: Surface, settings: DataSettings) -> Pair:
    rows = len(pair.x)
    if rows <= MOST_SUMMED:
        return pair
    chosen = np.random.default_rng(settings.seed).choice(rows, MOST_SUMMED, replace=False)
    chosen.sort()
    note = (
        f"{surface.title} sums over every row at every point, so it uses {MOST_SUMMED:,} of the "
        f"{rows:,} rows, drawn at random with the seed."
    )
    return replace(pair, x=pair.x[chosen], y=pair.y[chosen], notes=(*pair.notes, note))


def _linear(pair: Pair, settings: DataSettings) -> Problem:
    mean, deviation = line_fits.mean_and_deviation(pair.x)
    _refuse_constant(pair, deviation)
    scale = 1.0 if settings.reduction == "mean" else float(len(pair.x))
    slope, intercept, error = line_fits.least_squares(pair.x, pair.y)
    low, high = line_fits.curvatures(mean, deviation, scale)
    notes = (*pair.notes, _curvature_note("", low, high))
    numbers = np.array([scale * error, slope, intercept, mean, deviation**2, scale])
    minima = np.array([[slope, intercept, scale * error]])
    return Problem(pair, scale, minima, numbers, notes)


def _curvature_note(where: str, low: float, high: float) -> str:
    ratio = high / low if low > 0 else np.inf
    return (
        f"The largest curvature{where} is λ₁ = {high:.4g}, κ = λ₁/λ₂ = {ratio:.4g}; plain gradient "
        f"descent on all rows is stable there below η = 2/λ₁ = {2 / high:.4g}."
    )


def _logistic(pair: Pair, settings: DataSettings) -> Problem:
    _refuse_constant(pair, line_fits.mean_and_deviation(pair.x)[1])
    y, note = _two_valued(pair)
    pair = replace(pair, y=y, notes=(*pair.notes, note))
    scale = 1.0 if settings.reduction == "mean" else float(len(y))
    values, inverse = np.unique(pair.x, return_inverse=True)
    ones = np.bincount(inverse, weights=y).astype(np.float64)
    zeros = np.bincount(inverse, weights=1 - y).astype(np.float64)
    numbers = np.concatenate([[float(len(values))], values, ones, zeros])
    fit = line_fits.logistic(values, ones, zeros)
    if fit is None:
        end = (
            f"{pair.feature} separates the two classes perfectly: the loss falls for ever as the "
            "weights grow, so there is no minimum."
        )
        return Problem(pair, scale, np.empty((0, 3)), numbers, (*pair.notes, end))
    end = _curvature_note(" at the minimum", scale * fit.low, scale * fit.high)
    minima = np.array([[fit.slope, fit.intercept, scale * fit.loss]])
    return Problem(pair, scale, minima, numbers, (*pair.notes, end))


def _two_valued(pair: Pair) -> tuple[Array, str]:
    """Return the target as 0 and 1, and how it became so."""
    values = np.unique(pair.y)
    if len(values) == 1:
        raise ValueError(
            f"{pair.target} is {values[0]:g} in every row; logistic regression needs two classes: "
            "choose another target."
        )
    if len(values) == 2:
        note = f"{pair.target} = {values[1]:g} counts as 1, {values[0]:g} as 0."
        return (pair.y == values[1]).astype(np.float64), note
    # With more than half of the rows at the largest value, none lies above the median.
    middle = min(float(np.median(pair.y)), float(values[-2]))
    note = f"{pair.target} has more than two values: above {middle:g} counts as 1, the rest as 0."
    return (pair.y > middle).astype(np.float64), note


def _absolute(pair: Pair, settings: DataSettings) -> Problem:
    _refuse_constant(pair, line_fits.mean_and_deviation(pair.x)[1])
    scale = 1.0 if settings.reduction == "mean" else float(len(pair.x))
    slope, intercept, error = line_fits.least_absolute(pair.x, pair.y)
    minima = np.array([[slope, intercept, scale * error]])
    return Problem(pair, scale, minima, np.empty(0), pair.notes)
