"""Experiments as TOML: the same back, and a sentence for whatever is wrong."""

import os
from contextlib import suppress

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import optimizers, schedules, surfaces
from engine.experiment import (
    DataSettings,
    DisplaySettings,
    Experiment,
    RunSettings,
    ScheduleSettings,
    StorySettings,
    SurfaceSettings,
    new_run,
)
from engine.experiment_file import ExperimentError, dump, parse, read, write

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
POSITIVE = st.floats(0, 1e300)
# Half a surrogate pair is no character: no file can hold it.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SEEDS = st.integers(0, 2**40)


def values_of(parameters):
    """Return a strategy for some of the parameters, within their ranges."""
    chosen = {}
    for p in parameters:
        low, high = max(p.low, p.minimum), min(p.high, p.maximum)
        if p.kind == "real":
            chosen[p.name] = st.floats(low, high)
        else:
            chosen[p.name] = st.integers(int(low), int(high)).map(float)
    return st.fixed_dictionaries({}, optional=chosen)


@st.composite
def surface_settings(draw):
    surface = draw(st.sampled_from(surfaces.CATALOGUE))
    data = None
    if surface.uses_data:
        data = DataSettings(
            table=draw(st.sampled_from(["line", "cars", "iris"])), feature=draw(TEXT),
            standardise=draw(st.booleans()), target_scale=draw(st.floats(1e-300, 1e300)),
            reduction=draw(st.sampled_from(["mean", "sum"])),
            batch_size=draw(st.integers(0, 99)), seed=draw(SEEDS),
        )  # fmt: skip
    return SurfaceSettings(
        name=surface.name, parameters=draw(values_of(surface.parameters)), data=data
    )


@st.composite
def run_settings(draw):
    optimizer = draw(st.sampled_from(optimizers.CATALOGUE))
    schedule = draw(st.sampled_from(schedules.CATALOGUE))
    return RunSettings(
        optimizer=optimizer.name,
        learning_rate=draw(NUMBERS),
        hyperparameters=draw(values_of(optimizer.parameters)),
        schedule=ScheduleSettings(
            name=schedule.name,
            parameters=draw(values_of(schedule.parameters)),
            warm_up_steps=draw(st.integers(0, 1000)),
        ),
        weight_decay=draw(NUMBERS),
        decoupled=draw(st.booleans()),
        clip_value=draw(POSITIVE),
        clip_norm=draw(POSITIVE),
        noise=draw(POSITIVE),
        seed=draw(SEEDS),
        maximize=draw(st.booleans()),
        start=draw(st.none() | st.tuples(NUMBERS, NUMBERS)),
        visible=draw(st.booleans()),
        label=draw(TEXT),
        slot=draw(st.integers(0, 31)),
    )


DISPLAYS = st.builds(
    DisplaySettings,
    view=st.none() | st.just((-1e-9, 2e-9, 0.5, 1e300)),
    colours=st.sampled_from(["log", "linear"]),
    curve=st.sampled_from(["loss", "distance"]),
    blow_up=st.booleans(),
    speed=st.floats(0.1, 1e6),
)
STORIES = st.builds(
    StorySettings,
    text=TEXT,
    tries=st.lists(TEXT.filter(str.strip), max_size=3).map(tuple),
)
EXPERIMENTS = st.builds(
    Experiment,
    title=TEXT,
    surface=surface_settings(),
    start=st.tuples(NUMBERS, NUMBERS),
    steps=st.integers(0, 10_000_000),
    precision=st.sampled_from(["float32", "float64"]),
    runs=st.lists(run_settings(), max_size=4).map(tuple),
    display=DISPLAYS,
    story=STORIES,
)


@settings(max_examples=150, deadline=None)
@given(EXPERIMENTS)
def test_what_is_written_is_read_back(experiment):
    assert parse(dump(experiment)) == experiment


def test_a_file_is_short_and_says_how_to_run_it():
    text = dump(Experiment(runs=(new_run("adam", start=(1.0, 2.0)),)))
    assert text.startswith("# ")
    assert "overshoot run" in text
    assert "start = [1.0, 2.0]" in text
    assert "clip_norm" not in text
    assert len(text.splitlines()) < 25


