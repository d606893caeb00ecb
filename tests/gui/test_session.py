"""What comes back at the next start."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.experiment import SurfaceSettings, new_run
from gui import session
from gui.state import State


def test_the_first_start_opens_on_a_bowl_that_overshoots():
    import engine

    experiment = session.opening()
    (run,) = experiment.runs
    found = engine.descend(
        experiment.surface.name, run, start=experiment.start, steps=experiment.steps
    )
    sides = found.points @ (3**0.5 / 2, 0.5)
    assert (sides[:-1] * sides[1:] < 0).all(), "each step crosses the valley"
    assert engine.judge(found).kind != "diverged"


def test_what_was_on_screen_comes_back():
    changed = replace(session.opening(), steps=77, start=(0.1, 0.2))
    session.keep(changed)
    assert session.restored() == (changed, "")


def test_a_broken_session_is_said_and_replaced_by_the_opening():
    path = session.last_session_path()
    path.parent.mkdir(parents=True)
    path.write_text("steps = ", encoding="utf-8")
    experiment, sentence = session.restored()
    assert experiment == session.opening()
    assert "could not be restored" in sentence


def test_a_session_that_cannot_be_read_is_put_aside_and_outlives_the_next(tmp_path):
    path = session.last_session_path()
    path.parent.mkdir(parents=True)
    path.write_text("steps = ", encoding="utf-8")
    _, sentence = session.restored()
    session.keep(session.opening())
    aside = path.with_name("last-unreadable.toml")
    assert aside.read_text(encoding="utf-8") == "steps = "
    assert str(aside) in sentence
    assert session.restored() == (session.opening(), "")


def test_what_is_on_screen_is_kept_a_while_after_a_change(qtbot, monkeypatch):
    monkeypatch.setattr(session, "KEEP_MS", 1)
    state = State(session.opening())
    asked = []
    keeper = session.Keeper(state, lambda topic, work, done: asked.append(work), state)
    assert keeper.parent() is state
    state.update(steps=5)
    state.update(steps=6)
    qtbot.waitUntil(lambda: bool(asked))
    assert len(asked) == 1
    asked[0]()
    assert session.restored()[0].steps == 6


@pytest.mark.parametrize(
    ("change", "follows"),
    [
        ({"start": (0.1, 0.2)}, True),
        ({"runs": (new_run("sgd", learning_rate=0.5),)}, True),
        ({"runs": (new_run("sgd", learning_rate=0.01, start=(1.0, 1.0)),)}, True),
        ({"steps": 5}, False),
        ({"runs": (new_run("sgd", learning_rate=0.01, visible=False),)}, False),
        ({"surface": SurfaceSettings(name="square"), "start": (0.5, 0.0)}, False),
    ],
)
def test_the_hint_stays_until_a_start_or_a_rate_is_moved(change, follows):
    old = replace(session.opening(), runs=(new_run("sgd", learning_rate=0.01),))
    hint = session.Hint()
    assert hint.text == session.HINT
    assert hint.notice(old, replace(old, **change)) is follows
    for later in (hint, session.Hint()):
        assert later.text == ("" if follows else session.HINT)


def test_a_home_that_cannot_be_written_is_no_reason_to_stop(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setattr(session, "last_session_path", lambda: blocked / "last.toml")
    session.keep(session.opening())


def test_recent_files_are_few_and_newest_first(tmp_path):
    for i in range(15):
        session.remember(Path(tmp_path / f"{i}.toml"))
    session.remember(Path(tmp_path / "12.toml"))
    names = [Path(name).stem for name in session.recent()]
    assert names[:3] == ["12", "14", "13"]
    assert len(names) == session.MOST_RECENT
