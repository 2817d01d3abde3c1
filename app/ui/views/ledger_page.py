"""The ledger: every request that left, filtered by month and purpose, with the very bytes of the chosen one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.ledger import LedgerFigures, LedgerRow, Purpose, dollars_of
from app.ui.formats import shown_bytes, shown_dollars, shown_moment
from app.ui.messages import tr, tr_n
from app.ui.models.ledger_rows import LedgerTableModel, cost_words, outcome_words, purpose_title
from app.ui.theme import scaled_px, set_role
from app.ui.views.payload_view import PayloadView
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.plain_label import PlainLabel

_DOCUMENT = 3
"""Column of the document's name."""
_LEAST_DOCUMENT_PX = 150


class LedgerPage(QWidget):
    """Signals: filter_changed (month, purpose or None), row_chosen(int), export_requested, left."""

    filter_changed = Signal(str, object)
    row_chosen = Signal(int)
    export_requested = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ledgerPage")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._month = QComboBox(self)
        self._month.setObjectName("ledgerMonth")
        self._month.setAccessibleName(tr("Month"))
        self._purpose = QComboBox(self)
        self._purpose.setObjectName("ledgerPurpose")
        self._purpose.setAccessibleName(tr("What for"))
        self._sums = ElidedLabel("", self, role="soft")
        self._sums.setObjectName("ledgerSums")
        self._model = LedgerTableModel(self)
        self._table = QTableView(self)
        self._details = PlainLabel("", self, role="small", wrap=True)
        self._details.setObjectName("ledgerDetails")
        self._details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._payload = PayloadView(self)
        self._stack = QStackedWidget(self)
        self._build()
        self._month.activated.connect(self._on_filtered)
        self._purpose.activated.connect(self._on_filtered)
        self._table.selectionModel().currentRowChanged.connect(lambda new, _old: self._on_row_changed(new.row()))

    def _build(self) -> None:
        self._purpose.addItem(tr("All requests"), None)
        for purpose in Purpose:
            self._purpose.addItem(purpose_title(purpose), purpose)
        export = TextButton(tr("Export …"), "ledgerExport", parent=self)
        back = TextButton(tr("Back  Esc"), "ledgerBack", parent=self)
        export.clicked.connect(self.export_requested)
        back.clicked.connect(self.left)
        head = QHBoxLayout()
        head.setSpacing(10)
        for box in (self._month, self._purpose):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            head.addWidget(box)
        head.addWidget(self._sums, 1)
        head.addWidget(export)
        head.addWidget(back)
        table, header = self._table, self._table.horizontalHeader()
        table.setObjectName("ledgerTable")
        table.setAccessibleName(tr("Requests, newest first"))
        table.setModel(self._model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 18)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_DOCUMENT, QHeaderView.ResizeMode.Fixed)
        header.geometriesChanged.connect(self._fit_document)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(12)
        splitter.addWidget(_card(self, table))
        splitter.addWidget(_card(self, self._details, self._payload))
        splitter.setSizes([300, 300])
        empty = EmptyState(
            "shield", tr("Nothing has left this computer"), tr("Requests and downloads will be listed here."), "ledgerEmpty"
        )
        self._stack.addWidget(splitter)
        self._stack.addWidget(empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_document()

    def _fit_document(self) -> None:
        """The document's name gets what the other columns leave, and never too little to be known by."""
        header = self._table.horizontalHeader()
        others = sum(header.sectionSize(at) for at in range(header.count()) if at != _DOCUMENT)
        wanted = max(scaled_px(_LEAST_DOCUMENT_PX), self._table.viewport().width() - others)
        if wanted != header.sectionSize(_DOCUMENT):
            header.resizeSection(_DOCUMENT, wanted)

    @property
    def filter(self) -> tuple[str, Purpose | None]:
        chosen = self._purpose.currentData()
        return str(self._month.currentData() or ""), None if chosen is None else Purpose(chosen)

    @property
    def chosen(self) -> LedgerRow | None:
        return self._model.row_at(self._table.currentIndex().row())

    def show_ledger(self, months: Sequence[str], rows: Sequence[LedgerRow], figures: LedgerFigures) -> None:
        """The chosen row stays chosen."""
        before = self.chosen
        month = self._month.currentData()
        self._month.clear()
        self._month.addItem(tr("All months"), "")
        for each in months:
            self._month.addItem(each, each)
        self._month.setCurrentIndex(max(0, self._month.findData(month)))
        self._model.show_rows(rows)
        self._sums.setText(_sums(figures))
        self._stack.setCurrentIndex(0 if months else 1)
        place = next((place for place, row in enumerate(rows) if before is not None and row.id == before.id), 0)
        if rows:
            self._table.selectRow(place)
        else:
            self._details.setText("")
            self._payload.show_payload(b"")

    def show_payload(self, row: LedgerRow, payload: bytes) -> None:
        if self.chosen is None or self.chosen.id != row.id:
            return
        self._details.setText(_details(row))
        nothing = tr("Nothing was sent but the address that is asked for.")
        self._payload.show_payload(payload, title=str(row.id), note="" if payload else nothing)

    def _on_filtered(self) -> None:
        self.filter_changed.emit(*self.filter)

    def _on_row_changed(self, place: int) -> None:
        row = self._model.row_at(place)
        if row is not None:
            self.row_chosen.emit(row.id)


def _card(parent: QWidget, *content: QWidget) -> QFrame:
    card = QFrame(parent)
    set_role(card, "card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(12, 10, 12, 10)
    layout.setSpacing(8)
    for widget in content:
        layout.addWidget(widget)
    layout.setStretch(len(content) - 1, 1)
    return card


def _sums(figures: LedgerFigures) -> str:
    told = tr_n(
        "{n} request, {size} sent, {cost}.",
        "{n} requests, {size} sent, {cost}.",
        figures.n_requests,
        size=shown_bytes(figures.sent_bytes),
        cost=shown_dollars(dollars_of(figures.spent_micros)),
    )
    if not figures.n_unpriced:
        return told
    return f"{told} {tr_n('The cost of {n} is not known.', 'The cost of {n} is not known.', figures.n_unpriced)}"


def _details(row: LedgerRow) -> str:
    entry, outcome = row.entry, row.outcome
    facts = [
        tr("Number {id}", id=row.id),
        shown_moment(row.opened_at),
        f"{entry.host}{entry.url_path}",
        entry.model,
        tr("allowed by: {consent}", consent=consent_words(entry.consent)) if entry.consent else "",
        ", ".join(target.replace("_", " ") for target in entry.targets),
        tr("{outcome}, {cost}", outcome=outcome_words(row), cost=cost_words(row)) if cost_words(row) else outcome_words(row),
        tr("{n} tokens in, {m} out", n=outcome.input_tokens, m=outcome.output_tokens) if outcome and outcome.input_tokens else "",
        tr("SHA-256 {hash}", hash=row.payload_sha256),
    ]
    return "   ·   ".join(fact for fact in facts if fact)


def consent_words(stored: str) -> str:
    """The scope and what it is for, as a person reads them."""
    scope, _, subject = stored.partition(" ")
    templates = {
        "document": tr("you, for the document {subject}, once", subject=subject),
        "folder": tr("you, for the folder {subject}", subject=subject),
        "task": tr("you, for the task {subject}", subject=subject),
        "always": tr("you, always"),
        "test": tr("you, to try out the key"),
        "evaluation": tr("you, for an evaluation, once"),
    }
    return templates.get(scope, stored)
