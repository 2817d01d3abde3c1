"""The card of one point of a summary: its text, what it rests on, and the editor of its text. Shows a point and signals wishes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.domain.result import Point
from app.domain.review import CONFIRMED, CORRECTED
from app.ui.messages import tr
from app.ui.theme import refresh_style
from app.ui.views.proof import confidence_level, confidence_word, look_of_point
from app.ui.views.stored_sentences import shown_reason
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.confidence_meter import ConfidenceMeter
from app.ui.widgets.pill import Pill
from app.ui.widgets.plain_label import PlainLabel

_EDITOR_LINES = 6


class PointEditor(QPlainTextEdit):
    """Return keeps the text, Esc leaves it.

    Signals: committed (text), left.
    """

    committed = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("pointEdit")
        self.setAccessibleName(tr("Text of the point"))
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * _EDITOR_LINES + 18)

    def start(self, text: str) -> None:
        self.setPlainText(text)
        self.selectAll()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        # Esc belongs to the text while it is open, not to a shortcut of the window.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.committed.emit(" ".join(self.toPlainText().split()))
        else:
            super().keyPressEvent(event)


class PointCard(QFrame):
    """One point. Signals: clicked (index), accepted (index), removed (index), edited (index, text)."""

    clicked = Signal(int)
    accepted = Signal(int)
    removed = Signal(int)
    edited = Signal(int, str)

    def __init__(self, index: int, parent: QWidget | None = None, *, read_only: bool = False) -> None:
        super().__init__(parent)
        self._index = index
        self._read_only = read_only
        self._to_check = False
        self._current = False
        self._point = Point(text="", evidence=())
        self._foot = ""
        self._editor: PointEditor | None = None
        self._question = PlainLabel("", self, role="strong", wrap=True)
        self._text = PlainLabel("", self, wrap=True)
        self._where = PlainLabel("", self, role="small", wrap=True)
        self._pill = Pill("", parent=self)
        self._meter = ConfidenceMeter(self)
        self._meter.setToolTip(tr("How sure it is that this belongs in the summary"))
        self._actions = QWidget(self)
        self._accept = TextButton(tr("Accept  A"), f"acceptPoint{index}", "ghost", self._actions)
        self._edit = TextButton(tr("Edit  E"), f"editPoint{index}", "ghost", self._actions)
        self._remove = TextButton(tr("Take it out"), f"removePoint{index}", "ghost", self._actions)
        self.setObjectName(f"point{index}")
        self.setProperty("role", "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._build()
        self._accept.clicked.connect(lambda: self.accepted.emit(self._index))
        self._edit.clicked.connect(self.start_edit)
        self._remove.clicked.connect(lambda: self.removed.emit(self._index))

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 12, 10)
        layout.setSpacing(5)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._pill)
        foot.addWidget(self._meter)
        foot.addStretch(1)
        for part in (self._question, self._text):
            layout.addWidget(part)
        layout.addLayout(foot)
        layout.addWidget(self._where)
        actions = QHBoxLayout(self._actions)
        actions.setContentsMargins(0, 0, 0, 0)
        actions.setSpacing(14)
        for button in (self._accept, self._edit, self._remove):
            button.setProperty("density", "small")
            actions.addWidget(button)
        actions.addStretch(1)
        layout.addWidget(self._actions)
        self._actions.hide()
        self._meter.hide()

    def set_point(self, point: Point, *, to_check: bool, has_pages: bool) -> None:
        look = look_of_point(point, to_check=to_check)
        if point != self._point:
            self._close_editor()
        self._point = point
        self._to_check = to_check
        self._question.setText(point.question)
        self._question.setVisible(bool(point.question))
        self._text.setText(point.text)
        self._foot = _where(point, has_pages=has_pages)
        self._pill.set_state(look.word, look.tone, look.mark)
        self._meter.set_level(confidence_level(point.confidence), confidence_word(point.confidence))
        self.setAccessibleName(f"{point.question} {point.text}, {look.word}".strip())
        self.setAccessibleDescription(self._foot)
        self._sync()

    def set_current(self, current: bool) -> None:
        if current == self._current:
            return
        self._current = current
        self.setProperty("state", "current" if current else "")
        refresh_style(self)
        if not current:
            self._close_editor()
        self._sync()

    def start_edit(self) -> None:
        if self._read_only:
            return
        if self._editor is None:
            self._editor = PointEditor(self)
            self._editor.committed.connect(self._on_committed)
            self._editor.left.connect(self._on_left)
            layout = self.layout()
            assert isinstance(layout, QVBoxLayout)
            layout.insertWidget(layout.indexOf(self._text) + 1, self._editor)
        self._editor.show()
        self._editor.start(self._point.text)
        self._sync()

    def _sync(self) -> None:
        is_editing = self._editor is not None and not self._editor.isHidden()
        is_persons = self._point.reason in {CONFIRMED, CORRECTED}
        self._text.setVisible(not is_editing)
        self._where.setText(tr("Enter keeps it, Esc leaves it. Empty: it is taken out.") if is_editing else self._foot)
        self._where.setVisible(bool(self._where.text()))
        self._actions.setVisible(self._current and not self._read_only and not is_editing)
        self._accept.setVisible(self._to_check)
        self._meter.setVisible(self._current and not is_persons)

    def _close_editor(self) -> None:
        if self._editor is None or self._editor.isHidden():
            return
        if QApplication.focusWidget() is self._editor:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._editor.hide()
        self._sync()

    def _on_left(self) -> None:
        self._close_editor()

    def _on_committed(self, text: str) -> None:
        self._close_editor()
        if not text:
            self.removed.emit(self._index)
        elif text != self._point.text:
            self.edited.emit(self._index, text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit(self._index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.start_edit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}:
            self.clicked.emit(self._index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.clicked.emit(self._index)
        else:
            super().keyPressEvent(event)


def _where(point: Point, *, has_pages: bool) -> str:
    """Why it can be trusted, and where it stands as far as that says more."""
    parts = [shown_reason(point.reason)] if point.reason else []
    pages = ", ".join(str(page) for page in sorted({evidence.page for evidence in point.evidence}))
    if pages and len(point.evidence) > 1:
        n = len(point.evidence)
        parts.append(
            tr("Rests on {n} sentences, page {pages}.", n=n, pages=pages) if has_pages else tr("Rests on {n} sentences.", n=n)
        )
    elif pages and has_pages:
        parts.append(tr("Page {page}.", page=pages))
    return " ".join(parts)
