"""Before cases are sent to a larger model: what would leave, where to, what it can cost. Sends nothing without a yes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QSplitter, QVBoxLayout, QWidget

from app.domain.task import Task
from app.evaluation.quote import Quote, Request
from app.ui.formats import shown_bytes, shown_dollars
from app.ui.messages import tr, tr_n
from app.ui.theme import scaled_px, set_role
from app.ui.views.payload_view import PayloadView
from app.ui.views.send_words import target_title
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.plain_label import PlainLabel

_LIST_WIDTH = 210
_LEAST_LIST_WIDTH = 150
_MOST_NAMED = 3


class QuotePage(QWidget):
    """Signals: agreed: send exactly what is shown; left: send nothing."""

    agreed = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("quotePage")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._requests: tuple[Request, ...] = ()
        self._facts = {name: PlainLabel("", self, role="strong") for name in ("host", "model", "cost", "size")}
        self._hint = PlainLabel("", self, role="warn", wrap=True)
        self._hint.setObjectName("quoteHint")
        self._staying = PlainLabel("", self, role="soft", wrap=True)
        self._staying.setObjectName("quoteStaying")
        self._list = QListWidget(self)
        self._list.setObjectName("quoteRequests")
        self._list.setAccessibleName(tr("Requests"))
        self._list.setWordWrap(True)
        self._list.setMinimumWidth(scaled_px(_LEAST_LIST_WIDTH))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._payload = PayloadView(self)
        self._later = TextButton(tr("Not now  Esc"), "quoteLater", "plain", self)
        self._send = TextButton("", "quoteSend", "primary", self)
        self._build()
        self._list.currentRowChanged.connect(self._show_request)
        self._send.clicked.connect(self.agreed)
        self._later.clicked.connect(self.left)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self._destination())
        layout.addWidget(self._hint)
        layout.addWidget(self._staying)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(14)
        for content, margins in ((self._list, (6, 8, 6, 8)), (self._payload, (14, 12, 14, 12))):
            card = QFrame(self)
            set_role(card, "card")
            inside = QVBoxLayout(card)
            inside.setContentsMargins(*margins)
            inside.addWidget(content)
            splitter.addWidget(card)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([scaled_px(_LIST_WIDTH), 900])
        layout.addWidget(splitter, 1)
        note = tr("Replies are kept on this computer and used again for nothing. Every request stands in the ledger.")
        layout.addWidget(PlainLabel(note, self, role="small", wrap=True))
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch(1)
        buttons.addWidget(self._later)
        buttons.addWidget(self._send)
        layout.addLayout(buttons)

    def _destination(self) -> QFrame:
        card = QFrame(self)
        set_role(card, "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(18, 10, 18, 12)
        flow = FlowLayout(spacing=24)
        inside.addLayout(flow)
        titles = {"host": tr("Goes to"), "model": tr("Model"), "cost": tr("Costs at most"), "size": tr("Leaves this computer")}
        for name, title in titles.items():
            fact = QWidget(card)
            column = QVBoxLayout(fact)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(1)
            column.addWidget(PlainLabel(title, fact, role="small"))
            self._facts[name].setObjectName(f"quote_{name}")
            column.addWidget(self._facts[name])
            flow.addWidget(fact)
        return card

    def show_quote(self, quote: Quote, task: Task | None, staying: Sequence[str], room: Decimal | None) -> None:
        """`staying` are documents that never leave; `room` is what the limits leave, None without any."""
        self._requests = quote.requests
        parcel, n = quote.requests[0].parcel, len(quote.requests)
        cost, size = shown_dollars(quote.max_cost), shown_bytes(quote.sent_bytes)
        size_words = tr_n("{size} in {n} request", "{size} in {n} requests", n, size=size)
        for name, text in (("host", parcel.host), ("model", parcel.model), ("cost", cost), ("size", size_words)):
            self._facts[name].setText(text)
        self._list.clear()
        for request in quote.requests:
            self._list.addItem(QListWidgetItem(f"{request.document}\n{_asked(request, task)}"))
        self._list.setCurrentRow(0)
        is_affordable = quote.fits(room)
        self._send.setText(tr_n("Send {n} request, at most {cost}", "Send {n} requests, at most {cost}", n, cost=cost))
        self._send.setEnabled(is_affordable)
        self._say_hints(quote, room, is_affordable=is_affordable)
        n_staying = len(staying)
        words = tr_n("{n} document never leaves and is left out", "{n} documents never leave and are left out", n_staying)
        self._staying.setText(f"{words}: {', '.join(staying[:_MOST_NAMED])}{' …' if n_staying > _MOST_NAMED else ''}")
        self._staying.setVisible(bool(staying))
        # Not on the Send button: nothing is sent by a key that was still being pressed.
        self._list.setFocus()

    def _say_hints(self, quote: Quote, room: Decimal | None, *, is_affordable: bool) -> None:
        hints = []
        if not is_affordable:
            hints.append(
                tr(
                    "Your limits leave {left}. Choose fewer documents, or raise the limits in Settings.",
                    left=shown_dollars(room),
                )
            )
        if quote.max_cost is None:
            hints.append(tr("What this model costs is not known, so your limits can't hold it back."))
        if quote.tells_of_subjects:
            hints.append(tr("The text holds words about health or the law; no placeholder hides what they tell."))
        self._hint.setText(" ".join(hints))
        self._hint.setVisible(bool(hints))

    def _show_request(self, row: int) -> None:
        if not 0 <= row < len(self._requests):
            return
        request = self._requests[row]
        size = shown_bytes(len(request.parcel.body))
        self._payload.show_payload(
            request.parcel.body,
            title=request.document,
            hidden=request.hidden,
            sensitive=request.sensitive,
            note=tr("These {size} and nothing else, with your key in a header, to {url}", size=size, url=request.parcel.url),
        )


def _asked(request: Request, task: Task | None) -> str:
    titles = [target_title(target, task) for target in request.parcel.targets]
    named = titles[:_MOST_NAMED]
    if len(titles) > _MOST_NAMED:
        named.append(tr_n("{n} more", "{n} more", len(titles) - _MOST_NAMED))
    asked = ", ".join(named)
    return tr("{asked} (the whole document)", asked=asked) if request.is_whole else asked
