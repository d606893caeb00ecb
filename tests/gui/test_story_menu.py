"""The collection, opened from the window: one click, experiment and text together."""

import pytest
from PySide6.QtCore import QUrl

from engine.experiment import Experiment
from engine.stories import CATALOGUE, IN_NETWORKS, ON_SURFACES
from gui.help import HelpWindow
from gui.main_window import MainWindow
from gui.session import NETWORK, SURFACE

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qtbot):
    window = MainWindow(Experiment())
    window.resize(1280, 800)
    with qtbot.waitSignal(window.paths.answered, timeout=120_000):
        window.show()
    yield window
    window.close()


def titles_of(menu):
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def numbered(stories):
    return [f"{n}. {story.title}" for n, story in enumerate(stories, 1)]


def test_the_menu_lists_the_questions_of_the_half_that_is_shown_and_the_others_below(window):
    menu = window.story_menu
    for half, own, others, title in (
        (SURFACE, ON_SURFACES, IN_NETWORKS, "In small networks"),
        (NETWORK, IN_NETWORKS, ON_SURFACES, "On surfaces"),
        (SURFACE, ON_SURFACES, IN_NETWORKS, "In small networks"),
    ):
        window.halves.show(half)
        menu.aboutToShow.emit()
        menu.aboutToShow.emit()
        assert titles_of(menu) == [*numbered(own), title]
        assert titles_of(menu.others) == numbered(others)
        for action in (*menu.actions()[: len(own)], *menu.others.actions()):
            assert action.toolTip().endswith(".")


def test_each_story_opens_with_its_text_beside_it_and_undo_takes_it_back(window, qtbot):
    before = window.state.experiment
    said = []
    window.state.message.connect(lambda text: said.append(text) if text else None)
    window.why_dock.hide()
    for story in ON_SURFACES:
        with qtbot.waitSignal(window.paths.answered, timeout=60_000):
            window.story_menu.open(story)
        check_shown(window, story, qtbot)
    assert said == []
    for _ in ON_SURFACES:
        window.state.undo()
    assert window.state.experiment == before


def test_a_story_of_networks_opens_in_their_half_with_the_page_that_shows_it(window, qtbot):
    window.halves.show(NETWORK)
    half = window.half
    before, said = half.state.experiment, []
    half.state.message.connect(lambda text: said.append(text) if text else None)
    for story in IN_NETWORKS:
        window.halves.show(SURFACE)
        with qtbot.waitSignal(half.trainer.answered, timeout=300_000):
            window.story_menu.open(story)
        assert window.half is half
        check_shown(window, story, qtbot)
        assert half.centre.pages.key == story.page
        histories = half.state.trained.histories
        assert [h.run for h in histories] == list(story.experiment.runs)
    assert said == []
    for _ in IN_NETWORKS:
        half.state.undo()
    assert half.state.experiment == before


def check_shown(window, story, qtbot):
    half = window.half
    assert half.state.experiment == story.experiment
    assert half.state.selected == story.asks
    assert window.why_dock.isVisible()
    qtbot.waitUntil(lambda: "story" in half.why.pages)
    assert half.why.stack.currentWidget() is half.why.pages["story"]
    assert half.why.pages["story"].text.text() == story.experiment.story.text


def test_ctrl_k_finds_the_questions(window):
    from gui.command_palette import palette_entries

    names = {entry.text for entry in palette_entries(window)}
    assert {story.title for story in CATALOGUE} <= names


def test_the_help_lists_the_questions_and_a_click_opens_one(window):
    window.commands.actions["Help"].trigger()
    page = window.findChild(HelpWindow)
    shown = page.text.toPlainText()
    for story in CATALOGUE:
        assert story.title in shown
    for story in (IN_NETWORKS[2], ON_SURFACES[1]):
        page.text.anchorClicked.emit(QUrl(story.name))
        assert window.half.state.experiment == story.experiment
    page.close()
