"""Arguments, QApplication, window; nothing else."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gui import display

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

#: Qt's own options, which it reads itself; True means "and its value".
QT_OPTIONS = {
    "display": True, "geometry": True, "platform": True, "platformpluginpath": True,
    "platformtheme": True, "plugin": True, "qwindowgeometry": True, "qwindowicon": True,
    "qwindowtitle": True, "session": True, "style": True, "stylesheet": True,
    "nograb": False, "reverse": False, "sync": False, "widgetcount": False,
}  # fmt: skip
NO_WINDOW = 2
#: Commands of `engine.headless`.
WITHOUT_WINDOW = ("run", "explain", "train", "sweep", "compare", "map")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run Overshoot with the given command line (default: ``sys.argv``) and return its exit code.

    2 means that no window could be opened or that the command line was wrong; the exit codes of
    ``overshoot run``, ``explain`` and ``train`` are those of `engine.commands`.
    """
    # Read when NumPy loads. Runs train side by side; threads within one small product would only
    # wait for each other, and spin while they do.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments and arguments[0] in WITHOUT_WINDOW:
        return _run_headless(arguments)
    for_qt, own = split_qt_options(arguments)
    options = _parser().parse_args(own)
    problem = display.problem(for_qt, os.environ, program=_program())
    if problem:
        sys.stderr.write(problem + "\n")
        return NO_WINDOW
    return _open_window([sys.argv[0], *for_qt], options)


def _open_window(for_qt: list[str], options: argparse.Namespace) -> int:
    # Starting makes a hundred thousand objects and no garbage: looking for it costs a sixth.
    gc.disable()
    # Before Qt, which reads the source of whatever is imported after it.
    importlib.import_module("engine.experiment_file")
    from PySide6.QtCore import QEvent, QTimer
    from PySide6.QtWidgets import QApplication

    from gui import crash_log
    from gui.theme import THEME

    application = QApplication(for_qt)
    application.setApplicationName("overshoot")
    application.setApplicationDisplayName("Overshoot")
    from gui import session

    wish = session.settings().value("theme", "system", type=str)
    THEME.follow(application, options.theme or str(wish))
    from gui.main_window import MainWindow

    where = crash_log.start()
    window = MainWindow(None, tuple(options.files))
    # Later, because it may have happened in the middle of a paint.
    crash_log.report_to(
        lambda sentence: QTimer.singleShot(0, window, lambda: window.state.say(sentence)), where
    )
    restore_interrupt = _close_on_interrupt(window)
    if options.reset_layout:
        window.reset_layout()
    window.show()
    # What is there lives as long as the program: it is not looked through later, either.
    gc.freeze()
    gc.enable()
    code: int = application.exec()
    restore_interrupt()
    crash_log.stop()
    # The closed window goes now: plots that outlive the application can crash the interpreter.
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return code


def _close_on_interrupt(window: QWidget) -> Callable[[], None]:
    """Let Ctrl+C, or a polite kill, close the window, and return what undoes that.

    Python cannot interrupt Qt's event loop, so the signal wakes it through a socket.
    """
    from PySide6.QtCore import QSocketNotifier

    ours, wake = socket.socketpair()
    wake.setblocking(False)
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(window.close)
    earlier_wake = signal.set_wakeup_fd(wake.fileno())
    polite = (signal.SIGINT, signal.SIGTERM)
    earlier = {number: signal.signal(number, lambda *_: None) for number in polite}

    def restore() -> None:
        for number, handler in earlier.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(earlier_wake)
        notifier.setEnabled(False)
        ours.close()
        wake.close()

    return restore


def _program() -> str:
    """Return how to call this program from here."""
    called = Path(sys.argv[0])
    if called.suffix == ".py":
        return f"python {called}"
    return called.name if shutil.which(called.name) else str(called)


def split_qt_options(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return (what Qt reads, what is ours)."""
    for_qt: list[str] = []
    own: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        name = argument.lstrip("-").partition("=")[0]
        if not argument.startswith("-") or name not in QT_OPTIONS:
            own.append(argument)
            continue
        for_qt.append(argument)
        if QT_OPTIONS[name] and "=" not in argument:
            for_qt.extend(value for value in [next(rest, None)] if value is not None)
    return for_qt, own


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="overshoot",
        description="See why optimizers overshoot and diverge.",
        epilog="Without a window: overshoot run experiment.toml --csv out.csv, overshoot explain "
        "experiment.toml, overshoot train network.toml, overshoot sweep or compare with either, "
        "and overshoot map map.toml --out map.png; see the --help of each. Qt's own options, such "
        "as -platform vnc, are passed on.",
    )
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="experiments (.toml) or trajectories (.csv) to open",
    )
    parser.add_argument(
        "--theme", choices=("system", "light", "dark"), help="colours; default: as last time"
    )
    parser.add_argument(
        "--reset-layout", action="store_true", help="put panels and window back in their places"
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    return parser


class _Version(argparse.Action):
    """Looks the version up when it is asked for, which takes as long as ten of our modules."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print the version and exit."""
        from importlib.metadata import version

        sys.stdout.write(f"overshoot {version('overshoot')}\n")
        parser.exit()


def _run_headless(arguments: Sequence[str]) -> int:
    from engine import headless

    parser = argparse.ArgumentParser(prog="overshoot")
    headless.add_arguments(parser.add_subparsers())
    return headless.run(parser.parse_args(arguments))


if __name__ == "__main__":
    sys.exit(main())
