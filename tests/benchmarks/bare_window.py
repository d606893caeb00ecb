"""A window with one plot and nothing else: the yardstick for our own start."""

import json
import sys
import time

STARTED = float(sys.argv[1])

import pyqtgraph  # noqa: E402
from PySide6.QtCore import QEvent, QObject, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication, QMainWindow  # noqa: E402


class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            application.removeEventFilter(self)
            QTimer.singleShot(0, report)
        return False


def report():
    found = {"painted": time.monotonic() - STARTED, "painted_cpu": time.thread_time()}
    sys.stdout.write(json.dumps(found) + "\n")
    window.close()


application = QApplication([])
window = QMainWindow()
plot = pyqtgraph.PlotWidget()
plot.plot([0, 1, 2], [4, 1, 0])
window.setCentralWidget(plot)
window.resize(1280, 800)
probe = FirstPaint()
application.installEventFilter(probe)
window.show()
application.exec()
