"""What may leave of the documents in which folder: one line a folder, the strictest of folder and task holds."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.policy import PlacePolicy, Policies
from app.domain.privacy import PrivacyClass
from app.ui.messages import tr
from app.ui.theme import set_role
from app.ui.widgets.buttons import IconButton, TextButton
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.plain_label import PlainLabel

ROLE_OF_CLASS = (PrivacyClass.NEVER, PrivacyClass.ASK, PrivacyClass.REDACTED, PrivacyClass.ALLOWED)


def class_title(privacy: PrivacyClass) -> str:
    titles = {
        PrivacyClass.NEVER: tr("Never leave this computer"),
        PrivacyClass.ASK: tr("Ask me each time"),
        PrivacyClass.REDACTED: tr("May leave with names and numbers blacked out"),
        PrivacyClass.ALLOWED: tr("May leave"),
    }
    return titles[privacy]


class FolderPoliciesCard(QFrame):
    """Signals: changed(Policies): as they should be now; folder_wanted: one is to be chosen."""

    changed = Signal(object)
    folder_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("folderPolicies")
        set_role(self, "card")
        self._policies = Policies()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self._fault = PlainLabel("", self, role="fault", wrap=True)
        self._fault.setObjectName("policyFault")
        self._add = TextButton(tr("Add a folder …"), "addFolderPolicy", parent=self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 18)
        layout.setSpacing(10)
        layout.addWidget(PlainLabel(tr("What may leave of which folder"), self, role="strong"))
        layout.addWidget(
            PlainLabel(
                tr("Where a folder and the task say different things, the stricter one holds."), self, role="small", wrap=True
            )
        )
        layout.addLayout(self._rows)
        layout.addWidget(self._fault)
        foot = QHBoxLayout()
        foot.addWidget(self._add)
        foot.addStretch(1)
        layout.addLayout(foot)
        self._add.clicked.connect(self.folder_wanted)
        self._fault.hide()

    @property
    def policies(self) -> Policies:
        return self._policies

    def show_policies(self, policies: Policies) -> None:
        self._policies = policies
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place in policies.folders:
            self._rows.addWidget(self._row(place))

    def show_fault(self, sentence: str) -> None:
        """The file was edited by hand and is wrong; until it is corrected nothing leaves."""
        self._fault.setText(sentence)
        self._fault.setVisible(bool(sentence))
        self._add.setEnabled(not sentence)

    def add_folder(self, path: str) -> None:
        """A new one begins with what protects most."""
        if path and all(place.path != path for place in self._policies.folders):
            self._change((*self._policies.folders, PlacePolicy(path=path, privacy=PrivacyClass.NEVER)))

    def _row(self, place: PlacePolicy) -> QWidget:
        row = QWidget(self)
        choice = QComboBox(row)
        choice.setObjectName("folderClass")
        choice.setAccessibleName(tr("What may leave of {folder}", folder=place.path))
        if place.privacy is None:
            choice.addItem(tr("As the task says"), "")
        for privacy in ROLE_OF_CLASS:
            choice.addItem(class_title(privacy), privacy.value)
        choice.setCurrentIndex(max(0, choice.findData(place.privacy.value if place.privacy else "")))
        remove = IconButton("trash", tr("Remove {folder}", folder=place.path), "removeFolderPolicy", row)
        choice.activated.connect(lambda _: self._set(place, str(choice.currentData())))
        remove.clicked.connect(lambda: self._change(tuple(each for each in self._policies.folders if each != place)))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(ElidedLabel(place.path, row), 1)
        layout.addWidget(choice)
        layout.addWidget(remove, 0, Qt.AlignmentFlag.AlignVCenter)
        return row

    def _set(self, place: PlacePolicy, chosen: str) -> None:
        changed = place.model_copy(update={"privacy": PrivacyClass(chosen) if chosen else None})
        self._change(tuple(changed if each == place else each for each in self._policies.folders))

    def _change(self, folders: tuple[PlacePolicy, ...]) -> None:
        self.show_policies(self._policies.model_copy(update={"folders": folders}))
        self.changed.emit(self._policies)
