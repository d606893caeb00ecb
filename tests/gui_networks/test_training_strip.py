"""One chip per training run: what it says, and what a click does."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from training_results import blow_up, decay, experiment_of, state_of, trained_on

from gui.networks.state import NetworkState
from gui.networks.views.training_strip import TrainingStrip

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def show(qtbot):
    def make(state):
        strip = TrainingStrip(state)
        qtbot.addWidget(strip)
        strip.resize(1200, 50)
        strip.show()
        return strip

    return make


def test_each_run_says_its_losses_or_where_it_broke(show):
    strip = show(state_of(decay(3), blow_up(at=12)))
    assert [chip.texts() for chip in strip.chips] == [
        ("SGD η 0.1", "loss 0.0498, validation 0.0996, 87.8 %"),
        ("SGD η 1.1", "diverged: inf in layer 2 at step 12"),
    ]
    assert [chip.loud for chip in strip.chips] == [False, True]
    assert "97.5 % of the training rows" in strip.chips[0].toolTip()
    assert "activation of layer 2 is inf at step 12" in strip.chips[1].accessibleDescription()


def test_it_follows_training_and_what_is_shown(show):
    state = NetworkState(experiment_of(2))
    strip = show(state)
    assert strip.chips == []
    state.set_trained(trained_on(state.experiment, [decay(3), decay(5)], 20))
    early = strip.chips[0].texts()
    state.set_trained(trained_on(state.experiment, [decay(3), decay(5)]))
    assert strip.chips[0].texts() != early
    before = strip.chips[1].grab().toImage()
    state.update_run(1, visible=False)
    assert strip.chips[1].grab().toImage() != before


def test_a_click_selects(show):
    state = state_of(decay(3), decay(5))
    strip = show(state)
    QTest.mouseClick(strip.chips[1], Qt.MouseButton.LeftButton)
    assert state.selected == 1
    assert [chip.isChecked() for chip in strip.chips] == [False, True]
