"""The collection, opened from the window: one click, experiment and text together."""

import pytest

from engine.experiment import Experiment
from engine.stories import CATALOGUE
from gui.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qtbot):
    window = MainWindow(Experiment())
    window.resize(1280, 800)
    with qtbot.waitSignal(window.paths.answered, timeout=120_000):
        window.show()
    yield window
    window.close()


def test_the_menu_lists_every_question_once(window):
    window.story_menu.aboutToShow.emit()
    window.story_menu.aboutToShow.emit()
    titles = [action.text() for action in window.story_menu.actions()]
    assert titles == [f"{n}. {story.title}" for n, story in enumerate(CATALOGUE, 1)]
    assert all(action.toolTip() for action in window.story_menu.actions())


def test_each_story_opens_with_its_text_beside_it_and_undo_takes_it_back(window, qtbot):
    before = window.state.experiment
    said = []
    window.state.message.connect(lambda text: said.append(text) if text else None)
    window.why_dock.hide()
    for story in CATALOGUE:
        with qtbot.waitSignal(window.paths.answered, timeout=60_000):
            window.story_menu.open(story)
        assert window.state.experiment == story.experiment
        assert window.state.selected == story.asks
        assert window.why_dock.isVisible()
        qtbot.waitUntil(lambda: "story" in window.why.pages)
        assert window.why.stack.currentWidget() is window.why.pages["story"]
        assert window.why.pages["story"].text.text() == story.experiment.story.text
    assert said == []
    for _ in CATALOGUE:
        window.state.undo()
    assert window.state.experiment == before


def test_ctrl_k_finds_the_questions(window):
    from gui.command_palette import palette_entries

    names = {entry.text for entry in palette_entries(window)}
    assert {story.title for story in CATALOGUE} <= names
