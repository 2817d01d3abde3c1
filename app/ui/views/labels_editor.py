"""The classes of a task: a table and the form of the chosen one, with examples that teach it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.domain.task import TaskLabel
from app.ui.messages import title_of, tr, tr_n
from app.ui.views.specs_editor import SpecsTable
from app.ui.views.specs_model import SpecsModel
from app.ui.views.task_drafts import name_from_title, with_title
from app.ui.views.word_lists import lines_of
from app.ui.widgets.form_row import FormRow

_EXAMPLE_LINES = 5


class LabelsEditor(QWidget):
    """Signals: changed."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        model: SpecsModel[TaskLabel] = SpecsModel(
            [
                (tr("Class"), lambda label: title_of(label.title, label.name)),
                (tr("What it means"), lambda label: label.description),
                (tr("Examples"), lambda label: tr_n("{n} example", "{n} examples", len(label.examples)) if label.examples else ""),
            ]
        )
        self._table: SpecsTable[TaskLabel] = SpecsTable(model, tr("Classes of the task"), tr("Add a class"), "labelsTable", self)
        self._form = QFrame(self)
        self._form.setProperty("role", "tile")
        self._title = QLineEdit(self._form)
        self._description = QLineEdit(self._form)
        self._examples = QPlainTextEdit(self._form)
        self._new_names: set[str] = set()
        self._title_row = FormRow(tr("Class"), self._title, self._form)
        self._build()

    def _build(self) -> None:
        self._title.setObjectName("labelTitle")
        self._description.setObjectName("labelDescription")
        self._examples.setObjectName("labelExamples")
        self._examples.setTabChangesFocus(True)
        self._examples.setFixedHeight(self._examples.fontMetrics().lineSpacing() * _EXAMPLE_LINES + 18)
        form = QVBoxLayout(self._form)
        form.setContentsMargins(12, 12, 12, 12)
        form.setSpacing(10)
        form.addWidget(self._title_row)
        form.addWidget(
            FormRow(tr("What it means"), self._description, self._form, hint=tr("One sentence that sets it apart from the others."))
        )
        form.addWidget(
            FormRow(
                tr("Examples"),
                self._examples,
                self._form,
                hint=tr("One a line: texts that belong to this class. A few good ones help most."),
            )
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._table)
        layout.addWidget(self._form)
        self._form.hide()
        self._table.current_changed.connect(self._show_current)
        self._table.changed.connect(self.changed)
        self._table.add_requested.connect(self._on_add)
        self._title.textEdited.connect(self._on_edited)
        self._description.textEdited.connect(self._on_edited)
        self._examples.textChanged.connect(self._on_edited)

    @property
    def table(self) -> SpecsTable[TaskLabel]:
        return self._table

    def labels(self) -> tuple[TaskLabel, ...]:
        return self._table.model.specs

    def set_labels(self, labels: tuple[TaskLabel, ...]) -> None:
        self._new_names.clear()
        self._table.set_specs(labels)

    def set_faults(self, faults: Mapping[int, str], general: str = "") -> None:
        row = self._table.current_row
        others = [sentence for index, sentence in faults.items() if index != row]
        self._table.set_fault(" ".join([general, *others]).strip())
        self._title_row.set_fault(faults.get(row, ""))

    def set_read_only(self, read_only: bool) -> None:
        self._table.set_read_only(read_only)
        self._form.setEnabled(not read_only)

    def _show_current(self, row: int) -> None:
        self._form.setVisible(row >= 0)
        if row < 0:
            return
        label = self.labels()[row]
        blocker = QSignalBlocker(self._examples)
        self._title.setText(title_of(label.title, label.name))
        self._description.setText(label.description)
        self._examples.setPlainText("\n".join(" ".join(example.split()) for example in label.examples))
        del blocker

    def _on_add(self) -> None:
        title = tr("New class")
        name = name_from_title(title, {label.name for label in self.labels()}, "label")
        self._new_names.add(name)
        row = self._table.model.append(TaskLabel(name=name, title=with_title({}, title)))
        self._table.set_current_row(row)
        self._title.setFocus()
        self._title.selectAll()
        self.changed.emit()

    def _on_edited(self) -> None:
        row = self._table.current_row
        if row < 0:
            return
        before = self.labels()[row]
        title = self._title.text()
        name = before.name
        if name in self._new_names:
            self._new_names.discard(name)
            name = name_from_title(title, {label.name for index, label in enumerate(self.labels()) if index != row}, "label")
            self._new_names.add(name)
        examples = lines_of(self._examples.toPlainText())
        if examples == tuple(" ".join(example.split()) for example in before.examples):
            examples = before.examples
        after = before.model_copy(
            update={
                "name": name,
                "title": with_title(before.title, title),
                "description": self._description.text().strip(),
                "examples": examples,
            }
        )
        self._table.model.replace(row, after)
        self.changed.emit()
