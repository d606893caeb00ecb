"""What is compiled beforehand, in which order. Knows no Numba until something is compiled."""

from __future__ import annotations

import importlib
import importlib.resources
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from engine.experiment import Experiment, Precision
    from engine.optimizers.optimizer import Optimizer

#: What is on screen first comes first; "opening" is the ground and the paths on it.
STAGES = ("opening", "curves", "explaining", "networks", "basins", "float64", "float32", "maps")

Work = tuple[str, Callable[[], object]]


class Unit(NamedTuple):
    """One thing to compile."""

    stage: str
    number: int
    what: str
    build: Callable[[], object]


def units_of(stage: str) -> list[Unit]:
    """Return what a stage consists of."""
    works = WORKS[stage]()
    return [Unit(stage, number, what, build) for number, (what, build) in enumerate(works)]


def opening_experiment() -> Experiment:
    """Return what the window shows at its first start."""
    from engine.experiment_file import parse

    folder = importlib.resources.files("resources") / "experiments"
    return parse((folder / "opening.toml").read_text(encoding="utf-8"), "opening.toml")


def _opening() -> list[Work]:
    # Two processes begin at the two ends: long units there, short ones where they meet. None
    # compiles anything of another one.
    return [
        ("the opening's optimizers", _walk_opening),
        _importing("drawing.paths"),
        _importing("norms"),
        ("values at points", partial(_ask, "float64")),
        _importing("drawing.contours"),
        _importing("drawing.pixel_paths"),
    ]


def _curves() -> list[Work]:
    return [_importing(f"drawing.{name}") for name in ("curve_strokes", "curves", "curve_corners")]


def _explaining() -> list[Work]:
    return [_importing("curvature"), _importing("explanation.along")]


def _networks() -> list[Work]:
    return [
        ("a network's gradient", partial(_network_gradient, "float32")),
        *((f"{name} on a network", partial(_train, name, "float32")) for name in ("sgd", "adam")),
        _importing("drawing.fields"),
        ("a network's gradient in float64", partial(_network_gradient, "float64")),
        ("a network's curvature", _network_objective),
        ("curvature while a network trains", partial(_look, "float32")),
    ]


def _basins() -> list[Work]:
    experiment = opening_experiment()
    names = sorted({"adam", *(run.optimizer for run in experiment.runs)})
    return [
        ("what becomes of many runs", _judge_many),
        *((f"many runs of {name}", partial(_walk_many, name)) for name in names),
        ("a surface at many points", partial(_surface_of_many, experiment.surface.name)),
    ]


def _maps() -> list[Work]:
    from engine import optimizers, surfaces

    rules = [rule for rule in optimizers.CATALOGUE if rule.step is None]
    return [
        *((f"many runs of {rule.title}", partial(_walk_many, rule.name)) for rule in rules),
        *(
            (f"{surface.title} at many points", partial(_surface_of_many, surface.name))
            for surface in surfaces.CATALOGUE
        ),
    ]


def _importing(module: str) -> Work:
    # Kernels with explicit signatures are compiled when their module is imported.
    return module, partial(importlib.import_module, f"engine.{module}")


def _walk_opening() -> None:
    from engine.descent import path_kernel

    experiment = opening_experiment()
    for name in {run.optimizer for run in experiment.runs}:
        path_kernel(name, experiment.precision)


def _ask(precision: str) -> None:
    """Compile the opening's surface and what evaluates it at points."""
    # Not through `engine.answer`, whose import compiles the norms.
    from engine.experiment import surface_of
    from engine.landscape import bind

    settings = opening_experiment().surface
    bind(surface_of(settings), settings.parameters, precision).hessian((0.0, 0.0))


def _judge_many() -> None:
    from engine.maps.lane_verdict import verdict_kernel

    verdict_kernel()


def _walk_many(name: str) -> None:
    from engine.maps.lane_walk import lane_walk

    lane_walk(name, varied=False)


def _surface_of_many(name: str) -> None:
    from engine.maps.lane_surfaces import lane_kernel
    from engine.surfaces import surface_named

    lane_kernel(surface_named(name))


def _rule(optimizer: Optimizer, precision: str) -> None:
    """Compile an optimizer's path and, where explanations need it, what follows its gains."""
    from engine.descent import path_kernel

    path_kernel(optimizer.name, precision)
    if optimizer.stability.gain is not None:
        from engine.gains import replay_kernel

        replay_kernel(optimizer.name, precision)


def _network_gradient(precision: str) -> None:
    from engine.networks.gradient import gradient_kernel

    gradient_kernel(precision)


def _network_objective() -> None:
    """Compile what explanations ask of a network: they do so in float64."""
    from engine.networks.explanation import sums
    from engine.networks.product import product_kernel

    product_kernel("float64")
    for make in (sums.values_kernel, sums.gradients_kernel, sums.products_kernel):
        make("float64")


def _look(precision: str) -> None:
    """Compile what follows a network's curvature while it trains."""
    from engine.networks.explanation.lanczos_kernel import lanczos_kernel
    from engine.networks.explanation.tracked_loop import tracked_kernel
    from engine.networks.product import product_kernel

    for make in (product_kernel, lanczos_kernel, tracked_kernel):
        make(precision)


def _train(optimizer: str, precision: str) -> None:
    """Compile what takes an optimizer's steps in a network, and what follows its gains."""
    from engine.networks.explanation.linear import linear_of
    from engine.networks.network import bind
    from engine.networks.settings import ModelSettings, NetworkExperiment, new_training_run
    from engine.networks.training import Training

    run, model = new_training_run(optimizer), ModelSettings(hidden=(2,))
    real = cast("Precision", precision)
    experiment = NetworkExperiment(model=model, steps=1, precision=real, runs=(run,))
    training = Training(bind(experiment), run, steps=1)
    training.advance(1)
    # It sees the batch of the step that it has come to.
    training.history()
    if linear_of(run)[0].preconditioned:
        from engine.networks.explanation.gains_kernel import gains_kernel

        gains_kernel(optimizer, precision)


def _precision(precision: str) -> list[Work]:
    from engine import optimizers, surfaces
    from engine.landscape import kernels
    from engine.networks.settings import rules

    return [
        (f"values at points in {precision}", partial(_ask, precision)),
        *((s.title, partial(kernels, s, precision)) for s in surfaces.CATALOGUE),
        *((o.title, partial(_rule, o, precision)) for o in optimizers.CATALOGUE),
        (f"a network's gradient in {precision}", partial(_network_gradient, precision)),
        (f"curvature while a network trains in {precision}", partial(_look, precision)),
        *(
            (f"{rule.title} on a network", partial(_train, rule.name, precision))
            for rule in rules()
        ),
    ]


WORKS: dict[str, Callable[[], list[Work]]] = {
    "opening": _opening,
    "curves": _curves,
    "explaining": _explaining,
    "networks": _networks,
    "basins": _basins,
    "float64": partial(_precision, "float64"),
    "float32": partial(_precision, "float32"),
    "maps": _maps,
}
