"""What is set for folders and files: what may leave of them, and what happens to unsure answers. The strictest class holds."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.policy import PlacePolicy, Policies
from app.domain.privacy import PrivacyClass
from app.ui.messages import tr
from app.ui.theme import set_role
from app.ui.views.place_policy_row import PlacePolicyRow, class_title
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.plain_label import PlainLabel


class FolderPoliciesCard(QFrame):
    """Signals: changed(Policies): as they should be now; folder_wanted: one is to be chosen."""

    changed = Signal(object)
    folder_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("folderPolicies")
        set_role(self, "card")
        self._policies = Policies()
        self._layouts = {"folders": QVBoxLayout(), "files": QVBoxLayout()}
        self._rows: dict[str, list[PlacePolicyRow]] = {"folders": [], "files": []}
        self._everywhere = PlainLabel("", self, role="soft", wrap=True)
        self._everywhere.setObjectName("policyEverywhere")
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
        layout.addWidget(self._everywhere)
        for rows in self._layouts.values():
            rows.setSpacing(10)
            layout.addLayout(rows)
        layout.addWidget(self._fault)
        foot = QHBoxLayout()
        foot.addWidget(self._add)
        foot.addStretch(1)
        layout.addLayout(foot)
        self._add.clicked.connect(self.folder_wanted)
        self._fault.hide()
        self._everywhere.hide()

    @property
    def policies(self) -> Policies:
        return self._policies

    def show_policies(self, policies: Policies) -> None:
        """What a person is changing stays open where it is already shown."""
        if policies == self._policies:
            return
        self._policies = policies
        everywhere = policies.everywhere
        self._everywhere.setText(tr("All documents: {what}", what=class_title(everywhere)) if everywhere is not None else "")
        self._everywhere.setVisible(everywhere is not None)
        for kind, places in (("folders", policies.folders), ("files", policies.files)):
            self._show_rows(kind, places)

    def show_fault(self, sentence: str) -> None:
        """The file was edited by hand and is wrong; until it is corrected nothing leaves."""
        self._fault.setText(sentence)
        self._fault.setVisible(bool(sentence))
        self._add.setEnabled(not sentence)

    def add_folder(self, path: str) -> None:
        """A new one begins with what protects most."""
        if path and all(place.path != path for place in self._policies.folders):
            added = PlacePolicy(path=path, privacy=PrivacyClass.NEVER)
            self._change(self._policies.model_copy(update={"folders": (*self._policies.folders, added)}))

    def _show_rows(self, kind: str, places: tuple[PlacePolicy, ...]) -> None:
        """Rows that still hold stay as they are."""
        gone, rows = self._rows[kind], []
        for place in places:
            row = next((row for row in gone if row.place == place), None)
            if row is not None:
                gone.remove(row)
            rows.append(row or self._row(place))
        for row in gone:
            row.hide()
            row.deleteLater()
        self._rows[kind] = rows
        for at, row in enumerate(rows):
            self._layouts[kind].insertWidget(at, row)

    def _row(self, place: PlacePolicy) -> PlacePolicyRow:
        row = PlacePolicyRow(place, self)
        row.changed.connect(self._on_row_changed)
        row.removed.connect(lambda: self._remove(row))
        return row

    def _on_row_changed(self) -> None:
        self._policies = self._with(lambda _: True)
        self.changed.emit(self._policies)

    def _remove(self, removed: PlacePolicyRow) -> None:
        self._change(self._with(lambda row: row is not removed))

    def _with(self, holds: Callable[[PlacePolicyRow], bool]) -> Policies:
        return self._policies.model_copy(
            update={kind: tuple(row.place for row in rows if holds(row)) for kind, rows in self._rows.items()}
        )

    def _change(self, policies: Policies) -> None:
        self.show_policies(policies)
        self.changed.emit(policies)
