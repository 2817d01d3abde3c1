"""The tables that a task looks for, such as line items: each with a title and its columns."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.task import TaskField, TaskRows
from app.ui.messages import title_of, tr
from app.ui.views.fields_editor import FieldsEditor
from app.ui.views.task_drafts import name_from_title, with_title
from app.ui.views.word_lists import words_of, words_text
from app.ui.widgets.buttons import IconButton, TextButton
from app.ui.widgets.form_row import FormRow


class _GroupForm(QFrame):
    """One table. Signals: edited, remove_requested."""

    edited = Signal()
    remove_requested = Signal()

    def __init__(self, group: TaskRows, number: int, parent: QWidget, *, is_new: bool) -> None:
        super().__init__(parent)
        self.setProperty("role", "tile")
        self._group = group
        self._is_new = is_new
        self._title = QLineEdit(title_of(group.title, group.name), self)
        self._title.setObjectName(f"rowsTitle{number}")
        self._labels = QLineEdit(words_text(group.labels), self)
        self._labels.setObjectName(f"rowsLabels{number}")
        self._labels.setCursorPosition(0)
        self._remove = IconButton("trash", tr("Remove these rows"), f"rowsRemove{number}", self)
        self._fields = FieldsEditor(f"rowsColumns{number}", self, in_rows=True)
        self._fields.set_specs(group.fields)
        self._title_row = FormRow(tr("Rows"), self._title, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(self._title_row, 1)
        head.addWidget(self._remove, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(head)
        layout.addWidget(FormRow(tr("Words at the head of the table"), self._labels, self))
        layout.addWidget(self._fields)
        self._title.textEdited.connect(self.edited)
        self._labels.textEdited.connect(self.edited)
        self._fields.changed.connect(self.edited)
        self._remove.clicked.connect(self.remove_requested)

    def group(self, taken: set[str]) -> TaskRows:
        title = self._title.text()
        name = name_from_title(title, taken, "rows") if self._is_new else self._group.name
        return self._group.model_copy(
            update={
                "name": name,
                "title": with_title(self._group.title, title),
                "labels": words_of(self._labels.text()),
                "fields": self._fields.specs(),
            }
        )

    def set_fault(self, sentence: str) -> None:
        self._fields.set_faults({}, sentence)

    def set_read_only(self, read_only: bool) -> None:
        for line in (self._title, self._labels):
            line.setReadOnly(read_only)
        self._remove.setVisible(not read_only)
        self._fields.set_read_only(read_only)


class RowsEditor(QWidget):
    """Signals: changed."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._forms: list[_GroupForm] = []
        self._read_only = False
        self._space = QVBoxLayout()
        self._space.setSpacing(8)
        self._add = TextButton(tr("Add rows, such as line items"), "addRows", "ghost", self, icon_name="plus")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._space)
        self._add.setProperty("density", "small")
        layout.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)
        self._add.clicked.connect(self._on_add)

    def groups(self) -> tuple[TaskRows, ...]:
        groups: list[TaskRows] = []
        for form in self._forms:
            groups.append(form.group({group.name for group in groups}))
        return tuple(groups)

    def set_groups(self, groups: tuple[TaskRows, ...]) -> None:
        for form in list(self._forms):
            self._take(form)
        for group in groups:
            self._append(group, is_new=False)

    def set_faults(self, faults: Mapping[int, str]) -> None:
        for index, form in enumerate(self._forms):
            form.set_fault(faults.get(index, ""))

    def set_read_only(self, read_only: bool) -> None:
        self._read_only = read_only
        self._add.setVisible(not read_only)
        for form in self._forms:
            form.set_read_only(read_only)

    def _append(self, group: TaskRows, *, is_new: bool) -> None:
        form = _GroupForm(group, len(self._forms), self, is_new=is_new)
        form.set_read_only(self._read_only)
        form.edited.connect(self.changed)
        form.remove_requested.connect(lambda: self._on_remove(form))
        self._forms.append(form)
        self._space.addWidget(form)

    def _take(self, form: _GroupForm) -> None:
        self._forms.remove(form)
        self._space.removeWidget(form)
        form.hide()
        form.deleteLater()

    def _on_add(self) -> None:
        title = tr("Line items")
        column = TaskField(name="description", title=with_title({}, tr("Description")))
        name = name_from_title(title, {group.name for group in self.groups()}, "rows")
        self._append(TaskRows(name=name, title=with_title({}, title), fields=(column,)), is_new=True)
        self.changed.emit()

    def _on_remove(self, form: _GroupForm) -> None:
        self._take(form)
        self.changed.emit()
