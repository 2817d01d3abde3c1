"""Inbox, Review and Done: the list beside the chosen document, or as a drop-down above it where the window is narrow."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter, QStackedLayout, QStackedWidget, QVBoxLayout, QWidget

from app.ui.messages import tr
from app.ui.models.jobs_filter import JobsFilter
from app.ui.theme import scaled_px
from app.ui.views.jobs_list import JobsList
from app.ui.widgets.buttons import IconButton

_NARROW_WIDTH = 980
_LIST_WIDTH = 380
_LEAST_LIST_WIDTH = 240
_DETAIL_WIDTH = 764
_HANDLE_PX = 14


class DocumentSwitcher(QWidget):
    """The list as a drop-down, for narrow windows.

    Signals: job_chosen(int), step_requested(int), close_requested.
    """

    job_chosen = Signal(int)
    step_requested = Signal(int)
    close_requested = Signal()

    def __init__(self, jobs: JobsFilter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._choice = QComboBox()
        self._choice.setObjectName("documentSwitcher")
        self._choice.setAccessibleName(tr("Document"))
        self._choice.setModel(jobs)
        self._choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._choice.setMinimumContentsLength(16)
        self._back = IconButton("list", tr("Show the whole list (Esc)"), "switcherList")
        self._previous = IconButton("chevron-left", tr("Previous document"), "switcherPrevious")
        self._next = IconButton("chevron-right", tr("Next document"), "switcherNext")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._back)
        layout.addWidget(self._choice, 1)
        layout.addWidget(self._previous)
        layout.addWidget(self._next)
        self._choice.activated.connect(self._on_activated)
        self._back.clicked.connect(self.close_requested)
        self._previous.clicked.connect(lambda: self.step_requested.emit(-1))
        self._next.clicked.connect(lambda: self.step_requested.emit(1))

    def show_job(self, job_id: int) -> None:
        index = self._jobs.mapFromSource(self._jobs.source.index_of(job_id))
        if index.isValid():
            self._choice.setCurrentIndex(index.row())

    def _on_activated(self, place: int) -> None:
        row = self._jobs.row_at(self._jobs.index(place, 0))
        if row is not None:
            self.job_chosen.emit(row.job.id)


class Workbench(QWidget):
    """Signals: compact_changed(bool): the list has room for few columns, or for all."""

    compact_changed = Signal(bool)

    def __init__(self, jobs: JobsFilter, detail: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = JobsList(jobs)
        self.detail = detail
        self.switcher = DocumentSwitcher(jobs)
        self._is_open = False
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setObjectName("workbenchSplitter")
        self._splitter.setHandleWidth(_HANDLE_PX)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.list)
        right = QWidget()
        right_layout = QVBoxLayout(right)
        right_layout.setContentsMargins(0, 0, 0, 0)
        right_layout.setSpacing(10)
        right_layout.addWidget(self.switcher)
        right_layout.addWidget(detail, 1)
        self._right = right
        self._splitter.addWidget(right)
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self._splitter)
        self.empty = QStackedWidget()
        self.empty.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._stack.addWidget(self.empty)
        self._list_width = scaled_px(_LIST_WIDTH)
        self._splitter.splitterMoved.connect(self._on_splitter_moved)
        self.switcher.step_requested.connect(self.list.select_neighbour)
        self.switcher.job_chosen.connect(lambda job_id: self.list.select([job_id]))
        self._arrange()

    @property
    def is_narrow(self) -> bool:
        return self.width() < scaled_px(_NARROW_WIDTH)

    @property
    def is_detail_open(self) -> bool:
        return self._is_open

    @property
    def list_width(self) -> int:
        return self._list_width

    def set_list_width(self, width: int) -> None:
        self._list_width = max(_LEAST_LIST_WIDTH, width)
        self._arrange()

    def set_detail_open(self, is_open: bool) -> None:
        if is_open != self._is_open:
            self._is_open = is_open
            self._arrange()
            self.compact_changed.emit(is_open)

    def show_empty(self, page: QWidget | None) -> None:
        """Show a page instead of the list; None shows the list again."""
        if page is None:
            self._stack.setCurrentWidget(self._splitter)
            return
        if self.empty.indexOf(page) < 0:
            self.empty.addWidget(page)
        self.empty.setCurrentWidget(page)
        focused = self.window().focusWidget()
        self._stack.setCurrentWidget(self.empty)
        if focused is not None and self.isAncestorOf(focused):
            # Else keys would go to what is hidden now.
            self.empty.setFocus()

    @property
    def is_empty(self) -> bool:
        return self._stack.currentWidget() is self.empty

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        self._right.setVisible(self._is_open)
        self.switcher.setVisible(self._is_open and self.is_narrow)
        self.list.setVisible(not (self._is_open and self.is_narrow))
        if self._is_open and not self.is_narrow:
            width = self._fitting_list_width()
            self._splitter.setSizes([width, max(1, self.width() - width - _HANDLE_PX)])

    def _fitting_list_width(self) -> int:
        """As wide as the person had it, as long as there is room to read the document."""
        room = self.width() - scaled_px(_DETAIL_WIDTH) - _HANDLE_PX
        return max(scaled_px(_LEAST_LIST_WIDTH), min(self._list_width, room))

    def _on_splitter_moved(self, position: int, _index: int) -> None:
        if self._is_open and not self.is_narrow:
            self._list_width = position
