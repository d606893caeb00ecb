"""First weights: their theory, torch.nn.init, and that nothing moves that is not touched."""

import math

import msgspec
import numpy as np
import pytest

from engine.networks.initialisation import InitialSettings, as_text, initial
from engine.networks.model import Model
from engine.networks.schemes import SCHEMES, scheme_named

INPUTS, OUTPUTS = 300, 200
WIDE = Model(sizes=(INPUTS, OUTPUTS))
SMALL = Model(sizes=(3, 5, 4, 2), layer_norm=True)

#: Variance of a weight and the bound no weight passes (Glorot & Bengio 2010, He et al. 2015,
#: LeCun et al. 1998; torch.nn.Linear: uniform within 1/√inputs).
UNIFORM = {
    "pytorch": 1 / (3 * INPUTS),
    "tensorflow": 2 / (INPUTS + OUTPUTS),
    "glorot_uniform": 2 / (INPUTS + OUTPUTS),
    "he_uniform": 2 / INPUTS,
    "lecun_uniform": 1 / INPUTS,
    "uniform": 1 / 12,
}
NORMAL = {
    "glorot_normal": 2 / (INPUTS + OUTPUTS),
    "he_normal": 2 / INPUTS,
    "lecun_normal": 1 / INPUTS,
}


def parts(model, **settings):
    return model.views(initial(model.tensors, InitialSettings(**settings)))


def named(model, **settings):
    pairs = zip(model.tensors, parts(model, **settings), strict=True)
    return {(tensor.layer, tensor.kind): part for tensor, part in pairs}


def weights(scheme, **settings):
    return parts(WIDE, scheme=scheme, **settings)[0]


def test_every_scheme_is_checked_somewhere_here():
    plain = {"orthogonal", "constant", "zeros"}
    assert {scheme.name for scheme in SCHEMES} == UNIFORM.keys() | NORMAL.keys() | plain


@pytest.mark.parametrize("scheme", UNIFORM.keys() | NORMAL.keys())
def test_variance_is_the_theorys(scheme):
    drawn = weights(scheme)
    expected = (UNIFORM | NORMAL)[scheme]
    # 60 000 weights: the mean strays by √(variance/n), the variance by at most √(2/n) of itself.
    assert abs(drawn.mean()) < 4 * math.sqrt(expected / drawn.size)
    assert drawn.var() == pytest.approx(expected, rel=4 * math.sqrt(2 / drawn.size))


@pytest.mark.parametrize("scheme", UNIFORM)
def test_uniform_weights_fill_their_interval(scheme):
    bound = math.sqrt(3 * UNIFORM[scheme])
    drawn = weights(scheme)
    assert bound * 0.999 < drawn.max() <= bound
    assert -bound <= drawn.min() < -bound * 0.999


@pytest.mark.parametrize("scheme", NORMAL)
def test_normal_weights_have_tails_as_torchs_have(scheme):
    outside = np.abs(weights(scheme)) > 2 * math.sqrt(NORMAL[scheme])
    assert outside.mean() == pytest.approx(0.0455, abs=0.004)


@pytest.mark.parametrize(
    ("scheme", "call", "options"),
    [
        ("glorot_uniform", "xavier_uniform_", {}),
        ("glorot_normal", "xavier_normal_", {}),
        ("he_uniform", "kaiming_uniform_", {}),
        ("he_normal", "kaiming_normal_", {}),
        ("lecun_uniform", "kaiming_uniform_", {"nonlinearity": "linear"}),
        ("lecun_normal", "kaiming_normal_", {"nonlinearity": "linear"}),
        ("pytorch", "kaiming_uniform_", {"a": math.sqrt(5)}),
        ("orthogonal", "orthogonal_", {}),
    ],
)
def test_torch_draws_from_the_same_distribution(scheme, call, options):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    theirs = getattr(torch.nn.init, call)(
        torch.empty(OUTPUTS, INPUTS, dtype=torch.float64), **options
    ).numpy()
    ours = weights(scheme)
    quantiles = np.linspace(0.01, 0.99, 25)
    scale = theirs.std()
    difference = np.quantile(ours, quantiles) - np.quantile(theirs, quantiles)
    assert np.abs(difference).max() < 0.05 * scale


def test_pytorchs_biases_lie_as_torchs_lie():
    torch = pytest.importorskip("torch")
    theirs = torch.nn.Linear(9, 5000, dtype=torch.float64).bias.detach().numpy()
    ours = parts(Model(sizes=(9, 5000)))[1]
    for bias in (theirs, ours):
        assert 0.99 / 3 < np.abs(bias).max() <= 1 / 3
    assert np.abs(np.sort(ours) - np.sort(theirs)).max() < 0.03


@pytest.mark.parametrize("sizes", [(40, 7), (7, 40), (12, 12), (1, 1)])
def test_orthogonal_rows_or_columns(sizes):
    w = parts(Model(sizes=sizes), scheme="orthogonal")[0]
    outputs, inputs = w.shape
    product = w @ w.T if outputs <= inputs else w.T @ w
    np.testing.assert_allclose(product, np.eye(min(outputs, inputs)), atol=1e-14)


def test_orthogonal_has_no_preferred_sign():
    signs = [
        np.sign(parts(Model(sizes=(1, 1)), scheme="orthogonal", seed=seed)[0]).item()
        for seed in range(200)
    ]
    assert abs(sum(signs)) < 60


