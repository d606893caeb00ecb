"""An unexpected exception is logged and said, and the event loop goes on."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from gui import crash_log

ROOT = Path(__file__).parents[2]


@pytest.fixture
def said(tmp_path):
    sentences = []
    where = crash_log.start(tmp_path)
    crash_log.report_to(sentences.append, where)
    yield sentences
    crash_log.stop()


def fail():
    raise RuntimeError("the cat sat on the keyboard")


def test_uncaught_exceptions_are_said_and_logged(said, tmp_path):
    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    assert len(said) == 1
    assert "the cat sat" in said[0]
    assert str(tmp_path / "overshoot.log") in said[0]
    assert "in fail" in (tmp_path / "overshoot.log").read_text(encoding="utf-8")


@pytest.mark.qt_no_exception_capture
def test_the_event_loop_goes_on(said, qtbot):
    QTimer.singleShot(0, fail)
    qtbot.waitUntil(lambda: len(said) == 1)


#: A widget that fails in each paint, with its painter in hand, while the event loop runs.
FAULTY = """
import sys
from pathlib import Path
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QWidget
from gui import crash_log

class Faulty(QWidget):
    def paintEvent(self, event):
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.red)
        raise RuntimeError("the cat sat on the keyboard")

application, said = QApplication([]), []
crash_log.report_to(said.append, crash_log.start(Path(sys.argv[1])))
widget = Faulty()
widget.show()
timer = QTimer()
timer.timeout.connect(lambda: widget.resize(widget.width() + 5, 100))
timer.timeout.connect(lambda: len(said) > 20 and application.quit())
timer.start(0)
application.exec()
widget.close()
print(len(said) > 20)
"""


def test_a_paint_that_fails_leaves_no_painter_behind_that_qt_would_crash_over(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FAULTY, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert "active painter" not in done.stderr
    assert (done.returncode, done.stdout) == (0, "True\n")


def test_threads_log_but_do_not_touch_the_screen(said, tmp_path):
    def work():
        try:
            fail()
        except RuntimeError as error:
            threading.excepthook(
                threading.ExceptHookArgs((RuntimeError, error, error.__traceback__, None))
            )

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert said == []
    assert "the cat sat" in (tmp_path / "overshoot.log").read_text(encoding="utf-8")


def test_a_large_log_begins_anew(tmp_path):
    path = tmp_path / "overshoot.log"
    path.write_text("x" * (crash_log.LARGEST_LOG_BYTES + 1), encoding="utf-8")
    crash_log.start(tmp_path)
    crash_log.stop()
    assert path.stat().st_size == 0


def test_an_unwritable_folder_is_no_reason_to_stop(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert crash_log.start(tmp_path / "file" / "log") == "standard error"
    crash_log.stop()
