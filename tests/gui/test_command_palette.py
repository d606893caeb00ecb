"""Ctrl+K: a few letters find a command, a surface or an optimizer."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.command_palette import CommandPalette, Entry, matches


@pytest.fixture
def chosen():
    return []


@pytest.fixture
def palette(qtbot, chosen):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    entries = [
        Entry(name, kind, lambda name=name: chosen.append(name))
        for name, kind in (("Undo", "Edit"), ("Rosenbrock", "Surface"), ("Adam", "Optimizer"))
    ]
    box = CommandPalette(lambda: entries, window)
    box.open()
    yield box
    box.close()


@pytest.mark.parametrize(
    ("words", "found"), [("ros", True), ("SURF rosen", True), ("rosen optim", False), ("", True)]
)
def test_each_word_may_stand_anywhere(words, found):
    assert matches(words, Entry("Rosenbrock", "Surface", lambda: None)) is found


def test_typing_and_enter_choose(palette, chosen, qtbot):
    qtbot.keyClicks(palette.search, "ada")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert chosen == ["Adam"]
    assert not palette.isVisible()


def test_arrows_move_while_one_types(palette, chosen, qtbot):
    qtbot.keyClick(palette.search, Qt.Key.Key_Down)
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert chosen == ["Rosenbrock"]


def test_nothing_found_chooses_nothing(palette, chosen, qtbot):
    qtbot.keyClicks(palette.search, "zzz")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert chosen == []
