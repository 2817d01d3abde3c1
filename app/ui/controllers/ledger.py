"""Shows the ledger, exports it, and keeps the status strip's figures true."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from app.bootstrap import Deskhand
from app.domain.ledger import LedgerFigures, LedgerRow, Purpose
from app.errors import AppError
from app.export.atomic import write_atomically
from app.export.ledger import render_ledger
from app.ui.background import Background
from app.ui.main_window import PASSING_PAGES, MainWindow
from app.ui.messages import tr
from app.ui.models.job_row import error_sentence
from app.ui.views.ledger_page import LedgerPage
from app.ui.widgets.status_strip import SentSoFar

_OF_DOCUMENTS = (Purpose.FRONTIER, Purpose.TEST)
_MOST_ROWS = 2000


@dataclass(frozen=True)
class _Seen:
    months: list[str]
    rows: list[LedgerRow]
    figures: LedgerFigures


class LedgerController(QObject):
    def __init__(self, deskhand: Deskhand, window: MainWindow, page: LedgerPage, parent: QObject) -> None:
        super().__init__(parent)
        self._deskhand = deskhand
        self._window = window
        self._page = page
        self._page_before = "inbox"
        self._lane = Background(self)
        window.status.ledger_requested.connect(self.open)
        window.page_shown.connect(self._on_page_shown)
        window.page_closed.connect(self._on_page_closed)
        page.filter_changed.connect(lambda _month, _purpose: self.refresh())
        page.row_chosen.connect(self._on_row_chosen)
        page.export_requested.connect(self.choose_file)
        page.left.connect(self._leave)

    def stop(self) -> None:
        self._lane.stop()

    @Slot()
    def open(self) -> None:
        self._window.show_page("ledger")

    @Slot()
    def refresh(self) -> None:
        """Count again what was sent, and read the rows where they are in view."""
        ledger = self._deskhand.store.ledger

        def count() -> SentSoFar:
            month = ledger.figures(month=ledger.this_month, purposes=_OF_DOCUMENTS)
            ever = ledger.figures(purposes=_OF_DOCUMENTS)
            return SentSoFar(ever.n_requests > 0, month.n_requests, month.sent_bytes)

        self._lane.run(count, self._on_counted, self._tell_error)
        if self._window.page == "ledger":
            self._read()

    def _read(self) -> None:
        ledger, (month, purpose) = self._deskhand.store.ledger, self._page.filter
        purposes = () if purpose is None else (purpose,)

        def read() -> _Seen:
            rows = ledger.rows(month=month, purposes=purposes, limit=_MOST_ROWS)
            return _Seen(ledger.months(), rows, ledger.figures(month=month, purposes=purposes))

        self._lane.run(read, lambda seen: self._page.show_ledger(seen.months, seen.rows, seen.figures), self._tell_error)

    def _on_counted(self, sent: SentSoFar) -> None:
        self._window.status.show_connection(is_offline=self._deskhand.settings.offline, sent=sent)

    @Slot(str)
    def _on_page_shown(self, page: str) -> None:
        if page == "ledger":
            self._read()
        elif page not in PASSING_PAGES:
            self._page_before = page

    @Slot(str)
    def _on_page_closed(self, page: str) -> None:
        if page == "ledger":
            self._leave()

    @Slot()
    def _leave(self) -> None:
        self._window.show_page(self._page_before)

    @Slot(int)
    def _on_row_chosen(self, row_id: int) -> None:
        ledger, row = self._deskhand.store.ledger, self._page.chosen
        if row is not None:
            self._lane.run(
                lambda: ledger.payload(row_id) or b"", lambda payload: self._page.show_payload(row, payload), self._tell_error
            )

    # Export.

    @Slot()
    def choose_file(self) -> None:
        dialog = QFileDialog(self._window, tr("Export the ledger"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["CSV (*.csv)", "JSON (*.json)"])
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("deskhand-ledger.csv")
        dialog.filterSelected.connect(lambda name: dialog.setDefaultSuffix("json" if "json" in name else "csv"))
        dialog.fileSelected.connect(lambda name: self.export(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export(self, path: Path) -> None:
        """All rows that the filter lets through, in the form that the file's name asks for."""
        ledger, (month, purpose) = self._deskhand.store.ledger, self._page.filter

        def write() -> None:
            rows = ledger.rows(month=month, purposes=() if purpose is None else (purpose,))
            write_atomically(path, render_ledger(rows, "json" if path.suffix.lower() == ".json" else "csv"))

        text = tr("The ledger was exported to {file}.", file=path.name)
        self._lane.run(write, lambda _: self._window.notice.tell("good", text), self._tell_error)

    def _tell_error(self, error: AppError) -> None:
        self._window.notice.tell("bad", error_sentence(error.user_text, ""), error_sentence("", error.hint))
