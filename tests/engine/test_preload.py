"""Kernels are loaded ahead, and only those that are compiled."""

from __future__ import annotations

from engine import preload, warm_up


def test_nothing_is_loaded_while_nothing_is_compiled(monkeypatch):
    loaded = []
    monkeypatch.setattr(preload, "path_kernel", lambda *names: loaded.append(names))
    monkeypatch.setattr(warm_up, "is_warm", lambda stage: False)
    preload.preload(lambda: False)
    assert loaded == []


def test_every_optimizer_and_surface_is_loaded_until_the_end(monkeypatch):
    loaded = []
    monkeypatch.setattr(preload, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(preload, "path_kernel", lambda name, precision: loaded.append(name))
    monkeypatch.setattr(preload, "kernels", lambda s, precision: loaded.append(s.name))
    monkeypatch.setattr(warm_up, "is_warm", lambda stage: True)
    preload.preload(lambda: len(loaded) == 3)
    assert len(loaded) == 3
    loaded.clear()
    preload.preload(lambda: False)
    assert {"adam", "bfgs", "bowl", "linear_regression"} <= set(loaded)


def test_it_waits_until_nobody_is_waiting_for_something_else(monkeypatch):
    answers, loaded = iter([False, False]), []
    monkeypatch.setattr(preload, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(preload, "path_kernel", lambda name, precision: loaded.append(name))
    monkeypatch.setattr(preload, "kernels", lambda s, precision: None)
    monkeypatch.setattr(warm_up, "is_warm", lambda stage: True)
    asked = []

    def quiet():
        asked.append(len(loaded))
        return next(answers, True)

    preload.preload(lambda: False, quiet)
    assert asked[:3] == [0, 0, 0]
    assert "adam" in loaded
