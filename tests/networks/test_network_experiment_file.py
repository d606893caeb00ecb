"""Experiments with networks as TOML: the same back, and a sentence for whatever is wrong."""

import os
from contextlib import suppress

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import experiment_file as on_surfaces
from engine.experiment import Experiment, ScheduleSettings, new_run
from engine.experiment_file import ExperimentError
from engine.networks.activations import CATALOGUE as ACTIVATIONS
from engine.networks.batches import BatchSettings
from engine.networks.data.catalogue import DATASETS
from engine.networks.data.settings import NetworkDataSettings
from engine.networks.experiment_file import dump, parse, read, write
from engine.networks.initialisation import InitialSettings, as_text
from engine.networks.losses import CATALOGUE as LOSSES
from engine.networks.schemes import SCHEMES
from engine.networks.settings import (
    ModelSettings,
    NetworkExperiment,
    StopSettings,
    TrainingRun,
    new_training_run,
    rules,
)
from gui import session

POSITIVE = st.floats(0, 1e300)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
# Half a surrogate pair is no character: no file can hold it.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SEEDS = st.integers(0, 2**40)


def values_of(parameters):
    """Return a strategy for some of the parameters, within their ranges."""
    chosen = {}
    for p in parameters:
        low, high = max(p.low, p.minimum), min(p.high, p.maximum)
        whole = st.integers(int(low), int(high)).map(float)
        chosen[p.name] = st.floats(low, high) if p.kind == "real" else whole
    return st.fixed_dictionaries({}, optional=chosen)


@st.composite
def data_settings(draw):
    entry = draw(st.sampled_from(list(DATASETS.values())))
    return NetworkDataSettings(
        source=entry.name,
        parameters=draw(values_of(entry.parameters)),
        seed=draw(SEEDS),
        scale_inputs=draw(st.sampled_from(["none", "standardise", "min-max"])),
        validation=draw(st.floats(0, 0.9)),
    )


@st.composite
def training_runs(draw):
    rule = draw(st.sampled_from(rules()))
    return TrainingRun(
        optimizer=rule.name,
        learning_rate=draw(NUMBERS),
        hyperparameters=draw(values_of(rule.parameters)),
        schedule=ScheduleSettings(name="cosine", warm_up_steps=draw(st.integers(0, 99))),
        clip_norm=draw(POSITIVE),
        noise=draw(POSITIVE),
        maximize=draw(st.booleans()),
        label=draw(TEXT),
        slot=draw(st.integers(0, 15)),
    )


