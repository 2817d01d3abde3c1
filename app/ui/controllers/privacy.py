"""What may leave of which folder, and the proof that nothing does."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from app.bootstrap import Deskhand
from app.domain.policy import Policies
from app.errors import AppError
from app.ui.background import Background
from app.ui.controllers.escalation import EscalationController
from app.ui.main_window import MainWindow
from app.ui.messages import tr, tr_filled
from app.ui.models.job_row import error_sentence
from app.ui.views.folder_policies import FolderPoliciesCard
from app.ui.views.offline_proof import OfflineProofCard

EVIDENCE = (
    "the system refuses {name} every network socket",
    "{name} (process {pid}) has {n} network sockets open",
    "{files}: read and answered; {n} attempts to connect were made",
    "the gate refuses a connection in offline mode",
)


class PrivacyController(QObject):
    def __init__(
        self,
        deskhand: Deskhand,
        window: MainWindow,
        *,
        folders: FolderPoliciesCard,
        proof: OfflineProofCard,
        escalation: EscalationController,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._folders = folders
        self._proof = proof
        self._escalation = escalation
        self._n_changes = 0
        self._lane = Background(self)
        self._proving = Background(self)
        folders.changed.connect(self._on_changed)
        folders.folder_wanted.connect(self.choose_folder)
        proof.proof_requested.connect(self._on_proof_requested)
        window.page_shown.connect(self._on_page_shown)

    def stop(self) -> None:
        for background in (self._proving, self._lane):
            background.stop()

    @Slot(str)
    def _on_page_shown(self, page: str) -> None:
        """Each time: the file may have been edited by hand."""
        if page == "settings":
            n_changes = self._n_changes
            self._lane.run(self._deskhand.policies.load, lambda policies: self._on_loaded(policies, n_changes), self._on_faulty)

    def _on_loaded(self, policies: Policies, n_changes: int) -> None:
        """What the person changed while it was being read stays."""
        if n_changes == self._n_changes:
            self._folders.show_policies(policies)
        self._folders.show_fault("")

    def _on_faulty(self, error: AppError) -> None:
        self._folders.show_fault(error_sentence(error.user_text, error.hint))

    @Slot(object)
    def _on_changed(self, policies: Policies) -> None:
        self._n_changes += 1
        self._lane.run(lambda: self._deskhand.policies.save(policies), lambda _: self._escalation.refresh(), self._on_faulty)

    @Slot()
    def choose_folder(self) -> None:
        dialog = QFileDialog(self._window, tr("Choose a folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda name: self._folders.add_folder(str(Path(name))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _on_proof_requested(self) -> None:
        self._proving.run(
            lambda: list(self._deskhand.prove_offline()),
            lambda statements: self._proof.show_evidence([(holds, tr_filled(words, EVIDENCE)) for holds, words in statements]),
            lambda error: self._proof.show_failure(error_sentence(error.user_text, error.hint)),
        )
