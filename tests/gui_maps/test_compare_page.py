"""The page Compare, used as a person would: tick, start, read, sort, open, take away."""

import csv

import msgspec
import pytest
from many_runs_hands import BOWL, MOONS, AtOnceRunner, sentences_of, subjects_of
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from engine.answer import answer
from gui import session
from gui.maps import comparer
from gui.maps.compare_state import CompareSettings, CompareState, contest_of
from gui.maps.comparer import Comparer
from gui.maps.many_runs import ManyRuns
from gui.maps.panels.compare_panel import ComparePanel
from gui.maps.views.compare_page import ComparePage
from gui.maps.views.standings_model import LOSS

LEFT = Qt.MouseButton.LeftButton
SMALL = CompareSettings(
    optimizers=("sgd", "adam"), problems=("surface:bowl", "surface:rosenbrock"), points=5, seeds=3,
    steps=60,
)  # fmt: skip


class Hands:
    def __init__(self, qtbot, settings=SMALL):
        self.runner, self.subjects = AtOnceRunner(), subjects_of()
        self.state = CompareState(settings)
        self.comparer = Comparer(self.state, self.subjects, self.runner)
        self.page = ComparePage(self.state, self.comparer, self.runner.submit)
        self.panel = ComparePanel(self.state)
        self.said = sentences_of(self.state.message)
        self.wanted = []
        self.page.run_wanted.connect(lambda *what: self.wanted.append(what))
        for widget in (self.page, self.panel):
            qtbot.addWidget(widget)
        self.page.resize(900, 640)
        self.page.show()

    @property
    def found(self):
        return self.state.compared.tournament

    def start(self):
        QTest.mouseClick(self.page.start, LEFT)
        return self.found

    def texts(self, column):
        model = self.page.table.sorted
        return [model.index(row, column).data() for row in range(model.rowCount())]


@pytest.fixture
def hands(qtbot):
    return Hands(qtbot)


def test_at_first_it_says_what_will_be_here(hands):
    assert hands.page.table.isHidden()
    assert not hands.page.csv.isEnabled()
    assert "press Start" in hands.page.plot.empty
    hands.page.grab()


def test_a_row_for_each_optimizer_on_each_problem(hands):
    found = hands.start()
    assert hands.page.table.sorted.rowCount() == len(found.standings) == 4
    assert hands.texts(0) == ["SGD", "Adam", "SGD", "Adam"]
    assert not hands.state.working
    assert "2 of 2 problems" in hands.page.words.text()
    hands.page.grab()


def test_columns_sort_by_their_numbers(hands):
    found = hands.start()
    hands.page.table.sortByColumn(LOSS, Qt.SortOrder.AscendingOrder)
    table = hands.page.table
    losses = []
    for row in range(4):
        table.selectRow(row)
        losses.append(found.standings[table.present()].loss)
    assert losses == sorted(losses)
    assert table.sorted.headerData(LOSS, Qt.Orientation.Horizontal, 0).endswith("▲")


def test_a_row_opens_its_best_run(hands):
    found = hands.start()
    table = hands.page.table
    table.sortByColumn(LOSS, Qt.SortOrder.DescendingOrder)
    table.selectRow(0)
    standing = found.standings[table.present()]
    QTest.keyClick(table, Qt.Key.Key_Return)
    QTest.mouseClick(hands.page.open, LEFT)
    place = table.visualRect(table.currentIndex()).center()
    QTest.mouseClick(table.viewport(), LEFT, pos=place)
    QTest.mouseDClick(table.viewport(), LEFT, pos=place)
    assert len(hands.wanted) == 3
    for name, experiment in hands.wanted:
        assert name == "surface"
        (run,) = experiment.runs
        assert run.learning_rate == standing.rate
        assert run.slot == found.entries.index(standing.entry)
        (path,) = answer(experiment).trajectories
        assert path.loss.min() == pytest.approx(standing.loss, rel=0.5)


def test_where_nothing_trains_there_is_no_run_to_open(qtbot):
    settings = msgspec.structs.replace(SMALL, low=1e6, high=1e7, optimizers=("sgd",))
    hands = Hands(qtbot, settings)
    hands.start()
    assert hands.texts(2) == ["none trains", "none trains"]
    hands.page.table.selectRow(0)
    QTest.mouseClick(hands.page.open, LEFT)
    assert hands.wanted == []
    assert "trains at none of the rates" in hands.said[-1]
    hands.page.grab()


def test_ones_own_experiments_count_as_problems():
    settings = CompareSettings(optimizers=("adam",), problems=("own:surface", "own:network"))
    contest = contest_of(settings, {"surface": BOWL, "network": MOONS})
    assert [problem.runs for problem in contest.problems] == [(), ()]
    assert contest.problems[0].surface == BOWL.surface
    assert contest.problems[1].model == MOONS.model


