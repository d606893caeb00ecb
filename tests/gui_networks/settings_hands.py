"""What the tests of the settings' sections do with mouse, keys and threads."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from engine.networks.settings import NetworkExperiment
from gui.networks.state import NetworkState


def at_once(topic, work, done, failed=None):
    """Work without a thread."""
    try:
        result = work()
    except (ValueError, OSError) as error:
        failed(str(error))
    else:
        done(result)


def made_state(**fields):
    """Return a state that remembers the sentences it was told."""
    state = NetworkState(NetworkExperiment(**fields))
    state.sentences = []
    state.message.connect(state.sentences.append)
    return state


def type_into(box, text):
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def choose(combo, key):
    combo.setCurrentIndex(combo.findData(key))
    combo.activated.emit(combo.currentIndex())


def press(button):
    # A wide check box takes clicks on its box and text only.
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(10, button.height() // 2))
