import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.networks.data import (
    CATALOGUE,
    DataSet,
    Made,
    NetworkDataSettings,
    prepare,
    prepare_data,
)
from engine.networks.data.scaling import fit
from engine.networks.data.split import split

WAYS = ("none", "standardise", "min-max", "divide")


def numbers(columns, targets=None):
    inputs = np.array(columns, dtype=float)
    targets = np.zeros((len(inputs), 1)) if targets is None else np.array(targets, dtype=float)
    names = tuple(f"x{j}" for j in range(inputs.shape[1]))
    return DataSet("mine", "regression", inputs, targets, names, ("y",))


@pytest.mark.parametrize("way", WAYS)
def test_scaling_does_what_it_says(way):
    columns = np.random.default_rng(0).normal([0, 100, -5], [1, 20, 1e-3], (500, 3))
    scaling = fit(columns, way, 4.0)
    scaled = scaling.scaled(columns)
    np.testing.assert_allclose(scaling.to_units(scaled), columns, rtol=1e-13, atol=1e-13)
    if way == "standardise":
        np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-12)
        np.testing.assert_allclose(scaled.std(axis=0), 1, rtol=1e-12)
    elif way == "min-max":
        np.testing.assert_array_equal(scaled.min(axis=0), 0)
        np.testing.assert_allclose(scaled.max(axis=0), 1, rtol=1e-12)
    else:
        np.testing.assert_array_equal(scaled, columns / (4.0 if way == "divide" else 1.0))


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.tuples(finite, finite), min_size=1, max_size=20), st.sampled_from(WAYS))
def test_any_finite_column_is_scaled_to_finite_numbers_and_back(rows, way):
    columns = np.array(rows)
    scaling = fit(columns, way)
    scaled = scaling.scaled(columns)
    assert np.isfinite(scaled).all()
    assert (scaling.factor > 0).all()
    with np.errstate(over="ignore", under="ignore"):
        back = scaling.to_units(scaled)
    largest = np.abs(columns).max(axis=0)
    fits = largest < 1e300
    assert (np.abs(back - columns)[:, fits] <= 1e-14 * largest[fits] + 1e-300).all()
    if way in ("standardise", "min-max"):
        assert (scaled[:, scaling.constant] == 0).all()


def test_scalings_are_fitted_on_the_training_rows_alone():
    data = numbers(np.arange(10.0)[:, None] ** 3, np.arange(10.0)[:, None] * 7 + 3)
    settings = NetworkDataSettings(
        scale_inputs="standardise", scale_target="min-max", validation=0.3, split_seed=5
    )
    found = prepare_data(data, settings)
    training = data.inputs[found.rows]
    assert len(found.rows) == 7
    np.testing.assert_allclose(found.input_scaling.shift, training.mean(axis=0))
    np.testing.assert_allclose(found.input_scaling.factor, training.std(axis=0))
    np.testing.assert_allclose([found.targets.min(), found.targets.max()], [0, 1], atol=1e-15)
    for scaling, scaled, units in (
        (found.input_scaling, found.validation_inputs, data.inputs[found.validation_rows]),
        (found.target_scaling, found.validation_targets, data.targets[found.validation_rows]),
    ):
        np.testing.assert_allclose(scaling.to_units(scaled), units, rtol=1e-12)


def test_a_target_can_be_divided():
    data = numbers([[1.0], [2.0], [3.0]], [[10.0], [20.0], [30.0]])
    settings = NetworkDataSettings(scale_target="divide", target_divisor=10.0, validation=0.0)
    found = prepare_data(data, settings)
    np.testing.assert_array_equal(found.targets, [[1], [2], [3]])
    np.testing.assert_array_equal(found.target_scaling.to_units(found.targets), data.targets)
    # The divisor says nothing unless it is asked for.
    kept = prepare_data(data, NetworkDataSettings(target_divisor=10.0))
    np.testing.assert_array_equal(kept.target_scaling.factor, 1)


def test_classes_are_never_scaled():
    found = prepare(
        NetworkDataSettings(source="moons", scale_target="standardise", target_divisor=9.0)
    )
    assert found.targets.dtype == np.int64
    assert set(found.targets) == {0, 1}
    np.testing.assert_array_equal(found.target_scaling.factor, 1)


