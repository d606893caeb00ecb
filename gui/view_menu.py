"""How the experiment is looked at: the View menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication

from gui import session
from gui.commands import Command
from gui.session import SURFACE
from gui.theme import THEME

if TYPE_CHECKING:
    from gui.main_window import MainWindow


def view_commands(window: MainWindow) -> tuple[Command, ...]:
    """Return the commands of the View menu."""
    state, tr = window.state, window.tr

    def show(**fields: Any) -> None:
        state.update_display(**fields)

    def display() -> Any:
        return state.experiment.display

    return (
        Command(
            "&View", tr("&Fit"), lambda: window.half.fit(), ("F",), tr("Show everything again."),
            separated=True,
        ),
        Command(
            "&View", tr("Show the &blow-up"), lambda on: show(blow_up=on, view=None), ("B",),
            tr("Widen the views until everything finite is in them."),
            checked=lambda: display().blow_up, half=SURFACE,
        ),
        Command(
            "&View", tr("&Equal aspect"), lambda on: show(equal_aspect=on), ("E",),
            tr("One unit of x is as long as one of y."), checked=lambda: display().equal_aspect,
            half=SURFACE,
        ),
        Command(
            "&View", tr("&Logarithmic colours"),
            lambda on: show(colours="log" if on else "linear"), (),
            tr("Colour by the logarithm of the loss above its minimum."),
            checked=lambda: display().colours == "log", half=SURFACE,
        ),
        Command(
            "&View", tr("&Gradient arrows"), lambda on: show(arrows=on), ("G",),
            tr("Draw where gradient descent would go."), checked=lambda: display().arrows,
            half=SURFACE,
        ),
        Command(
            "&View", tr("&Curvature at a point"), lambda on: show(curvature=on), ("C",),
            tr("Draw the Hessian's eigenvectors, the level ellipse, and the circle of safe steps."),
            checked=lambda: display().curvature, half=SURFACE,
        ),
        Command(
            "&View", tr("Basins of &minima"), lambda on: show(basins=on), ("M",),
            tr("Colour each start by the minimum that the selected optimizer reaches from there."),
            checked=lambda: display().basins, half=SURFACE,
        ),
        Command(
            "&View", tr("Draw as a c&urve"),
            lambda on: show(landscape="curve" if on else "contour"), ("U",),
            tr("Draw a loss of one variable as a curve."),
            checked=lambda: display().landscape == "curve",
            enabled=window.surface.has_one_variable, half=SURFACE,
        ),
        *_dock_commands(window),
        *_theme_commands(window),
    )  # fmt: skip


def _dock_commands(window: MainWindow) -> tuple[Command, ...]:
    docks = (window.settings_dock, window.curves_dock, window.why_dock, window.player_tools)
    return (
        *(
            Command(
                "&View", dock.windowTitle(), dock.setVisible,
                checked=partial(lambda dock: not dock.isHidden(), dock), separated=i == 0,
                enabled=partial(window.places.has_page, dock),
            )
            for i, dock in enumerate(docks)
        ),
        Command("&View", window.tr("&Reset layout"), window.reset_layout),
    )  # fmt: skip


def _theme_commands(window: MainWindow) -> tuple[Command, ...]:
    names = {
        "system": window.tr("Theme of the system"),
        "light": window.tr("Light theme"),
        "dark": window.tr("Dark theme"),
    }

    def wear(name: str, _: bool = True) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        THEME.apply(application, name)
        session.settings().setValue("theme", name)
        window.commands.refresh()

    return tuple(
        Command(
            "&View", text, partial(wear, name),
            checked=partial(lambda name: THEME.wish == name, name), separated=name == "system",
        )
        for name, text in names.items()
    )  # fmt: skip
