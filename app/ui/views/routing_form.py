"""The part of a form that says what happens to unsure answers: whether a larger model may be asked, and what may leave."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.domain.policy import RoutingChange
from app.domain.task import Task
from app.ui.messages import tr
from app.ui.widgets.form_row import FormRow
from app.ui.widgets.number_box import PercentBox

_NUMBER_WIDTH = 120
_STAYS = "none"
_AS_TASK = ""
_YES, _NO = "yes", "no"
_AS_TASK_PERCENT = -1


class RoutingForm(QWidget):
    """Of a task, or of what a folder or file changes of it: then all begins with "as the task says", and the class is elsewhere.

    Signals: changed, when a person chooses something else.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, of_place: bool = False) -> None:
        super().__init__(parent)
        self._route = _box("taskRoute")
        self._below = PercentBox()
        self._send = _box("taskSend")
        self._pictures = _box("taskPictures")
        self._privacy = _box("taskPrivacy")
        self._below.setObjectName("taskUnsureBelow")
        self._below.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._below.setMaximumWidth(_NUMBER_WIDTH)
        if of_place:
            self._offer_what_the_task_says()
        self._fill_boxes()
        self._asked: list[QWidget] = [
            FormRow(tr("Unsure below"), self._below, hint=tr("Answers that are less sure than this count as unsure.")),
            FormRow(tr("What is sent"), self._send),
            FormRow(tr("Pictures of these lines"), self._pictures),
        ]
        route_hint = tr("Nothing is sent anywhere unless a key is stored, you agreed, and the privacy below allows it.")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(FormRow(tr("Unsure answers"), self._route, hint="" if of_place else route_hint))
        for row in self._asked:
            layout.addWidget(row)
        privacy = FormRow(tr("Privacy of these documents"), self._privacy)
        layout.addWidget(privacy)
        privacy.setVisible(not of_place)
        for box in (self._route, self._send, self._pictures, self._privacy):
            box.activated.connect(self.changed)
        self._route.currentIndexChanged.connect(self._show_what_counts)
        self._below.valueChanged.connect(self.changed)

    def _offer_what_the_task_says(self) -> None:
        for box in (self._route, self._send, self._pictures):
            box.addItem(tr("As the task says"), _AS_TASK)
        self._below.setMinimum(_AS_TASK_PERCENT)
        self._below.setSpecialValueText(tr("As the task says"))
        self._below.setMaximumWidth(2 * _NUMBER_WIDTH)
        self._below.setAlignment(Qt.AlignmentFlag.AlignLeft)
        # What is typed holds at once, so it has to be typed to its end.
        self._below.setKeyboardTracking(False)

    def _fill_boxes(self) -> None:
        self._route.addItem(tr("Stay with me to check"), _STAYS)
        self._route.addItem(tr("May be asked of a larger model elsewhere"), "frontier")
        self._send.addItem(tr("Only the lines that the unsure answers need"), "fields")
        self._send.addItem(tr("The whole document"), "document")
        self._pictures.addItem(tr("Stay here"), _NO)
        self._pictures.addItem(tr("Go with them, for models that read pictures"), _YES)
        for value, text in (
            ("never", tr("Never leave this computer")),
            ("ask", tr("Ask me each time")),
            ("redacted", tr("May leave with names and numbers blacked out")),
            ("allowed", tr("May leave")),
        ):
            self._privacy.addItem(text, value)

    def show_task(self, task: Task) -> None:
        routing = task.routing
        self._show(routing.escalate_to, routing.escalate_if.confidence_below, routing.send, pictures=routing.pictures)
        self._privacy.setCurrentIndex(self._privacy.findData(task.privacy.class_))

    def show_change(self, change: RoutingChange) -> None:
        self._show(change.escalate_to, change.confidence_below, change.send, pictures=change.pictures)

    def _show(self, route: str | None, below: float | None, send: str | None, *, pictures: bool | None) -> None:
        shown = {None: _AS_TASK, True: _YES, False: _NO}[pictures]
        for box, value in ((self._route, route), (self._send, send), (self._pictures, shown)):
            box.setCurrentIndex(box.findData(value or _AS_TASK))
        self._below.setValue(_AS_TASK_PERCENT if below is None else _percent(below))
        self._show_what_counts()

    def put_into(self, draft: dict[str, Any]) -> None:
        """Set what is chosen in a task's draft. A threshold finer than whole percents stays as it is until it is changed."""
        rule = draft["routing"]["escalate_if"]
        chosen = {
            "escalate_to": self._route.currentData(),
            "send": self._send.currentData(),
            "pictures": self._pictures.currentData() == _YES,
            "escalate_if": {**rule, "confidence_below": self._threshold(rule["confidence_below"])},
        }
        draft["routing"] = draft["routing"] | chosen
        draft["privacy"] = draft["privacy"] | {"class": self._privacy.currentData()}

    def put_onto(self, change: RoutingChange) -> RoutingChange:
        """What a place changes, as it is chosen; what stands in no form stays as it is."""
        pictures = self._pictures.currentData()
        chosen = {
            "escalate_to": self._route.currentData() or None,
            "send": self._send.currentData() or None,
            "pictures": None if pictures == _AS_TASK else pictures == _YES,
            "confidence_below": self._threshold(change.confidence_below),
        }
        return change.model_copy(update=chosen)

    def _threshold(self, before: float | None) -> float | None:
        percent = self._below.value()
        if percent == _AS_TASK_PERCENT:
            return None
        return before if before is not None and _percent(before) == percent else percent / 100

    def set_read_only(self, read_only: bool) -> None:
        for control in (self._route, self._below, self._send, self._pictures, self._privacy):
            control.setEnabled(not read_only)

    def _show_what_counts(self) -> None:
        """What is sent, and when, says nothing where all stays here."""
        for row in self._asked:
            row.setVisible(self._route.currentData() != _STAYS)


def _percent(share: float) -> int:
    return round(share * 100)


def _box(name: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(10)
    return box
