"""Who asks for planes: one thing at a time, the newest wish next, and what is old is stopped."""

import numpy as np
from function_training import experiment, trained

from engine.networks.planes import random_plane
from gui.networks.state import NetworkState
from gui.networks.views import plane_asker, plane_work
from gui.networks.views.plane_asker import GroundAsker, Newest
from gui.networks.views.plane_choice import PlaneChoice, laying_for
from gui.networks.views.plane_work import GroundWish, lay
from gui.theme import THEME
from gui.views.landscape_ground import ground_colours


class Desk:
    """Takes work, and does it when asked to."""

    def __init__(self):
        self.waiting = []

    def submit(self, topic, work, done, failed=None):
        self.waiting.append((work, done, failed))

    def do(self):
        work, done, _ = self.waiting.pop(0)
        done(work())


def test_only_the_newest_wish_follows():
    desk, seen = Desk(), []
    newest = Newest(desk.submit, "plane", seen.append, seen.append)
    for key in range(4):
        newest.wish(key, lambda key=key: key)
    assert len(desk.waiting) == 1
    desk.do()
    desk.do()
    assert seen == [0, 3]
    newest.wish(3, lambda: "again")
    assert not desk.waiting


def test_what_was_refused_is_said_and_the_next_wish_is_asked():
    desk, said = Desk(), []
    newest = Newest(desk.submit, "plane", said.append, said.append)
    newest.wish(1, int)
    newest.wish(2, lambda: "two")
    desk.waiting.pop(0)[2]("It does not fit.")
    desk.do()
    assert said == ["It does not fit.", "two"]


def laid():
    settings = experiment(hidden=(4,), steps=10)
    state = NetworkState(settings)
    state.set_trained(trained(settings))
    return lay(laying_for(state, PlaneChoice(kind="random")))


def wish(there, reach=1.0):
    colours = ground_colours(THEME.colours)
    view = (-reach, reach, -reach, reach)
    return GroundWish(there, view, -1, (90, 70), 1.0, True, colours)


def test_ground_is_coarse_at_once_then_finer(monkeypatch):
    monkeypatch.setattr(plane_work, "QUICK_SECONDS", 0.0)
    desk, seen, there = Desk(), [], laid()
    asker = GroundAsker(desk.submit, seen.append, seen.append)
    asker.wish(wish(there))
    while desk.waiting:
        desk.do()
    sizes = [len(ground.losses.losses) for ground in seen]
    assert sizes == [9, 17, 33, 65]
    assert all(ground.pixels.shape == (70, 90) for ground in seen)
    network = there.laying.network
    plane = random_plane(network.model, there.plane.origin, 0)
    np.testing.assert_array_equal(plane.axes, there.plane.axes)
    np.testing.assert_array_equal(seen[-1].losses.losses[::8, ::8], seen[0].losses.losses)


def test_another_wish_stops_what_only_gets_sharper(monkeypatch):
    monkeypatch.setattr(plane_work, "QUICK_SECONDS", 0.0)
    monkeypatch.setattr(plane_asker, "is_worth_sharpening", lambda ground: True)
    desk, seen, there = Desk(), [], laid()
    asker = GroundAsker(desk.submit, seen.append, seen.append)
    asker.wish(wish(there))
    desk.do()
    asker.wish(wish(there, 0.5))
    assert asker._order.stop[0]
    desk.do()
    assert [ground.wish.view[1] for ground in seen] == [1.0]
    desk.do()
    assert [ground.wish.view[1] for ground in seen] == [1.0, 0.5]
    # The first place again: its grids were stopped, so it is drawn anew.
    asker.wish(wish(there))
    desk.do()
    desk.do()
    assert seen[-1].wish.view[1] == 1.0
    assert len(seen[-1].losses.losses) == 9
    asker.wish(None)
    while desk.waiting:
        desk.do()
