"""The pages of a document with boxes for its values: zoom, page through, click a box, pick words. Shows and signals only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from app.domain.document import Document, Word
from app.domain.result import Evidence
from app.ui.messages import tr
from app.ui.views.marks import PlaceMark
from app.ui.views.page_layout import PageLayout, WordFinder
from app.ui.views.page_painter import PagePainter
from app.ui.views.page_pictures import PagePictures

_PX_PER_POINT = 96.0 / 72.0
_MIN_SCALE, _MAX_SCALE = 0.2, 6.0
_ZOOM_STEP = 1.2
_READABLE_PX = 16.0
_DRAG_PX = 4


class PageView(QAbstractScrollArea):
    """Pages one below the other.

    Signals: mark_clicked (target), words_picked (text, evidence), page_requested (page, dpi) when a sharper picture is needed,
    page_changed (number), zoom_changed (1.0 is natural size).
    """

    mark_clicked = Signal(str)
    words_picked = Signal(str, object)
    page_requested = Signal(int, float)
    page_changed = Signal(int)
    zoom_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pageView")
        self.setAccessibleName(tr("Page"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self._layout = PageLayout(())
        self._words = WordFinder(Document(name="", sha256="", format="", text="", pages=()))
        self._pictures = PagePictures()
        self._painter = PagePainter(self._pictures)
        self._marks: tuple[PlaceMark, ...] = ()
        self._selected = ""
        self._scale = 1.0
        self._fits_width = True
        self._page = 0
        self._press: QPoint | None = None
        self._dragging = False
        self._picked: list[Word] = []
        self._hovered: Word | None = None
        self._pointed: Evidence | None = None
        self._ask = QTimer(self, singleShot=True, interval=80)
        self._ask.timeout.connect(self._request_pictures)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.horizontalScrollBar().valueChanged.connect(self._on_scrolled)

    def set_document(self, document: Document | None) -> None:
        """Show another document from its top, as wide as the view."""
        self._layout = PageLayout(document.pages if document is not None else ())
        self._words = (
            WordFinder(document) if document is not None else WordFinder(Document(name="", sha256="", format="", text="", pages=()))
        )
        self._painter.printed = self._words.printed
        self._pictures.clear()
        self._marks = ()
        self._selected = ""
        self._picked = []
        self._hovered = None
        self._pointed = None
        self._page = 0
        self._fits_width = True
        self._relayout()
        self.verticalScrollBar().setValue(0)
        self._on_scrolled()

    def set_marks(self, marks: Sequence[PlaceMark]) -> None:
        self._marks = tuple(marks)
        self._picked = []
        self.viewport().update()

    def set_picture(self, page: int, image: QImage, dpi: float) -> None:
        self._pictures.put(page, image, dpi)
        self.viewport().update()

    def select(self, target: str, *, reveal: bool = True, enlarge: bool = True) -> None:
        """Emphasise a value's boxes and bring them into view, enlarged where they are too small to read."""
        self._selected = target
        self._picked = []
        mark = next((mark for mark in self._marks if mark.target == target), None)
        if mark is not None and reveal:
            boxes = [QRectF(QPointF(b.x0, b.y0), QPointF(b.x1, b.y1)) for b in mark.evidence.boxes]
            self.reveal(mark.evidence.page, boxes, enlarge=enlarge)
        self.viewport().update()

    def point_at(self, evidence: Evidence | None) -> None:
        """Mark a place for as long as the pointer or the focus is on something that means it."""
        self._pointed = evidence
        self.viewport().update()

    def reveal(self, page: int, boxes: Sequence[QRectF], *, enlarge: bool = True) -> None:
        """Scroll to boxes of a page (in points), zooming in when their text is too small to read."""
        if not self._layout.has_page(page):
            return
        if not boxes:
            self.go_to_page(page)
            return
        area = boxes[0]
        for box in boxes[1:]:
            area = area.united(box)
        height = min(box.height() for box in boxes)
        if enlarge and 0 < height * self._scale < _READABLE_PX * 0.8:
            room = self.viewport().width() * 0.9 / max(area.width(), 1.0)
            self._set_scale(max(self._scale, min(_READABLE_PX / height, room)), fits_width=False)
        origin = self._rects()[page].topLeft()
        target = QRectF(origin + area.topLeft() * self._scale, area.size() * self._scale)
        self._ensure_visible(target)

    def go_to_page(self, number: int) -> None:
        rect = self._rects().get(number)
        if rect is not None:
            self.verticalScrollBar().setValue(int(rect.top() - 4))

    def next_page(self) -> None:
        self.go_to_page(self._page + 1)

    def previous_page(self) -> None:
        self.go_to_page(self._page - 1)

    @property
    def page(self) -> int:
        return self._page

    @property
    def zoom(self) -> float:
        return self._scale / _PX_PER_POINT

    def zoom_in(self) -> None:
        self._set_scale(self._scale * _ZOOM_STEP, fits_width=False)

    def zoom_out(self) -> None:
        self._set_scale(self._scale / _ZOOM_STEP, fits_width=False)

    def fit_width(self) -> None:
        self._set_scale(self._fitting_scale(), fits_width=True)

    def _fitting_scale(self) -> float:
        return max(_MIN_SCALE, (self.viewport().width() - 20.0) / self._layout.widest)

    def _set_scale(self, scale: float, *, fits_width: bool, anchor: float = 0.5) -> None:
        """Change the zoom; the line at `anchor` of the view's height, and the middle of its width, stay where they are."""
        scale = min(_MAX_SCALE, max(_MIN_SCALE, scale))
        vertical, horizontal = self.verticalScrollBar(), self.horizontalScrollBar()
        fixed_y = self.viewport().height() * anchor
        middle_y = (vertical.value() + fixed_y) * scale / self._scale
        middle_x = (horizontal.value() + self.viewport().width() / 2) * scale / self._scale
        self._scale, self._fits_width = scale, fits_width
        self._update_scroll_bars()
        vertical.setValue(round(middle_y - fixed_y))
        horizontal.setValue(round(middle_x - self.viewport().width() / 2))
        self.zoom_changed.emit(self.zoom)
        self._on_scrolled()

    def _relayout(self) -> None:
        if self._fits_width:
            self._set_scale(self._fitting_scale(), fits_width=True, anchor=0.0)
        else:
            self._update_scroll_bars()

    def _update_scroll_bars(self) -> None:
        size, view = self._layout.size(self._scale), self.viewport().size()
        for bar, length, shown in (
            (self.verticalScrollBar(), size.height(), view.height()),
            (self.horizontalScrollBar(), size.width(), view.width()),
        ):
            bar.setPageStep(shown)
            bar.setSingleStep(32)
            bar.setRange(0, max(0, round(length) - shown))
        if self._fits_width:
            self.horizontalScrollBar().setRange(0, 0)

    def _ensure_visible(self, area: QRectF) -> None:
        view = QRectF(self._offset(), self.viewport().size())
        if view.adjusted(24, 48, -24, -48).contains(area):
            return
        self.verticalScrollBar().setValue(round(area.center().y() - view.height() * 0.4))
        if area.left() < view.left() + 16 or area.right() > view.right() - 16:
            self.horizontalScrollBar().setValue(round(area.center().x() - view.width() / 2))

    def _offset(self) -> QPointF:
        return QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _rects(self) -> dict[int, QRectF]:
        return self._layout.rects(self._scale, self.viewport().width())

    def _visible_rects(self) -> dict[int, QRectF]:
        view = QRectF(QPointF(0, 0), self.viewport().size())
        placed = {number: rect.translated(-self._offset()) for number, rect in self._rects().items()}
        return {number: rect for number, rect in placed.items() if rect.intersects(view)}

    def _on_scrolled(self) -> None:
        middle = self._offset().y() + self.viewport().height() * 0.4
        page = next((number for number, rect in self._rects().items() if rect.bottom() >= middle), 0)
        if page == 0 and self._layout.pages:
            page = self._layout.pages[-1].number
        if page != self._page:
            self._page = page
            self.setAccessibleName(tr("Page {page} of {pages}", page=page, pages=len(self._layout.pages)))
            self.page_changed.emit(page)
        self._ask.start()
        self.viewport().update()

    def _request_pictures(self) -> None:
        if not self.isVisible():
            return
        needed_dpi = self._scale * 72.0 * self.devicePixelRatioF()
        for number in self._visible_rects():
            wish = self._pictures.wish(number, needed_dpi)
            if wish is not None:
                self.page_requested.emit(number, wish)

    def _at(self, position: QPointF) -> tuple[int, QPointF] | None:
        """Page number and point on the page, in points, under a position of the viewport."""
        for number, rect in self._visible_rects().items():
            if rect.contains(position):
                return number, (position - rect.topLeft()) / self._scale
        return None

    def _mark_at(self, position: QPointF) -> PlaceMark | None:
        place = self._at(position)
        if place is None:
            return None
        page, point = place
        hits = [
            mark
            for mark in self._marks
            if mark.evidence.page == page
            and (not mark.is_aside or mark.target == self._selected)
            and any(QRectF(b.x0 - 2, b.y0 - 2, b.x1 - b.x0 + 4, b.y1 - b.y0 + 4).contains(point) for b in mark.evidence.boxes)
        ]
        return next((mark for mark in hits if mark.target == self._selected), hits[0] if hits else None)

    def _word_at(self, position: QPointF) -> Word | None:
        place = self._at(position)
        return self._words.at(*place) if place is not None else None

    def sizeHint(self) -> QSize:
        return QSize(520, 640)

    def showEvent(self, event: QEvent) -> None:
        self._relayout()
        self._ask.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._relayout()
        self._on_scrolled()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        for number, rect in self._visible_rects().items():
            self._painter.paint_page(painter, number, rect, self._words.on_page(number), self._scale)
            marks = [mark for mark in self._marks if mark.evidence.page == number]
            self._painter.paint_marks(painter, rect, marks, self._selected, self._scale)
            words = [word.box for word in self._picked if word.page == number]
            if self._pointed is not None and self._pointed.page == number:
                words += self._pointed.boxes
            self._painter.paint_picked(
                painter, rect, words, self._hovered if self._hovered and self._hovered.page == number else None, self._scale
            )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._press = event.position().toPoint()
            self._dragging = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position()
        if self._press is not None:
            self._dragging = self._dragging or (position.toPoint() - self._press).manhattanLength() > _DRAG_PX
            if self._dragging:
                self._picked = self._words_dragged(QPointF(self._press), position)
                self.viewport().update()
            return
        mark, word = self._mark_at(position), self._word_at(position)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if mark or word else Qt.CursorShape.ArrowCursor)
        if word is not self._hovered:
            self._hovered = word
            self.viewport().update()
        if mark is not None:
            QToolTip.showText(event.globalPosition().toPoint(), mark.title, self.viewport())
        else:
            QToolTip.hideText()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._press is None:
            return
        self._press = None
        if self._dragging:
            self._dragging = False
            self._emit_picked()
            return
        mark, word = self._mark_at(event.position()), self._word_at(event.position())
        extends = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if mark is not None and not extends and mark.target != self._selected:
            self.mark_clicked.emit(mark.target)
        elif word is not None and (mark is None or extends):
            self._picked = self._words.span(self._picked[0], word) if extends and self._picked else [word]
            self._emit_picked()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            (self.zoom_in if event.angleDelta().y() > 0 else self.zoom_out)()
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_PageDown:
                self.next_page()
            case Qt.Key.Key_PageUp:
                self.previous_page()
            case Qt.Key.Key_Home:
                self.verticalScrollBar().setValue(0)
            case Qt.Key.Key_End:
                self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
            case _:
                super().keyPressEvent(event)

    def _words_dragged(self, start: QPointF, end: QPointF) -> list[Word]:
        first, last = self._at(start), self._at(end)
        if first is None or last is None or first[0] != last[0]:
            return self._picked
        return self._words.between(first[0], first[1], last[1])

    def _emit_picked(self) -> None:
        self.viewport().update()
        if self._picked:
            words = self._picked
            self.words_picked.emit(self._words.text_of(words), self._words.evidence_of(words))
            self._picked = words
