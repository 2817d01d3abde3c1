"""A document without pages (e-mail, spreadsheet, text) as readable text with the same highlights as a page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase, QMouseEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QTextEdit, QToolTip, QWidget

from app.domain.document import Document
from app.domain.result import Evidence
from app.ui.messages import tr
from app.ui.theme import tokens_of
from app.ui.views.marks import PlaceMark
from app.ui.views.text_offsets import Offsets
from app.ui.widgets.tone_colors import ink_of, wash_of

_TABLE_FORMATS = frozenset({"csv", "tsv", "xlsx", "xls", "ods", "json", "xml"})
_A_STEP_CHARS = 200_000
"""So much text is put in without the window standing still."""
_MIN_ZOOM, _MAX_ZOOM = -4, 16


class TextView(QPlainTextEdit):
    """Signals: mark_clicked (target), words_picked (text, evidence), zoom_changed."""

    mark_clicked = Signal(str)
    words_picked = Signal(str, object)
    zoom_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("textView")
        self.setAccessibleName(tr("Text of the document"))
        self.setReadOnly(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self.setUndoRedoEnabled(False)
        self._document: Document | None = None
        self._offsets = Offsets("")
        self._marks: tuple[PlaceMark, ...] = ()
        self._selected = ""
        self._pointed: Evidence | None = None
        self._zoom = 0
        self._rest = ""
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._put_more)
        self.viewport().setMouseTracking(True)

    def set_document(self, document: Document | None) -> None:
        self._document = document
        self._marks = ()
        self._pointed = None
        self._selected = ""
        text = document.text if document is not None else ""
        self._offsets = Offsets(text)
        is_table = document is not None and document.format in _TABLE_FORMATS
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap if is_table else QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont) if _is_aligned(document) else QApplication.font())
        shown = self._offsets.shown(text)
        self.setPlainText(shown[:_A_STEP_CHARS])
        self._rest = shown[_A_STEP_CHARS:]
        if self._rest:
            self._next.start()
        else:
            self._next.stop()
        self.setExtraSelections([])

    def _put_more(self, count: int = _A_STEP_CHARS) -> None:
        """Add what follows of a long text; the person's place in it stays."""
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(self._rest[:count])
        self._rest = self._rest[count:]
        if self._rest:
            self._next.start()
        else:
            self._next.stop()
            self._highlight()

    def set_marks(self, marks: Sequence[PlaceMark]) -> None:
        self._marks = tuple(marks)
        self._highlight()

    def select(self, target: str, *, reveal: bool = True, enlarge: bool = True) -> None:
        self._selected = target
        self._highlight()
        mark = next((mark for mark in self._marks if mark.target == target), None)
        if mark is not None and reveal:
            self.reveal(mark.evidence)

    def point_at(self, evidence: Evidence | None) -> None:
        """Mark a place for as long as the pointer or the focus is on something that means it."""
        self._pointed = evidence
        self._highlight()

    def reveal(self, evidence: Evidence) -> None:
        """Scroll to a place so that it stands in the upper half."""
        place = self._offsets.to_qt(evidence.start)
        if self._rest and place >= self.document().characterCount() - 1:
            self._put_more(len(self._rest))
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(place, self.document().characterCount() - 1))
        self.setTextCursor(cursor)
        self.centerCursor()

    def zoom_in(self) -> None:
        self._set_zoom(self._zoom + 1)

    def zoom_out(self) -> None:
        self._set_zoom(self._zoom - 1)

    def fit_width(self) -> None:
        self._set_zoom(0)

    @property
    def zoom(self) -> float:
        size = self.font().pointSizeF()
        return size / max(1.0, size - self._zoom)

    def _set_zoom(self, zoom: int) -> None:
        zoom = min(_MAX_ZOOM, max(_MIN_ZOOM, zoom))
        self.zoomIn(zoom - self._zoom)
        self._zoom = zoom
        self.zoom_changed.emit(self.zoom)

    def _highlight(self) -> None:
        shown = [mark for mark in self._marks if not mark.is_aside or mark.target == self._selected]
        ordered = sorted(shown, key=lambda mark: mark.target == self._selected)
        pointed = [PlaceMark("", "", "quiet", self._pointed)] if self._pointed is not None else []
        self.setExtraSelections([self._selection(mark) for mark in [*ordered, *pointed]])

    def _selection(self, mark: PlaceMark) -> QTextEdit.ExtraSelection:
        chosen = mark.target == self._selected
        style = QTextCharFormat()
        style.setBackground(wash_of(mark.tone, self, strong=chosen and not mark.is_passage))
        if mark.dashed:
            style.setBackground(Qt.BrushStyle.NoBrush)
            style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DashUnderline)
            style.setUnderlineColor(ink_of(mark.tone, self))
        elif chosen:
            style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
            style.setUnderlineColor(ink_of(mark.tone, self))
            style.setForeground(tokens_of(self).color("ink"))
        selection = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        last = self.document().characterCount() - 1
        cursor.setPosition(min(self._offsets.to_qt(mark.evidence.start), last))
        cursor.setPosition(min(self._offsets.to_qt(mark.evidence.end), last), QTextCursor.MoveMode.KeepAnchor)
        selection.cursor = cursor
        selection.format = style
        return selection

    def _mark_at(self, event: QMouseEvent) -> PlaceMark | None:
        offset = self._offsets.from_qt(self.cursorForPosition(event.position().toPoint()).position())
        hits = [mark for mark in self._marks if not mark.is_aside and mark.evidence.start <= offset <= mark.evidence.end]
        return next((mark for mark in hits if mark.target == self._selected), hits[0] if hits else None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        mark = None if event.buttons() else self._mark_at(event)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if mark else Qt.CursorShape.IBeamCursor)
        if mark is not None:
            QToolTip.showText(event.globalPosition().toPoint(), mark.title, self.viewport())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if self.textCursor().hasSelection():
            self._emit_picked()
            return
        mark = self._mark_at(event)
        if mark is not None:
            self.mark_clicked.emit(mark.target)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self._emit_picked()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._highlight()

    def _emit_picked(self) -> None:
        if self._document is None:
            return
        cursor = self.textCursor()
        start, end = self._offsets.from_qt(cursor.selectionStart()), self._offsets.from_qt(cursor.selectionEnd())
        picked = self._document.text[start:end]
        start += len(picked) - len(picked.lstrip())
        picked = picked.strip()
        if picked:
            page = self._document.page_of(start).number
            self.words_picked.emit(picked, Evidence(page=page, start=start, end=start + len(picked)))


def _is_aligned(document: Document | None) -> bool:
    """Whether columns are kept apart by blanks, which only a font of equal widths shows."""
    return document is not None and (document.format in _TABLE_FORMATS or "   " in document.text[:20_000])
