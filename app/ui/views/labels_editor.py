"""The classes of a task: a table and the form of the chosen one."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtWidgets import QWidget

from app.domain.task import TaskLabel
from app.ui.messages import title_of, tr, tr_n
from app.ui.views.label_form import LabelForm
from app.ui.views.specs_editor import SpecsEditor
from app.ui.views.specs_model import SpecsModel
from app.ui.views.specs_table import SpecsTable
from app.ui.views.task_drafts import name_from_title, with_title


class LabelsEditor(SpecsEditor[TaskLabel]):
    def __init__(self, parent: QWidget | None = None) -> None:
        model: SpecsModel[TaskLabel] = SpecsModel(
            [
                (tr("Class"), lambda label: title_of(label.title, label.name)),
                (tr("What it means"), lambda label: label.description),
                (tr("Examples"), lambda label: tr_n("{n} example", "{n} examples", len(label.examples)) if label.examples else ""),
            ]
        )
        super().__init__(SpecsTable(model, tr("Classes of the task"), tr("Add a class"), "labelsTable"), LabelForm(), _new, parent)


def _new(taken: Collection[str]) -> TaskLabel:
    title = tr("New class")
    return TaskLabel(name=name_from_title(title, taken, "label"), title=with_title({}, title))
