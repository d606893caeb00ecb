"""The play head moves with the clock, not with the frames."""

import pytest
from curve_results import decay, state_with

from gui.player import WHOLE, Player


class Clock:
    """A clock that the test turns."""

    now = 0

    def __call__(self):
        return self.now


@pytest.fixture
def play(qtbot):
    made = []

    def make(steps=600, **display):
        state, clock = state_with(decay(1, steps), **display), Clock()
        player = Player(state, clock_ns=clock)
        made.append(player)

        def wait(seconds):
            clock.now += round(seconds * 1e9)
            player._on_frame()

        return state, player, wait

    yield make
    for player in made:
        player.pause()


def test_at_speed_1_it_plays_60_steps_a_second_whatever_the_frames(play):
    state, player, wait = play()
    state.set_head(0)
    player.play()
    for seconds in (0.013, 0.25, 0.0001, 0.4, 0.3369):
        wait(seconds)
    assert state.head == 60


@pytest.mark.parametrize(
    ("speed", "steps", "per_second"),
    [(0.25, 600, 15), (10.0, 6000, 600), (WHOLE, 8000, 2000), (WHOLE, 10_000_000, 2_500_000)],
)
def test_speeds(play, speed, steps, per_second):
    state, player, wait = play(steps, speed=speed)
    state.set_head(0)
    player.play()
    wait(0.5)
    assert state.head == per_second // 2


def test_it_stops_at_the_end_and_plays_from_the_start_again(play, qtbot):
    state, player, wait = play()
    player.play()
    assert state.head == 0
    with qtbot.waitSignal(player.playing_changed) as changed:
        wait(60)
    assert changed.args == [False]
    assert state.head == 600
    assert not player.playing


def test_a_loop_goes_round_exactly(play):
    state, player, wait = play(99, loop=True)
    player.play()
    wait(100 / 60 + 10.5 / 60)
    assert state.head == 10
    assert player.playing
    wait(100 / 60)
    assert state.head == 10


def test_scrubbing_and_changing_speed_while_it_plays_go_on_from_there(play):
    state, player, wait = play()
    player.play()
    wait(1.001)
    state.set_head(300)
    wait(0.501)
    assert state.head == 330
    state.update_display(speed=2.0)
    wait(0.501)
    assert state.head == 390


def test_steps_pause_and_stay_inside(play):
    state, player, _ = play()
    state.set_head(5)
    player.play()
    player.step(-10)
    assert not player.playing
    assert state.head == 0
    player.step(1)
    assert state.head == 1
    player.step(1_000_000)
    assert state.head == 600


def test_no_steps_do_not_play_and_a_path_cut_to_none_stops(play):
    _, player, _ = play(0)
    player.toggle()
    assert not player.playing
    state, player, wait = play()
    player.play()
    wait(0.1)
    state.update(steps=0)
    assert not player.playing
    assert state.head == 0


def test_the_timer_runs_only_while_it_plays(play, qtbot):
    _, player, _ = play()
    assert not player.timer.isActive()
    with qtbot.waitSignal(player.timer.timeout):
        player.toggle()
    player.toggle()
    assert not player.timer.isActive()
