"""The whole program in a process of its own: it opens, and signals close it in good order."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Sends itself a signal as soon as the window has its paths.
SCRIPT = """
import os, signal, sys
import app
from PySide6.QtWidgets import QApplication

run = QApplication.exec

def interrupted():
    (window,) = (w for w in QApplication.topLevelWidgets() if hasattr(w, "state"))
    window.state.results_changed.connect(lambda _: os.kill(os.getpid(), signal.{name}))
    return run()

QApplication.exec = staticmethod(interrupted)
sys.exit(app.main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="only Linux and macOS send SIGINT to oneself")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_opens_and_closes_on_a_signal(tmp_path, name):
    places = {"XDG_STATE_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(name=name), "--theme", "dark", "--reset-layout"],
        cwd=ROOT, env=os.environ | places, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    (log,) = tmp_path.rglob("overshoot.log")
    assert log.read_text(encoding="utf-8") == ""
    assert list(tmp_path.rglob("last.toml")), "what was on screen was not kept"
