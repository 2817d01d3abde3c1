"""Charts in the colours of the theme: bars on one another, or lines, over periods. pyqtgraph is imported when the first is made.

Its import takes most of a second, so call `prepare` on another thread before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.messages import tr
from app.ui.theme import scaled_px, set_role, tokens_of
from app.ui.widgets.plain_label import PlainLabel

_HEIGHT_PX = 190
_MOST_TICKS = 8
_BAR_WIDTH = 0.7


@dataclass(frozen=True)
class Series:
    """One value for each period, None where there is none. `color` is a token of the theme."""

    name: str
    values: tuple[float | None, ...]
    color: str


def prepare() -> None:
    """Import what draws. Safe on any thread."""
    import pyqtgraph  # noqa: F401


class Chart(QFrame):
    """A card with a title, a legend and a plot. `show` formats a value for its axis and for a screen reader."""

    _plot: Any = None

    def __init__(
        self, name: str, title: str, show: Callable[[float], str], *, is_bars: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._show = show
        self._is_bars = is_bars
        self._periods: tuple[str, ...] = ()
        self._series: tuple[Series, ...] = ()
        self._legend = QHBoxLayout()
        self._legend.setSpacing(14)
        self._none = PlainLabel(tr("Nothing to show yet."), role="soft")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none.setMinimumHeight(scaled_px(_HEIGHT_PX))
        head = QHBoxLayout()
        head.addWidget(PlainLabel(title, role="value"))
        head.addStretch(1)
        head.addLayout(self._legend)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 14, 16, 10)
        self._column.setSpacing(8)
        self._column.addLayout(head)
        self._column.addWidget(self._none)

    @property
    def described(self) -> str:
        """The newest value of each series, in words: what a screen reader says, and a test sees."""
        parts = []
        for series in self._series:
            known = [(period, value) for period, value in zip(self._periods, series.values, strict=True) if value is not None]
            if known:
                parts.append(f"{series.name} {self._show(known[-1][1])} ({known[-1][0]})")
        return "; ".join(parts)

    def show_series(self, periods: Sequence[str], series: Sequence[Series]) -> None:
        """`periods` are the words below the plot, oldest first."""
        self._periods, self._series = tuple(periods), tuple(series)
        self.setAccessibleDescription(self.described)
        has_values = any(value is not None for one in series for value in one.values)
        self._none.setVisible(not has_values)
        self._show_legend()
        if has_values:
            self._draw()
        if self._plot is not None:
            self._plot.setVisible(has_values)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._plot is not None:
            self._show_legend()
            self._draw()

    def _show_legend(self) -> None:
        while (item := self._legend.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for series in self._series if len(self._series) > 1 else ():
            self._legend.addWidget(_Swatch(series.name, series.color))

    def _draw(self) -> None:
        if self._plot is None:
            self._plot = _make_plot()
            self._column.addWidget(self._plot)
        import pyqtgraph

        tokens = tokens_of(self)
        plot = self._plot.getPlotItem()
        plot.clear()
        self._plot.setBackground(tokens.color("card"))
        for axis in ("left", "bottom"):
            plot.getAxis(axis).setPen(tokens.color("line"))
            plot.getAxis(axis).setTextPen(tokens.color("soft"))
        plot.getAxis("bottom").setTicks([_ticks(self._periods)])
        floor = [0.0] * len(self._periods)
        top = 0.0
        for series in self._series:
            color = tokens.color(series.color)
            if self._is_bars:
                heights = [value or 0.0 for value in series.values]
                if any(heights):
                    plot.addItem(_bars(floor, heights, color))
                floor = [low + height for low, height in zip(floor, heights, strict=True)]
                top = max([top, *floor])
            else:
                places = [(at, value) for at, value in enumerate(series.values) if value is not None]
                pen = pyqtgraph.mkPen(color, width=2)
                xs, ys = [at for at, _ in places], [value for _, value in places]
                plot.addItem(pyqtgraph.PlotDataItem(xs, ys, pen=pen, symbol="o", symbolSize=5, symbolBrush=color, symbolPen=color))
                top = max([top, *ys])
        top = top or 1.0
        plot.setXRange(-0.6, len(self._periods) - 0.4, padding=0)
        plot.setYRange(0, top * 1.08, padding=0)
        steps = _steps(top, least=1.0 if self._is_bars else 0.0)
        plot.getAxis("left").setTicks([[(step, self._show(step)) for step in steps]])
        plot.getAxis("left").setWidth(max(self.fontMetrics().horizontalAdvance(self._show(step)) for step in steps) + 14)
        for step in steps[1:]:
            line = pyqtgraph.InfiniteLine(step, angle=0, pen=pyqtgraph.mkPen(tokens.color("line"), width=1))
            line.setZValue(-1)
            plot.addItem(line, ignoreBounds=True)


def _make_plot() -> Any:
    import pyqtgraph

    plot = pyqtgraph.PlotWidget()
    plot.setFixedHeight(scaled_px(_HEIGHT_PX))
    plot.setMouseEnabled(x=False, y=False)
    plot.setMenuEnabled(False)
    # It is made all the same, without a parent that would take it along in the end.
    plot.getPlotItem().ctrlMenu.setParent(plot, Qt.WindowType.Popup)
    plot.hideButtons()
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.setFrameShape(QFrame.Shape.NoFrame)
    plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    # The wheel scrolls the page.
    plot.viewport().setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    plot.getAxis("left").setStyle(tickLength=0)
    plot.getAxis("bottom").setStyle(tickLength=0)
    return plot


def _bars(floor: Sequence[float], heights: Sequence[float], color: QColor) -> Any:
    import pyqtgraph

    return pyqtgraph.BarGraphItem(
        x=list(range(len(heights))), y0=list(floor), height=list(heights), width=_BAR_WIDTH, brush=color, pen=None
    )


def _ticks(periods: Sequence[str]) -> list[tuple[float, str]]:
    """Few enough to be read, the newest among them."""
    every = -(-len(periods) // _MOST_TICKS) or 1
    last = len(periods) - 1
    return [(float(at), period) for at, period in enumerate(periods) if (last - at) % every == 0]


def _steps(top: float, least: float) -> list[float]:
    """A few round numbers from nothing up to `top`, `least` apart or more: there is no half document."""
    magnitude = 1.0
    while magnitude * 10 <= top:
        magnitude *= 10
    while magnitude > top:
        magnitude /= 10
    sizes = (size * magnitude for size in (0.25, 0.5, 1.0, 2.0, 5.0) if not least or (size * magnitude).is_integer())
    step = next((size for size in sizes if top / size < 5 and size >= least), max(magnitude, least))
    return [number * step for number in range(int(top / step + 1e-9) + 1)]


class _Swatch(QWidget):
    """A square in the colour of a series, and its name."""

    def __init__(self, name: str, color: str) -> None:
        super().__init__()
        square = PlainLabel("■")
        set_role(square, {"accent": "accent", "warn": "warn", "bad": "bad"}.get(color, "soft"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        row.addWidget(square)
        row.addWidget(PlainLabel(name, role="small"))
