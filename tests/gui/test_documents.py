"""Files: what was on screen comes back, what cannot be read or written changes nothing."""

from __future__ import annotations

import os

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

import engine
from engine.experiment import DataSettings, Experiment, SurfaceSettings, new_run, surface_of
from engine.surface_text import encoded
from gui import session
from gui.documents import Documents
from gui.message_line import MessageLine
from gui.paths import Paths
from gui.runner import Runner
from gui.state import State

EXPERIMENT = Experiment(
    surface=SurfaceSettings(name="bowl"), steps=30, runs=(new_run("sgd"), new_run("adam"))
)


class Desk:
    """State, files and answers without a window around them."""

    def __init__(self, qtbot):
        self.state = State(EXPERIMENT)
        self.runner = Runner()
        self.runner.open()
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.line = MessageLine()
        qtbot.addWidget(self.line)
        self.said = []
        self.state.message.connect(self.said.append)
        self.documents = Documents(self.state, self.runner, self.line, self.window)
        self.paths = Paths(self.state, self.runner)

    def answer(self, qtbot):
        with qtbot.waitSignal(self.paths.answered, timeout=60_000):
            self.paths.start()


@pytest.fixture
def desk(qtbot):
    desk = Desk(qtbot)
    yield desk
    desk.runner.close()


def test_save_and_open_bring_everything_back(desk, tmp_path):
    desk.state.update_run(0, learning_rate=0.123456789012345)
    saved = desk.state.experiment
    path = tmp_path / "mine.toml"
    desk.documents.save_path(path)
    assert not desk.documents.modified
    desk.state.update(steps=3, runs=())
    assert desk.documents.modified
    desk.documents.open_path(path)
    assert desk.state.experiment == saved
    assert session.recent() == [str(path)]


def test_opening_is_one_change_that_undo_takes_back(desk, tmp_path):
    path = tmp_path / "mine.toml"
    desk.documents.save_path(path)
    desk.state.update(steps=3)
    desk.documents.open_path(path)
    desk.state.undo()
    assert desk.state.experiment.steps == 3


@pytest.mark.parametrize(
    "text",
    ["steps = 1e9", "stepz = 3", "start = [nan, 1]", "= broken", "[[runs]]\noptimizer='adan7'"],
)
def test_a_broken_file_is_a_sentence_and_changes_nothing(desk, tmp_path, text):
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    before = desk.state.experiment
    desk.documents.open_path(path)
    assert desk.state.experiment is before
    assert "broken.toml" in desk.said[-1]
    assert desk.documents.path is None


@pytest.mark.skipif(os.name == "nt", reason="only Linux has permissions as tested here")
def test_a_folder_that_cannot_be_written_is_a_sentence(desk, tmp_path):
    desk.documents.save_path(tmp_path / "missing" / "mine.toml")
    assert "mine.toml" in desk.said[-1]
    assert desk.documents.path is None


def test_the_suffix_is_added(desk, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    desk.documents.save()
    assert (tmp_path / "mine.toml").exists()


def test_a_cancelled_dialog_does_nothing(desk, monkeypatch):
    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_: ("", ""))
    before = desk.state.experiment
    desk.documents.save()
    desk.documents.open()
    desk.documents.import_dialog()
    assert desk.state.experiment is before
    assert desk.said == []


def test_export_and_import_show_the_same_paths(desk, tmp_path, qtbot):
    desk.answer(qtbot)
    walked = [t.points for t in desk.state.results.trajectories]
    path = tmp_path / "paths.csv"
    desk.documents.export_path(path, selected_only=False)
    qtbot.waitUntil(lambda: any("Exported" in text for text in desk.said), timeout=30_000)
    desk.state.update(runs=())
    with qtbot.waitSignal(desk.state.changed, timeout=30_000):
        desk.documents.open_path(path)
    with qtbot.waitSignal(desk.paths.answered, timeout=30_000):
        pass
    shown = desk.state.results.trajectories
    assert [t.label for t in shown] == ["SGD η 0.01", "Adam η 0.001"]
    for before, after in zip(walked, shown, strict=True):
        np.testing.assert_array_equal(after.points, before)


def test_undo_leads_back_to_the_file_before(desk, tmp_path):
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    desk.documents.save_path(first)
    desk.state.update(steps=5)
    desk.documents.save_path(second)
    desk.documents.open_path(first)
    assert desk.documents.path == first
    desk.state.undo()
    assert (desk.documents.path, desk.state.experiment.steps) == (second, 5)
    assert not desk.documents.modified
    desk.documents.save()
    desk.state.redo()
    assert desk.documents.path == first
    assert not desk.documents.modified
    desk.documents.open_path(second)
    assert desk.state.experiment.steps == 5


def test_undo_within_a_file_keeps_the_name_it_was_saved_by(desk, tmp_path):
    desk.state.update(steps=5)
    desk.documents.save_path(tmp_path / "mine.toml")
    desk.state.undo()
    assert desk.documents.path == tmp_path / "mine.toml"
    assert desk.documents.modified


def test_a_new_experiment_belongs_to_no_file(desk, tmp_path):
    desk.documents.save_path(tmp_path / "mine.toml")
    desk.documents.new()
    assert desk.documents.path is None
    desk.state.undo()
    assert desk.documents.path == tmp_path / "mine.toml"


SURFACES = [
    SurfaceSettings(name="bowl", parameters={"kappa": 55.0}),
    SurfaceSettings(name="formula", formula="x^2 + a*y^2", parameters={"a": 3.0}),
    SurfaceSettings(name="square"),
    SurfaceSettings(name="linear_regression", data=DataSettings(table="cars")),
]


@pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: surface.name)
def test_an_imported_run_is_shown_on_its_own_surface(desk, tmp_path, qtbot, surface):
    path = tmp_path / "paths.csv"
    names = {k: v for k, v in {"parameters": surface.parameters, "data": surface.data}.items() if v}
    engine.descend(surface.formula or surface.name, steps=3, **names).to_csv(path)
    before = desk.state.experiment
    with qtbot.waitSignal(desk.state.changed, timeout=30_000):
        desk.documents.open_path(path)
    shown = desk.state.experiment
    assert encoded(shown.surface) == encoded(surface)
    title = surface_of(surface).title
    assert desk.said[-1] == f"One run from paths.csv, recorded on the surface {title}."
    assert shown.display.landscape == ("curve" if surface.name == "square" else "contour")
    desk.state.undo()
    assert desk.state.experiment == before


def test_a_run_of_the_surface_on_screen_changes_no_surface(desk, tmp_path, qtbot):
    path = tmp_path / "paths.csv"
    engine.descend("bowl", steps=3).to_csv(path)
    before = desk.state.experiment.surface
    with qtbot.waitSignal(desk.state.changed, timeout=30_000):
        desk.documents.open_path(path)
    assert desk.state.experiment.surface is before
    assert desk.said[-1] == "One run from paths.csv."


@pytest.mark.parametrize(
    ("surface", "name", "words"),
    [
        ("", "bowl", "does not name the surface"),
        ("bowl", "bowl", "does not tell the surface's formula, parameters or data"),
        ("formula", "bowl", "does not tell the surface's formula"),
        ("rastrigin_2000", "bowl", "there is no surface rastrigin_2000 here"),
        ("himmelblau", "himmelblau", "2 runs from old.csv."),
    ],
)
def test_what_a_file_does_not_tell_is_said(desk, tmp_path, qtbot, surface, name, words):
    path = tmp_path / "old.csv"
    rows = [f"{run},{surface},{step},1,2,{3 - step}" for run in (1, 2) for step in (0, 1)]
    path.write_text("\n".join(["run,surface,step,x,y,loss", *rows]) + "\n")
    with qtbot.waitSignal(desk.state.changed, timeout=30_000):
        desk.documents.open_path(path)
    assert desk.state.experiment.surface.name == name
    assert words in desk.said[-1]


def test_closing_abandons_an_export(desk, tmp_path, qtbot, monkeypatch):
    desk.answer(qtbot)
    path = tmp_path / "paths.csv"
    path.write_text("old")
    chunks = []

    def endless(*arguments, cancelled, **options):
        while not cancelled():
            chunks.append(1)
        return False

    monkeypatch.setattr("engine.trajectory_csv.write_csv", endless)
    monkeypatch.setattr("gui.runner.CLOSE_SECONDS", 100.0)
    desk.documents.export_path(path, selected_only=False)
    qtbot.waitUntil(lambda: bool(chunks))
    desk.documents.close()
    desk.runner.close()
    assert path.read_text() == "old"


def test_export_of_the_selected_run_only(desk, tmp_path, qtbot):
    desk.answer(qtbot)
    desk.state.select(1)
    path = tmp_path / "one.csv"
    desk.documents.export_path(path, selected_only=True)
    qtbot.waitUntil(path.exists, timeout=30_000)
    rows = path.read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + 31
    assert all("Adam" in row for row in rows[1:])


def test_an_explained_export_tells_each_step_s_budget_and_limit(desk, tmp_path, qtbot):
    desk.answer(qtbot)
    path = tmp_path / "explained.csv"
    qtbot.waitUntil(lambda: not desk.runner.busy)
    desk.documents.export_path(path, selected_only=True, explained=True)
    qtbot.waitUntil(lambda: path.exists() and not desk.runner.busy, timeout=60_000)
    table = np.genfromtxt(path, delimiter=",", names=True, dtype=None, encoding="utf-8")
    assert len(table) == EXPERIMENT.steps + 1
    parts = table["first_order"] + table["second_order"] + table["remainder"]
    assert parts[:-1] == pytest.approx(table["measured_change"][:-1])
    assert set(table["limit"]) == {2.0}


def test_export_to_where_nothing_can_be_written_is_a_sentence(desk, tmp_path, qtbot):
    desk.answer(qtbot)
    desk.documents.export_path(tmp_path / "missing" / "a.csv", selected_only=False)
    qtbot.waitUntil(lambda: any("a.csv" in text for text in desk.said), timeout=30_000)
    assert desk.line.bar.isHidden()


def test_export_without_results_says_what_to_do(desk):
    desk.documents.export(selected_only=False)
    assert "add an optimizer" in desk.said[-1]


def test_a_table_that_is_no_trajectory_is_a_sentence(desk, tmp_path, qtbot):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    before = desk.state.experiment
    desk.documents.open_path(path)
    qtbot.waitUntil(lambda: any("table.csv" in text for text in desk.said), timeout=30_000)
    assert desk.state.experiment is before


@pytest.mark.parametrize("flavour", ["numpy", "torch"])
def test_copied_script_is_python(desk, qtbot, flavour):
    desk.documents.copy_as_python(flavour)
    qtbot.waitUntil(lambda: any("clipboard" in text for text in desk.said), timeout=30_000)
    compile(QApplication.clipboard().text(), "copied", "exec")


def test_a_run_that_torch_lacks_says_so(desk, qtbot):
    desk.state.update(runs=(new_run("bfgs"),))
    with qtbot.waitSignal(desk.runner.failed, timeout=30_000) as failed:
        desk.documents.copy_as_python("torch")
    assert "torch" in failed.args[0].lower()