@pytest.mark.parametrize("scheme", [s.name for s in SCHEMES if s.biases is None])
def test_biases_are_zero_where_the_scheme_does_not_draw_them(scheme):
    tensors = named(SMALL, scheme=scheme)
    assert not any(tensors[layer, "bias"].any() for layer in range(3))


@pytest.mark.parametrize("scheme", [s.name for s in SCHEMES])
def test_normalisation_starts_as_if_it_were_not_there(scheme):
    tensors = named(SMALL, scheme=scheme, gain=3.0)
    for layer in range(2):
        assert (tensors[layer, "gain"] == 1).all()
        assert (tensors[layer, "shift"] == 0).all()


def test_constant_zeros_and_an_interval():
    assert (weights("constant", parameters={"value": -0.3}) == -0.3).all()
    assert (weights("zeros") == 0).all()
    drawn = weights("uniform", parameters={"low": 2.0, "high": 3.0})
    assert 2.0 <= drawn.min() < 2.001
    assert 2.999 < drawn.max() <= 3.0


@pytest.mark.parametrize("scheme", [s.name for s in SCHEMES])
def test_gains_multiply_weights_only(scheme):
    plain = named(SMALL, scheme=scheme)
    scaled = named(SMALL, scheme=scheme, gain=2.0, layer_gains=(1.0, 0.5, 4.0))
    for layer, factor in enumerate((2.0, 1.0, 8.0)):
        np.testing.assert_array_equal(scaled[layer, "weight"], factor * plain[layer, "weight"])
        np.testing.assert_array_equal(scaled[layer, "bias"], plain[layer, "bias"])


@pytest.mark.parametrize("scheme", [s.name for s in SCHEMES])
def test_the_same_seed_gives_the_same_weights(scheme):
    first, again = (initial(SMALL.tensors, InitialSettings(scheme=scheme)) for _ in range(2))
    assert first.tobytes() == again.tobytes()
    assert first.dtype == np.float64
    assert first.shape == (SMALL.size,)
    if scheme not in ("zeros", "constant"):
        other = initial(SMALL.tensors, InitialSettings(scheme=scheme, seed=1))
        assert (first != other).any()


def test_layers_that_are_not_touched_keep_their_weights():
    before = named(Model(sizes=(3, 8, 8, 8, 2), layer_norm=True))
    after = named(Model(sizes=(3, 8, 8, 5, 2), layer_norm=False))
    bare = named(Model(sizes=(3, 8, 8, 8, 2), bias=False))
    for layer in (0, 1):
        for kind in ("weight", "bias"):
            np.testing.assert_array_equal(before[layer, kind], after[layer, kind])
    for layer in range(4):
        np.testing.assert_array_equal(before[layer, "weight"], bare[layer, "weight"])


def test_tensors_of_one_network_are_not_copies_of_each_other():
    drawn = named(Model(sizes=(6, 6, 6)))
    flat = [drawn[layer, kind].ravel()[:6] for layer in (0, 1) for kind in ("weight", "bias")]
    for index, one in enumerate(flat):
        assert not any((one == other).any() for other in flat[:index])


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"scheme": "he_norml"}, "did you mean he_normal"),
        ({"parameters": {"value": 1.0}}, "no parameter 'value' here"),
        ({"scheme": "constant", "parameters": {"value": math.inf}}, "value is inf"),
        ({"scheme": "uniform", "parameters": {"low": 1.0}}, "low is 1 and high is 0.5"),
        ({"gain": -1.0}, "gain is -1"),
        ({"gain": math.nan}, "gain is not a number"),
        ({"layer_gains": (1.0, -2.0)}, r"layer_gains\[1\]: gain is -2"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_mistakes_are_named_with_their_fix(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        InitialSettings(**settings)


def test_a_gain_too_few_is_said():
    with pytest.raises(ValueError, match="has 2 numbers, but the network has 3 layers"):
        initial(SMALL.tensors, InitialSettings(layer_gains=(1.0, 2.0)))


def test_settings_survive_a_file():
    settings = InitialSettings(
        scheme="uniform", parameters={"low": -1.0}, gain=2.0, layer_gains=(1.0, 3.0), seed=7
    )
    built = msgspec.convert(msgspec.to_builtins(settings), InitialSettings)
    assert built == settings
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"schem": "zeros"}, InitialSettings)


def test_largest_settings_still_fit_float32():
    numbers = scheme_named("constant").parameters[0].maximum
    theta = initial(
        Model(sizes=(2, 2)).tensors,
        InitialSettings(
            scheme="constant", parameters={"value": numbers}, gain=1e6, layer_gains=(1e6,)
        ),
    )
    assert np.isfinite(theta.astype(np.float32)).all()


def test_weights_can_be_given_bit_for_bit():
    wanted = np.random.default_rng(4).standard_normal(SMALL.size)
    settings = InitialSettings(scheme="zeros", gain=3.0, weights=as_text(wanted))
    np.testing.assert_array_equal(initial(SMALL.tensors, settings), wanted)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no base64!", "base64"),
        ("AAAA", "base64"),
        (as_text([np.nan]), "not finite"),
    ],
)
def test_what_are_no_weights_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        InitialSettings(weights=text)


def test_too_few_weights_are_refused():
    with pytest.raises(ValueError, match="holds 2 numbers, but the network has"):
        initial(SMALL.tensors, InitialSettings(weights=as_text([1.0, 2.0])))
