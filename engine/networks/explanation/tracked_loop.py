"""The training loop with looks at curvature between its steps: one call, many steps and looks.

Steps and looks are called by their addresses; what they take is that of `engine.networks.loop`
and of `engine.networks.explanation.lanczos_kernel`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import float64, int64, intp, types

from engine.compile import NUMBA_REALS, function_at, jit
from engine.inlining import inlined
from engine.networks.explanation.gains_kernel import gains_at
from engine.networks.explanation.lanczos_kernel import lanczos_signature
from engine.networks.loop import loop_signature

train_at = function_at({q: types.FunctionType(loop_signature(r)) for q, r in NUMBA_REALS.items()})
largest_at = function_at(
    {q: types.FunctionType(lanczos_signature(r)) for q, r in NUMBA_REALS.items()}
)

#: So many products are saved at most.
SAVED = 20


def saved(room: int, each: int, products: int, value: float) -> int:
    """Return how many products the next look may take; −1, for as many as it wants, after NaN.

    Each look earns so many, and what it leaves is saved for when curvature changes quickly.
    """
    if not np.isfinite(value):
        return -1
    left = room - products if room >= 0 else SAVED
    return min(max(left, 0) + each, SAVED)


_saved = inlined(saved)


@cache
def tracked_kernel(precision: str) -> Any:
    """Return train(…) -> (steps taken, looks taken); see its arguments below.

    A look is taken before each step whose number, of the run, is a multiple of `every`; its value
    is written to `seen` if the step was taken too. `addresses` are those of the loop, of Lanczos'
    method and of the gains, 0 for a method without; `run` and `look` what the first two take, the
    look's weights being room for some where there are gains. `room` (1,) is how many products the
    next look may take, see `saved`.
    """
    real = NUMBA_REALS[precision]
    run_types, look_types = loop_signature(real).args, lanczos_signature(real).args
    signature = types.UniTuple(int64, 2)(
        types.UniTuple(intp, 3), int64, int64, types.Tuple(run_types), types.Tuple(look_types),
        int64[::1], float64[::1],
    )  # fmt: skip

    @jit(signature, name=precision)
    def train(
        addresses: Any, every: int, began: int, run: Any, look: Any, room: Any, seen: Any
    ) -> Any:
        (
            plan, gradient_address, step_address, inputs, targets, rows, counts, placed,
            theta, gradient, before, state, work, rates, first, shared, h, carry,
            noise, dropout, sharpness, stop, records,
        ) = run  # fmt: skip
        (
            wide, own, points, truth, chosen, block, mean, held, scale, decay, sense, works,
            basis, found, push, tolerance, each,
        ) = look  # fmt: skip
        one = theta.dtype.type(1.0)
        take, largest = train_at(addresses[0], one), largest_at(addresses[1], one)
        roots_of, scaled = gains_at(addresses[2], one), addresses[2] != 0
        earlier, told = np.empty_like(state), np.empty_like(carry)
        begin, row, looks, value, products = 0, 0, 0, 0.0, 0
        while begin < len(counts):
            at = began + first + begin
            due = at % every == 0
            # The gains of a step are known once it is taken: it is taken alone.
            end = min(begin + (1 if due and scaled else every - at % every), len(counts))
            most = len(basis) - 2 if room[0] < 0 else min(len(basis) - 2, room[0])
            if due and scaled:
                held[:] = theta
                earlier[:] = state
                told[:] = carry
            elif due:
                value, products = largest(
                    wide, own, points, truth, chosen, block, mean, theta, scale, decay, sense,
                    works, basis, found, push, tolerance, most,
                )  # fmt: skip
            ahead = row
            if not placed:
                ahead += counts[begin:end].sum()
            part = np.empty((3, end - begin))
            taken = take(
                plan, gradient_address, step_address, inputs, targets,
                rows if placed else rows[row:ahead], counts[begin:end], placed, theta, gradient,
                before, state, work, rates[begin:end] if len(rates) > 1 else rates, first + begin,
                shared, h, carry, noise[begin:end], dropout, sharpness, stop, part,
            )  # fmt: skip
            records[:, begin : begin + taken] = part[:, :taken]
            if due and taken > 0:
                if scaled:
                    rate = rates[min(begin, len(rates) - 1)]
                    roots_of(first + begin, rate, h, told, earlier, state, scale)
                    value, products = largest(
                        wide, own, points, truth, chosen, block, mean, held, scale, decay, sense,
                        works, basis, found, push, tolerance, most,
                    )  # fmt: skip
                room[0] = _saved(room[0], each, products, value)
                seen[looks] = value
                looks += 1
            begin, row = begin + taken, ahead
            if begin < end or not np.isfinite(part[2, taken - 1]):
                break
        return begin, looks

    return train
