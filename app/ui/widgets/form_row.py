"""One line of a form: a name, a control, and beside it what is wrong with it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.theme import refresh_style
from app.ui.widgets.plain_label import PlainLabel


class FormRow(QWidget):
    """The name stands above the control, so that long names and large fonts fit. `set_fault("")` clears the fault."""

    def __init__(self, title: str, control: QWidget, parent: QWidget | None = None, *, hint: str = "") -> None:
        super().__init__(parent)
        self._control = control
        label = PlainLabel(title, self, role="formLabel")
        label.setBuddy(control)
        self._fault = PlainLabel("", self, role="fault", wrap=True)
        self._fault.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(label)
        layout.addWidget(control)
        if hint:
            layout.addWidget(PlainLabel(hint, self, role="small", wrap=True))
        layout.addWidget(self._fault)
        control.setAccessibleName(control.accessibleName() or title)
        if hint:
            control.setAccessibleDescription(hint)

    @property
    def fault(self) -> str:
        return self._fault.text()

    def set_fault(self, sentence: str) -> None:
        if sentence == self._fault.text():
            return
        self._fault.setText(sentence)
        self._fault.setVisible(bool(sentence))
        self._control.setProperty("state", "fault" if sentence else "")
        refresh_style(self._control)