def test_data_are_solved_by_networks(hands):
    hands.state.update(problems=("data:moons",), points=2, seeds=1)
    hands.start()
    assert hands.texts(1) == ["moons", "moons"]
    hands.page.table.selectRow(1)
    QTest.mouseClick(hands.page.open, LEFT)
    assert hands.wanted[0][0] == "network"
    assert hands.wanted[0][1].data.source == "moons"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"problems": ()}, "tick a surface or data"),
        ({"optimizers": ()}, "tick optimizers"),
        ({"optimizers": ("newton",), "problems": ("data:moons",)}, "newton"),
    ],
)
def test_what_cannot_be_compared_is_told_in_a_sentence(hands, fields, sentence):
    before = hands.start()
    hands.state.update(**fields)
    hands.start()
    assert sentence in hands.said[-1]
    assert hands.found is before
    assert not hands.state.working


def test_what_is_found_stays_when_it_is_cancelled(hands, monkeypatch):
    # However slow the machine is, it tells of whole problems only.
    monkeypatch.setattr(comparer, "SECONDS", float("inf"))
    hands.runner.waits = True
    QTest.mouseClick(hands.page.start, LEFT)
    assert hands.page.start.text() == "Cancel"
    hands.runner.let_go(news=1)
    assert len(hands.found.problems) == 2
    assert len(hands.found.standings) == 2
    QTest.mouseClick(hands.page.start, LEFT)
    assert hands.page.start.text() == "Start"
    assert hands.page.table.sorted.rowCount() == 2
    assert "1 of 2 problems" in hands.page.words.text()


def test_the_profile_tells_shares_and_bands_at_the_pointer(hands):
    found = hands.start()
    plot = hands.page.plot
    QTest.mouseMove(plot, QPoint(5, 5))
    plot._point(QPointF(plot.plot().right() - 1, plot.plot().center().y()))
    shares = found.profiles.shares[:, -1]
    for entry, share in zip(found.entries, shares, strict=True):
        assert f"{entry} {round(100 * share, 1):g} %" in hands.page.words.text()


def test_ticks_are_found_by_typing_and_stay_when_hidden(hands):
    ticks = hands.panel.optimizers
    QTest.keyClicks(ticks.search, "nester")
    assert ticks.list.item(0).text() == "Nesterov"
    ticks.list.setCurrentRow(0)
    QTest.keyClick(ticks.list, Qt.Key.Key_Space)
    assert set(hands.state.settings.optimizers) == {"sgd", "adam", "nesterov"}
    ticks.search.clear()
    assert "Nesterov" in ticks.told.text()
    QTest.keyClicks(hands.panel.problems.search, "himmelblau")
    first = hands.panel.problems.list.item(0)
    first.setCheckState(Qt.CheckState.Checked)
    assert "surface:himmelblau" in hands.state.settings.problems


def test_a_click_on_a_box_ticks(hands):
    hands.panel.resize(300, 700)
    hands.panel.show()
    ticks = hands.panel.optimizers.list
    item = next(ticks.item(k) for k in range(ticks.count()) if ticks.item(k).text() == "Nesterov")
    area = ticks.visualItemRect(item)
    QTest.mouseClick(ticks.viewport(), LEFT, pos=QPoint(area.left() + 9, area.center().y()))
    assert "nesterov" in hands.state.settings.optimizers


def test_terms_that_are_none_are_refused(hands):
    box = hands.panel.boxes["high"]
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "1e-9")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert "below the high one" in hands.said[-1]
    assert hands.state.settings == SMALL
    assert box.number() == SMALL.high


def test_tables_are_written(hands, tmp_path):
    hands.page.write_csv(tmp_path / "no.csv")
    assert not (tmp_path / "no.csv").exists()
    found = hands.start()
    hands.page.write_csv(tmp_path / "all.csv")
    hands.page.write_markdown(tmp_path / "all.md")
    with open(tmp_path / "all.csv", newline="", encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 4
    assert (tmp_path / "all.md").read_text(encoding="utf-8") == found.to_markdown()
    hands.page.write_markdown(tmp_path / "missing" / "all.md")
    assert len(hands.runner.asked) == 4


def test_what_is_asked_is_kept_for_the_next_session(qtbot):
    runner, subjects = AtOnceRunner(), subjects_of()
    many = ManyRuns(subjects, runner, runner)
    many.compare.update(seeds=9, optimizers=("lion",))
    many.sweep.update(points=21, source="network")
    again = ManyRuns(subjects, runner, runner)
    assert again.compare.settings.optimizers == ("lion",)
    assert again.sweep.settings.points == 21
    session.settings().setValue("maps/compare", '{"seeds": "many"}')
    assert ManyRuns(subjects, runner, runner).compare.settings == CompareSettings()
