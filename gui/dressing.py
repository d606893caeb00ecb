"""What a palette cannot express: a style of its own for the few kinds of widgets that need one.

A style sheet of the application would be asked for by every widget there is, which takes a quarter
of the time that the window is built in; and a sheet of one widget keeps its parent from following
the palette.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMargins, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QMainWindow,
    QProxyStyle,
    QScrollBar,
    QStyle,
    QStyleOptionSlider,
    QTabBar,
    QToolBar,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QStyleOption, QStyleOptionComplex, QStyleOptionTab

    Draw = Callable[[Any, QPainter], None]

BASE = "Fusion"
LINE_PX = 1
SCROLL_BAR_PX, HANDLE_GAP_PX, SHORTEST_HANDLE_PX = 10, 2, 28
UNDERLINE_PX = 2
#: Around the text of a tab; below it stands the line under the chosen one.
TAB_PADDING = QMargins(4, 4, 4, 5 + UNDERLINE_PX)
TIP_PADDING_PX = 10


class Dressing(QProxyStyle):
    """Fusion, and for some kinds of widgets something quieter."""

    def __init__(self) -> None:
        super().__init__(BASE)
        metric, primitive = QStyle.PixelMetric, QStyle.PrimitiveElement
        control = QStyle.ControlElement
        lines = _Own(
            {metric.PM_DockWidgetSeparatorExtent: LINE_PX},
            {primitive.PE_IndicatorDockWidgetResizeHandle: _draw_separator},
            {control.CE_ToolBar: _draw_lower_edge},
        )
        tabs = _Own(
            {
                metric.PM_TabBarTabHSpace: TAB_PADDING.left() + TAB_PADDING.right(),
                metric.PM_TabBarTabVSpace: TAB_PADDING.top() + TAB_PADDING.bottom(),
            },
            {primitive.PE_FrameTabBarBase: _draw_nothing},
            {control.CE_TabBarTab: _draw_tab},
        )
        bars = _ScrollBars({metric.PM_ScrollBarExtent: SCROLL_BAR_PX}, {}, {})
        self._styles = ((QMainWindow | QToolBar, lines), (QScrollBar, bars), (QTabBar, tabs))
        self._tips = _Own(
            {metric.PM_ToolTipLabelFrameWidth: TIP_PADDING_PX},
            {primitive.PE_PanelTipLabel: _draw_tip},
            {},
        )

    def polish(self, what: object) -> None:
        """Give a widget its style before it is first shown."""
        super().polish(what)  # type: ignore[call-overload]
        if isinstance(what, QWidget):
            style = self._style_of(what)
            if style is not None:
                # The handle of a scroll bar and a tab look different under the pointer.
                what.setAttribute(Qt.WidgetAttribute.WA_Hover)
                what.setStyle(style)

    def _style_of(self, widget: QWidget) -> QStyle | None:
        for kind, style in self._styles:
            if isinstance(widget, kind):
                return style
        # Qt keeps the class of its tool tips to itself.
        return self._tips if widget.inherits("QTipLabel") else None


class _Own(QProxyStyle):
    """Fusion with some sizes of its own and some elements that it draws itself."""

    def __init__(
        self,
        metrics: dict[QStyle.PixelMetric, int],
        primitives: dict[QStyle.PrimitiveElement, Draw],
        controls: dict[QStyle.ControlElement, Draw],
    ) -> None:
        super().__init__(BASE)
        self._metrics, self._primitives, self._controls = metrics, primitives, controls

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        own = self._metrics.get(metric)
        return super().pixelMetric(metric, option, widget) if own is None else own

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if element in self._primitives:
            self._primitives[element](option, painter)
        else:
            super().drawPrimitive(element, option, painter, widget)

    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if element in self._controls:
            self._controls[element](option, painter)
        else:
            super().drawControl(element, option, painter, widget)


class _ScrollBars(_Own):
    """Scroll bars without buttons."""

    def subControlRect(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        part: QStyle.SubControl,
        widget: QWidget | None = None,
    ) -> QRect:
        assert isinstance(option, QStyleOptionSlider)
        return scroll_bar_part(option, part)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        assert isinstance(option, QStyleOptionSlider)
        _draw_scroll_bar(option, painter)


def scroll_bar_part(option: QStyleOptionSlider, part: QStyle.SubControl) -> QRect:
    """Return where a part of a scroll bar is; buttons are nowhere."""
    across = option.orientation == Qt.Orientation.Horizontal
    whole = option.rect
    length = whole.width() if across else whole.height()
    hidden = option.maximum - option.minimum
    handle = length * option.pageStep // (hidden + option.pageStep) if hidden else length
    handle = min(max(handle, SHORTEST_HANDLE_PX), length)
    start = QStyle.sliderPositionFromValue(
        option.minimum, option.maximum, option.sliderPosition, length - handle, option.upsideDown
    )
    first, size = {
        QStyle.SubControl.SC_ScrollBarSubPage: (0, start),
        QStyle.SubControl.SC_ScrollBarSlider: (start, handle),
        QStyle.SubControl.SC_ScrollBarAddPage: (start + handle, length - start - handle),
        QStyle.SubControl.SC_ScrollBarGroove: (0, length),
    }.get(part, (0, 0))
    if across:
        return QRect(whole.left() + first, whole.top(), size, whole.height())
    return QRect(whole.left(), whole.top() + first, whole.width(), size)


def _draw_nothing(option: QStyleOption, painter: QPainter) -> None:
    """Leave a part out."""


def _draw_separator(option: QStyleOption, painter: QPainter) -> None:
    hovered = option.state & QStyle.StateFlag.State_MouseOver
    painter.fillRect(option.rect, option.palette.accent() if hovered else option.palette.mid())


def _draw_lower_edge(option: QStyleOption, painter: QPainter) -> None:
    painter.fillRect(_foot(option.rect, LINE_PX), option.palette.mid())


def _draw_scroll_bar(option: QStyleOptionSlider, painter: QPainter) -> None:
    at_handle = option.activeSubControls & QStyle.SubControl.SC_ScrollBarSlider
    hovered = at_handle and option.state & QStyle.StateFlag.State_MouseOver
    place = scroll_bar_part(option, QStyle.SubControl.SC_ScrollBarSlider)
    gap = HANDLE_GAP_PX
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(option.palette.placeholderText() if hovered else option.palette.mid())
    painter.drawRoundedRect(place.adjusted(gap, gap, -gap, -gap), 3, 3)
    painter.restore()


def _draw_tab(option: QStyleOptionTab, painter: QPainter) -> None:
    colours, state = option.palette, option.state
    chosen = state & QStyle.StateFlag.State_Selected
    hovered = state & QStyle.StateFlag.State_MouseOver and not chosen
    if hovered or state & QStyle.StateFlag.State_HasFocus:
        painter.fillRect(option.rect, colours.alternateBase())
    if chosen:
        painter.fillRect(_foot(option.rect, UNDERLINE_PX), colours.accent())
    loud = chosen or hovered
    painter.setPen((colours.windowText() if loud else colours.placeholderText()).color())
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic
    painter.drawText(option.rect.marginsRemoved(TAB_PADDING), int(flags), option.text)


def _draw_tip(option: QStyleOption, painter: QPainter) -> None:
    painter.setPen(option.palette.mid().color())
    painter.setBrush(option.palette.toolTipBase())
    painter.drawRect(option.rect.adjusted(0, 0, -1, -1))


def _foot(area: QRect, height: int) -> QRect:
    return QRect(area.left(), area.bottom() + 1 - height, area.width(), height)
