"""The part of a task's form that says what happens to unsure answers: whether a larger model may be asked, and what may leave."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from app.domain.task import Task
from app.ui.messages import tr
from app.ui.widgets.form_row import FormRow
from app.ui.widgets.number_box import PercentBox

_NUMBER_WIDTH = 120
_STAYS = "none"


class RoutingForm(QWidget):
    """Signals: changed, when a person chooses something else."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._route = _box("taskRoute")
        self._below = PercentBox()
        self._send = _box("taskSend")
        self._pictures = QCheckBox(tr("With a picture of these lines, for models that read pictures"))
        self._pictures.setObjectName("taskPictures")
        self._privacy = _box("taskPrivacy")
        self._below.setObjectName("taskUnsureBelow")
        self._below.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._below.setMaximumWidth(_NUMBER_WIDTH)
        self._fill_boxes()
        self._asked: list[QWidget] = [
            FormRow(tr("Unsure below"), self._below, hint=tr("Answers that are less sure than this count as unsure.")),
            FormRow(tr("What is sent"), self._send),
            self._pictures,
        ]
        route_hint = tr("Nothing is sent anywhere unless a key is stored, you agreed, and the privacy below allows it.")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(FormRow(tr("Unsure answers"), self._route, hint=route_hint))
        for row in self._asked:
            layout.addWidget(row)
        layout.addWidget(FormRow(tr("Privacy of these documents"), self._privacy))
        for box in (self._route, self._send, self._privacy):
            box.activated.connect(self.changed)
        self._pictures.toggled.connect(lambda _: self.changed.emit())
        self._route.currentIndexChanged.connect(self._show_what_counts)
        self._below.valueChanged.connect(self.changed)

    def _fill_boxes(self) -> None:
        self._route.addItem(tr("Stay with me to check"), _STAYS)
        self._route.addItem(tr("May be asked of a larger model elsewhere"), "frontier")
        self._send.addItem(tr("Only the lines that the unsure answers need"), "fields")
        self._send.addItem(tr("The whole document"), "document")
        for value, text in (
            ("never", tr("Never leave this computer")),
            ("ask", tr("Ask me each time")),
            ("redacted", tr("May leave with names and numbers blacked out")),
            ("allowed", tr("May leave")),
        ):
            self._privacy.addItem(text, value)

    def show_task(self, task: Task) -> None:
        self._route.setCurrentIndex(self._route.findData(task.routing.escalate_to))
        self._below.setValue(round(task.routing.escalate_if.confidence_below * 100))
        self._send.setCurrentIndex(self._send.findData(task.routing.send))
        self._pictures.setChecked(task.routing.pictures)
        self._privacy.setCurrentIndex(self._privacy.findData(task.privacy.class_))
        self._show_what_counts()

    def put_into(self, draft: dict[str, Any]) -> None:
        """Set what is chosen in a task's draft. A threshold finer than whole percents stays as it is until it is changed."""
        rule = draft["routing"]["escalate_if"]
        if round(rule["confidence_below"] * 100) != self._below.value():
            rule = {**rule, "confidence_below": self._below.value() / 100}
        chosen = {
            "escalate_to": self._route.currentData(),
            "send": self._send.currentData(),
            "pictures": self._pictures.isChecked(),
            "escalate_if": rule,
        }
        draft["routing"] = draft["routing"] | chosen
        draft["privacy"] = draft["privacy"] | {"class": self._privacy.currentData()}

    def set_read_only(self, read_only: bool) -> None:
        for control in (self._route, self._below, self._send, self._pictures, self._privacy):
            control.setEnabled(not read_only)

    def _show_what_counts(self) -> None:
        """What is sent, and when, says nothing where all stays here."""
        for row in self._asked:
            row.setVisible(self._route.currentData() != _STAYS)


def _box(name: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(10)
    return box
