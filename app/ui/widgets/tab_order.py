"""Makes the Tab key follow what is seen, where parts of a page come later or move."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QStackedWidget, QWidget


def follow_layout(page: QWidget) -> None:
    """Order everything inside the page as its layouts place it, beginning where the page itself stands in the window's order."""
    for first, second in pairwise([page, *_focusable(page)]):
        QWidget.setTabOrder(first, second)


def _focusable(widget: QWidget) -> Iterator[QWidget]:
    inside = [widget.widget()] if isinstance(widget, QScrollArea) else []
    if isinstance(widget, QStackedWidget):
        inside = [widget.widget(place) for place in range(widget.count())]
    for part in filter(None, inside):
        yield from _focusable(part)
    if inside:
        return
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield widget
    layout = widget.layout()
    if layout is not None:
        yield from _inside(layout)


def _inside(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        widget, part = (item.widget(), item.layout()) if item is not None else (None, None)
        if widget is not None:
            yield from _focusable(widget)
        elif part is not None:
            yield from _inside(part)
