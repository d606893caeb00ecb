"""No display, no user settings, no leaked windows or threads, no unexpected skips."""

import os
import re
import sys
import threading
from pathlib import Path

#: Before Qt or Numba is imported anywhere. Compiled kernels stay, so that a second run is quick.
ROOT = Path(__file__).parents[1]
# Else the folder tests/engine would pass for the package.
sys.path.insert(0, str(ROOT))
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("OVERSHOOT_CACHE", str(ROOT / ".pytest_cache" / "overshoot"))

import pytest  # noqa: E402
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QStandardPaths  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

ALLOWED_SKIPS = re.compile(
    r"could not import '(torch|optax|jax|keras|pyarrow)'|torch is not installed|--benchmark-skip"
    r"|pip install overshoot\[|: only Linux"
)
THREADS_END_WITHIN_SECONDS = 10
#: How the names of the runner's threads begin.
POOLS = ("paths_", "views_", "spread_", "training_", "mapping_", "tiles_")


@pytest.fixture(autouse=True)
def home_of_its_own(tmp_path_factory, monkeypatch):
    """Give each test an empty place for settings, sessions and logs."""
    home = tmp_path_factory.mktemp("home")
    for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(form, QSettings.Scope.UserScope, str(home / "config"))
    if sys.platform != "linux":
        QStandardPaths.setTestModeEnabled(True)


@pytest.fixture(autouse=True)
def nothing_left_open():
    """Fail the test that leaves a window on screen or a thread at work."""
    threads = set(threading.enumerate())
    yield
    assert _open_windows() == []
    for thread in set(threading.enumerate()) - threads:
        # The program's own threads are daemons, so that nobody waits for them at the end.
        if not thread.daemon or thread.name.startswith(POOLS):
            thread.join(THREADS_END_WITHIN_SECONDS)
            assert not thread.is_alive(), f"{thread.name} is still at work"


def _open_windows():
    if not isinstance(QApplication.instance(), QApplication):
        return []
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return [repr(widget) for widget in QApplication.topLevelWidgets() if widget.isVisible()]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    report = yield
    return _only_allowed_skips(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    report = yield
    return _only_allowed_skips(report)


def _only_allowed_skips(report):
    """Fail a skip for any unlisted reason: a test that does not run proves nothing."""
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2])
        if not ALLOWED_SKIPS.search(reason):
            report.outcome = "failed"
            report.longrepr = f"Skipped for a reason that tests/conftest.py does not list: {reason}"
    return report
