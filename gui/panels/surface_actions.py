"""What choosing another surface means for an experiment. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from engine.experiment import DataSettings, Experiment, SurfaceSettings, surface_of
from engine.formula import parse
from engine.parameter import complete
from engine.surfaces import surface_named
from engine.tables import BUNDLED

if TYPE_CHECKING:
    from engine.tables import Bundled

FIRST_FORMULA = "x^2 + a*y^2"


def with_surface(experiment: Experiment, name: str) -> Experiment:
    """Return the experiment on another surface, from its start and in its view.

    Runs keep their settings and rates; starts of their own are given up, as they belong to the
    surface left behind. Raises ValueError for an unknown surface.
    """
    surface = surface_named(name)
    data = None
    if surface.uses_data:
        data = experiment.surface.data or table_settings(BUNDLED[0])
    return replace(
        experiment,
        surface=SurfaceSettings(name=name, data=data),
        start=surface.start,
        runs=tuple(replace(run, start=None) for run in experiment.runs),
        display=replace(
            experiment.display,
            view=None,
            blow_up=False,
            landscape="curve" if surface.one_variable else "contour",
        ),
    )


def with_own_formula(experiment: Experiment) -> Experiment:
    """Return the experiment on the present surface, as a formula to be edited.

    Start, view and runs stay. A surface without a formula gives way to a simple one.
    """
    if experiment.surface.name == "formula":
        return experiment
    surface = surface_of(experiment.surface)
    if not surface.formula:
        settings = formula_settings(FIRST_FORMULA, {})
        return replace(experiment, surface=settings, display=replace(experiment.display, view=None))
    values = complete(surface.parameters, experiment.surface.parameters)
    view = experiment.display.view or surface.view
    return replace(
        experiment,
        surface=formula_settings(surface.formula, values),
        display=replace(experiment.display, view=view),
    )


def formula_settings(text: str, values: dict[str, float]) -> SurfaceSettings:
    """Return settings for a typed formula; its constants keep the values they had.

    Raises `engine.formula.FormulaError` for a formula that cannot be read.
    """
    constants = parse(text).constants
    kept = {name: values[name] for name in constants if name in values}
    return SurfaceSettings(name="formula", formula=text, parameters=kept)


def table_settings(table: Bundled) -> DataSettings:
    """Return a bundled table's own choice of columns and scaling."""
    return DataSettings(
        table=table.name,
        feature=table.feature,
        target=table.target,
        standardise=table.standardise,
    )