def test_what_decides_the_path_is_always_written():
    text = dump(Experiment(runs=(RunSettings(),)))
    for line in ('name = "bowl"', "steps = 500", 'optimizer = "sgd"', "learning_rate = 0.01"):
        assert line in text


def test_all_of_32_runs_come_back(tmp_path):
    runs = tuple(new_run("adam", slot=i, learning_rate=10.0**-i) for i in range(32))
    write(tmp_path / "many.toml", Experiment(runs=runs))
    assert read(tmp_path / "many.toml").runs == runs


RUN = "[[runs]]\n"
MISTAKES = [
    ("steps =", ["not valid TOML", "at the end"]),
    ("steps = 5\nsteps = 6", ["not valid TOML", "a key is given twice", "remove one"]),
    ("[surface\nname = 'bowl'", ["not valid TOML", "line 1"]),
    ("= 3", ["not valid TOML", "line 1, column 1"]),
    ("stepps = 5", ["no setting stepps", "did you mean steps?"]),
    ("xyzzy = 5", ["no setting xyzzy", "known here: format, title"]),
    (RUN + RUN + RUN + "learing_rate = 1", ["runs[2].learing_rate (run 3)", "learning_rate?"]),
    (RUN + "[runs.schedule]\nwarmup = 3", ["runs[0].schedule.warmup (run 1)", "warm_up_steps?"]),
    ("[surface.data]\ncolumn = 3", ["surface.data.column"]),
    ("[display]\nvew = 3", ["display.vew", "did you mean view"]),
    (RUN + 'learning_rate = "fast"', ["runs[0].learning_rate (run 1) is the text 'fast'", "0.1"]),
    (RUN + "learning_rate = true", ["runs[0].learning_rate (run 1) is true"]),
    (RUN + "learning_rate = nan", ["learning_rate is nan", "give a finite number"]),
    (RUN + "learning_rate = -inf", ["learning_rate is -inf", "give a finite number"]),
    (RUN + "learning_rate = 1" + "0" * 400, ["learning_rate", "huge number"]),
    (RUN + "clip_norm = -1.0", ["runs[0]", "clip_norm is -1", "give 0 (off) or more"]),
    (RUN + "[runs.hyperparameters]\nnesterov = true", ["nesterov (run 1) is true", "1 turns"]),
    (RUN + "[runs.hyperparameters]\nnesterov = 2", ["nesterov is 2"]),
    (RUN + 'schedule = "cosine"', ["runs[0].schedule", 'a table such as {name = "cosine"}']),
    (RUN + "recorded_run = -1", ["recorded_run is -1", "give 0"]),
    (RUN + 'recorded = "a\\u0000b"', ["recorded holds a zero character"]),
    ('[surface.data]\ntable = "a\\u0000b"', ["table holds a zero character"]),
    ("[runs]\nlearning_rate = 1", ["runs is a table", "[[runs]]"]),
    ("precision = 32", ["precision is 32", "float32 or float64"]),
    ('[surface]\nname = "rosenbrock"\nparameters = {b = inf}', ["b is inf", "finite number"]),
    ('[surface]\nformula = "x^2"', ["formula is given", 'write name = "formula"']),
    (RUN + "slot = 99", ["slot is 99", "0 to 31"]),
    (RUN + 'optimizer = "adem"', ["no optimizer 'adem'", "did you mean adam"]),
    (RUN + "[runs.hyperparameters]\nmomentun = 1", ["momentun", "known: momentum"]),
    (RUN + '[runs.hyperparameters]\nmomentum = "a"', ["runs[0].hyperparameters.momentum", "'a'"]),
    (RUN + '[runs.schedule]\nname = "cosinus"', ["no schedule 'cosinus'", "did you mean cosine"]),
    (RUN + "start = [1.0]", ["runs[0].start (run 1) is a list of 1", "a list of 2 numbers"]),
    ("start = [1.0, 'b']", ["start[1] is the text 'b'"]),
    ("start = [nan, 1.0]", ["start is nan"]),
    ("start = 3", ["start is 3", "a list"]),
    ("steps = 5.5", ["steps is 5.5", "whole number"]),
    ("steps = -1", ["steps is -1", "give 0 to 10,000,000"]),
    ("steps = 1" + "0" * 30, ["steps is 1000"]),
    ("steps = " + "9" * 5000, ["thousands of digits"]),
    ('precision = "float16"', ["precision is the text 'float16'", "float32 or float64"]),
    ('[surface]\nname = "rosenbrok"', ["no surface 'rosenbrok'", "rosenbrock"]),
    ("[surface]\nname = 3", ["surface.name is 3", "in quotes"]),
    ('[surface]\nname = "formula"', ["formula is empty"]),
    ('[surface]\nname = "formula"\nformula = "sin("', ["surface.formula cannot be read"]),
    ('[surface]\nname = "formula"\nformula = "a*x"\n[surface.parameters]\nb = 1', ["'b'", "a"]),
    ("[surface]\ndata = 3", ["surface.data is 3"]),
    ("[surface.data]\nbatch_size = -3", ["surface.data", "batch_size is -3"]),
    ("[display]\nview = [1, 0, 0, 1]", ["display", "view must be"]),
    ("[story]\ntext = 3", ["story.text is 3", "a text in quotes"]),
    ('[story]\ntries = "Try this."', ["story.tries is the text", "a list"]),
    ('[story]\ntries = ["Try this.", " "]', ["story", "tries[1] is empty"]),
    ("[story]\nlook = 3", ["no setting story.look", "text, tries"]),
    ("runs = 3", ["runs is 3"]),
    (RUN * 33, ["33 runs", "at most 32"]),
    ("format = 2", ["newer Overshoot", "Update"]),
    ("x = " + "[" * 100_000, ["nested too deeply"]),
]


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


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_no_text_does_more_than_raise_a_sentence(text):
    with suppress(ExperimentError):
        parse(text)


