"""What is set for one folder or file: what may leave of it, and what it changes of a task's routing, in words and in a form."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.policy import PlacePolicy, RoutingChange
from app.domain.privacy import PrivacyClass
from app.ui.messages import tr
from app.ui.views.routing_form import RoutingForm
from app.ui.widgets.buttons import IconButton, TextButton
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.plain_label import PlainLabel

_CLASSES = (PrivacyClass.NEVER, PrivacyClass.ASK, PrivacyClass.REDACTED, PrivacyClass.ALLOWED)
_INDENT = 16


class PlacePolicyRow(QWidget):
    """Signals: changed, when a person chose something else; removed."""

    changed = Signal()
    removed = Signal()

    def __init__(self, place: PlacePolicy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._class = QComboBox(self)
        self._class.setObjectName("folderClass")
        self._words = PlainLabel("", self, role="small", wrap=True)
        self._words.setObjectName("folderRouting")
        self._more = TextButton(tr("Change"), "changeFolderRouting", "ghost", self)
        self._more.setProperty("density", "small")
        self._more.setCheckable(True)
        self._more.setAccessibleName(tr("Change what happens to unsure answers of {folder}", folder=place.path))
        self._form: RoutingForm | None = None
        self._layout = QVBoxLayout(self)
        self._build()
        self._class.activated.connect(self._on_class_chosen)
        self._more.toggled.connect(self._on_toggled)
        self._show_words()

    @property
    def place(self) -> PlacePolicy:
        return self._place

    def _build(self) -> None:
        self._class.setAccessibleName(tr("What may leave of {folder}", folder=self._place.path))
        if self._place.privacy is None:
            self._class.addItem(tr("As the task says"), "")
        for privacy in _CLASSES:
            self._class.addItem(class_title(privacy), privacy.value)
        self._class.setCurrentIndex(max(0, self._class.findData(self._place.privacy.value if self._place.privacy else "")))
        remove = IconButton("trash", tr("Remove {folder}", folder=self._place.path), "removeFolderPolicy", self)
        remove.clicked.connect(self.removed)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        first = QHBoxLayout()
        first.setSpacing(10)
        first.addWidget(ElidedLabel(self._place.path, self, mode=Qt.TextElideMode.ElideMiddle), 1)
        first.addWidget(self._class)
        first.addWidget(remove, 0, Qt.AlignmentFlag.AlignVCenter)
        second = QHBoxLayout()
        second.setSpacing(10)
        second.addWidget(self._words, 1)
        second.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)
        self._layout.addLayout(first)
        self._layout.addLayout(second)

    def _on_class_chosen(self, _index: int) -> None:
        chosen = str(self._class.currentData())
        self._change({"privacy": PrivacyClass(chosen) if chosen else None})

    def _on_toggled(self, is_open: bool) -> None:
        """The form is made when it is first wanted."""
        if self._form is None:
            self._form = RoutingForm(self, of_place=True)
            self._form.setContentsMargins(_INDENT, 4, 0, 12)
            self._form.show_change(self._place.routing)
            self._form.changed.connect(self._on_routing_changed)
            self._layout.addWidget(self._form)
        self._form.setVisible(is_open)
        self._more.setText(tr("Close") if is_open else tr("Change"))

    def _on_routing_changed(self) -> None:
        assert self._form is not None
        self._change({"routing": self._form.put_onto(self._place.routing)})

    def _change(self, update: dict[str, object]) -> None:
        before, self._place = self._place, self._place.model_copy(update=update)
        self._show_words()
        if self._place != before:
            self.changed.emit()

    def _show_words(self) -> None:
        """Where nothing leaves, nothing else counts."""
        may_leave = self._place.privacy is not PrivacyClass.NEVER
        self._words.setText(routing_words(self._place.routing))
        self._words.setVisible(may_leave)
        self._more.setVisible(may_leave)
        if not may_leave:
            self._more.setChecked(False)


def class_title(privacy: PrivacyClass) -> str:
    titles = {
        PrivacyClass.NEVER: tr("Never leave this computer"),
        PrivacyClass.ASK: tr("Ask me each time"),
        PrivacyClass.REDACTED: tr("May leave with names and numbers blacked out"),
        PrivacyClass.ALLOWED: tr("May leave"),
    }
    return titles[privacy]


def routing_words(change: RoutingChange) -> str:
    """All that a place changes of a task's routing, in short sentences."""
    return " ".join(_sentences(change)) or tr("Unsure answers: as the task says.")


def _sentences(change: RoutingChange) -> Iterator[str]:
    if change.escalate_to == "none":
        yield tr("Unsure answers stay with me.")
        return
    if change.escalate_to == "frontier":
        yield tr("Unsure answers may be asked of a larger model.")
    if change.primary is not None:
        yield tr("Every answer is asked about.") if change.primary == "frontier" else tr("Only unsure answers are asked about.")
    if change.confidence_below is not None:
        yield tr("Unsure below {percent} %.", percent=f"{change.confidence_below * 100:g}")
    if change.schema_invalid is not None:
        yield tr("Missing values count as unsure.") if change.schema_invalid else tr("Missing values do not count as unsure.")
    if change.check_failed is not None:
        yield tr("Failed checks count as unsure.") if change.check_failed else tr("Failed checks do not count as unsure.")
    if change.complexity_above is not None:
        yield tr("Complex above {percent} %.", percent=f"{change.complexity_above * 100:g}")
    if change.send is not None:
        yield tr("The whole document is sent.") if change.send == "document" else tr("Only the lines that are needed are sent.")
    if change.pictures is not None:
        yield tr("With pictures of the lines.") if change.pictures else tr("Without pictures.")
