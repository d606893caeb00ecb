"""``engine.train``: what it takes, what it gives back, what it refuses."""

import numpy as np
import pytest

import engine
from engine import InitialSettings, NetworkDataSettings, StopSettings, TrainingRun


def test_a_name_and_an_optimizer_are_enough():
    history = engine.train("moons", "adam", steps=50)
    assert history.loss.shape == (51,)
    assert history.weights.dtype == np.float32
    assert history.label == "Adam η 0.001"
    assert repr(history).startswith("<Adam η 0.001: 50 of 50 steps, loss ")
    assert history.experiment.data.source == "moons"


def test_every_argument_arrives_in_the_experiment():
    history = engine.train(
        NetworkDataSettings(source="spirals", scale_inputs="standardise"),
        "sgd",
        hidden=[5, 4], activation="relu", loss="sum_squares", bias=False, residual=True,
        layer_norm=True, dropout=0.25, steps=7, batch_size=0, precision="float64",
        initial="he_normal", seed=9, stop=StopSettings(patience=99), learning_rate=np.float32(0.5),
        schedule="cosine", weight_decay=0.1, decoupled=True, clip_value=2.0, clip_norm=3.0,
        noise=0.25, maximize=True, sharpness=0.125, momentum=0.5, nesterov=True,
    )  # fmt: skip
    found = history.experiment
    assert found.data.scale_inputs == "standardise"
    model = found.model
    assert (model.hidden, model.activation, model.loss) == ((5, 4), "relu", "sum_squares")
    assert (model.bias, model.residual, model.layer_norm, model.dropout) == (
        False,
        True,
        True,
        0.25,
    )
    assert (found.steps, found.precision, found.stop.patience) == (7, "float64", 99)
    assert (found.batches.size, found.batches.seed) == (0, 9)
    assert (found.initial.scheme, found.initial.seed) == ("he_normal", 9)
    (run,) = found.runs
    assert run == history.run
    assert (run.learning_rate, run.schedule.name, run.seed) == (0.5, "cosine", 9)
    assert (run.weight_decay, run.decoupled, run.clip_value, run.clip_norm) == (0.1, True, 2.0, 3.0)
    assert (run.noise, run.maximize, run.sharpness) == (0.25, True, 0.125)
    assert run.hyperparameters == {"momentum": 0.5, "nesterov": 1.0}


def test_the_experiment_of_a_history_repeats_it():
    history = engine.train("moons", "adam", hidden=(3,), steps=40, seed=4, noise=0.1)
    again = engine.train(history.experiment)
    np.testing.assert_array_equal(again.loss, history.loss)
    np.testing.assert_array_equal(again.weights, history.weights)


def test_several_optimizers_begin_alike_and_come_in_order():
    own = TrainingRun(optimizer="muon", learning_rate=0.02, label="mine")
    found = engine.train("moons", ["sgd", "adam", own], hidden=(3,), steps=5)
    assert [history.label for history in found] == ["SGD η 0.01", "Adam η 0.001", "mine"]
    assert len({history.loss[0] for history in found}) == 1
    assert [history.run.slot for history in found] == [0, 1, 0]
    both = found[0].experiment
    assert len(both.runs) == 1
    (alone,) = engine.train("moons", ["sgd"], hidden=(3,), steps=5)
    np.testing.assert_array_equal(alone.loss, found[0].loss)


def test_epochs_are_steps_of_all_rows():
    history = engine.train("moons", batch_size=50, epochs=2.5)
    # 160 training rows in batches of 50 are 4 steps.
    assert history.steps == 10


def test_a_file_is_named_by_its_path(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("x,y\n" + "".join(f"{i / 10},{i / 5}\n" for i in range(40)))
    for given in (path, str(path)):
        history = engine.train(given, "sgd", hidden=(), steps=200, learning_rate=0.05)
        assert history.training_loss[-1] < 0.1 * history.training_loss[0]


def test_initial_settings_have_a_seed_of_their_own():
    initial = InitialSettings(scheme="zeros", seed=5)
    history = engine.train("moons", steps=1, seed=9, initial=initial)
    assert history.experiment.initial == initial
    assert not history.weights[0].any()


def test_progress_is_told_and_a_stop_rule_ends_it():
    shares = []
    history = engine.train(
        "moons", steps=2000, learning_rate=0.05, stop=StopSettings(loss_below=0.2),
        progress=lambda progress: shares.append(progress.share),
    )  # fmt: skip
    assert shares[-1] == 1.0
    assert history.stopped == "the validation loss fell below 0.2"


REFUSED = [
    ({"data": "moon"}, "did you mean moons?"),
    ({"data": np.zeros(3)}, "data is of type ndarray; give a data set's name"),
    ({"initial": 3}, "initial is 3"),
    ({"data": "none.csv"}, "none.csv"),
    ({"optimizer": "adem"}, "did you mean adam"),
    ({"optimizer": 3}, "optimizer is of type int"),
    ({"optimizer": []}, "a list of 0; give 1"),
    ({"optimizer": ["adam", 3]}, "optimizer is of type int"),
    ({"optimizer": ["sgd"] * 17}, "a list of 17"),
    ({"optimizer": TrainingRun(), "learning_rate": 0.1}, "learning_rate is given beside"),
    ({"optimizer": TrainingRun(), "momentum": 0.1}, "momentum is given beside"),
    ({"hidden": 16}, "hidden is 16; give a list"),
    ({"hidden": (0,)}, "hidden holds 0"),
    ({"activation": "rellu"}, "relu"),
    ({"loss": "entropy"}, "There is no loss"),
    ({"initial": "he_norma"}, "he_normal"),
    ({"steps": 5.5}, "steps is 5.5"),
    ({"steps": 5, "epochs": 1}, "Both steps and epochs"),
    ({"epochs": float("nan")}, "epochs is nan"),
    ({"epochs": 1e9}, "give 0 to 10,000,000"),
    ({"batch_size": -1}, "size is -1"),
    ({"precision": "half"}, "float32 or float64"),
    ({"learning_rate": float("inf")}, "learning_rate is inf"),
    ({"beta7": 0.1}, "There is no parameter 'beta7'"),
    ({"schedule": "cosinus"}, "cosine"),
    ({"seed": -1}, "seed is -1"),
    ({"data": engine.NetworkExperiment(), "steps": 5}, "steps is given beside a whole experiment"),
    ({"data": engine.NetworkExperiment(), "beta1": 5}, "beta1 is given beside a whole"),
]


@pytest.mark.parametrize(("given", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_what_is_not_allowed_is_refused_with_a_sentence(given, words):
    with pytest.raises(ValueError, match=r"[.?]$") as caught:
        engine.train(**given)
    assert words in str(caught.value)


def test_catalogues_are_there_by_name():
    catalogues = {
        "ACTIVATIONS": "relu", "LOSSES": "huber", "DATASETS": "moons",
        "INITIALISATIONS": "he_normal", "NETWORK_OPTIMIZERS": "muon",
    }  # fmt: skip
    for name, entry in catalogues.items():
        assert getattr(engine, name)[entry].name == entry
        assert name in engine.__all__


def test_all_public_names_can_be_had():
    for name in engine.__all__:
        assert getattr(engine, name) is not None
    assert set(engine.__all__) == set(engine._HOMES)
