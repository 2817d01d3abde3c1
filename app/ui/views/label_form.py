"""The form of one class of a task: what it is called, what it means, and examples that teach it."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.domain.task import TaskLabel
from app.ui.messages import title_of, tr
from app.ui.views.task_drafts import name_from_title, with_title
from app.ui.views.word_lists import lines_of
from app.ui.widgets.form_row import FormRow

_EXAMPLE_LINES = 5


class LabelForm(QFrame):
    """Signals: edited."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "tile")
        self._label = TaskLabel(name="label")
        self._taken: frozenset[str] = frozenset()
        self._follows_title = False
        self._title = QLineEdit(self)
        self._description = QLineEdit(self)
        self._examples = QPlainTextEdit(self)
        self._title_row = FormRow(tr("Class"), self._title, self)
        self._build()
        self._title.textEdited.connect(self.edited)
        self._description.textEdited.connect(self.edited)
        self._examples.textChanged.connect(self.edited)

    def _build(self) -> None:
        self._title.setObjectName("labelTitle")
        self._description.setObjectName("labelDescription")
        self._examples.setObjectName("labelExamples")
        self._examples.setTabChangesFocus(True)
        self._examples.setFixedHeight(self._examples.fontMetrics().lineSpacing() * _EXAMPLE_LINES + 18)
        meaning = tr("One sentence that sets it apart from the others.")
        teaching = tr("One a line: texts that belong to this class. A few good ones help most.")
        form = QVBoxLayout(self)
        form.setContentsMargins(12, 12, 12, 12)
        form.setSpacing(10)
        form.addWidget(self._title_row)
        form.addWidget(FormRow(tr("What it means"), self._description, self, hint=meaning))
        form.addWidget(FormRow(tr("Examples"), self._examples, self, hint=teaching))

    def show_spec(self, spec: TaskLabel, taken: Collection[str], *, is_new: bool) -> None:
        """Show a class. The name of a new one follows its title; that of a stored one stays."""
        self._label = spec
        self._taken = frozenset(taken)
        self._follows_title = is_new
        blocker = QSignalBlocker(self._examples)
        self._title.setText(title_of(spec.title, spec.name))
        self._description.setText(spec.description)
        self._examples.setPlainText("\n".join(_one_line(example) for example in spec.examples))
        del blocker

    def spec(self) -> TaskLabel:
        """The class as it is on the form; not yet checked."""
        before, title = self._label, self._title.text()
        examples = lines_of(self._examples.toPlainText())
        return before.model_copy(
            update={
                "name": name_from_title(title, self._taken, "label") if self._follows_title else before.name,
                "title": with_title(before.title, title),
                "description": self._description.text().strip(),
                # Those of several lines stay as they are, unless they were changed.
                "examples": before.examples if examples == tuple(map(_one_line, before.examples)) else examples,
            }
        )

    def set_fault(self, sentence: str) -> None:
        self._title_row.set_fault(sentence)

    def focus_title(self) -> None:
        self._title.setFocus()
        self._title.selectAll()


def _one_line(text: str) -> str:
    return " ".join(text.split())
