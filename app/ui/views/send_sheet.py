"""The send sheet: what would leave, where to, what it can cost, and the person's word. A page; closing it sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QSplitter, QVBoxLayout, QWidget

from app.domain.consent import ConsentScope
from app.domain.enquiry import Sensitive
from app.domain.sheet import Sheet, SheetItem
from app.domain.task import Task
from app.ui.formats import shown_bytes, shown_dollars
from app.ui.messages import title_of, tr, tr_n
from app.ui.theme import scaled_px, set_role
from app.ui.views.payload_view import PayloadView
from app.ui.views.send_words import asked_words, scope_note, scope_title
from app.ui.views.span_list import SpanList
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.plain_label import PlainLabel

_JOB = Qt.ItemDataRole.UserRole
_LIST_WIDTH = 250
_LEAST_LIST_WIDTH = 180


class SendSheet(QWidget):
    """Signals:
    hidden_changed(int, list[Sensitive]): other words of a document are to be hidden.
    pictures_left_out(int): the pictures of a document are not to go.
    send_requested(Sheet, ConsentScope): the documents with a tick, exactly as shown, and how far the word reaches.
    denied(list[int]): these documents are not to be sent, now or later.
    left: the person decides later.
    """

    hidden_changed = Signal(int, object)
    pictures_left_out = Signal(int)
    send_requested = Signal(object, object)
    denied = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sendSheet")
        self._sheet: Sheet | None = None
        self._tasks: Mapping[str, Task] = {}
        self._is_showing = False
        self._body = QWidget(self)
        self._waiting = PlainLabel(tr("Putting together what would be sent …"), self, role="soft")
        self._facts = {name: PlainLabel("", self, role="strong") for name in ("host", "model", "cost", "size")}
        self._hint = PlainLabel("", self, role="warn", wrap=True)
        self._hint.setObjectName("sendHint")
        self._documents = QListWidget(self)
        self._documents.setObjectName("sendDocuments")
        self._documents.setWordWrap(True)
        self._documents.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._documents.setAccessibleName(tr("Documents; a tick sends them"))
        self._payload = PayloadView(self, can_hide=True)
        self._picture_note = PlainLabel("", self, role="small", wrap=True)
        self._leave_out = TextButton(tr("Leave the picture out"), "leavePictureOut", "ghost", self)
        self._leave_out.setProperty("density", "small")
        self._spans = SpanList(self)
        self._scope = QComboBox(self)
        self._scope.setObjectName("sendScope")
        self._scope.setAccessibleName(tr("How far your word reaches"))
        self._scope_note = PlainLabel("", self, role="small", wrap=True)
        self._deny = TextButton(tr("Never send these"), "sendDeny", "danger", self)
        self._later = TextButton(tr("Not now  Esc"), "sendLater", "plain", self)
        self._send = TextButton("", "sendButton", "primary", self)
        self._build()
        self._documents.currentItemChanged.connect(lambda _new, _old: self._show_item())
        self._documents.itemChanged.connect(self._on_ticked)
        self._payload.words_chosen.connect(self._on_words_chosen)
        self._leave_out.clicked.connect(self._on_leave_out)
        self._spans.hidden_changed.connect(self._on_hidden_changed)
        self._scope.currentIndexChanged.connect(lambda _: self._show_scope())
        self._send.clicked.connect(self._on_send_clicked)
        self._deny.clicked.connect(lambda: self.denied.emit([item.job.id for item in self._ticked().items]))
        self._later.clicked.connect(self.left)

    def _build(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        whole.addWidget(self._waiting, 1)
        whole.addWidget(self._body, 1)
        layout = QVBoxLayout(self._body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self._destination())
        layout.addWidget(self._hint)
        right = QFrame(self)
        set_role(right, "card")
        right_layout = QVBoxLayout(right)
        right_layout.setContentsMargins(14, 12, 14, 12)
        right_layout.setSpacing(10)
        right_layout.addWidget(self._payload, 1)
        pictures = QHBoxLayout()
        pictures.setSpacing(10)
        pictures.addWidget(self._picture_note, 1)
        pictures.addWidget(self._leave_out)
        right_layout.addLayout(pictures)
        right_layout.addWidget(self._spans)
        left = QFrame(self)
        left.setMinimumWidth(scaled_px(_LEAST_LIST_WIDTH))
        set_role(left, "card")
        left_layout = QVBoxLayout(left)
        left_layout.setContentsMargins(6, 8, 6, 8)
        left_layout.addWidget(self._documents)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(14)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([scaled_px(_LIST_WIDTH), 900])
        layout.addWidget(splitter, 1)
        layout.addLayout(self._foot())

    def _destination(self) -> QFrame:
        card = QFrame(self)
        set_role(card, "card")
        row = QHBoxLayout(card)
        row.setContentsMargins(18, 10, 18, 12)
        row.setSpacing(28)
        titles = {"host": tr("Goes to"), "model": tr("Model"), "cost": tr("Costs at most"), "size": tr("Leaves this computer")}
        for name, title in titles.items():
            column = QVBoxLayout()
            column.setSpacing(1)
            column.addWidget(PlainLabel(title, card, role="small"))
            value = self._facts[name]
            value.setObjectName(f"send_{name}")
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(value)
            row.addLayout(column)
        row.addStretch(1)
        return card

    def _foot(self) -> QVBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(10)
        caption = PlainLabel(tr("My word is for"), self)
        caption.setBuddy(self._scope)
        line.addWidget(caption)
        line.addWidget(self._scope)
        line.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(self._deny)
        buttons.addStretch(1)
        buttons.addWidget(self._later)
        buttons.addWidget(self._send)
        foot = QVBoxLayout()
        foot.setSpacing(10)
        foot.addLayout(line)
        foot.addWidget(self._scope_note)
        foot.addLayout(buttons)
        return foot

    @property
    def sheet(self) -> Sheet | None:
        return self._sheet

    def show_sheet(self, sheet: Sheet, tasks: Mapping[str, Task]) -> None:
        """Show what would be sent. The same documents keep their ticks and the one in view."""
        self._waiting.hide()
        self._body.show()
        known = [] if self._sheet is None else [item.job.id for item in self._sheet.items]
        is_same = bool(known) and known == [item.job.id for item in sheet.items]
        self._sheet, self._tasks = sheet, tasks
        if not is_same:
            self._fill_documents(sheet)
        self._fill_scopes(sheet)
        self._show_totals()
        self._show_item()

    def show_preparing(self) -> None:
        """Until the model has put together what would be sent."""
        self._sheet = None
        self._body.hide()
        self._waiting.show()
        self.setFocus()

    def focus_first(self) -> None:
        """Not on the Send button: nothing is sent by a key that was still being pressed."""
        self._documents.setFocus()

    def _fill_documents(self, sheet: Sheet) -> None:
        self._is_showing = True
        self._documents.clear()
        for item in sheet.items:
            asked = asked_words(item, self._tasks.get(item.proposal.enquiry.task))
            row = QListWidgetItem(f"{item.job.name}\n{asked}")
            row.setData(_JOB, item.job.id)
            row.setToolTip("")
            row.setCheckState(Qt.CheckState.Checked)
            self._documents.addItem(row)
        self._documents.setCurrentRow(0)
        self._is_showing = False

    def _fill_scopes(self, sheet: Sheet) -> None:
        chosen = self._scope.currentData() or ConsentScope.DOCUMENT
        self._scope.blockSignals(True)
        self._scope.clear()
        for scope in ConsentScope:
            titles = [
                title_of(task.title, task.id) if (task := self._tasks.get(subject)) is not None else subject
                for subject in sheet.subjects(scope)
            ]
            self._scope.addItem(scope_title(scope, titles, len(sheet.items)), scope)
            self._scope.setItemData(self._scope.count() - 1, escape("\n".join(titles)), Qt.ItemDataRole.ToolTipRole)
        self._scope.setCurrentIndex(max(0, self._scope.findData(chosen)))
        self._scope.blockSignals(False)
        self._show_scope()

    def _show_scope(self) -> None:
        scope = ConsentScope(self._scope.currentData() or ConsentScope.DOCUMENT)
        self._scope.setToolTip(self._scope.currentData(Qt.ItemDataRole.ToolTipRole) or "")
        self._scope_note.setText(scope_note(scope, self._sheet.host if self._sheet is not None else ""))

    def _ticked(self) -> Sheet:
        assert self._sheet is not None
        rows = [self._documents.item(row) for row in range(self._documents.count())]
        return self._sheet.only(row.data(_JOB) for row in rows if row.checkState() is Qt.CheckState.Checked)

    def _current(self) -> SheetItem | None:
        row = self._documents.currentItem()
        return None if row is None or self._sheet is None else self._sheet.item(row.data(_JOB))

    def _show_totals(self) -> None:
        chosen = self._ticked()
        n, cost = len(chosen.items), shown_dollars(chosen.max_cost)
        self._facts["host"].setText(chosen.host)
        self._facts["model"].setText(chosen.model)
        self._facts["cost"].setText(cost)
        size = shown_bytes(chosen.sent_bytes)
        self._facts["size"].setText(tr_n("{size} in {n} request", "{size} in {n} requests", n, size=size))
        send = tr_n("Send {n} request, at most {cost}", "Send {n} requests, at most {cost}", n, cost=cost)
        self._send.setText(send if n else tr("Nothing chosen"))
        self._send.setAccessibleName(
            tr_n(
                "Send {n} request to {host}, at most {cost}",
                "Send {n} requests to {host}, at most {cost}",
                n,
                host=chosen.host,
                cost=cost,
            )
        )
        self._send.setEnabled(bool(n) and chosen.is_affordable)
        self._deny.setEnabled(bool(n))
        self._say_hint(chosen)

    def _say_hint(self, chosen: Sheet) -> None:
        hints = []
        if not chosen.is_affordable and chosen.left is not None:
            hints.append(
                tr(
                    "Your limits leave {left}. Choose fewer documents, or raise the limits in Settings.",
                    left=shown_dollars(chosen.left),
                )
            )
        if chosen.max_cost is None:
            hints.append(tr("What this model costs is not known, so your limits can't hold it back."))
        if any(item.subjects for item in chosen.items):
            hints.append(tr("The text holds words about health or the law; no placeholder hides what they tell."))
        self._hint.setText(" ".join(hints))
        self._hint.setVisible(bool(hints))

    def _show_item(self) -> None:
        item = self._current()
        if item is None or self._is_showing:
            return
        placeholders = {original: placeholder for placeholder, original in item.redacted.replacements}
        shown = [span.text for span in item.spans if span not in item.proposal.hidden]
        subjects = [span.text for span in item.subjects]
        self._payload.show_payload(
            item.parcel.body,
            title=item.job.name,
            hidden=placeholders.values(),
            sensitive=[*shown, *subjects],
            note=tr(
                "These {size} and nothing else, with your key in a header, to {url}",
                size=shown_bytes(len(item.parcel.body)),
                url=item.parcel.url,
            ),
        )
        self._show_picture_note(item)
        self._spans.show_spans(item.spans, item.proposal.hidden, placeholders, must_hide=item.must_hide)

    def _show_picture_note(self, item: SheetItem) -> None:
        n, wanted = len(item.redacted.enquiry.cutouts), len(item.proposal.enquiry.cutouts)
        notes = []
        if n:
            notes.append(tr("The picture shows the words of these lines as they are printed; what is hidden is painted over."))
        if n < wanted:
            notes.append(tr("A picture is left out, because what is hidden can't be found in it for certain."))
        self._picture_note.setText(" ".join(notes))
        self._picture_note.setVisible(bool(notes))
        self._leave_out.setVisible(bool(n))

    def _on_leave_out(self) -> None:
        item = self._current()
        if item is not None:
            self.pictures_left_out.emit(item.job.id)

    def _on_ticked(self) -> None:
        if not self._is_showing and self._sheet is not None:
            self._show_totals()

    def _on_hidden_changed(self, words: frozenset[str]) -> None:
        item = self._current()
        if item is not None:
            self.hidden_changed.emit(item.job.id, [span for span in item.spans if span.text in words])

    def _on_words_chosen(self, words: str) -> None:
        item = self._current()
        if item is None:
            return
        added: list[Sensitive] = [*item.occurrences(words)]
        if added:
            self.hidden_changed.emit(item.job.id, [*item.proposal.hidden, *added])

    def _on_send_clicked(self) -> None:
        chosen = self._ticked()
        if chosen.items:
            self.send_requested.emit(chosen, ConsentScope(self._scope.currentData()))
