"""Without a display or Qt's libraries there is a sentence with the ways out, and exit code 2."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gui import display

ROOT = Path(__file__).parents[2]
LINUX = sys.platform.startswith("linux")
pytestmark = pytest.mark.skipif(not LINUX, reason="only Linux has displays that may be absent")


def everything(library):
    return True


def nothing(library):
    return False


@pytest.mark.parametrize(
    ("arguments", "environment", "platforms"),
    [
        ([], {}, ()),
        (["-platform", "vnc:size=800x600"], {}, ("vnc",)),
        (["--platform", "xcb"], {"QT_QPA_PLATFORM": "offscreen"}, ("xcb",)),
        ([], {"QT_QPA_PLATFORM": "wayland;xcb"}, ("wayland", "xcb")),
    ],
)
def test_wanted_platforms(arguments, environment, platforms):
    assert display.wanted_platforms(arguments, environment) == platforms


@pytest.mark.parametrize("arguments", [[], ["-platform", "xcb"]])
def test_no_display_names_the_ways_out(arguments):
    words = display.problem(arguments, {}, everything, program="./overshoot")
    assert words.startswith("There is no display to open a window on.")
    for way in ("xvfb-run -a ./overshoot", "./overshoot -platform vnc", "./overshoot run "):
        assert way in words


@pytest.mark.parametrize("platform", ["offscreen", "vnc", "minimal"])
def test_platforms_without_a_screen_need_none(platform):
    assert display.problem(["-platform", platform], {}, everything) == ""
    assert display.problem([], {"QT_QPA_PLATFORM": platform}, everything) == ""


def test_a_display_that_does_not_answer_is_named():
    words = display.problem([], {"DISPLAY": ":987"}, everything)
    assert "':987'" in words
    assert "xvfb-run" in words


def test_a_dead_wayland_socket_is_no_display(tmp_path):
    environment = {"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert "no display" in display.problem([], environment, everything)


def test_missing_libraries_are_named_with_their_packages():
    words = display.problem([], {"DISPLAY": ":987"}, nothing)
    for library, package in (display.BASE_LIBRARIES | display.WINDOW_LIBRARIES).items():
        assert library in words
        assert package in words


def test_windowless_platforms_need_fewer_libraries():
    words = display.problem(["-platform", "offscreen"], {}, nothing)
    assert "libegl1" in words
    assert "xcb" not in words


def test_this_machine_has_what_the_tests_need():
    assert display.missing_libraries(window=False) == {}
    assert "libnowhere.so.1" not in display.BASE_LIBRARIES
    assert not display.loads("libnowhere.so.1")


@pytest.mark.parametrize("screen", [{}, {"DISPLAY": ":987"}], ids=["none", "dead"])
def test_the_program_stops_with_code_2_before_qt_aborts(screen):
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environment = {k: v for k, v in os.environ.items() if k not in hidden} | screen
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    if not display.missing_libraries(window=bool(screen)):
        assert "xvfb-run" in done.stderr
    assert done.stderr.count("\n") > 1
    assert "Traceback" not in done.stderr
