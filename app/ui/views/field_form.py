"""The form of one field of a task: what it is called, its type, and words that help to find it."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.domain.task import FieldType, TaskField
from app.ui.messages import title_of, tr
from app.ui.views.task_drafts import name_from_title, type_title, with_title
from app.ui.views.word_lists import choices_of, choices_text, words_of, words_text
from app.ui.widgets.form_row import FormRow
from app.ui.widgets.plain_label import PlainLabel

_CHOICE_LINES = 4


class FieldForm(QFrame):
    """Signals: edited."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None, *, in_rows: bool = False) -> None:
        super().__init__(parent)
        self.setProperty("role", "tile")
        self.setObjectName("fieldForm")
        self._field = TaskField(name="field")
        self._taken: frozenset[str] = frozenset()
        self._follows_title = False
        self._title = QLineEdit(self)
        self._type = QComboBox(self)
        self._description = QLineEdit(self)
        self._required = QCheckBox(tr("Must be found"), self)
        self._many = QCheckBox(tr("Can be several"), self)
        self._requests = QCheckBox(tr("Sentences that ask for something or promise it"), self)
        self._labels = QLineEdit(self)
        self._not_labels = QLineEdit(self)
        self._examples = QLineEdit(self)
        self._choices = QPlainTextEdit(self)
        self._name = PlainLabel("", self, role="small")
        self._many.setVisible(not in_rows)
        for index, type_ in enumerate(FieldType):
            self._type.addItem(type_title(type_), type_.value)
            self._type.setItemData(index, type_.value)
        self._title_row = FormRow(tr("Field"), self._title, self)
        self._choices_row = FormRow(
            tr("Choices"), self._choices, self, hint=tr("One a line. After a colon, the words that mean it: card: Visa, Mastercard")
        )
        self._build()
        self._connect()

    def _build(self) -> None:
        names = {
            "fieldTitle": self._title,
            "fieldType": self._type,
            "fieldDescription": self._description,
            "fieldLabels": self._labels,
        }
        names |= {"fieldNotLabels": self._not_labels, "fieldExamples": self._examples, "fieldChoices": self._choices}
        for name, control in names.items():
            control.setObjectName(name)
        self._required.setObjectName("fieldRequired")
        self._required.setToolTip(tr("A document without it waits for you."))
        self._many.setObjectName("fieldMany")
        self._requests.setObjectName("fieldRequests")
        self._requests.setToolTip(tr("Finds what somebody is asked to do, or says they will, wherever it stands in the text."))
        self._choices.setTabChangesFocus(True)
        self._choices.setFixedHeight(self._choices.fontMetrics().lineSpacing() * _CHOICE_LINES + 18)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(10)
        first = QHBoxLayout()
        first.setSpacing(10)
        first.addWidget(self._title_row, 1)
        first.addWidget(FormRow(tr("Kind of value"), self._type, self), 1)
        self._type.setMinimumContentsLength(12)
        self._type.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        layout.addLayout(first)
        layout.addWidget(self._name)
        layout.addWidget(self._choices_row)
        layout.addWidget(FormRow(tr("What it means"), self._description, self))
        layout.addWidget(
            FormRow(
                tr("Words printed beside it"),
                self._labels,
                self,
                hint=tr("Separated by commas, in any language: due date, payable by"),
            )
        )
        layout.addWidget(FormRow(tr("Words beside values that are easily mistaken for it"), self._not_labels, self))
        layout.addWidget(FormRow(tr("Examples of values"), self._examples, self))
        layout.addWidget(self._required)
        layout.addWidget(self._many)
        layout.addWidget(self._requests)

    def _connect(self) -> None:
        for line in (self._title, self._description, self._labels, self._not_labels, self._examples):
            line.textEdited.connect(self._on_edited)
        self._type.activated.connect(self._on_edited)
        self._choices.textChanged.connect(self._on_edited)
        self._required.clicked.connect(self._on_edited)
        self._many.clicked.connect(self._on_edited)
        self._requests.clicked.connect(self._on_edited)

    def show_spec(self, spec: TaskField, taken: Collection[str], *, is_new: bool) -> None:
        """Show a field. The name of a new one follows its title; that of a stored one stays."""
        self._field = spec
        self._taken = frozenset(taken)
        self._follows_title = is_new
        blockers = [QSignalBlocker(self._choices)]
        self._title.setText(title_of(spec.title, spec.name))
        self._type.setCurrentIndex(self._type.findData(spec.type.value))
        self._description.setText(spec.description)
        self._labels.setText(words_text(spec.labels))
        self._not_labels.setText(words_text(spec.not_labels))
        self._examples.setText(words_text(spec.examples))
        self._choices.setPlainText(choices_text(spec.choices))
        self._required.setChecked(spec.required)
        self._many.setChecked(spec.many)
        self._requests.setChecked(spec.requests)
        for line in (self._labels, self._not_labels, self._examples, self._description):
            line.setCursorPosition(0)
        del blockers
        self._sync()

    def spec(self) -> TaskField:
        """The field as it is on the form; not yet checked."""
        title = self._title.text()
        name = name_from_title(title, self._taken) if self._follows_title else self._field.name
        type_ = FieldType(self._type.currentData())
        return self._field.model_copy(
            update={
                "name": name,
                "title": with_title(self._field.title, title),
                "type": type_,
                "description": self._description.text().strip(),
                "required": self._required.isChecked(),
                "many": self._many.isChecked(),
                "requests": self._requests.isChecked() and self._can_be_requests(),
                "labels": words_of(self._labels.text()),
                "not_labels": words_of(self._not_labels.text()),
                "examples": words_of(self._examples.text()),
                "choices": choices_of(self._choices.toPlainText()) if type_ is FieldType.CHOICE else {},
            }
        )

    def set_fault(self, sentence: str) -> None:
        is_choice = self._type.currentData() == FieldType.CHOICE.value
        self._choices_row.set_fault(sentence if is_choice else "")
        self._title_row.set_fault("" if is_choice else sentence)

    def focus_title(self) -> None:
        self._title.setFocus()
        self._title.selectAll()

    def _on_edited(self) -> None:
        self._sync()
        self.edited.emit()

    def _can_be_requests(self) -> bool:
        return self._many.isChecked() and self._type.currentData() == FieldType.TEXT.value

    def _sync(self) -> None:
        self._requests.setVisible(self._can_be_requests())
        self._choices_row.setVisible(self._type.currentData() == FieldType.CHOICE.value)
        self._name.setText(tr("In checks and exports: {name}", name=self.spec().name))
