"""A state with real answers and explanations, and a submit that works at once."""

from engine.answer import answer
from engine.experiment import Experiment, SurfaceSettings, new_run
from engine.explanation.explain import explain
from engine.explanation.rates import rate_limits
from gui.state import Explained, Results, State


def experiment_of(surface="square", start=(1.5, 0.0), steps=30, optimizer="sgd", **run):
    settings = surface if isinstance(surface, SurfaceSettings) else SurfaceSettings(name=surface)
    return Experiment(surface=settings, start=start, steps=steps, runs=(new_run(optimizer, **run),))


def at_once(topic, work, done, failed=None):
    try:
        result = work()
    except ValueError as error:
        if failed is None:
            raise
        failed(str(error))
    else:
        done(result)


def show_page(qtbot, kind, state, size=(328, 260)):
    page = kind(state, at_once)
    qtbot.addWidget(page)
    page.resize(*size)
    page.show()
    page.refresh()
    return page


def explained_state(experiment):
    state = State(experiment)
    put_on_screen(state)
    return state


def put_on_screen(state):
    """Answer and explain what the state asks for now."""
    results = put_results(state)
    explanations = tuple(explain(t, results.experiment) for t in results.trajectories)
    state.set_explained(explained_of(results, explanations))


def put_results(state):
    """Answer what the state asks for now, and leave it unexplained."""
    found = answer(state.experiment)
    results = Results(found.experiment, found.landscape, found.trajectories, found.statuses)
    state.set_results(results)
    return results


def explained_of(results, explanations):
    limits = tuple(map(rate_limits, explanations))
    return Explained(results, explanations, limits, ("",) * len(explanations))