EXPERIMENTS = st.builds(
    NetworkExperiment,
    title=TEXT,
    data=data_settings(),
    model=st.builds(
        ModelSettings,
        hidden=st.lists(st.integers(1, 256), max_size=6).map(tuple),
        activation=st.sampled_from([a.name for a in ACTIVATIONS]),
        loss=st.sampled_from(["auto", *(loss.name for loss in LOSSES)]),
        bias=st.booleans(),
        dropout=st.floats(0, 0.99),
    ),
    initial=st.builds(
        InitialSettings,
        scheme=st.sampled_from([s.name for s in SCHEMES]),
        gain=st.floats(0, 1e6),
        layer_gains=st.lists(st.floats(0, 1e6), max_size=3).map(tuple),
        seed=SEEDS,
        weights=st.lists(NUMBERS, max_size=5).map(as_text),
    ),
    batches=st.builds(
        BatchSettings, size=st.integers(0, 9999), seed=SEEDS, replacement=st.booleans()
    ),
    steps=st.integers(0, 10_000_000),
    precision=st.sampled_from(["float32", "float64"]),
    stop=st.builds(
        StopSettings,
        loss_below=POSITIVE,
        patience=SEEDS,
        seconds=POSITIVE,
        non_finite=st.booleans(),
    ),
    runs=st.lists(training_runs(), max_size=4).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(EXPERIMENTS)
def test_what_is_written_is_read_back(experiment):
    assert parse(dump(experiment)) == experiment


def test_a_file_is_short_and_says_how_to_run_it():
    text = dump(NetworkExperiment(runs=(new_training_run("adam"),)))
    assert text.startswith("# ")
    assert "overshoot train" in text
    assert len(text.splitlines()) < 28
    assert "clip_norm" not in text
    for line in ('source = "moons"', "hidden = [16, 16]", "size = 32", 'optimizer = "adam"'):
        assert line in text


RUN = "[[runs]]\n"
MISTAKES = [
    ("steps =", ["not valid TOML"]),
    ("[model]\nhidden = 16", ["model.hidden is 16", "a list"]),
    ("[model]\nhidden = [16.5]", ["model.hidden[0] is 16.5", "whole number"]),
    ("[model]\nhidden = [300]", ["In model: hidden holds 300", "1 to 256"]),
    ("[model]\nhidden = [1,1,1,1,1,1,1]", ["hidden has 7 layers", "at most 6"]),
    ("[model]\ndropout = nan", ["dropout is nan"]),
    ("[model]\nactivation = 'rellu'", ["no activation 'rellu'", "relu"]),
    ("[model]\nloss = 'entropy'", ["no loss 'entropy'"]),
    ("[model]\nunits = 3", ["no setting model.units", "known here: hidden"]),
    ("[modle]\nhidden = [3]", ["no setting modle", "did you mean model?"]),
    ("[data]\nvalidation = 2", ["In data: validation is 2"]),
    ("[data]\nparameters = {noise = inf}", ["noise is inf", "finite"]),
    ("[data]\ntask = 'guess'", ["data.task is the text 'guess'", "classes"]),
    ("[initial]\ngain = nan", ["In initial: gain is not a number"]),
    ("[initial]\nscheme = 'he_norma'", ["he_normal"]),
    ("[batches]\nsize = 1.5", ["batches.size is 1.5", "whole number"]),
    ("[batches]\nsize = -1", ["size is -1", "0 for all rows"]),
    ("[stop]\npatience = -1", ["patience is -1", "0 (off)"]),
    ("[stop]\nseconds = nan", ["seconds is nan"]),
    ("[stop]\nnon_finite = 1", ["stop.non_finite is 1", "true or false"]),
    (RUN + "learning_rate = inf", ["runs[0] (run 1)", "learning_rate is inf"]),
    (RUN + RUN + "sharpness = -1.0", ["runs[1] (run 2)", "sharpness is -1"]),
    (RUN + "optimizer = 'moun'", ["did you mean muon"]),
    (RUN * 17, ["17 runs", "at most 16"]),
    ("steps = -1", ["steps is -1"]),
    ("precision = 'half'", ["float32 or float64"]),
    ("format = 2", ["newer Overshoot"]),
    ("[surface]\nname = 'bowl'", ["experiment on a surface", "overshoot run mine.toml"]),
    ("start = [1, 2]", ["experiment on a surface"]),
    ("[surface]\n[model]", ["no setting surface"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), MISTAKES)
def test_mistakes_are_named(text, words):
    with pytest.raises(ExperimentError) as caught:
        parse(text, "mine.toml")
    sentence = str(caught.value)
    assert sentence.startswith("mine.toml")
    assert "\n" not in sentence
    assert sentence[-1] in ".?"
    for word in words:
        assert word in sentence


SETTINGS = st.recursive(
    st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
KEYS = ["format", "title", "data", "model", "initial", "batches", "steps", "stop", "runs", "what"]


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), SETTINGS, max_size=4))
def test_no_shape_of_settings_does_more_than_raise_a_sentence(tree):
    for read_text in (parse, on_surfaces.parse):
        with suppress(ExperimentError):
            read_text(tomli_w.dumps(tree))


def test_a_network_is_no_surface_and_says_what_to_call():
    text = dump(NetworkExperiment(runs=(TrainingRun(),)))
    with pytest.raises(ExperimentError, match=r"trains a network.*overshoot train net\.toml"):
        on_surfaces.parse(text, "net.toml")
    text = on_surfaces.dump(Experiment(runs=(new_run("sgd"),)))
    with pytest.raises(ExperimentError, match=r"on a surface.*overshoot run e\.toml"):
        parse(text, "e.toml")


def test_the_window_opens_no_network_but_says_so(tmp_path):
    path = session.last_session_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, NetworkExperiment())
    experiment, sentence = session.restored()
    assert experiment == session.opening()
    assert "trains a network" in sentence


def test_paths_are_relative_to_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    (tmp_path / "e.toml").write_text('[data]\nsource = "data/mine.csv"\n')
    found = read(tmp_path / "e.toml")
    assert found.data.source == os.path.join(tmp_path, "data", "mine.csv")
    write(tmp_path / "again.toml", found)
    assert read(tmp_path / "again.toml") == found
    (tmp_path / "named.toml").write_text('[data]\nsource = "iris"\n')
    assert read(tmp_path / "named.toml").data.source == "iris"


def test_unreadable_files_are_named(tmp_path):
    with pytest.raises(ExperimentError, match="There is no file"):
        read(tmp_path / "missing.toml")
