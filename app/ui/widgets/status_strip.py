"""The line at the bottom: what the network is doing, which model is in use, how far the queue is."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QProgressBar, QSizePolicy, QWidget

from app.ui.formats import shown_bytes, shown_number, shown_rate, shown_time_left
from app.ui.messages import tr, tr_n
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.pill import Pill, Tone
from app.ui.widgets.plain_label import PlainLabel


@dataclass(frozen=True)
class QueueStatus:
    """How far the present batch is."""

    finished: int = 0
    total: int = 0
    docs_per_minute: float = 0.0
    seconds_left: float | None = None
    is_paused: bool = False

    @property
    def is_busy(self) -> bool:
        return self.finished < self.total


@dataclass(frozen=True)
class SentSoFar:
    """What left this computer for a larger model; downloads of models are none of it."""

    has_ever: bool = False
    month_requests: int = 0
    month_bytes: int = 0


class StatusStrip(QWidget):
    """Signals: offline_toggled(bool), ledger_requested, pause_toggled, cancel_requested."""

    offline_toggled = Signal(bool)
    ledger_requested = Signal()
    pause_toggled = Signal()
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusStrip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._network = Pill("", "good")
        self._network.setObjectName("networkState")
        self._network.make_link()
        self._network.setToolTip(tr("Show everything that left this computer"))
        self._network.pressed.connect(self.ledger_requested)
        self._offline = QCheckBox(tr("Offline"))
        self._offline.setObjectName("offlineSwitch")
        self._offline.setToolTip(tr("With a tick no connection is opened at all."))
        self._offline.setChecked(True)
        self._offline.clicked.connect(self.offline_toggled)
        self._sent = SentSoFar()
        self._protection = Pill("", "warn", "question")
        self._protection.setObjectName("protectionState")
        self._protection.hide()
        self._model = ElidedLabel("", role="soft")
        self._model.setObjectName("modelInUse")
        self._model.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._queue = PlainLabel("", role="soft")
        self._queue.setObjectName("queueState")
        self._bar = QProgressBar()
        self._bar.setObjectName("queueProgress")
        self._bar.setAccessibleName(tr("Progress of the queue"))
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(120)
        self._pause = IconButton("pause", tr("Pause"), "pauseButton")
        self._cancel = IconButton("close", tr("Cancel all that wait"), "cancelAllButton")
        layout = QHBoxLayout(self)
        self.setMinimumHeight(self._pause.sizeHint().height() + 10)
        layout.setContentsMargins(14, 4, 14, 4)
        layout.setSpacing(12)
        layout.addWidget(self._offline)
        layout.addWidget(self._network)
        layout.addWidget(self._protection)
        layout.addWidget(self._model, 1)
        for widget in (self._queue, self._bar, self._pause, self._cancel):
            layout.addWidget(widget)
        self._pause.clicked.connect(self.pause_toggled)
        self._cancel.clicked.connect(self.cancel_requested)
        self.show_queue(QueueStatus())

    @property
    def is_offline(self) -> bool:
        """Where the person's switch stands."""
        return self._offline.isChecked()

    def show_connection(self, *, is_offline: bool, sent: SentSoFar | None = None) -> None:
        """Whether connections may be opened, and what has left; without `sent` that is as it was."""
        self._sent = sent or self._sent
        self._offline.setChecked(is_offline)
        calm = is_offline or not self._sent.month_requests
        self.show_network(_network_words(self._sent, is_offline=is_offline), "good" if calm else "quiet")

    def show_network(self, text: str, tone: Tone) -> None:
        """Say something else about the network for a while."""
        self._network.set_state(text, tone, "tick" if tone == "good" else "none")

    def show_protection(self, missing: tuple[str, ...]) -> None:
        """Name what the workers' lock lacks; nothing when it is whole."""
        self._protection.setVisible(bool(missing))
        self._protection.set_state(tr("Reduced protection"), "warn", "question")
        self._protection.setToolTip(tr("Missing on this system: {layers}", layers=", ".join(missing)))

    def show_model(self, text: str) -> None:
        self._model.setText(text)

    def show_queue(self, status: QueueStatus) -> None:
        for widget in (self._bar, self._pause, self._cancel):
            widget.setVisible(status.is_busy)
        self._pause.set_icon("play" if status.is_paused else "pause")
        self._pause.set_label(tr("Resume") if status.is_paused else tr("Pause"))
        self._bar.setMaximum(max(1, status.total))
        self._bar.setValue(status.finished)
        self._queue.setText(_queue_words(status))
        self._queue.setAccessibleName(self._queue.text())


def _network_words(sent: SentSoFar, *, is_offline: bool) -> str:
    """One template for each case, so that every language can order its words."""
    size = shown_bytes(sent.month_bytes)
    if sent.month_requests and is_offline:
        return tr_n(
            "Offline. {n} request, {size} sent this month.",
            "Offline. {n} requests, {size} sent this month.",
            sent.month_requests,
            size=size,
        )
    if sent.month_requests:
        return tr_n(
            "Online. {n} request, {size} sent this month.",
            "Online. {n} requests, {size} sent this month.",
            sent.month_requests,
            size=size,
        )
    if sent.has_ever:
        return tr("Offline. Nothing was sent this month.") if is_offline else tr("Online. Nothing was sent this month.")
    return tr("Offline. No document has left this computer.") if is_offline else tr("Online. No document has left this computer.")


def _queue_words(status: QueueStatus) -> str:
    if not status.is_busy:
        return ""
    done = tr("{done} of {total}", done=shown_number(status.finished), total=shown_number(status.total))
    if status.is_paused:
        return f"{done}   {tr('Paused')}"
    parts = [done]
    if status.docs_per_minute > 0:
        parts.append(tr("{rate} documents a minute", rate=shown_rate(status.docs_per_minute)))
    if status.seconds_left is not None:
        parts.append(shown_time_left(status.seconds_left))
    return "   ".join(parts)
