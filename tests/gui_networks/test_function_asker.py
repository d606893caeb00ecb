"""One request at work at a time; the newest wish follows; sharper pictures give way."""

import numpy as np
import pytest
from function_training import experiment, trained
from msgspec.structs import replace

from gui.networks.state import NetworkState
from gui.networks.views.function_asker import Asker
from gui.networks.views.function_runs import visible_runs
from gui.networks.views.function_wish import Wish
from gui.networks.views.function_work import SHARP_PX, first_coarseness
from gui.theme import THEME
from gui.views.landscape_ground import ground_colours


class Queue:
    """Submits that wait until they are worked off."""

    def __init__(self):
        self.requests = []

    def __call__(self, topic, work, done, failed=None):
        self.requests.append((work, done, failed))

    def work_off(self):
        work, done, failed = self.requests.pop(0)
        try:
            found = work()
        except ValueError as error:
            failed(str(error))
        else:
            done(found)


@pytest.fixture
def wish():
    settings = experiment()
    state = NetworkState(settings)
    state.set_trained(trained(settings))
    return Wish(
        runs=visible_runs(state), kind="plane", axes=(0, 1), view=(-2.0, 2.0, -2.0, 2.0),
        size=(120, 90), ratio=1.0, colours=ground_colours(THEME.colours), inks=bytes(6),
        data=settings.data,
    )  # fmt: skip


def test_the_newest_of_many_wishes_follows_the_one_at_work(qapp, wish):
    queue, found = Queue(), []
    asker = Asker(queue, found.append, pytest.fail)
    for reach in (1.0, 2.0, 3.0):
        asker.wish(replace(wish, view=(-reach, reach, -1.0, 1.0)))
    assert len(queue.requests) == 1
    while queue.requests:
        queue.work_off()
    assert [answer.wish.view[1] for answer in found] == [1.0, 3.0]
    asker.wish(replace(wish, view=(-3.0, 3.0, -1.0, 1.0)))
    assert not queue.requests


def test_a_coarse_picture_is_followed_by_sharper_ones(qapp, wish, monkeypatch):
    monkeypatch.setattr("gui.networks.views.function_asker.EXPECTED_COST", 1e-3)
    queue, found = Queue(), []
    asker = Asker(queue, found.append, pytest.fail)
    asker.wish(wish)
    while queue.requests:
        queue.work_off()
    coarse = [answer.coarse for answer in found]
    assert coarse[0] == first_coarseness(wish, 1e-3) > 9
    assert coarse == sorted(set(coarse), reverse=True)
    assert coarse[-1] <= SHARP_PX
    assert {answer.pixels.shape for answer in found} == {(90, 120)}
    assert found[-1].readings.shape[1:] == (-(-90 // coarse[-1]) + 1, -(-120 // coarse[-1]) + 1)


def test_a_sharper_picture_gives_way_to_another_wish(qapp, wish, monkeypatch):
    monkeypatch.setattr("gui.networks.views.function_asker.EXPECTED_COST", 1e-3)
    queue, found = Queue(), []
    asker = Asker(queue, found.append, pytest.fail)
    asker.wish(wish)
    queue.work_off()
    other = replace(wish, view=(0.0, 1.0, 0.0, 1.0))
    asker.wish(other)
    queue.work_off()
    assert [answer.wish for answer in found] == [wish]
    queue.work_off()
    assert found[-1].wish == other


def test_what_cannot_be_computed_is_said_once(qapp, wish, monkeypatch):
    def refuse(order):
        raise ValueError("There is no such input.")

    monkeypatch.setattr("gui.networks.views.function_asker.answer", refuse)
    queue, said = Queue(), []
    asker = Asker(queue, pytest.fail, said.append)
    asker.wish(wish)
    queue.work_off()
    asker.wish(wish)
    assert said == ["There is no such input."]
    assert not queue.requests


def test_weights_are_the_same_if_network_settings_and_step_are(wish):
    settings = experiment()
    state = NetworkState(settings)
    state.set_trained(trained(settings))
    (shown,) = visible_runs(state)
    assert shown == visible_runs(state)[0]
    state.set_head(10)
    assert shown != visible_runs(state)[0]
    (other,) = wish.runs
    assert shown != other
    assert np.array_equal(shown.weights, other.weights)
