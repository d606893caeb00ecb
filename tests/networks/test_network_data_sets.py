import numpy as np
import pytest

from engine.networks.data import CATALOGUE, DATASETS, Made, Measured, NetworkDataSettings, load
from engine.networks.data.data_set import as_task
from engine.networks.data.draws import Draws
from engine.parameter import complete
from engine.tables import FOLDER

MADE = [entry for entry in CATALOGUE if isinstance(entry, Made)]
MEASURED = [entry for entry in CATALOGUE if isinstance(entry, Measured)]


def made(name, seed=0, **parameters):
    return load(NetworkDataSettings(source=name, parameters=parameters, seed=seed))


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda e: e.name)
def test_every_data_set_is_what_it_declares(entry):
    data = load(NetworkDataSettings(source=entry.name))
    rows, columns = data.inputs.shape
    assert DATASETS[entry.name] is entry
    assert data.task == entry.task
    assert len(data.feature_names) == columns
    assert len(set(data.feature_names)) == columns
    assert len(data.target_names) == 1
    assert data.notes == ()
    assert data.inputs.dtype == np.float64
    assert np.isfinite(data.inputs).all()
    assert entry.help.endswith(".")
    if data.task == "regression":
        assert data.targets.shape == (rows, 1)
        assert np.isfinite(data.targets).all()
        assert data.outputs == 1
        assert data.class_names == ()
    else:
        assert data.targets.shape == (rows,)
        assert data.targets.dtype == np.int64
        np.testing.assert_array_equal(np.unique(data.targets), np.arange(len(data.class_names)))
        assert data.outputs == (1 if data.task == "binary" else len(data.class_names))
    with pytest.raises(ValueError, match="read-only"):
        data.inputs[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        data.targets[0] = 0


@pytest.mark.parametrize("entry", MEASURED, ids=lambda e: e.name)
def test_measured_data_name_their_source(entry):
    assert entry.source.endswith(".")
    assert f"`{entry.path.name}`" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_iris_has_its_published_means():
    data = load(NetworkDataSettings(source="iris_species"))
    assert data.class_names == ("setosa", "versicolor", "virginica")
    means = [data.inputs[data.targets == k].mean(axis=0) for k in range(3)]
    # Fisher 1936, table II.
    expected = [
        [5.006, 3.428, 1.462, 0.246],
        [5.936, 2.770, 4.260, 1.326],
        [6.588, 2.974, 5.552, 2.026],
    ]
    np.testing.assert_allclose(means, expected, atol=5e-4)


@pytest.mark.parametrize("entry", MADE, ids=lambda e: e.name)
def test_a_seed_makes_the_same_rows_and_another_other_ones(entry):
    values = complete(entry.parameters, {})
    first, again, other = (entry.data_set(values, seed) for seed in (3, 3, 4))
    assert np.array_equal(first.inputs, again.inputs)
    assert np.array_equal(first.targets, again.targets)
    assert not np.array_equal(first.inputs, other.inputs)


#: The first row for seed 0, as it was when the data sets were made.
FIRST_ROWS = {
    "noisy_line": [0.273923375, 1.499361982],
    "sine": [0.273923375, 0.784188321],
    "chebyshev": [0.273923375, 0.983220931],
    "circles": [-0.169654327, 0.281902737, 1],
    "moons": [0.005658915, -0.764727321, 1],
    "spirals": [0.173326597, 0.421514703, 1],
    "xor": [-0.354638895, 0.138534854, 1],
    "gaussians": [0.095907476, -1.243087191, 2],
    "checkerboard": [0.818480844, 0.134893357, 1],
    "drawn_digits": [0.0, 0.0, 5],
}


@pytest.mark.parametrize("entry", MADE, ids=lambda e: e.name)
def test_rows_are_the_same_on_every_machine(entry):
    data = load(NetworkDataSettings(source=entry.name))
    values = [*data.inputs[0, -2:], np.ravel(data.targets)[0]]
    np.testing.assert_allclose(values, FIRST_ROWS[entry.name], rtol=0, atol=2e-9)


@pytest.mark.parametrize("entry", MADE, ids=lambda e: e.name)
@pytest.mark.parametrize("rows", [1, 2, 3, 17])
def test_any_number_of_rows(entry, rows):
    data = made(entry.name, size=rows)
    assert len(data.inputs) == len(data.targets) == rows
    if data.class_names:
        counts = np.bincount(data.targets, minlength=len(data.class_names))
        assert np.ptp(counts) <= 1


@pytest.mark.parametrize("entry", MADE, ids=lambda e: e.name)
def test_both_ends_of_every_slider_can_be_made(entry):
    for parameter in entry.parameters:
        for value in (parameter.low, parameter.high):
            data = made(entry.name, **{"size": 20, parameter.name: value})
            assert np.isfinite(data.inputs).all()
            assert np.isfinite(data.targets).all()


def test_curves_without_noise_follow_their_formulas():
    line = made("noisy_line", noise=0, slope=-3, intercept=5, centre=50, reach=10)
    assert 40 <= line.inputs.min() < 42 < 58 < line.inputs.max() < 60
    np.testing.assert_allclose(line.targets, -3 * line.inputs + 5, atol=1e-8)
    sine = made("sine", noise=0, waves=2)
    np.testing.assert_allclose(sine.targets, np.sin(2 * np.pi * sine.inputs), atol=2e-8)
    for degree in (0, 1, 2, 7, 30):
        curve = made("chebyshev", degree=degree)
        expected = np.polynomial.Chebyshev.basis(degree)(curve.inputs)
        np.testing.assert_allclose(curve.targets, expected, atol=1e-6)


def test_noise_is_as_large_as_it_says():
    sine = made("sine", noise=0.3, size=20_000)
    rest = sine.targets - np.sin(np.pi * sine.inputs)
    assert abs(rest.mean()) < 0.01
    assert rest.std() == pytest.approx(0.3, rel=0.02)


def test_classes_lie_where_they_should():
    ring = made("circles", noise=0, inner=0.4)
    np.testing.assert_allclose(
        np.hypot(*ring.inputs.T), np.where(ring.targets == 1, 0.4, 1.0), atol=1e-8
    )
    moons = made("moons", noise=0, size=1000)
    turned = -moons.inputs[moons.targets == 1]
    for half in (moons.inputs[moons.targets == 0], turned):
        np.testing.assert_allclose(np.hypot(half[:, 0] + 0.5, half[:, 1] + 0.25), 1, atol=1e-8)
        assert (half[:, 1] >= -0.25).all()
    signs = made("xor", noise=0)
    assert np.array_equal(signs.targets, np.prod(signs.inputs, axis=1) < 0)
    for quarter in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        assert (np.sign(signs.inputs) == quarter).all(axis=1).sum() > 20
    board = made("checkerboard", cells=5, size=2000)
    cell = np.floor((board.inputs + 1) * 2.5).astype(int)
    assert np.array_equal(board.targets, cell.sum(axis=1) % 2)
    assert len(np.unique(cell, axis=0)) == 25
    clouds = made("gaussians", classes=4, noise=0)
    corners = [[1, 0], [0, 1], [-1, 0], [0, -1]]
    np.testing.assert_allclose(clouds.inputs, np.take(corners, clouds.targets, axis=0), atol=1e-8)
    arms = made("spirals", arms=3, turns=2, noise=0)
    radius, angle = np.hypot(*arms.inputs.T), np.arctan2(*arms.inputs.T[::-1])
    unwound = angle / (2 * np.pi) - 2 * radius - arms.targets / 3
    np.testing.assert_allclose(unwound - np.rint(unwound), 0, atol=1e-6)
    assert arms.task == "classes"


def test_drawn_digits_can_be_told_apart_by_their_nearest_mean():
    data = made("drawn_digits", size=2000)
    assert data.inputs.shape == (2000, 64)
    assert data.inputs.min() == 0
    assert data.inputs.max() == 16
    means = np.array([data.inputs[:1000][data.targets[:1000] == k].mean(axis=0) for k in range(10)])
    distances = ((data.inputs[1000:, None] - means) ** 2).sum(axis=2)
    assert (distances.argmin(axis=1) == data.targets[1000:]).mean() > 0.8


def test_draws_are_uniform_and_normal():
    draws = Draws(1)
    uniform, normal = draws.uniform(50_000, low=2, high=4), draws.normal(50_000)
    assert 2 <= uniform.min() < 2.001 < 3.999 < uniform.max() < 4
    assert np.histogram(uniform, 10, (2, 4))[0] == pytest.approx(np.full(10, 5000), rel=0.06)
    assert np.percentile(normal, [2.275, 15.866, 50, 84.134]) == pytest.approx(
        [-2, -1, 0, 1], abs=0.04
    )
    assert sorted(draws.order(1000)) == list(range(1000))


def test_a_task_that_does_not_fit_is_refused():
    for name, task, words in (
        ("moons", "regression", "moons has classes"),
        ("sine", "classes", "sine has numbers"),
        ("sine", "binary", "sine has numbers"),
        ("gaussians", "binary", "3 classes"),
    ):
        with pytest.raises(ValueError, match=words) as caught:
            load(NetworkDataSettings(source=name, task=task))
        assert str(caught.value).startswith(f"task is {task}")
    two = load(NetworkDataSettings(source="moons", task="classes"))
    assert (two.task, two.outputs) == ("classes", 2)
    assert as_task(two, "classes") is two


REFUSED = {
    "no source": ({"source": ""}, "source is empty"),
    "zero character": ({"source": "a\0b"}, "source holds a zero character"),
    "unknown parameter": ({"parameters": {"degree": 3}}, "no parameter 'degree' here"),
    "half a row": ({"parameters": {"size": 10.5}}, "size is 10.5; it must be a whole number"),
    "no rows": ({"parameters": {"size": 0}}, "size is 0; it must lie between 1 and"),
    "too many rows": ({"parameters": {"size": 1e9}}, "size is 1e.09"),
    "noise below 0": ({"parameters": {"noise": -1}}, "noise is -1"),
    "parameters of a file": (
        {"source": "mine.csv", "parameters": {"size": 5}},
        "mine.csv is a file, which has none; leave them out",
    ),
    "features of moons": ({"features": ("x1",)}, "features is given, but moons is made up"),
    "target of moons": ({"target": "x1"}, "target is given, but moons is made up"),
    "twice": ({"source": "trees", "features": ("a", "a")}, "features names 'a' twice"),
    "both": ({"source": "trees", "features": ("a",), "target": "a"}, "both a feature and the"),
    "divisor 0": ({"target_divisor": 0.0}, "target_divisor is 0; give a finite number above 0"),
    "divisor nan": ({"target_divisor": float("nan")}, "target_divisor is nan"),
    "divisor inf": ({"target_divisor": float("inf")}, "target_divisor is inf"),
    "all aside": ({"validation": 1.0}, "validation is 1; give a share from 0 to 0.9"),
    "less than none": ({"validation": -0.1}, "validation is -0.1"),
    "nan aside": ({"validation": float("nan")}, "validation is nan"),
    "seed": ({"seed": -1}, "seed is -1; give a whole number of 0 or more"),
    "split seed": ({"split_seed": -2}, "split_seed is -2"),
}


@pytest.mark.parametrize(("fields", "words"), REFUSED.values(), ids=REFUSED)
def test_impossible_settings_are_refused_with_field_and_fix(fields, words):
    with pytest.raises(ValueError, match=words) as caught:
        NetworkDataSettings(**fields)
    assert str(caught.value).endswith(".")


def test_a_misspelt_name_is_offered_its_neighbours():
    with pytest.raises(ValueError, match="did you mean moons"):
        load(NetworkDataSettings(source="mooons"))
    with pytest.raises(ValueError, match="There is no file"):
        load(NetworkDataSettings(source="elsewhere/zzz.csv"))


def test_the_same_settings_are_computed_once():
    settings = NetworkDataSettings(source="sine", parameters={"size": 50}, seed=9)
    assert load(settings) is load(
        NetworkDataSettings(source="sine", parameters={"size": 50}, seed=9)
    )
    assert load(settings) is not load(NetworkDataSettings(source="sine", seed=9))
