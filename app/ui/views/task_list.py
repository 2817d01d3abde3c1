"""The tasks to choose from in the editor: the person's own first, then the built-in ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QFrame, QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from app.domain.task import Task, TaskKind
from app.ui.messages import title_of, tr
from app.ui.theme import tokens_of
from app.ui.views.task_drafts import kind_title
from app.ui.widgets.buttons import TextButton

Index = QModelIndex | QPersistentModelIndex
TASK_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_PAD = 10


class TasksListModel(QAbstractListModel):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks: list[Task] = []
        self._builtin: frozenset[str] = frozenset()

    def set_tasks(self, tasks: Sequence[Task], builtin_ids: Collection[str]) -> None:
        self.beginResetModel()
        self._builtin = frozenset(builtin_ids)
        self._tasks = sorted(tasks, key=lambda task: (task.id in self._builtin, title_of(task.title, task.id).casefold()))
        self.endResetModel()

    def row_of(self, task_id: str) -> int:
        return next((row for row, task in enumerate(self._tasks) if task.id == task_id), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._tasks)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        task = self._tasks[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return title_of(task.title, task.id)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{title_of(task.title, task.id)}, {self._caption(task)}"
            case Qt.ItemDataRole.StatusTipRole:
                return self._caption(task)
            case _ if role == TASK_ROLE:
                return task
        return None

    def _caption(self, task: Task) -> str:
        origin = tr("built in") if task.id in self._builtin else tr("yours")
        return f"{kind_title(task.kind)} · {origin}"


class _TaskDelegate(QStyledItemDelegate):
    """Title over kind and origin."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, QFontMetrics(option.font).height() * 2 + 16)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view = option.widget
        tokens = tokens_of(view)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = option.rect.adjusted(2, 1, -2, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if chosen or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.color("selection" if chosen else "hover"))
            painter.drawRoundedRect(area, 8, 8)
        metrics = QFontMetrics(option.font)
        line = metrics.height()
        first = QRect(area.left() + _PAD, area.top() + 6, area.width() - 2 * _PAD, line)
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold if chosen else QFont.Weight.Normal)
        painter.setFont(bold)
        painter.setPen(tokens.color("ink"))
        painter.drawText(
            first, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, first.width())
        )
        small = QFont(option.font)
        small.setPointSizeF(small.pointSizeF() * 0.9)
        painter.setFont(small)
        painter.setPen(tokens.color("soft"))
        caption = QFontMetrics(small).elidedText(
            index.data(Qt.ItemDataRole.StatusTipRole), Qt.TextElideMode.ElideRight, first.width()
        )
        painter.drawText(first.translated(0, line), Qt.AlignmentFlag.AlignVCenter, caption)
        painter.restore()


class TaskListPane(QFrame):
    """Signals: task_chosen (task), new_requested (kind)."""

    task_chosen = Signal(object)
    new_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setObjectName("taskListPane")
        self._model = TasksListModel(self)
        self._view = QListView(self)
        self._view.setObjectName("taskList")
        self._view.setAccessibleName(tr("Tasks"))
        self._view.setModel(self._model)
        self._view.setItemDelegate(_TaskDelegate(self._view))
        self._view.setMouseTracking(True)
        self._view.setFrameShape(QFrame.Shape.NoFrame)
        self._view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._new = TextButton(tr("New task"), "newTask", parent=self, icon_name="plus")
        menu = QMenu(self._new)
        for kind in (TaskKind.EXTRACT, TaskKind.CLASSIFY, TaskKind.SUMMARIZE):
            action = menu.addAction(kind_title(kind))
            action.setObjectName(f"new_{kind.value}")
            action.triggered.connect(lambda _checked=False, kind=kind: self.new_requested.emit(kind))
        self._new.setMenu(menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 10)
        layout.setSpacing(8)
        layout.addWidget(self._view, 1)
        layout.addWidget(self._new)
        self._view.selectionModel().currentChanged.connect(self._on_current_changed)

    @property
    def model(self) -> TasksListModel:
        return self._model

    def set_tasks(self, tasks: Sequence[Task], builtin_ids: Collection[str]) -> None:
        self._model.set_tasks(tasks, builtin_ids)

    def first_id(self) -> str:
        """The task at the top, empty when there is none."""
        index = self._model.index(0)
        return index.data(TASK_ROLE).id if index.isValid() else ""

    def choose(self, task_id: str) -> None:
        """Mark a task as the chosen one; an unknown one leaves none marked."""
        row = self._model.row_of(task_id)
        if row >= 0:
            self._view.setCurrentIndex(self._model.index(row))
        else:
            self._view.selectionModel().clear()

    def _on_current_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self.task_chosen.emit(current.data(TASK_ROLE))
