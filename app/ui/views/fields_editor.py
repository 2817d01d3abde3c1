"""The fields of a task, or the columns of its rows: a table and the form of the chosen one."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.task import TaskField
from app.ui.messages import title_of, tr
from app.ui.views.field_form import FieldForm
from app.ui.views.specs_editor import SpecsTable
from app.ui.views.specs_model import SpecsModel
from app.ui.views.task_drafts import name_from_title, type_title, with_title


class FieldsEditor(QWidget):
    """Signals: changed."""

    changed = Signal()

    def __init__(self, object_name: str, parent: QWidget | None = None, *, in_rows: bool = False) -> None:
        super().__init__(parent)
        model: SpecsModel[TaskField] = SpecsModel(
            [
                (tr("Column") if in_rows else tr("Field"), lambda field: title_of(field.title, field.name)),
                (tr("Kind of value"), lambda field: type_title(field.type)),
                ("", _traits),
            ]
        )
        name = tr("Columns of the rows") if in_rows else tr("Fields of the task")
        add_text = tr("Add a column") if in_rows else tr("Add a field")
        self._table: SpecsTable[TaskField] = SpecsTable(model, name, add_text, object_name, self)
        self._form = FieldForm(self, in_rows=in_rows)
        self._new_names: set[str] = set()
        self._faults: dict[int, str] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._table)
        layout.addWidget(self._form)
        self._form.hide()
        self._table.current_changed.connect(self._show_current)
        self._table.changed.connect(self.changed)
        self._table.add_requested.connect(self._on_add)
        self._form.edited.connect(self._on_edited)

    @property
    def table(self) -> SpecsTable[TaskField]:
        return self._table

    def fields(self) -> tuple[TaskField, ...]:
        return self._table.model.specs

    def set_fields(self, fields: tuple[TaskField, ...]) -> None:
        self._new_names.clear()
        self._table.set_specs(fields)

    def set_faults(self, faults: Mapping[int, str], general: str = "") -> None:
        """Faults by the number of the field; `general` is one of all of them."""
        self._faults = dict(faults)
        others = [
            f"{title_of(field.title, field.name)}: {self._faults[row]}"
            for row, field in enumerate(self.fields())
            if row in self._faults and row != self._table.current_row
        ]
        self._table.set_fault(" ".join([general, *others]).strip())
        self._form.set_fault(self._faults.get(self._table.current_row, ""))

    def set_read_only(self, read_only: bool) -> None:
        self._table.set_read_only(read_only)
        self._form.setEnabled(not read_only)

    def _others(self, row: int) -> set[str]:
        return {field.name for index, field in enumerate(self.fields()) if index != row}

    def _show_current(self, row: int) -> None:
        self._form.setVisible(row >= 0)
        if row >= 0:
            field = self.fields()[row]
            self._form.show_field(field, self._others(row), is_new=field.name in self._new_names)
            self._form.set_fault(self._faults.get(row, ""))

    def _on_add(self) -> None:
        title = tr("New field")
        name = name_from_title(title, {field.name for field in self.fields()})
        self._new_names.add(name)
        row = self._table.model.append(TaskField(name=name, title=with_title({}, title)))
        self._table.set_current_row(row)
        self._form.focus_title()
        self.changed.emit()

    def _on_edited(self) -> None:
        row = self._table.current_row
        if row < 0:
            return
        field = self._form.field()
        before = self.fields()[row].name
        if before != field.name:
            self._new_names.discard(before)
            self._new_names.add(field.name)
        self._table.model.replace(row, field)
        self.changed.emit()


def _traits(field: TaskField) -> str:
    return ", ".join([tr("required")] * field.required + [tr("several")] * field.many)
