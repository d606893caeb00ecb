"""Whether a window can be opened here, asked before Qt aborts; needs nothing but Python itself.

`make` runs it as ``python -m gui.display window`` to learn which Debian packages are missing.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import shutil
import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Loads = Callable[[str], bool]

#: Library -> Debian package, for Qt itself and for windows under X11.
BASE_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
}
WINDOW_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WAYS_OUT = """\
Ways out:
  a virtual screen     xvfb-run -a {program}    (Debian package xvfb)
  over the network     {program} -platform vnc    (then connect a VNC viewer to port 5900)
  without a window     {program} run experiment.toml --csv out.csv"""


def loads(library: str) -> bool:
    """Return whether the system's loader finds and opens a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_libraries(window: bool, loads: Loads = loads) -> dict[str, str]:
    """Return what Qt needs and does not find: library -> Debian package; empty off Linux."""
    if not sys.platform.startswith("linux"):
        return {}
    needed = BASE_LIBRARIES | WINDOW_LIBRARIES if window else BASE_LIBRARIES
    return {library: package for library, package in needed.items() if not loads(library)}


def wanted_platforms(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the Qt platform plugins asked for by ``-platform`` or by QT_QPA_PLATFORM."""
    wish = environment.get("QT_QPA_PLATFORM", "")
    for option, value in itertools.pairwise(arguments):
        if option in ("-platform", "--platform"):
            wish = value
    return tuple(name.partition(":")[0] for name in wish.split(";") if name)


def x11_answers(display: str) -> bool:
    """Return whether an X server accepts a connection."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    for name in ("xcb_connection_has_error", "xcb_disconnect"):
        getattr(xcb, name).argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    answers = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return bool(answers)


def wayland_answers(name: str, runtime_folder: str) -> bool:
    """Return whether a Wayland compositor listens at its socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(os.path.join(runtime_folder, name))
        except OSError:
            return False
    return True


def problem(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    loads: Loads = loads,
    program: str = "overshoot",
) -> str:
    """Return why no window can be opened, with the ways out; empty when one can.

    Parameters
    ----------
    arguments : the command line without the program's name.
    environment : ``os.environ``.
    loads : tells whether a shared library can be loaded.
    program : how this program is called on the command line.
    """
    if not sys.platform.startswith("linux"):
        return ""
    platforms = wanted_platforms(arguments, environment)
    on_screen = not platforms or any(name in ("xcb", "wayland") for name in platforms)
    wayland = environment.get("WAYLAND_DISPLAY", "")
    if on_screen and wayland and "xcb" not in platforms:
        on_screen = not wayland_answers(wayland, environment.get("XDG_RUNTIME_DIR", ""))
    missing = missing_libraries(on_screen and bool(environment.get("DISPLAY")), loads)
    if missing:
        return _missing_words(missing)
    if not on_screen:
        return ""
    display = environment.get("DISPLAY", "")
    ways_out = WAYS_OUT.format(program=program)
    if not display:
        return f"There is no display to open a window on.\n{ways_out}"
    if not x11_answers(display):
        return f"The display {display!r} does not accept a window.\n{ways_out}"
    return ""


def _missing_words(missing: Mapping[str, str]) -> str:
    libraries, packages = ", ".join(missing), " ".join(missing.values())
    if shutil.which("apt-get"):
        return (
            f"Qt does not find these system libraries: {libraries}.\n"
            f"Install them: sudo apt-get install {packages}"
        )
    return (
        f"Qt does not find these system libraries: {libraries}.\n"
        f"Install the packages that hold them (on Debian: {packages})."
    )


if __name__ == "__main__":
    sys.stdout.write(" ".join(missing_libraries(sys.argv[1:] == ["window"]).values()))
