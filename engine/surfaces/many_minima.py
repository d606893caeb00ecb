"""A handful of minima: which one a path reaches depends on start and learning rate."""

from __future__ import annotations

import itertools
import math

from engine.surfaces.minima import fixed
from engine.surfaces.surface import Surface

_SURVEY = "Jamil, Yang 2013, A literature survey of benchmark functions"
_TANG_WELLS = (-2.903534027771177, 2.746802770990837)
_TANG_VALUES = (-39.16616570377141, -25.02944665528394)
_BRANIN_VALUE = 10.0 / (8.0 * math.pi)

HIMMELBLAU = Surface(
    name="himmelblau",
    title="Himmelblau",
    group="Many minima",
    formula="(x^2+y-11)^2+(x+y^2-7)^2",
    teaches="Four equally deep minima of unequal sharpness (λ₁ from 81 to 134): a rate may hold in "
    "one and diverge in another.",
    source="Himmelblau 1972, Applied nonlinear programming",
    minima=fixed(
        (3.0, 2.0, 0.0),
        (-2.805118086952745, 3.131312518250573, 0.0),
        (-3.779310253377747, -3.2831859912861696, 0.0),
        (3.5844283403304917, -1.8481265269644036, 0.0),
    ),
    view=(-6.0, 6.0, -5.0, 5.0),
    start=(-0.5, 0.2),
    learning_rate=0.02,
)

THREE_HUMP_CAMEL = Surface(
    name="three_hump_camel",
    title="Three-hump camel",
    group="Many minima",
    formula="2*x^2-1.05*x^4+x^6/6+x*y+y^2",
    teaches="The global minimum is the flattest of three (λ₁ = 4.4 against 12.3): a larger rate "
    "leaves the outer two.",
    source="Branin 1972, Widely convergent method for finding multiple solutions",
    minima=fixed(
        (0.0, 0.0, 0.0),
        (1.7475523458302888, -0.8737761729151444, 0.2986384422368598),
        (-1.7475523458302888, 0.8737761729151444, 0.2986384422368598),
    ),
    view=(-2.4, 2.4, -2.0, 2.0),
    start=(1.9, 1.2),
    learning_rate=0.14,
)

SIX_HUMP_CAMEL = Surface(
    name="six_hump_camel",
    title="Six-hump camel",
    group="Many minima",
    formula="(4-2.1*x^2+x^4/3)*x^2+x*y+(-4+4*y^2)*y^2",
    teaches="Six minima and two of them global: small changes of the rate send the same start to "
    "different ones.",
    source="Branin 1972, Widely convergent method for finding multiple solutions",
    minima=fixed(
        (0.08984201310031806, -0.7126564030207396, -1.0316284534898774),
        (-0.08984201310031806, 0.7126564030207396, -1.0316284534898774),
        (1.703606714969981, -0.7960835686726251, -0.21546382438371764),
        (-1.703606714969981, 0.7960835686726251, -0.21546382438371764),
        (1.6071047529201972, 0.5686514548841314, 2.1042503103112584),
        (-1.6071047529201972, -0.5686514548841314, 2.1042503103112584),
    ),
    view=(-2.2, 2.2, -1.3, 1.3),
    start=(-1.2, -0.9),
    learning_rate=0.1,
)

BRANIN = Surface(
    name="branin",
    title="Branin",
    group="Many minima",
    formula="(y-5.1/(4*pi^2)*x^2+5/pi*x-6)^2+10*(1-1/(8*pi))*cos(x)+10",
    teaches="Three equally deep minima on one curved valley floor, reached in turn as the rate "
    "grows.",
    source="Branin 1972, Widely convergent method for finding multiple solutions",
    minima=fixed(
        (-math.pi, 12.275, _BRANIN_VALUE),
        (math.pi, 2.275, _BRANIN_VALUE),
        (3.0 * math.pi, 2.475, _BRANIN_VALUE),
    ),
    view=(-5.0, 10.0, 0.0, 15.0),
    start=(0.0, 10.0),
    learning_rate=0.08,
)

