"""The checks of a task, one a line, each with what is wrong with it beside it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.task import TaskCheck
from app.ui.messages import tr
from app.ui.theme import refresh_style
from app.ui.widgets.buttons import IconButton, TextButton
from app.ui.widgets.plain_label import PlainLabel


class _CheckLine(QWidget):
    """One expression. Signals: edited, remove_requested."""

    edited = Signal()
    remove_requested = Signal()

    def __init__(self, check: TaskCheck, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._check = check
        self._line = QLineEdit(check.expression, self)
        self._line.setObjectName(f"check{number}")
        self._line.setAccessibleName(tr("Check {n}", n=number + 1))
        self._line.setPlaceholderText("net_amount + tax_amount == total_amount")
        self._remove = IconButton("trash", tr("Remove"), f"checkRemove{number}", self)
        self._fault = PlainLabel("", self, role="fault", wrap=True)
        self._fault.hide()
        row = QHBoxLayout()
        row.addWidget(self._line, 1)
        row.addWidget(self._remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(row)
        layout.addWidget(self._fault)
        self._line.textEdited.connect(self.edited)
        self._remove.clicked.connect(self.remove_requested)

    def check(self) -> TaskCheck:
        return self._check.model_copy(update={"expression": self._line.text().strip()})

    def set_fault(self, sentence: str) -> None:
        self._fault.setText(sentence)
        self._fault.setVisible(bool(sentence))
        self._line.setProperty("state", "fault" if sentence else "")
        refresh_style(self._line)

    def set_read_only(self, read_only: bool) -> None:
        self._line.setReadOnly(read_only)
        self._remove.setVisible(not read_only)

    def start(self) -> None:
        self._line.setFocus()


class ChecksEditor(QWidget):
    """Signals: changed."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[_CheckLine] = []
        self._read_only = False
        self._hint = PlainLabel(
            tr("What must hold between the fields. A check that holds proves its values, one that fails shows them to you."),
            self,
            role="small",
            wrap=True,
        )
        self._names = PlainLabel("", self, role="small", wrap=True)
        self._space = QVBoxLayout()
        self._space.setSpacing(6)
        self._add = TextButton(tr("Add a check"), "addCheck", "ghost", self, icon_name="plus")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._hint)
        layout.addWidget(self._names)
        layout.addLayout(self._space)
        self._add.setProperty("density", "small")
        layout.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)
        self._add.clicked.connect(self._on_add)

    def checks(self) -> tuple[TaskCheck, ...]:
        return tuple(line.check() for line in self._lines)

    def set_checks(self, checks: tuple[TaskCheck, ...]) -> None:
        for line in list(self._lines):
            self._take(line)
        for check in checks:
            self._append(check)

    def set_names(self, names: tuple[str, ...]) -> None:
        """The names that checks may use."""
        self._names.setText(tr("Fields: {names}", names=", ".join(names)) if names else "")

    def set_faults(self, faults: Mapping[int, str]) -> None:
        for index, line in enumerate(self._lines):
            line.set_fault(faults.get(index, ""))

    def set_read_only(self, read_only: bool) -> None:
        self._read_only = read_only
        self._add.setVisible(not read_only)
        for line in self._lines:
            line.set_read_only(read_only)

    def _append(self, check: TaskCheck) -> _CheckLine:
        line = _CheckLine(check, len(self._lines), self)
        line.set_read_only(self._read_only)
        line.edited.connect(self.changed)
        line.remove_requested.connect(lambda: self._on_remove(line))
        self._lines.append(line)
        self._space.addWidget(line)
        return line

    def _take(self, line: _CheckLine) -> None:
        self._lines.remove(line)
        self._space.removeWidget(line)
        line.hide()
        line.deleteLater()

    def _on_add(self) -> None:
        self._append(TaskCheck(expression="")).start()
        self.changed.emit()

    def _on_remove(self, line: _CheckLine) -> None:
        self._take(line)
        self.changed.emit()
