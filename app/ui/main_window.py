"""The window: sidebar, pages, status strip; takes drops and shortcuts. Shows and signals; the controllers do the rest."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.ui.dialogs.shortcuts import ShortcutsDialog
from app.ui.dropping import are_models, model_offer_of, offer_of, paths_in
from app.ui.messages import tr
from app.ui.views.workbench import Workbench
from app.ui.widgets.banner import Banner, Notice
from app.ui.widgets.drop_overlay import DropOverlay
from app.ui.widgets.page_header import PageHeader
from app.ui.widgets.sidebar import PAGES, Sidebar
from app.ui.widgets.status_strip import StatusStrip

WORK_PAGES = ("inbox", "review", "done")
PASSING_PAGES = ("send", "ledger", "quote")
"""Pages that are opened from others and closed again."""


class MainWindow(QMainWindow):
    """Signals:
    paths_given: list[Path], documents dropped or pasted; models_given: list[Path], model files.
    page_shown: str, one of `sidebar.PAGES` or `PASSING_PAGES`; page_closed: str, the person wants back from one of the latter.
    add_requested, export_requested, undo_requested, first_steps_requested, closing.
    """

    paths_given = Signal(object)
    models_given = Signal(object)
    page_shown = Signal(str)
    page_closed = Signal(str)
    add_requested = Signal()
    export_requested = Signal()
    undo_requested = Signal()
    first_steps_requested = Signal()
    closing = Signal()

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("Deskhand")
        self.setAcceptDrops(True)
        self.setMinimumSize(860, 560)
        self.resize(1400, 850)
        self.drop_task_title = ""
        self.workbench = workbench
        self.sidebar = Sidebar()
        self.header = PageHeader()
        self.model_banner = Banner("modelBanner", closable=False)
        self.sandbox_banner = Banner("sandboxBanner")
        self.ask_banner = Banner("askBanner")
        self.status = StatusStrip()
        self._page = ""
        self._pages: dict[str, QWidget] = {}
        self._stack = QStackedWidget(self)
        self.notice = Notice(self._stack)
        self._stack.addWidget(workbench)
        self._blank = QWidget(self._stack)
        self._stack.addWidget(self._blank)
        self._build()
        self._overlay = DropOverlay(self)
        self._add_shortcuts()
        self.sidebar.page_chosen.connect(self.show_page)
        self.header.add_requested.connect(self.add_requested)
        workbench.list.export_requested.connect(self.export_requested)
        workbench.list.expand_requested.connect(self._close_detail)
        workbench.switcher.close_requested.connect(self._close_detail)

    def _build(self) -> None:
        content = QVBoxLayout()
        content.setContentsMargins(20, 16, 20, 14)
        content.setSpacing(12)
        content.addWidget(self.header)
        for banner in (self.model_banner, self.sandbox_banner, self.ask_banner):
            content.addWidget(banner)
        content.addWidget(self._stack, 1)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self.sidebar)
        upper.addLayout(content, 1)
        central = QWidget()
        central.setObjectName("centralArea")
        whole = QVBoxLayout(central)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(upper, 1)
        whole.addWidget(self.status)
        self.setCentralWidget(central)

    def _add_shortcuts(self) -> None:
        standard = QKeySequence.StandardKey
        calls = (
            (QKeySequence(standard.Open), self.add_requested.emit),
            (QKeySequence(standard.Paste), self.paste),
            (QKeySequence("Ctrl+E"), self.export_requested.emit),
            (QKeySequence("Ctrl+K"), self._begin_search),
            (QKeySequence(standard.Find), self._begin_search),
            (QKeySequence("F1"), self.show_shortcuts),
            (QKeySequence("Esc"), self._close_something),
        )
        for keys, call in calls:
            QShortcut(keys, self).activated.connect(call)
        # The document has its own undo key; two for one key in the same place would cancel each other out.
        workbench, undo = self.workbench, QKeySequence(standard.Undo)
        areas: list[QWidget] = [self.sidebar, self.header, self.notice, workbench.list, workbench.switcher, workbench.empty]
        # `U` also where the last document of the queue was.
        undoing = [*((area, undo) for area in areas), (workbench.empty, QKeySequence("U"))]
        for area, keys in undoing:
            shortcut = QShortcut(keys, area)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.undo_requested)
        for number, page in enumerate(PAGES, start=1):
            QShortcut(QKeySequence(f"Ctrl+{number}"), self).activated.connect(lambda page=page: self.show_page(page))

    def add_page(self, name: str, page: QWidget) -> None:
        """Give one of `sidebar.PAGES` its widget. If the person is waiting for it, it is shown as if they came only now."""
        self._pages[name] = page
        self._stack.addWidget(page)
        if self._page == name:
            self.show_page(name)

    @property
    def stack(self) -> QStackedWidget:
        """The parent of all pages. One that is made elsewhere would be styled twice, which takes long."""
        return self._stack

    @property
    def page(self) -> str:
        return self._page

    def show_page(self, page: str) -> None:
        self._page = page
        self.sidebar.select(page)
        # The first steps have a title of their own.
        self.header.setVisible(page != "welcome")
        shown = self.workbench if page in WORK_PAGES else self._pages.get(page, self._blank)
        self._stack.setCurrentWidget(shown)
        self.page_shown.emit(page)
        if shown is self.workbench:
            self.workbench.list.table.setFocus()
        else:
            shown.setFocus()

    def show_shortcuts(self) -> None:
        dialog = ShortcutsDialog(self)
        dialog.first_steps_requested.connect(self.first_steps_requested)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def paste(self) -> None:
        paths = paths_in(QGuiApplication.clipboard().mimeData())
        if paths:
            self._take(paths)

    def _take(self, paths: list[Path]) -> None:
        given = self.models_given if are_models(paths, self._page) else self.paths_given
        given.emit(paths)

    def _begin_search(self) -> None:
        if self._page not in WORK_PAGES:
            self.show_page("inbox")
        self.header.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.header.search.selectAll()

    def _close_detail(self) -> None:
        self.workbench.set_detail_open(False)
        self.workbench.list.table.setFocus()

    def _close_something(self) -> None:
        """Close what is open: first a word searched for, then a message, then the document."""
        if self.header.search.hasFocus() and self.header.search.text():
            self.header.search.clear()
        elif self._page in PASSING_PAGES:
            self.page_closed.emit(self._page)
        elif not self.notice.isHidden():
            self.notice.expire()
        elif self._page in WORK_PAGES and self.workbench.is_detail_open:
            self._close_detail()
        elif self._page == "welcome":
            self.show_page("inbox")
        else:
            self.header.search.clear()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        paths = paths_in(event.mimeData())
        if not paths:
            event.ignore()
            return
        is_model = are_models(paths, self._page)
        title = model_offer_of(paths) if is_model else offer_of(paths, self.drop_task_title)
        self._overlay.offer(title, tr("The originals stay where they are and are not changed."))
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._overlay.hide()
        paths = paths_in(event.mimeData())
        if paths:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._take(paths)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._overlay.setGeometry(self.rect())
        self.notice.place()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)

    def begin_with(self, paths: list[Path]) -> None:
        """Take in what was given when the program was started, or started once more, as if it had been dropped."""
        if paths:
            self._take(paths)

    def come_to_front(self) -> None:
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
