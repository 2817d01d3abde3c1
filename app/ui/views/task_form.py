"""The form of a task in the middle of the editor: its basics, and the part that its kind needs. Checks as it is typed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from app.domain.task import SummaryStyle, Task, TaskKind
from app.ui.messages import title_of, tr
from app.ui.theme import refresh_style
from app.ui.views.checks_editor import ChecksEditor
from app.ui.views.fields_editor import FieldsEditor
from app.ui.views.labels_editor import LabelsEditor
from app.ui.views.routing_form import RoutingForm
from app.ui.views.rows_editor import RowsEditor
from app.ui.views.task_drafts import checked_task, kind_title, style_title, with_title
from app.ui.widgets.form_row import FormRow
from app.ui.widgets.number_box import NumberBox
from app.ui.widgets.plain_label import PlainLabel

_CHECK_DELAY_MS = 120
_TEXT_LINES = 3
_NUMBER_WIDTH = 120


class _Section(QWidget):
    """A part of the form under a heading."""

    def __init__(self, title: str, content: list[QWidget], parent: QWidget) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(PlainLabel(title, self, role="heading"))
        for widget in content:
            layout.addWidget(widget)


class TaskForm(QScrollArea):
    """Signals: changed (the draft differs from what was shown), checked (task or None): after each pause in typing."""

    changed = Signal()
    checked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("taskForm")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._task: Task | None = None
        self._filling = False
        self._title = QLineEdit()
        self._kind = PlainLabel("", role="soft")
        self._description = QLineEdit()
        self._instructions = QPlainTextEdit()
        self._fields = FieldsEditor("fieldsTable")
        self._rows = RowsEditor()
        self._checks = ChecksEditor()
        self._labels = LabelsEditor()
        self._other = QComboBox()
        self._style = QComboBox()
        self._points = NumberBox(1, 50)
        self._language = QComboBox()
        self._routing = RoutingForm()
        self._title_row = FormRow(tr("Name of the task"), self._title)
        self._timer = QTimer(self, singleShot=True, interval=_CHECK_DELAY_MS)
        self._timer.timeout.connect(self._check)
        self._build()
        self._connect()

    def _build(self) -> None:
        self._name_controls()
        body = QWidget(self)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(18, 14, 18, 18)
        layout.setSpacing(12)
        basics: list[QWidget] = [
            self._title_row,
            FormRow(tr("What it is for"), self._description),
            FormRow(
                tr("Advice for the model"), self._instructions, hint=tr("A sentence or two about these documents; may be empty.")
            ),
        ]
        layout.addWidget(self._kind)
        for widget in basics:
            layout.addWidget(widget)
        self._sections: dict[TaskKind, list[QWidget]] = {
            TaskKind.EXTRACT: [
                _Section(tr("Fields"), [self._fields], body),
                _Section(tr("Repeated rows"), [self._rows], body),
                _Section(tr("Checks"), [self._checks], body),
            ],
            TaskKind.CLASSIFY: [_Section(tr("Classes"), [self._labels, FormRow(tr("When none fits"), self._other)], body)],
            TaskKind.SUMMARIZE: [
                _Section(
                    tr("Summary"),
                    [
                        FormRow(tr("Form"), self._style),
                        FormRow(tr("At most so many points"), self._points),
                        FormRow(tr("Language"), self._language),
                    ],
                    body,
                )
            ],
        }
        for sections in self._sections.values():
            for section in sections:
                layout.addWidget(section)
        layout.addWidget(_Section(tr("Privacy"), [self._routing], body))
        layout.addStretch(1)
        self.setWidget(body)

    def _name_controls(self) -> None:
        names: dict[str, QWidget] = {
            "taskTitle": self._title,
            "taskDescription": self._description,
            "taskInstructions": self._instructions,
            "taskOtherLabel": self._other,
            "taskStyle": self._style,
            "taskPoints": self._points,
            "taskLanguage": self._language,
        }
        for name, control in names.items():
            control.setObjectName(name)
        self._points.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._points.setMaximumWidth(_NUMBER_WIDTH)
        self._instructions.setTabChangesFocus(True)
        self._instructions.setFixedHeight(self._instructions.fontMetrics().lineSpacing() * _TEXT_LINES + 18)
        for box in (self._other, self._style, self._language):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(10)
        for style in SummaryStyle:
            self._style.addItem(style_title(style), style.value)
        self._language.addItem(tr("As the document"), "document")
        self._language.addItem(tr("My language"), "person")

    def _connect(self) -> None:
        for line in (self._title, self._description):
            line.textEdited.connect(self._on_changed)
        self._instructions.textChanged.connect(self._on_changed)
        for editor in (self._fields, self._rows, self._checks, self._labels):
            editor.changed.connect(self._on_changed)
        for box in (self._other, self._style, self._language):
            box.activated.connect(self._on_changed)
        self._points.valueChanged.connect(self._on_changed)
        self._routing.changed.connect(self._on_changed)

    def show_task(self, task: Task, *, read_only: bool) -> None:
        """Fill the form; the task's kind decides which parts are shown."""
        self._filling = True
        self._task = task
        self._title.setText(title_of(task.title, task.id))
        self._kind.setText(kind_title(task.kind))
        self._description.setText(task.description)
        self._description.setCursorPosition(0)
        self._instructions.setPlainText(task.instructions)
        self._fields.set_specs(task.fields)
        self._rows.set_groups(task.rows)
        self._checks.set_checks(task.checks)
        self._labels.set_specs(task.labels)
        self._fill_other(task.other_label)
        self._style.setCurrentIndex(self._style.findData(task.style.value))
        self._points.setValue(task.max_points)
        self._language.setCurrentIndex(self._language.findData(task.language))
        self._routing.show_task(task)
        for kind, sections in self._sections.items():
            for section in sections:
                section.setVisible(kind is task.kind)
        self._set_read_only(read_only)
        self._filling = False
        self.verticalScrollBar().setValue(0)
        self._check()

    def draft(self) -> dict[str, Any]:
        """The task as it is on the form, not yet checked."""
        assert self._task is not None
        task = self._task
        draft = task.model_dump(mode="json", by_alias=True, warnings=False)
        draft |= {
            "title": with_title(task.title, self._title.text()),
            "description": self._description.text().strip(),
            "instructions": self._instructions.toPlainText().strip(),
        }
        self._routing.put_into(draft)
        match task.kind:
            case TaskKind.EXTRACT:
                draft["fields"] = [_plain(spec) for spec in self._fields.specs()]
                draft["rows"] = [_plain(group) for group in self._rows.groups()]
                draft["checks"] = [_plain(check) for check in self._checks.checks()]
            case TaskKind.CLASSIFY:
                draft["labels"] = [_plain(label) for label in self._labels.specs()]
                draft["other_label"] = self._other.currentData() or ""
            case TaskKind.SUMMARIZE:
                draft["style"] = self._style.currentData()
                draft["max_points"] = self._points.value()
                draft["language"] = self._language.currentData()
        return draft

    def checked_task(self) -> Task | None:
        """The task on the form if it can be used; the faults are shown beside their controls."""
        return self._check()

    def focus_title(self) -> None:
        self._title.setFocus()
        self._title.selectAll()

    def _check(self) -> Task | None:
        if self._task is None:
            return None
        self._timer.stop()
        task, faults = checked_task(self.draft())
        names = [spec.name for spec in self._fields.specs()]
        names += [f"{group.name}.{spec.name}" for group in self._rows.groups() for spec in group.fields]
        self._checks.set_names(tuple(names))
        self._show_faults(faults)
        self.checked.emit(task)
        return task

    def _show_faults(self, faults: dict[str, str]) -> None:
        self._title_row.set_fault(faults.get("title", ""))
        self._fields.set_faults(_numbered(faults, "fields"), faults.get("fields", ""))
        self._rows.set_faults(_numbered(faults, "rows"))
        self._checks.set_faults(_numbered(faults, "checks"))
        self._labels.set_faults(_numbered(faults, "labels"), faults.get("labels", ""))

    def _fill_other(self, chosen: str) -> None:
        self._other.clear()
        self._other.addItem(tr("Choose the likeliest all the same"), "")
        for label in self._labels.specs():
            self._other.addItem(title_of(label.title, label.name), label.name)
        self._other.setCurrentIndex(max(0, self._other.findData(chosen)))

    def _set_read_only(self, read_only: bool) -> None:
        for line in (self._title, self._description):
            line.setReadOnly(read_only)
        self._instructions.setReadOnly(read_only)
        refresh_style(self._instructions)
        for editor in (self._fields, self._rows, self._checks, self._labels):
            editor.set_read_only(read_only)
        for box in (self._other, self._style, self._points, self._language):
            box.setEnabled(not read_only)
        self._routing.set_read_only(read_only)

    def _on_changed(self) -> None:
        if self._filling:
            return
        if self._task is not None and self._task.kind is TaskKind.CLASSIFY and self.sender() is self._labels:
            self._fill_other(self._other.currentData() or "")
        self._timer.start()
        self.changed.emit()


def _plain(part: Any) -> dict[str, Any]:
    plain: dict[str, Any] = part.model_dump(mode="json", by_alias=True, warnings=False)
    return plain


def _numbered(faults: dict[str, str], part: str) -> dict[int, str]:
    """The faults of one part by their number."""
    places = {place.removeprefix(f"{part}."): sentence for place, sentence in faults.items() if place.startswith(f"{part}.")}
    return {int(place): sentence for place, sentence in places.items() if place.isdigit()}
