"""Spectra of networks' Hessians: whole ones against numpy, densities against whole ones."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.descent import Cancelled
from engine.lanczos import quadrature
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.explanation.objective import objective_of
from engine.networks.explanation.spectrum import hessian_of, spectrum_of
from engine.networks.network import bind
from engine.networks.settings import ModelSettings, NetworkExperiment

EXPERIMENT = NetworkExperiment(
    data=NetworkDataSettings(source="moons"),
    model=ModelSettings(hidden=(10, 8)),
    precision="float64",
)


def bound(experiment=EXPERIMENT):
    network = bind(experiment)
    return objective_of(network), network.start[: network.model.size]


def test_the_hessian_is_the_slope_of_the_gradient():
    objective, theta = bound()
    hessian = hessian_of(objective, theta)
    np.testing.assert_array_equal(hessian, hessian.T)
    for j in (0, 17, objective.size - 1):
        ahead, behind = (
            objective.gradient(theta + s * np.eye(objective.size)[j]) for s in (1e-5, -1e-5)
        )
        np.testing.assert_allclose(hessian[j], (ahead - behind) / 2e-5, atol=1e-8)


def test_few_parameters_have_every_eigenvalue():
    objective, theta = bound()
    found = spectrum_of(objective, theta)
    assert found.whole
    assert len(found.values) == objective.size
    np.testing.assert_allclose(
        found.values, np.linalg.eigvalsh(hessian_of(objective, theta)), atol=1e-12
    )
    assert found.weights.sum() == pytest.approx(1)
    assert found.note == f"All {objective.size:,} eigenvalues."


def test_a_density_agrees_with_the_eigenvalues_themselves():
    objective, theta = bound()
    whole = spectrum_of(objective, theta)
    found = spectrum_of(objective, theta, most_whole=0, probes=64, products=40)
    assert not found.whole
    assert found.weights.sum() == pytest.approx(1)
    assert "64 random vectors and 40 products" in found.note
    # The ends are eigenvalues; moments agree within the noise of the probes.
    for end in (0, -1):
        assert found.values[end] == pytest.approx(whole.values[end], abs=1e-6)
    assert found.weights @ found.values == pytest.approx(whole.values.mean(), abs=0.005)
    assert found.weights @ found.values**2 == pytest.approx((whole.values**2).mean(), rel=0.3)
    places = np.linspace(whole.values[0] - 0.2, whole.values[-1] + 0.2, 4000)
    step = places[1] - places[0]
    densities = [s.density(places, 0.02) for s in (whole, found)]
    for density in densities:
        assert density.sum() * step == pytest.approx(1, rel=1e-3)
    # Half the area between the curves: the part of all eigenvalues that lies elsewhere.
    assert 0.5 * np.abs(densities[0] - densities[1]).sum() * step < 0.05
    assert found.share_above(0.05) == pytest.approx(whole.share_above(0.05), abs=0.02)


def test_quadrature_is_exact_for_polynomials():
    random = np.random.default_rng(3)
    matrix = random.standard_normal((30, 30))
    matrix = matrix + matrix.T
    start = random.standard_normal(30)
    nodes, weights = quadrature(lambda v: matrix @ v, start, 6)
    power = start
    for degree in range(12):
        wanted = start @ power / (start @ start)
        assert weights @ nodes**degree == pytest.approx(wanted, rel=1e-9), degree
        power = matrix @ power


def test_quadrature_ends_where_the_start_reaches_no_farther():
    nodes, weights = quadrature(lambda v: np.array([2.0, 2.0, 5.0]) * v, np.ones(3), 3)
    np.testing.assert_allclose(nodes, [2, 5])
    np.testing.assert_allclose(weights, [2 / 3, 1 / 3])


def test_what_is_not_finite_is_nan_and_stops_are_heard():
    objective, theta = bound()
    for most_whole in (0, 1000):
        with np.errstate(all="ignore"):
            found = spectrum_of(objective, np.full_like(theta, np.inf), most_whole=most_whole)
        assert np.isnan(found.values).all()
        with pytest.raises(Cancelled):
            spectrum_of(objective, theta, most_whole=most_whole, stop=np.ones(1, np.uint8))


def test_rows_left_out_are_named():
    objective, theta = bound(replace(EXPERIMENT))
    found = spectrum_of(objective.thinned(40), theta)
    assert found.note.endswith("On 40 of 160 training rows, drawn with seed 0.")
