"""A formula's value and derivatives by high-precision differences: slow, and nothing of ours."""

import mpmath as mp

DIGITS = 60
SAME_NAME = """\
sin cos tan asin acos atan sinh cosh tanh exp expm1 log log10 log1p sqrt erf atan2 hypot"""
NAMES = {
    **{name: getattr(mp, name) for name in SAME_NAME.split()},
    "sign": mp.sign,
    "floor": mp.floor,
    "abs": abs,
    "min": min,
    "max": max,
    "ln": mp.log,
    "log2": lambda u: mp.log(u, 2),
    "cbrt": lambda u: mp.sign(u) * mp.cbrt(abs(u)),
    "step": lambda u: mp.mpf(u > 0),
    "relu": lambda u: max(u, mp.mpf(0)),
    "sigmoid": lambda u: 1 / (1 + mp.exp(-u)),
    "softplus": lambda u: mp.log(1 + mp.exp(u)),
    # The engine's π and e are float64 numbers, so that only rounding may differ.
    "pi": mp.mpf(float(mp.pi)),
    "e": mp.mpf(float(mp.e)),
}
ORDERS = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))


def six_numbers(text, x, y, constants):
    """Return f, f_x, f_y, f_xx, f_xy, f_yy of a formula written in Python's syntax but for ^."""
    with mp.workdps(DIGITS):
        names = NAMES | {name: mp.mpf(value) for name, value in constants.items()}
        code = compile(text.replace("^", "**"), "formula", "eval")

        def value(u, v):
            return mp.mpf(eval(code, {"__builtins__": {}}, names | {"x": u, "y": v}))

        point = mp.mpf(x), mp.mpf(y)
        return [float(mp.diff(value, point, order)) for order in ORDERS]


def assert_close(found, text, point, constants, relative=1e-12):
    """Compare six numbers, each against the largest of its order of differentiation."""
    exact = six_numbers(text, *point, constants)
    for order in ((0,), (1, 2), (3, 4, 5)):
        scale = max(1.0, *(abs(exact[i]) for i in order))
        for i in order:
            assert abs(found[i] - exact[i]) <= relative * scale, (text, point, i)