SETTINGS = st.recursive(
    st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "format",
        "title",
        "surface",
        "start",
        "steps",
        "precision",
        "runs",
        "display",
        "story",
        "what",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, SETTINGS, max_size=4))
def test_no_shape_of_settings_does_more_than_raise_a_sentence(tree):
    with suppress(ExperimentError):
        parse(tomli_w.dumps(tree))


def test_unreadable_files_are_named(tmp_path):
    (tmp_path / "binary.toml").write_bytes(b"\x00\x01\x02")
    (tmp_path / "latin.toml").write_bytes("title = 'Höhe'".encode("latin-1"))
    huge = tmp_path / "huge.toml"
    with huge.open("wb") as file:
        file.truncate(11 * 2**20)
    cases = {
        tmp_path / "missing.toml": "There is no file",
        tmp_path: "is a folder",
        tmp_path / "binary.toml": "not a text file",
        tmp_path / "latin.toml": "not UTF-8 text (byte 10)",
        huge: "has 11 MiB",
        tmp_path / "binary.toml" / "inside.toml": "is a file, not a folder",
    }
    for path, words in cases.items():
        with pytest.raises(ExperimentError, match=str(path)) as caught:
            read(path)
        assert words in str(caught.value)


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbfsteps = 7\r\n")
    assert read(path).steps == 7


def test_paths_are_relative_to_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    text = (
        '[surface]\nname = "linear_regression"\n[surface.data]\ntable = "data/mine.csv"\n'
        '[[runs]]\nrecorded = "../steps.csv"\n[[runs]]\n'
    )
    (tmp_path / "e.toml").write_text(text)
    found = read(tmp_path / "e.toml")
    assert found.surface.data is not None
    assert found.surface.data.table == os.path.join(tmp_path, "data", "mine.csv")
    assert found.runs[0].recorded == os.path.join(tmp_path.parent, "steps.csv")
    assert found.runs[1].recorded == ""
    again = tmp_path / "again.toml"
    write(again, found)
    assert read(again) == found


def test_a_bundled_table_keeps_its_name(tmp_path):
    path = tmp_path / "e.toml"
    surface = SurfaceSettings(name="linear_regression", data=DataSettings(table="cars"))
    write(path, Experiment(surface=surface))
    assert read(path).surface == surface


def test_a_lone_surrogate_does_not_cost_the_file(tmp_path):
    write(tmp_path / "e.toml", Experiment(title="odd \ud800"))
    assert read(tmp_path / "e.toml").title.startswith("odd ")
