import mpmath
import numpy as np
import pytest

from engine.surfaces.kernels.vector_math import PLAIN, exp_below_zero, log_one_plus


def worst_ulps(function, reference, values):
    with mpmath.workdps(40):
        exact = [reference(mpmath.mpf(float(v))) for v in values]
        gaps = [
            abs(mpmath.mpf(float(function(v))) - e) / mpmath.mpf(float(np.spacing(float(e))))
            for v, e in zip(values, exact, strict=True)
        ]
    return float(max(gaps))


def test_exponential_is_accurate_to_two_ulps():
    values = np.concatenate([-np.geomspace(1e-20, 708, 3000), [-708.0, -0.0]])
    assert worst_ulps(exp_below_zero, mpmath.exp, values) <= 2


def test_logarithm_is_accurate_to_three_ulps():
    values = np.concatenate([np.geomspace(1e-300, 1, 3000), np.linspace(0.4, 0.43, 500)])
    assert worst_ulps(log_one_plus, mpmath.log1p, values) <= 3


def test_ends():
    assert exp_below_zero(0.0) == 1
    assert exp_below_zero(-708.1) == exp_below_zero(-np.inf) == 0
    assert np.isnan(exp_below_zero(np.nan))
    assert log_one_plus(0.0) == 0
    assert log_one_plus(1.0) == np.log(2)
    assert np.isnan(log_one_plus(np.nan))


@pytest.mark.parametrize("name", PLAIN)
def test_plain_twin_agrees(name):
    names = {"np": np}
    exec(PLAIN[name], names)
    fast, value = {
        "exp_below_zero": (exp_below_zero, -2.5),
        "log_one_plus": (log_one_plus, 0.3),
    }[name]
    assert names[name](value) == pytest.approx(fast(value), rel=1e-15)
