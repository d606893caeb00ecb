"""What a notebook calls."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import engine
from engine.experiment import DataSettings, RunSettings, ScheduleSettings


def test_the_call_that_the_readme_shows():
    run = engine.descend("rosenbrock", "adam", start=(-1.5, 2.0), steps=10_000, learning_rate=1e-3)
    assert run.points.shape == run.gradients.shape == (10_001, 2)
    assert run.loss.shape == (10_001,)
    np.testing.assert_array_equal(run.points[0], (-1.5, 2.0))
    assert run.loss[-1] < 1e-4


def test_to_csv_round_trips_every_number(tmp_path):
    import pandas

    run = engine.descend("bowl", "heavy_ball", steps=20)
    run.to_csv(tmp_path / "run.csv")
    table = pandas.read_csv(tmp_path / "run.csv")
    np.testing.assert_array_equal(table[["x", "y"]].to_numpy(), run.points)
    np.testing.assert_array_equal(table["loss"].to_numpy(), run.loss)


def test_a_surface_answers_arrays_of_points():
    surface = engine.surface("x^2 + a*y^2", a=3.0)
    points = np.array([[[1.0, 2.0], [0.0, 0.0]]])
    np.testing.assert_allclose(surface.value(points), [[13.0, 0.0]])
    np.testing.assert_allclose(surface.gradient(points), [[[2.0, 12.0], [0.0, 0.0]]])
    np.testing.assert_allclose(surface.hessian(points)[0, 0], [[2.0, 0.0], [0.0, 6.0]])
    with pytest.raises(ValueError, match=r"points must have shape \(..., 2\)"):
        surface.value([1.0, 2.0, 3.0])


def test_catalogues_are_listed_by_name_with_their_declarations():
    assert len(engine.SURFACES) >= 36
    assert len(engine.OPTIMIZERS) >= 24
    assert [p.name for p in engine.OPTIMIZERS["adam"].parameters][:2] == ["beta1", "beta2"]
    assert engine.SURFACES["bowl"].parameters
    assert "cosine" in engine.SCHEDULES


def test_everything_can_be_said_in_one_call():
    run = engine.descend(
        "linear_regression", "adamw", start=(0.0, 0.0), steps=30, learning_rate=0.1,
        precision="float32", data=DataSettings(table="line", batch_size=2, seed=3),
        schedule=ScheduleSettings(name="cosine", warm_up_steps=3), weight_decay=0.1,
        clip_norm=1.0, noise=0.01, seed=5, beta1=0.8,
    )  # fmt: skip
    assert run.points.dtype == np.float32
    assert run.run.hyperparameters == {"beta1": 0.8}
    assert run.learning_rates[0] == pytest.approx(0.1 / 3)
    assert not np.array_equal(run.seen_loss, run.loss)


@pytest.mark.parametrize(
    ("arguments", "options", "sentence"),
    [
        (("rosenbrok",), {}, "rosenbrock"),
        (("bowl", "adan_"), {}, "adan"),
        (("bowl", "adam"), {"beta3": 1}, "beta3"),
        (("bowl", "adam"), {"beta1": float("nan")}, "beta1"),
        (("bowl",), {"start": (float("nan"), 0)}, "start is"),
        (("bowl",), {"learning_rate": float("inf")}, "learning_rate is inf"),
        (("bowl",), {"learning_rate": "a"}, "learning_rate is the text 'a'; give a number"),
        (("bowl",), {"learning_rate": object()}, "type object; give a number"),
        (("bowl",), {"start": (1, 2, 3)}, "give a list of 2 numbers"),
        (("bowl",), {"steps": -1}, "steps is -1"),
        (("bowl",), {"steps": 2.5}, "steps is 2.5; give a whole number"),
        (("bowl",), {"seed": 1.5}, "seed is 1.5; give a whole number"),
        (("bowl",), {"precision": "float16"}, "give float32 or float64"),
        (("bowl",), {"parameters": {"kappa": "a"}}, "parameters.kappa is the text 'a'"),
        (("x_1",), {}, "no surface 'x_1'"),
        (("bowl", RunSettings()), {"learning_rate": 0}, "learning_rate is given beside"),
        (("bowl", RunSettings()), {"momentum": 0.5}, "hyperparameters is given beside"),
        (("bowl", RunSettings()), {"schedule": "cosine"}, "schedule is given beside"),
        (("x +",), {}, "missing after"),
        (("linear_regression",), {"data": DataSettings(table="no such.csv")}, "no such.csv"),
    ],
)
def test_mistakes_are_sentences(arguments, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        engine.descend(*arguments, **options)


def test_numbers_of_numpy_and_switches_are_plain_numbers():
    run = engine.descend(
        "bowl", "sgd", start=np.ones(2), steps=np.int64(2), learning_rate=np.float32(0.5),
        parameters={"kappa": np.float64(2.0)}, nesterov=True, momentum=np.float32(0.5),
    )  # fmt: skip
    assert run.run == RunSettings(
        optimizer="sgd", learning_rate=0.5, hyperparameters={"nesterov": 1.0, "momentum": 0.5}
    )
    assert engine.surface("bowl", kappa=np.float32(2.0)).parameters["kappa"] == 2.0


def test_a_start_that_is_given_replaces_that_of_complete_settings():
    settings = RunSettings(start=(1.0, 1.0))
    assert engine.descend("bowl", settings, steps=1).points[0].tolist() == [1.0, 1.0]
    assert engine.descend("bowl", settings, steps=1, start=(2, 3)).points[0].tolist() == [2.0, 3.0]


def test_a_single_word_may_be_a_formula():
    assert engine.surface("x·y").value([2.0, 3.0]) == 6.0


@pytest.mark.parametrize("rate", [0.0, -0.1, 1e308, 1e-320])
def test_any_finite_learning_rate_is_walked(rate):
    run = engine.descend("bowl", "sgd", learning_rate=rate, steps=20)
    assert engine.judge(run).sentence


@pytest.mark.parametrize("start", [(1e300, 1.0), (0.0, 0.0), (-1e-320, 5e-324)])
def test_any_finite_start_is_walked(start):
    for name in ("absolute", "bowl", "rosenbrock"):
        assert engine.judge(engine.descend(name, "adam", start=start, steps=20)).sentence


def test_what_a_notebook_shows_are_words_without_arrays():
    run = engine.descend("square", start=(-3.0, 0.0), learning_rate=1.1, steps=400)
    assert repr(run) == "<SGD η 1.1 on square: 400 of 400 steps, loss 9 to 1.99e64>"
    assert repr(engine.explain(run)).startswith("Diverges. ηλ₁ = 2.2 is above gradient descent's")


def test_a_run_is_explained_with_its_verdict():
    run = engine.descend("square", start=(-3.0, 0.0), steps=20, learning_rate=1.1)
    why = engine.explain(run)
    assert why.budget.first.shape == why.budget.measured.shape == (20,)
    # x² at −3: g = −6, Δ = 6.6.
    assert why.budget.first[0] == pytest.approx(-6 * 6.6)
    assert why.budget.second[0] == pytest.approx(6.6**2)
    np.testing.assert_allclose(why.budget.remainder, 0, atol=1e-9)
    np.testing.assert_allclose(why.budget.measured, np.diff(run.loss))
    np.testing.assert_allclose(why.curvature.eigenvalues, [[2.0, 0.0]] * 21)
    np.testing.assert_allclose(why.load.values, 2.2)
    np.testing.assert_allclose(why.load.ratio, 1.1)
    assert why.verdict.kind == "divergence"
    assert why.verdict.complete
    assert "−1.2" in why.verdict.paragraph
    assert any(claim.checked == "run" for claim in why.verdict.claims)
    draft = engine.explain(run, checked=False).verdict
    assert not draft.complete
    assert len(draft.claims) < len(why.verdict.claims)


@pytest.mark.parametrize(
    ("surface", "options"),
    [
        ("linear_regression", {"data": DataSettings(table="cars", batch_size=5)}),
        ("x^2 + a*y^2", {"parameters": {"a": 3.0}}),
        ("bowl", {"precision": "float32", "parameters": {"kappa": 3.0}}),
        ("bowl", {"steps": 0}),
        ("bowl", {"maximize": True}),
        ("log(x)", {"start": (-1.0, 0.0)}),
    ],
)
def test_a_run_knows_what_it_is_explained_on(surface, options):
    run = engine.descend(surface, **{"steps": 30, "learning_rate": 1e-4, **options})
    why = engine.explain(run, checked=False)
    sense = -1.0 if options.get("maximize") else 1.0
    rows = slice(0, run.last_step + 1)
    np.testing.assert_allclose(why.explanation.loss, sense * run.loss[rows], rtol=1e-5)
    np.testing.assert_array_equal(why.explanation.points, run.points[rows])


def test_a_run_from_a_file_is_explained_on_its_own_surface(tmp_path):
    made = engine.descend("bowl", steps=30, learning_rate=0.11, parameters={"kappa": 3.0})
    made.to_csv(tmp_path / "steps.csv")
    (run,) = engine.read_csv(tmp_path / "steps.csv")
    found = engine.explain(run, checked=False)
    np.testing.assert_array_equal(found.budget.first, engine.explain(made).budget.first)
    with pytest.raises(ValueError, match="give surface="):
        engine.explain(run, parameters={"kappa": 4.0})


def test_a_run_from_a_file_is_explained_on_the_surface_that_is_given(tmp_path):
    made = engine.descend("bowl", steps=30, learning_rate=0.11, parameters={"kappa": 3.0})
    made = replace(made, surface_settings=None)
    made.to_csv(tmp_path / "steps.csv")
    (run,) = engine.read_csv(tmp_path / "steps.csv")
    with pytest.raises(ValueError, match="give surface="):
        engine.explain(run)
    why = engine.explain(run, "bowl", parameters={"kappa": 3.0})
    np.testing.assert_array_equal(why.budget.first, engine.explain(made).budget.first)
    np.testing.assert_allclose(why.explanation.loss, run.loss)
    # The settings that the file names walk its path again, so they are believed.
    assert why.load.reason == ""
    assert (why.load.limits == 2.0).all()
    assert why.verdict.paragraph


def test_a_run_that_knows_its_surface_takes_no_other():
    run = engine.descend("bowl", steps=3)
    with pytest.raises(ValueError, match="A surface is given"):
        engine.explain(run, "rosenbrock")
    with pytest.raises(ValueError, match="A surface is given"):
        engine.explain(run, parameters={"kappa": 3.0})


@pytest.mark.parametrize(
    ("surface", "options"),
    [
        ("x^2 + a*y^2", {"a": 7.0}),
        ("bowl", {"kappa": 3.0, "precision": "float32"}),
        ("linear_regression", {"data": DataSettings(table="cars", standardise=True)}),
        ("square", {}),
    ],
)
def test_a_surface_that_was_asked_can_be_walked(surface, options):
    bound = engine.surface(surface, **options)
    names = {"parameters": {k: v for k, v in options.items() if k in ("a", "kappa")}}
    names |= {k: v for k, v in options.items() if k in ("data", "precision")}
    found = engine.descend(bound, steps=20, learning_rate=0.01)
    wanted = engine.descend(surface, steps=20, learning_rate=0.01, **names)
    np.testing.assert_array_equal(found.points, wanted.points)
    assert found.points.dtype == wanted.points.dtype
    with pytest.raises(ValueError, match="already"):
        engine.descend(bound, parameters={"kappa": 2.0})


@pytest.mark.parametrize("surface", [3, None, ["bowl"], np.eye(2)])
def test_what_is_no_surface_is_a_sentence(surface):
    with pytest.raises(ValueError, match="give a surface's name or a formula"):
        engine.descend(surface)


def test_every_public_name_can_be_had():
    assert all(getattr(engine, name) is not None for name in engine.__all__)
    assert engine.DataSettings is DataSettings


def test_importing_engine_and_declarations_loads_no_compiler():
    code = (
        "import engine, sys, engine.experiment, engine.experiment_file, engine.optimizers;"
        "sys.exit(bool({'numba', 'sympy', 'scipy', 'PySide6'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
