"""The fields of a task, or the columns of its rows: a table and the form of the chosen one."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtWidgets import QWidget

from app.domain.task import TaskField
from app.ui.messages import title_of, tr
from app.ui.views.field_form import FieldForm
from app.ui.views.specs_editor import SpecsEditor
from app.ui.views.specs_model import SpecsModel
from app.ui.views.specs_table import SpecsTable
from app.ui.views.task_drafts import name_from_title, type_title, with_title


class FieldsEditor(SpecsEditor[TaskField]):
    def __init__(self, object_name: str, parent: QWidget | None = None, *, in_rows: bool = False) -> None:
        model: SpecsModel[TaskField] = SpecsModel(
            [
                (tr("Column") if in_rows else tr("Field"), lambda field: title_of(field.title, field.name)),
                (tr("Kind of value"), lambda field: type_title(field.type)),
                ("", _traits),
            ]
        )
        name = tr("Columns of the rows") if in_rows else tr("Fields of the task")
        add_text = tr("Add a column") if in_rows else tr("Add a field")
        super().__init__(SpecsTable(model, name, add_text, object_name), FieldForm(in_rows=in_rows), _new_field, parent)


def _new_field(taken: Collection[str]) -> TaskField:
    title = tr("New field")
    return TaskField(name=name_from_title(title, taken), title=with_title({}, title))


def _traits(field: TaskField) -> str:
    return ", ".join([tr("required")] * field.required + [tr("several")] * field.many)
