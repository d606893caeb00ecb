"""Tables, columns and batches of a data-driven surface."""

from types import SimpleNamespace

import pytest

from engine.experiment import DataSettings, Experiment, SurfaceSettings
from engine.surfaces import surface_named
from engine.surfaces.data_driven import suggest
from engine.tables import BUNDLED
from gui.panels.data_panel import DataPanel
from gui.panels.surface_panel import SurfacePanel
from gui.state import Results, State

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


LINEAR = surface_named("linear_regression")


def at_once(topic, work, done, failed=None):
    try:
        result = work()
    except (ValueError, OSError) as error:
        failed(str(error))
    else:
        done(result)


@pytest.fixture
def state():
    settings = SurfaceSettings(name="linear_regression", data=DataSettings())
    made = State(Experiment(surface=settings, start=(0.0, 0.0)))
    made.sentences = []
    made.message.connect(made.sentences.append)
    return made


@pytest.fixture
def panel(qtbot, state):
    made = DataPanel(state, at_once)
    qtbot.addWidget(made)
    made.show()
    return made


def data(state):
    return state.experiment.surface.data


@pytest.mark.parametrize("table", BUNDLED, ids=lambda table: table.name)
def test_every_bundled_table_brings_its_columns(panel, state, table):
    panel.table.activated.emit(panel.table.findData(table.name))
    assert data(state).table == table.name
    assert panel.feature.currentText() == table.feature
    assert panel.target.currentText() == table.target
    assert table.source in panel.notes.text()
    assert panel.scaling.key() == ("standardised" if table.standardise else "raw")
    assert state.experiment.start == suggest(LINEAR, data(state)).start


def test_columns_scaling_reduction_and_batches_are_live(panel, state):
    panel.table.activated.emit(panel.table.findData("trees"))
    panel.feature.textActivated.emit("height_ft")
    panel.scaling.chosen.emit("standardised")
    panel.reduction.chosen.emit("sum")
    panel.batches.changed.emit("batch_size", 8.0)
    panel.batches.changed.emit("seed", 3.0)
    found = data(state)
    assert (found.feature, found.standardise, found.reduction) == ("height_ft", True, "sum")
    assert (found.batch_size, found.seed) == (8, 3)
    assert type(found.batch_size) is int
    state.undo()
    assert panel.batches.box("seed").number() == 0


def test_the_target_is_divided_by_a_number_above_zero(panel, state):
    panel.target_scale.edited.emit(10.0)
    assert data(state).target_scale == 10.0
    panel.target_scale.edited.emit(0.0)
    assert data(state).target_scale == 10.0
    assert panel.target_scale.number() == 10.0
    assert "target_scale is 0" in state.sentences[-1]
    state.undo()
    assert panel.target_scale.number() == 1.0


def test_the_users_table_is_read_and_its_first_columns_taken(panel, state, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("height,weight,name\n1,2,a\n2,4,b\n3,7,c\n")
    panel.open_table(str(path))
    assert data(state).table == str(path)
    assert panel.table.currentText() == "mine.csv"
    assert (panel.feature.currentText(), panel.target.currentText()) == ("height", "weight")
    assert "name" in panel.notes.text()


@pytest.mark.parametrize("content", ["", "a,b\n", "x\n1\n2\n", "a,b\nred,green\n"])
def test_a_table_that_cannot_be_used_is_explained_and_the_old_one_stays(
    panel, state, tmp_path, content
):
    path = tmp_path / "bad.csv"
    path.write_text(content)
    before = state.experiment
    panel.open_table(str(path))
    assert state.experiment is before
    assert len(state.sentences) == 1
    assert panel.table.currentData() == "line"


def test_the_surface_panel_shows_it_only_where_data_is_read(qtbot, state):
    panel = SurfacePanel(state, at_once)
    qtbot.addWidget(panel)
    panel.show()
    assert panel.data.isVisible()
    panel.choose("rosenbrock")
    assert not panel.data.isVisible()
    panel.choose("logistic_regression")
    assert panel.data.isVisible()
    assert data(state).table == "challenger"


def test_the_users_own_choice_of_table_goes_along_to_another_data_surface(qtbot, state):
    state.update_surface(data=DataSettings(table="cars"))
    panel = SurfacePanel(state, at_once)
    qtbot.addWidget(panel)
    panel.choose("absolute_regression")
    assert data(state).table == "cars"


def test_other_columns_bring_the_view_home(panel, state):
    state.update_display(view=(0.0, 1.0, 0.0, 1.0))
    panel.scaling.chosen.emit("standardised")
    assert state.experiment.display.view is None


def test_what_the_engine_found_in_the_data_is_said(panel, state):
    landscape = SimpleNamespace(notes=("κ = 12.",))
    state.set_results(Results(state.experiment, landscape, (), ()))
    assert "κ = 12." in panel.notes.text()
