"""The document in the middle: its name, its pages or its text, zoom and paging. Shows and signals only."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.document import Document
from app.domain.result import Evidence
from app.ui.messages import tr
from app.ui.views.marks import PlaceMark, with_boxes
from app.ui.views.page_view import PageView
from app.ui.views.stored_sentences import shown_notices
from app.ui.views.text_view import TextView
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.plain_label import PlainLabel


class DocumentView(QFrame):
    """Signals: mark_clicked (target), words_picked (text, evidence), page_requested (page, dpi)."""

    mark_clicked = Signal(str)
    words_picked = Signal(str, object)
    page_requested = Signal(int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setObjectName("documentView")
        self._document: Document | None = None
        self._name = ElidedLabel("", self, role="strong")
        self._where = PlainLabel("", self, role="soft")
        self._previous = IconButton("chevron-left", tr("Previous page (Page up)"), "previousPage", self)
        self._next = IconButton("chevron-right", tr("Next page (Page down)"), "nextPage", self)
        self._out = IconButton("minus", tr("Smaller (Ctrl+−)"), "zoomOut", self)
        self._in = IconButton("plus", tr("Larger (Ctrl++)"), "zoomIn", self)
        self._percent = PlainLabel("", self, role="soft")
        self._pages = PageView(self)
        self._text = TextView(self)
        self._note = PlainLabel("", self, role="soft", wrap=True)
        self._placeholder = PlainLabel("", self, role="soft")
        self._placeholder.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget(self)
        self._build()
        for view in (self._pages, self._text):
            view.mark_clicked.connect(self.mark_clicked)
            view.words_picked.connect(self.words_picked)
            view.zoom_changed.connect(self._on_zoom_changed)
        self._pages.page_requested.connect(self.page_requested)
        self._pages.page_changed.connect(self._show_where)
        self._previous.clicked.connect(self._pages.previous_page)
        self._next.clicked.connect(self._pages.next_page)
        self._out.clicked.connect(self.zoom_out)
        self._in.clicked.connect(self.zoom_in)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 6, 2, 2)
        layout.setSpacing(4)
        head = QHBoxLayout()
        head.setContentsMargins(12, 2, 8, 2)
        head.setSpacing(4)
        head.addWidget(self._name, 1)
        for widget in (self._previous, self._where, self._next):
            head.addWidget(widget)
        head.addSpacing(8)
        for widget in (self._out, self._percent, self._in):
            head.addWidget(widget)
        layout.addLayout(head)
        self._note.setContentsMargins(14, 0, 14, 2)
        self._note.setObjectName("documentNotices")
        layout.addWidget(self._note)
        for view in (self._pages, self._text):
            view.setFrameShape(QFrame.Shape.NoFrame)
            self._stack.addWidget(view)
        self._stack.addWidget(self._placeholder)
        layout.addWidget(self._stack, 1)

    @property
    def has_pages(self) -> bool:
        return self._stack.currentWidget() is self._pages

    @property
    def page_view(self) -> PageView:
        return self._pages

    @property
    def text_view(self) -> TextView:
        return self._text

    def show_document(self, document: Document | None, name: str = "") -> None:
        """Show a document; the same one again keeps its place and zoom."""
        self._name.setText(name or (document.name if document is not None else ""))
        if document is not None and (document is self._document or document == self._document):
            return
        self._document = document
        paged = document is None or any(page.width for page in document.pages)
        self._pages.set_document(document if paged else None)
        self._text.set_document(None if paged else document)
        self._stack.setCurrentWidget(self._placeholder if document is None else self._pages if paged else self._text)
        notices, all_notices = shown_notices(document.notices if document is not None else ())
        self._note.setText(notices)
        self._note.setToolTip(escape(all_notices))
        self._note.setVisible(bool(notices))
        self._show_where()
        self._on_zoom_changed()

    def set_placeholder(self, sentence: str) -> None:
        """What to say while there is no document yet."""
        self._placeholder.setText(sentence[:1].upper() + sentence[1:])

    def set_marks(self, marks: Sequence[PlaceMark]) -> None:
        self._view().set_marks(marks)

    def set_picture(self, page: int, image: QImage, dpi: float) -> None:
        self._pages.set_picture(page, image, dpi)

    def select(self, target: str, *, reveal: bool = True, enlarge: bool = True) -> None:
        """Emphasise a value's place; `reveal` scrolls to it, `enlarge` also zooms in where it is too small to read."""
        self._view().select(target, reveal=reveal, enlarge=enlarge)

    def point_at(self, evidence: Evidence | None) -> None:
        """Mark a place for a moment; None takes the mark away."""
        known = with_boxes(evidence, self._document) if evidence is not None and self._document is not None else None
        self._view().point_at(known)

    def reveal(self, evidence: Evidence) -> None:
        """Bring a place into view, such as a sentence that a point rests on."""
        if self._document is None:
            return
        if not self.has_pages:
            self._text.reveal(evidence)
            return
        boxes = with_boxes(evidence, self._document).boxes
        self._pages.reveal(evidence.page, [QRectF(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0) for box in boxes])

    def zoom_in(self) -> None:
        self._view().zoom_in()

    def zoom_out(self) -> None:
        self._view().zoom_out()

    def fit_width(self) -> None:
        self._view().fit_width()

    def next_page(self) -> None:
        self._pages.next_page()

    def previous_page(self) -> None:
        self._pages.previous_page()

    def _view(self) -> PageView | TextView:
        return self._pages if self.has_pages else self._text

    def _show_where(self) -> None:
        pages = self._document.pages if self._document is not None and self.has_pages else ()
        self._where.setText(tr("page {page} of {pages}", page=self._pages.page or 1, pages=len(pages)) if pages else "")
        for button in (self._previous, self._next):
            button.setVisible(len(pages) > 1)
        if pages:
            self._previous.setEnabled(self._pages.page > pages[0].number)
            self._next.setEnabled(self._pages.page < pages[-1].number)

    def _on_zoom_changed(self) -> None:
        shown = self._document is not None
        self._percent.setText(f"{round(self._view().zoom * 100)} %" if shown else "")
        for button in (self._out, self._in):
            button.setVisible(shown)
