"""Paints the rows of the job list: name with a second line, amounts, the state as a pill, and the button of a row."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from app.domain.job import JobState
from app.ui.models.digest import AMOUNT, SUBJECT, Cell
from app.ui.models.job_row import JobRow, RowAction, Status, action_text
from app.ui.models.jobs import ACTION, COLUMN_ROLE, DOCUMENT, ROW_ROLE, STATUS, Column
from app.ui.theme import Tokens, tabular, tokens_of

_SIDE = 12
_PILL_SIDE = 10
_Index = QModelIndex | QPersistentModelIndex


class JobDelegate(QStyledItemDelegate):
    """Signals: action_requested(job_id, action): a button painted in a row was clicked."""

    action_requested = Signal(int, str)

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row, column = index.data(ROW_ROLE), index.data(COLUMN_ROLE)
        if not isinstance(row, JobRow) or not isinstance(column, Column):
            return
        tokens = tokens_of(self._view)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_ground(painter, option, tokens)
        area = option.rect.adjusted(_SIDE, 0, -_SIDE, 0)
        if column.key == STATUS:
            _paint_pill(painter, area, row.status, small_font(option.font), tokens)
        elif column.key == ACTION:
            _paint_actions(painter, option, row, tokens)
        elif column.key == DOCUMENT:
            _paint_name(painter, area, row, option.font, tokens)
            headline = (row.cell(SUBJECT), row.cell(AMOUNT)) if column.has_headline else (None, None)
            if any(headline):
                _paint_headline(painter, area, *headline, font=option.font, tokens=tokens)
            else:
                self._paint_note(painter, option, row, tokens)
        elif row.job.state is JobState.FAILED:
            self._paint_note(painter, option, row, tokens)
        else:
            _paint_value(painter, area, str(index.data() or ""), is_number=column.is_number, font=option.font, tokens=tokens)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        text = str(index.data() or "")
        return QSize(option.fontMetrics.horizontalAdvance(text) + 2 * _SIDE, row_height(option.font))

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: _Index) -> bool:
        column, row = index.data(COLUMN_ROLE), index.data(ROW_ROLE)
        is_click = (
            isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonRelease
            and event.button() == Qt.MouseButton.LeftButton
        )
        if is_click and isinstance(column, Column) and isinstance(row, JobRow) and column.key == ACTION:
            at = event.position().toPoint()  # type: ignore[attr-defined]
            for action, area in _button_areas(option.rect, row, small_font(option.font)):
                if area.contains(at):
                    self.action_requested.emit(row.job.id, action)
                    return True
        return super().editorEvent(event, model, option, index)

    def _paint_note(self, painter: QPainter, option: QStyleOptionViewItem, row: JobRow, tokens: Tokens) -> None:
        """The second line. A failed row has no values, so its sentence runs on through their columns, cell by cell."""
        font = note_font(option.font)
        metrics = QFontMetrics(font)
        left, right = self._note_span(option.rect, spans=row.job.state is JobState.FAILED)
        line = QRect(left, _note_top(option.rect, option.font), right - left, metrics.height())
        painter.setClipRect(option.rect)
        painter.setFont(font)
        painter.setPen(tokens.color("soft"))
        shown = metrics.elidedText(row.note, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine, shown)

    def _note_span(self, cell: QRect, *, spans: bool) -> tuple[int, int]:
        if not spans:
            return cell.left() + _SIDE, cell.right() - _SIDE
        header = self._view.horizontalHeader()
        keys = [column.key for column in self._columns()]
        left = header.sectionViewportPosition(keys.index(DOCUMENT)) if DOCUMENT in keys else cell.left()
        right = header.sectionViewportPosition(keys.index(STATUS)) if STATUS in keys else cell.right()
        return left + _SIDE, right - _SIDE

    def _columns(self) -> list[Column]:
        model = self._view.model()
        found = (model.index(0, place).data(COLUMN_ROLE) for place in range(model.columnCount()))
        return [column for column in found if isinstance(column, Column)]


def row_height(font: QFont) -> int:
    """Two lines and the air around them."""
    return QFontMetrics(font).height() + QFontMetrics(note_font(font)).height() + 20


def note_font(font: QFont) -> QFont:
    note = QFont(font)
    note.setPointSizeF(font.pointSizeF() * 0.88)
    return note


def small_font(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * 0.85)
    small.setWeight(QFont.Weight.DemiBold)
    return small


def pill_width(text: str, font: QFont) -> int:
    return QFontMetrics(small_font(font)).horizontalAdvance(text) + 2 * _PILL_SIDE


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem, tokens: Tokens) -> None:
    area = option.rect
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(area, tokens.color("selection"))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(area, tokens.color("hover"))
    painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), tokens.color("line"))


def _note_top(area: QRect, font: QFont) -> int:
    heights = QFontMetrics(font).height() + QFontMetrics(note_font(font)).height() + 2
    return area.top() + (area.height() - heights) // 2 + QFontMetrics(font).height() + 2


def _paint_name(painter: QPainter, area: QRect, row: JobRow, font: QFont, tokens: Tokens) -> None:
    metrics = QFontMetrics(font)
    top = _note_top(area, font) - metrics.height() - 2
    painter.setFont(font)
    painter.setPen(tokens.color("ink"))
    name = metrics.elidedText(row.job.name, Qt.TextElideMode.ElideMiddle, area.width())
    painter.drawText(QRect(area.left(), top, area.width(), metrics.height()), Qt.AlignmentFlag.AlignLeft, name)


def _paint_value(painter: QPainter, area: QRect, text: str, *, is_number: bool, font: QFont, tokens: Tokens) -> None:
    shown_font = tabular(font) if is_number else font
    painter.setFont(shown_font)
    painter.setPen(tokens.color("soft" if text == "—" else "ink"))
    side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
    shown = QFontMetrics(shown_font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)


def _paint_headline(
    painter: QPainter, area: QRect, subject: Cell | None, amount: Cell | None, *, font: QFont, tokens: Tokens
) -> None:
    """The answer on the second line of a narrow list: who it is from, and at its end how much."""
    small = tabular(note_font(font))
    metrics = QFontMetrics(small)
    line = QRect(area.left(), _note_top(area, font), area.width(), metrics.height())
    painter.setFont(small)
    painter.setPen(tokens.color("soft"))
    if amount is not None:
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextSingleLine, amount.text)
        line.setRight(line.right() - metrics.horizontalAdvance(amount.text) - _SIDE)
    if subject is not None:
        shown = metrics.elidedText(subject.text, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine, shown)


def _paint_pill(painter: QPainter, area: QRect, status: Status, font: QFont, tokens: Tokens) -> None:
    ground, ink = _pill_colors(status, tokens)
    metrics = QFontMetrics(font)
    height = metrics.height() + 8
    width = min(metrics.horizontalAdvance(status.word) + 2 * _PILL_SIDE, area.width())
    shape = QRectF(area.left(), area.top() + (area.height() - height) / 2, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(shape, 8, 8)
    if status.fraction:
        _paint_fraction(painter, shape, status.fraction, ink)
    painter.setFont(font)
    painter.setPen(ink)
    shown = metrics.elidedText(status.word, Qt.TextElideMode.ElideRight, round(shape.width()) - 2 * _PILL_SIDE + 4)
    painter.drawText(shape, Qt.AlignmentFlag.AlignCenter, shown)


def _paint_fraction(painter: QPainter, shape: QRectF, fraction: float, ink: QColor) -> None:
    """Fill the pill from the left, as far as the job has come."""
    outline = QPainterPath()
    outline.addRoundedRect(shape, 8, 8)
    done = QColor(ink)
    done.setAlphaF(0.22)
    painter.save()
    painter.setClipPath(outline)
    end = QPointF(shape.left() + shape.width() * min(1.0, fraction), shape.bottom())
    painter.fillRect(QRectF(shape.topLeft(), end), done)
    painter.restore()


def _pill_colors(status: Status, tokens: Tokens) -> tuple[QColor, QColor]:
    names = {"good": ("accent_soft", "accent"), "warn": ("warn_soft", "warn"), "bad": ("bad_soft", "bad")}
    ground, ink = names.get(status.tone, ("quiet", "soft"))
    return tokens.color(ground), tokens.color(ink)


def _paint_actions(painter: QPainter, option: QStyleOptionViewItem, row: JobRow, tokens: Tokens) -> None:
    is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
    font = small_font(option.font)
    painter.setFont(font)
    for action, area in _button_areas(option.rect, row, font):
        if action == "cancel" and not is_hovered:
            continue
        if action != "remove":
            painter.setPen(QPen(tokens.color("scroll"), 1))
            painter.setBrush(tokens.color("card"))
            painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        painter.setPen(tokens.color("soft" if action == "remove" else "ink"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, action_text(action))


def _button_areas(cell: QRect, row: JobRow, font: QFont) -> list[tuple[RowAction, QRect]]:
    """The buttons of a row from the left."""
    metrics = QFontMetrics(font)
    height = metrics.height() + 12
    left = cell.left() + 4
    areas: list[tuple[RowAction, QRect]] = []
    for action in row.actions:
        width = metrics.horizontalAdvance(action_text(action)) + 22
        areas.append((action, QRect(left, cell.top() + (cell.height() - height) // 2, width, height)))
        left += width + 4
    return areas