def test_a_constant_column_becomes_zero_with_a_note():
    data = numbers([[0.1, 1], [0.1, 2], [0.1, 4]])
    for way in ("standardise", "min-max"):
        found = prepare_data(data, NetworkDataSettings(scale_inputs=way, validation=0.0))
        np.testing.assert_array_equal(found.inputs[:, 0], 0)
        assert found.notes == ("The same in every training row, and therefore 0 once scaled: x0.",)
    raw = prepare_data(data, NetworkDataSettings(validation=0.0))
    np.testing.assert_array_equal(raw.inputs, data.inputs)
    assert raw.notes == ()


def test_huge_numbers_are_named_and_can_be_standardised():
    data = numbers([[1e300], [-1e300], [3e299]], [[1e308], [-1e308], [0]])
    raw = prepare_data(data, NetworkDataSettings(validation=0.0))
    assert raw.notes == (
        "The inputs reach 1e+300, whose square overflows in float32; give scale_inputs "
        "standardise or min-max.",
        "The target reaches 1e+308, whose square overflows in float32; give scale_target "
        "standardise or min-max.",
    )
    settings = NetworkDataSettings(
        scale_inputs="standardise", scale_target="standardise", validation=0.0
    )
    found = prepare_data(data, settings)
    assert found.notes == ()
    for scaled in (found.inputs, found.targets):
        assert scaled.mean() == pytest.approx(0, abs=1e-12)
        assert scaled.std() == pytest.approx(1)


def test_preparing_changes_nothing_of_the_data():
    settings = NetworkDataSettings(source="trees", scale_inputs="min-max", scale_target="min-max")
    found = prepare(settings)
    again = prepare(NetworkDataSettings(source="trees", validation=0.0))
    assert found.data is again.data
    np.testing.assert_array_equal(again.inputs, again.data.inputs)
    np.testing.assert_array_equal(again.targets, again.data.targets)
    assert len(found.rows) + len(found.validation_rows) == len(again.rows)


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=60),
    st.floats(0, 0.9),
    st.integers(0, 5),
    st.booleans(),
)
def test_a_split_is_a_partition_with_every_class_in_training(classes, share, seed, stratified):
    classes = np.unique(classes, return_inverse=True)[1]
    count = len(classes)
    training, aside = split(count, share, seed, classes if stratified else None)
    assert sorted([*training, *aside]) == list(range(count))
    assert len(training) > 0
    assert (np.diff(training) > 0).all()
    assert (np.diff(aside) > 0).all()
    wanted = round(share * count)
    if stratified:
        assert set(classes[training]) == set(classes)
        assert len(aside) <= wanted
        for k in range(classes.max() + 1):
            assert abs((classes[aside] == k).sum() - share * (classes == k).sum()) <= 1
    else:
        assert len(aside) == min(wanted, count - 1)


def test_a_split_draws_at_random_from_every_class():
    classes = np.repeat([0, 1], [900, 100])
    aside = split(1000, 0.25, 0, classes)[1]
    assert np.bincount(classes[aside]).tolist() == [225, 25]
    again, other = split(1000, 0.25, 0, classes)[1], split(1000, 0.25, 1, classes)[1]
    assert np.array_equal(aside, again)
    assert not np.array_equal(aside, other)
    # Set aside evenly from the whole of a class, not from one end.
    assert 350 < aside[:225].mean() < 550


def test_a_class_with_one_row_trains():
    training, aside = split(5, 0.5, 0, np.array([0, 0, 0, 0, 1]))
    assert 4 in training
    assert len(aside) == 2


@pytest.mark.parametrize("name", [made.name for made in CATALOGUE if isinstance(made, Made)])
def test_rows_set_aside_are_spread_over_made_up_data_of_the_same_seed(name):
    done = prepare(NetworkDataSettings(source=name, seed=3, split_seed=3, validation=0.3))
    inputs = done.data.inputs
    deviation = inputs.std(axis=0) + 1e-12
    apart = (inputs[done.rows].mean(axis=0) - inputs[done.validation_rows].mean(axis=0)) / deviation
    expected = np.sqrt(1 / len(done.rows) + 1 / len(done.validation_rows))
    assert np.abs(apart).max() < 4 * expected