STYBLINSKI_TANG = Surface(
    name="styblinski_tang",
    title="Styblinski–Tang",
    group="Many minima",
    formula="(x^4-16*x^2+5*x)/2+(y^4-16*y^2+5*y)/2",
    teaches="Each coordinate has a deep and a shallow well; a rate of about 2/35 no longer settles "
    "in the deep, sharper ones.",
    source="Styblinski, Tang 1990, Experiments in nonconvex optimization",
    minima=fixed(
        *(
            (_TANG_WELLS[i], _TANG_WELLS[j], _TANG_VALUES[i] + _TANG_VALUES[j])
            for i, j in itertools.product((0, 1), repeat=2)
        )
    ),
    view=(-5.0, 5.0, -5.0, 5.0),
    start=(0.6, 3.5),
    learning_rate=0.05,
)

BIRD = Surface(
    name="bird",
    title="Bird",
    group="Many minima",
    formula="sin(x)*exp((1-cos(y))^2)+cos(y)*exp((1-sin(x))^2)+(x-y)^2",
    teaches="Exponentials make narrow wells with λ₁ = 277: below η = .007 a path can settle, above "
    "it is thrown from well to well.",
    source="Mishra 2006, Some new test functions for global optimization",
    minima=fixed(
        (4.701043130249553, 3.15293850372493, -106.76453674926468),
        (-1.5821421769300335, -3.1302468034546562, -106.76453674926468),
    ),
    view=(-6.5, 6.5, -6.5, 6.5),
    start=(2.0, 5.0),
    learning_rate=0.005,
)

ADJIMAN = Surface(
    name="adjiman",
    title="Adjiman",
    group="Many minima",
    formula="cos(x)*sin(y)-x/(y^2+1)",
    teaches="The published minimum, −2.0218 at (2, .1058), is only an edge of the domain: descent "
    "knows no edge and follows the slope on.",
    source="Adjiman et al. 1998, A global optimization method, αBB",
    view=(-1.0, 2.0, -1.0, 1.0),
    start=(-0.5, 0.5),
    learning_rate=0.05,
)

LEVY13 = Surface(
    name="levy13",
    title="Lévy 13",
    group="Many minima",
    formula="sin(3*pi*x)^2+(x-1)^2*(1+sin(3*pi*y)^2)+(y-1)^2*(1+sin(2*pi*y)^2)",
    teaches="Ripples across a bowl: small rates stop in the first ripple, larger ones skip ripples "
    "and then cannot settle.",
    source="Lévy, Montalvo 1985, The tunneling algorithm for the global minimization",
    minima=fixed((1.0, 1.0, 0.0)),
    view=(-5.0, 7.0, -4.0, 6.0),
    start=(-3.5, 3.2),
    learning_rate=0.01,
)

BOHACHEVSKY = Surface(
    name="bohachevsky1",
    title="Bohachevsky 1",
    group="Many minima",
    formula="x^2+2*y^2-0.3*cos(3*pi*x)-0.4*cos(4*pi*y)+0.7",
    teaches="From afar a plain bowl with λ = 4, at the bottom ripples with λ₁ = 67: a rate that "
    "serves outside rattles inside.",
    source="Bohachevsky, Johnson, Stein 1986, Generalized simulated annealing",
    minima=fixed((0.0, 0.0, 0.0)),
    view=(-4.0, 4.0, -3.0, 3.0),
    start=(-3.2, 2.3),
    learning_rate=0.04,
)

SURFACES = (
    HIMMELBLAU,
    THREE_HUMP_CAMEL,
    SIX_HUMP_CAMEL,
    BRANIN,
    STYBLINSKI_TANG,
    BIRD,
    ADJIMAN,
    LEVY13,
    BOHACHEVSKY,
)
