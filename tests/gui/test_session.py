"""What comes back at the next start."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from gui import session


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
