"""What choosing another surface means for an experiment. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from engine.experiment import DataSettings, Experiment, SurfaceSettings, surface_of
from engine.formula import parse
from engine.parameter import complete
from engine.surfaces import surface_named
from engine.surfaces.data_driven import default_data, suggest

if TYPE_CHECKING:
    from engine.surfaces.surface import Surface

FIRST_FORMULA = "x^2 + a*y^2"


def with_surface(experiment: Experiment, name: str) -> Experiment:
    """Return the experiment on another surface, from its start and in its view.

    Runs keep their settings and rates; starts of their own are given up, as they belong to the
    surface left behind. Raises ValueError for an unknown surface or an unusable table.
    """
    surface = surface_named(name)
    data = _data_for(surface, experiment.surface) if surface.uses_data else None
    settings = SurfaceSettings(name=name, data=data)
    return replace(
        experiment,
        surface=settings,
        start=usual_start(settings),
        runs=tuple(replace(run, start=None) for run in experiment.runs),
        display=replace(
            experiment.display,
            view=None,
            blow_up=False,
            landscape="curve" if surface.one_variable else "contour",
        ),
    )


def usual_start(settings: SurfaceSettings) -> tuple[float, float]:
    """Return the start that suits a surface and its data. Raises ValueError like `with_surface`."""
    surface = surface_of(settings)
    if surface.uses_data:
        return suggest(surface, settings.data or default_data(surface)).start
    return surface.start


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


def _data_for(surface: Surface, old: SurfaceSettings) -> DataSettings:
    """Return the table the user has chosen, if any, otherwise the one that teaches most."""
    if old.data is not None and old.data != default_data(surface_named(old.name)):
        return old.data
    return default_data(surface)
