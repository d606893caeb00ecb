"""Numbers of `engine.vector_math` for each precision.

Polynomials are given from the constant up. They and the rational functions are minimax in the
relative error (Lawson's reweighted least squares in 70 digits), which is noted beside each; half
a unit in the last place is 1.1e-16 in float64 and 6.0e-8 in float32. All coefficients of a rational
function are positive, so that nothing cancels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Polynomial = tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The numbers of one precision.

    Parameters
    ----------
    real : the type of number.
    mantissa : how many bits stand behind the leading one.
    bias : what is added to an exponent.
    rounder : added to a number, it leaves the nearest integer in the last bits.
    exp_range, expm1_range : outside, the result is 0 or −1, and infinite.
    exponential : Q in eʳ = 1 + r + r² Q(r) for |r| ≤ ½ ln 2.
    log2 : ln 2 in two parts, the first short enough that its multiples are exact.
    logarithm : L in artanh s = s + s³ L(s²) for |s| ≤ 3 − √8.
    log1p_over, log1p_under : log(1 + e) = e − e² P(e) / Q(e) for 0 ≤ e ≤ 1.
    tanh_limit : from half of it on, tanh is 1.
    erf_edge, erf_near : erf x = x S(x²) up to the edge.
    erf_limit, erf_over, erf_under : erf x = 1 − e^{−x²} P(x) / Q(x) from the edge to the limit,
        from which on it is 1.
    pi : π in three parts.
    sine_limit, sine : S in sin r = r + r³ S(r²) up to the limit, a little more than ½π because
        the nearest multiple of π is found with rounding.
    """

    real: Any
    mantissa: int
    bias: int
    rounder: float
    exp_range: tuple[float, float]
    expm1_range: tuple[float, float]
    exponential: Polynomial
    log2: tuple[float, float]
    logarithm: Polynomial
    log1p_over: Polynomial
    log1p_under: Polynomial
    tanh_limit: float
    erf_edge: float
    erf_near: Polynomial
    erf_limit: float
    erf_over: Polynomial
    erf_under: Polynomial
    pi: tuple[float, float, float]
    sine_limit: float
    sine: Polynomial


# fmt: off
DOUBLE = Table(
    real=np.float64,
    mantissa=52,
    bias=1023,
    rounder=1.5 * 2.0**52,
    exp_range=(-746.0, 709.79),
    expm1_range=(-40.0, 709.79),
    exponential=(  # 1.8e-17
        0.5000000000000006, 0.16666666666666588, 0.04166666666657673, 0.008333333333389523,
        0.0013888888931570605, 0.00019841269719080427, 2.4801505268205132e-05,
        2.7557407467278308e-06, 2.7626039759166874e-07, 2.505380175475988e-08,
    ),
    log2=(0.6931471804855391, 7.440617110012397e-11),
    logarithm=(  # 1.2e-18
        0.3333333333333367, 0.19999999999707485, 0.14285714371159064, 0.11111099289974331,
        0.09091782008603573, 0.07657028519861363, 0.07397950373468593,
    ),
    log1p_over=(  # 6.2e-18
        0.49999999999999806, 1.1433546553679055, 0.9234853198325157, 0.31508178176608415,
        0.04224026588020006, 0.0015563666944364192,
    ),
    log1p_under=(
        1.0, 2.9533759774021098, 3.315887957945324, 1.7640675465894664, 0.4505986435381977,
        0.04908885182431273, 0.0015793844819593356,
    ),
    tanh_limit=40.0,
    erf_edge=0.85,
    erf_near=(  # 1.2e-17
        1.1283791670955126, -0.3761263890318331, 0.11283791670930884, -0.026866170639950077,
        0.005223977568493986, -0.0008548323361704996, 0.00012055185724492093,
        -1.4921830779899673e-05, 1.639804096459458e-06, -1.5689977315150797e-07,
        1.0655681136584232e-08,
    ),
    erf_limit=6.0,
    erf_over=(  # 5.5e-18
        0.9999999574687165, 1.3691670877943023, 0.9231033515840485, 0.35792234279338514,
        0.07939182801661805, 0.008194586234279095,
    ),
    erf_under=(
        1.0, 2.4975457662590483, 2.7412846242020676, 1.7058286389153348, 0.6417370469522976,
        0.1407132944878311, 0.014524691688528749,
    ),
    pi=(3.141592653589793, 1.2246467991473532e-16, -2.9947698097183397e-33),
    sine_limit=1.5723,
    sine=(  # 2.8e-19
        -0.16666666666666666, 0.008333333333333193, -0.00019841269841208473,
        2.755731921100618e-06, -2.5052106860502418e-08, 1.605893907340368e-10,
        -7.642974676170548e-13, 2.7209943738445665e-15,
    ),
)

SINGLE = Table(
    real=np.float32,
    mantissa=23,
    bias=127,
    rounder=1.5 * 2.0**23,
    exp_range=(-104.0, 88.73),
    expm1_range=(-20.0, 88.73),
    exponential=(0.49999997, 0.16666543, 0.0416672, 0.008366521, 0.0013882504),  # 1.3e-8
    log2=(0.69311523, 3.1946183e-05),
    logarithm=(0.33333388, 0.19988781, 0.14935622),  # 8.0e-10
    log1p_over=(0.4999999, 0.45073432, 0.07225315),  # 1.0e-9
    log1p_under=(1.0, 1.5681304, 0.6899727, 0.07570169),
    tanh_limit=20.0,
    erf_edge=0.85,
    erf_near=(  # 6.2e-9
        1.1283791, -0.37612572, 0.112827085, -0.026802165, 0.0050504296, -0.0006311106,
    ),
    erf_limit=4.0,
    erf_over=(1.0006038, 0.7408587, 0.23185046),  # 5.1e-10
    erf_under=(1.0, 1.8734637, 1.3321865, 0.40938437),
    pi=(3.1415927, -8.742278e-08, -3.430249e-15),
    sine_limit=1.66,
    sine=(-0.16666667, 0.00833333, -0.00019840707, 2.751742e-06, -2.3753367e-08),  # 4.7e-11
)
# fmt: on
TABLES = {"float64": DOUBLE, "float32": SINGLE}
