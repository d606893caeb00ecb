"""What a palette cannot express: scroll bars, tabs, tool tips, lines between docks; labels."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFont, QHoverEvent, QImage
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QMainWindow,
    QProxyStyle,
    QScrollArea,
    QScrollBar,
    QStyle,
    QStyleOptionSlider,
    QTabBar,
    QToolBar,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from gui import dressing
from gui.dressing import SCROLL_BAR_PX, SHORTEST_HANDLE_PX, scroll_bar_part
from gui.theme import ALERT, DARK, FAINT, LIGHT, THEME, make_heading

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
PART = QStyle.SubControl
THEMES = [("dark", DARK), ("light", LIGHT)]


@pytest.fixture(autouse=True)
def followed(qapp):
    style, palette = qapp.style().name(), qapp.palette()
    THEME.follow(qapp, "light")
    yield
    qapp.setStyle(style)
    qapp.setPalette(palette)


def switch_to(wish):
    THEME.apply(QApplication.instance(), wish)
    # Qt tells the widgets later.
    QApplication.sendPostedEvents()


def colours_in(image: QImage):
    return {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    }


def hover(widget, place: QPoint):
    at, kind = QPointF(place), QHoverEvent.Type.HoverMove
    widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    QApplication.sendEvent(widget, QHoverEvent(kind, at, QPointF(widget.mapToGlobal(place)), at))


@pytest.fixture
def shown(qtbot):
    def show(widget):
        qtbot.addWidget(widget)
        with qtbot.waitExposed(widget):
            widget.show()
        return widget

    return show


def bar_option(value, *, length=200, highest=300, page=100):
    option = QStyleOptionSlider()
    option.rect.setRect(0, 0, SCROLL_BAR_PX, length)
    option.orientation = Qt.Orientation.Vertical
    option.maximum, option.pageStep, option.sliderPosition = highest, page, value
    return option


@pytest.mark.parametrize(
    ("value", "before", "handle", "after"),
    [(0, 0, 50, 150), (150, 75, 50, 75), (300, 150, 50, 0)],
)
def test_the_handle_is_the_seen_part_of_the_whole(value, before, handle, after):
    option = bar_option(value)
    parts = PART.SC_ScrollBarSubPage, PART.SC_ScrollBarSlider, PART.SC_ScrollBarAddPage
    assert [scroll_bar_part(option, p).height() for p in parts] == [before, handle, after]
    assert scroll_bar_part(option, PART.SC_ScrollBarSlider).top() == before
    assert scroll_bar_part(option, PART.SC_ScrollBarAddLine).isEmpty()


@pytest.mark.parametrize(
    ("length", "highest", "height"),
    [(200, 10**6, SHORTEST_HANDLE_PX), (20, 10**6, 20), (200, 0, 200), (200, 2**31 - 200, 28)],
)
def test_the_handle_can_be_grasped(length, highest, height):
    option = bar_option(0, length=length, highest=highest)
    assert scroll_bar_part(option, PART.SC_ScrollBarSlider).height() == height


@pytest.mark.parametrize(("wish", "colours"), THEMES)
def test_scroll_bars_are_slim_and_follow_theme_and_pointer(shown, wish, colours):
    area = QScrollArea()
    area.setWidget(QLabel("\n".join("1234567890" * 9)))
    area.resize(60, 200)
    shown(area)
    bar = area.verticalScrollBar()
    switch_to(wish)
    assert bar.width() == SCROLL_BAR_PX
    plain = colours_in(bar.grab().toImage())
    assert colours.border in plain
    assert colours.faint not in plain
    hover(bar, QPoint(SCROLL_BAR_PX // 2, 8))
    assert colours.faint in colours_in(bar.grab().toImage())


def test_a_drag_of_the_handle_scrolls(shown, qtbot):
    bar = shown(QScrollBar(Qt.Orientation.Vertical))
    bar.setRange(0, 300)
    bar.setPageStep(100)
    bar.resize(SCROLL_BAR_PX, 200)
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(5, 10))
    qtbot.mouseMove(bar, QPoint(5, 160))
    qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(5, 160))
    assert bar.value() == 300
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(5, 20))
    assert bar.value() == 200


@pytest.mark.parametrize(("wish", "colours"), THEMES)
def test_the_chosen_tab_is_underlined(shown, wish, colours):
    tabs = QTabBar()
    for text in ("one", "two", "three"):
        tabs.addTab(text)
    shown(tabs)
    switch_to(wish)
    chosen, other = (colours_in(tabs.grab(tabs.tabRect(i)).toImage()) for i in (0, 1))
    assert colours.accent in chosen
    assert colours.accent not in other
    assert colours.raised not in other
    hover(tabs, tabs.tabRect(1).center())
    assert colours.raised in colours_in(tabs.grab(tabs.tabRect(1)).toImage())


@pytest.mark.parametrize(("wish", "colours"), THEMES)
def test_docks_are_parted_by_one_line(shown, wish, colours):
    window, side, middle = QMainWindow(), QDockWidget(), QLabel()
    window.setCentralWidget(middle)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, side)
    window.addToolBar(QToolBar())
    window.resize(300, 200)
    shown(window)
    switch_to(wish)
    assert middle.x() - side.geometry().right() == 1 + dressing.LINE_PX
    picture = window.grab().toImage()
    place = QPoint(side.geometry().right() + 1, middle.geometry().center().y())
    assert picture.pixelColor(place).name() == colours.border
    bar = window.findChild(QToolBar).geometry()
    assert picture.pixelColor(bar.center().x(), bar.bottom()).name() == colours.border
    assert picture.pixelColor(bar.center().x(), bar.top()).name() == colours.window


@pytest.mark.parametrize(("wish", "colours"), THEMES)
def test_a_tool_tip_has_room_around_its_words(shown, qtbot, wish, colours):
    widget = shown(QLabel("here"))
    switch_to(wish)
    QToolTip.showText(widget.mapToGlobal(QPoint(5, 5)), "A sentence", widget)
    qtbot.waitUntil(QToolTip.isVisible)
    (tip,) = (w for w in QApplication.topLevelWidgets() if w.inherits("QTipLabel"))
    picture = tip.grab().toImage()
    assert picture.pixelColor(0, 0).name() == colours.border
    assert picture.pixelColor(3, 3).name() == colours.raised
    assert colours.text in colours_in(picture)
    assert tip.height() >= tip.fontMetrics().height() + 2 * dressing.TIP_PADDING_PX
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_other_widgets_keep_the_style_of_the_application(shown, qapp):
    label = shown(QLabel("words"))
    assert label.style() is qapp.style()
    assert isinstance(label.style(), QProxyStyle)
    assert qapp.styleSheet() == ""


@pytest.mark.parametrize(("wish", "colours"), THEMES)
def test_labels_are_faint_or_loud_in_each_theme(shown, wish, colours):
    panel, font = QWidget(), QFont()
    # Strokes of large letters are wide enough to have a colour of their own.
    font.setPixelSize(40)
    panel.setFont(font)
    faint, loud, heading = (QLabel("HH") for _ in range(3))
    column = QVBoxLayout(panel)
    for label in (faint, loud, heading):
        column.addWidget(label)
    faint.setForegroundRole(FAINT)
    loud.setForegroundRole(ALERT)
    make_heading(heading)
    shown(panel)
    switch_to(wish)
    for label, colour in ((faint, colours.faint), (loud, colours.alert), (heading, colours.faint)):
        assert colour in colours_in(label.grab().toImage())
    assert heading.sizeHint().width() > faint.sizeHint().width()
