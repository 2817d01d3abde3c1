"""The panel beside the document: what was found, card by card, with what is left to check. Shows and signals only."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from app.domain.document import Document
from app.domain.result import Result
from app.domain.targets import LABEL, POINTS
from app.domain.task import Task
from app.ui.messages import title_of, tr
from app.ui.theme import refresh_style
from app.ui.views.ask_line import AskLine
from app.ui.views.card_deck import CardDeck
from app.ui.views.check_list import CheckList
from app.ui.views.entries import Layout
from app.ui.views.field_card import FieldCard
from app.ui.views.label_panel import LabelPanel
from app.ui.views.readings import readings_of
from app.ui.views.stored_sentences import shown_notices
from app.ui.views.summary_panel import SummaryPanel
from app.ui.widgets.buttons import IconButton, TextButton
from app.ui.widgets.plain_label import PlainLabel


class FieldsPanel(QFrame):
    """Keeps one current target.

    Signals: target_selected (target), corrected (target, value, text, evidence), accepted (target or None for all),
    undo_requested, next_requested, history_requested, evidence_clicked (evidence), evidence_pointed (evidence or None).
    """

    target_selected = Signal(str)
    corrected = Signal(str, object, object, object)
    accepted = Signal(object)
    undo_requested = Signal()
    next_requested = Signal()
    history_requested = Signal()
    evidence_clicked = Signal(object)
    evidence_pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, read_only: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("fieldsPanel")
        self._read_only = read_only
        self._layout_shown = Layout()
        self._current = ""
        self._touched = False
        self._order: tuple[str, ...] = ()
        self._title = PlainLabel("", self, role="caption")
        self._status = PlainLabel("", self, role="soft")
        self._status.setObjectName("reviewStatus")
        self._history = IconButton("history", tr("History (H)"), "historyButton", self)
        self.ask_line = AskLine(self)
        self._progress = QProgressBar(self, textVisible=False)
        self._progress.setObjectName("jobProgress")
        self._notices = PlainLabel("", self, role="small", wrap=True)
        self._label = LabelPanel(self, read_only=read_only)
        self._summary = SummaryPanel(self, read_only=read_only)
        self._checks = CheckList(self)
        self._area = QScrollArea(self)
        self._body = QWidget(self._area)
        self._deck = CardDeck(self._body, read_only=read_only)
        self._accept = TextButton(tr("Accept all  Shift+A"), "acceptAll", "primary", self)
        self._accept.setAccessibleName(tr("Accept all values"))
        self._foot_space = QWidget(self)
        self._skip = TextButton(tr("Skip  S"), "skip", parent=self)
        self._undo = TextButton(tr("Undo  U"), "undo", "ghost", self)
        self._settle = QTimer(self, singleShot=True, interval=30)
        self._settle.timeout.connect(self._show_current_card)
        self._area.verticalScrollBar().rangeChanged.connect(lambda _low, _high: self._settle.start())
        self._build()
        self._connect()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.setContentsMargins(2, 6, 2, 0)
        head.addWidget(self._title, 1)
        head.addWidget(self._status)
        head.addWidget(self._history)
        layout.addLayout(head)
        layout.addWidget(self.ask_line)
        layout.addWidget(self._progress)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 4, 0)
        body.setSpacing(8)
        for part in (self._label, self._summary, self._deck, self._checks, self._notices):
            body.addWidget(part)
        body.addStretch(1)
        self._area.setWidget(self._body)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout.addWidget(self._area, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._accept, 1)
        foot.addWidget(self._foot_space, 1)
        foot.addWidget(self._undo)
        foot.addWidget(self._skip)
        layout.addLayout(foot)
        self._progress.hide()
        self._notices.hide()

    def _connect(self) -> None:
        self.corrected.connect(self._on_touched)
        self.accepted.connect(self._on_touched)
        self._accept.clicked.connect(lambda: self.accepted.emit(None))
        self._skip.clicked.connect(self.next_requested)
        self._undo.clicked.connect(self.undo_requested)
        self._history.clicked.connect(self.history_requested)
        self._deck.selected.connect(self.select)
        self._deck.corrected.connect(self.corrected)
        self._deck.accepted.connect(self.accepted)
        self._deck.choice_pointed.connect(self.evidence_pointed)
        self._deck.filled.connect(self._settle.start)
        self._label.label_picked.connect(lambda name: self.corrected.emit(LABEL, name, None, None))
        self._label.selected.connect(lambda: self.select(LABEL))
        self._label.left.connect(self._leave_label)
        self._label.accepted.connect(lambda: self.accepted.emit(LABEL))
        self._label.evidence_clicked.connect(self.evidence_clicked)
        self._summary.evidence_clicked.connect(self.evidence_clicked)
        self._summary.accepted.connect(self.accepted.emit)
        self._summary.removed.connect(lambda target: self.corrected.emit(target, None, None, None))
        self._summary.edited.connect(lambda target, text: self.corrected.emit(target, text, text, None))
        self._summary.point_selected.connect(lambda index: self.select(f"points[{index}]"))

    @property
    def current(self) -> str:
        return self._current

    @property
    def open_targets(self) -> tuple[str, ...]:
        """Targets still to check, in the order of the panel."""
        return tuple(target for target in self._order if target in self._layout_shown.open_targets)

    def show_result(
        self, layout: Layout, result: Result | None, document: Document | None, task: Task | None, classes: Task | None = None
    ) -> None:
        """Show a result, laid out. What is shown already stays, so that nothing jumps.

        `classes` is the task with the classes that an automatic job chose from.
        """
        self._layout_shown = layout
        self._title.setText((title_of(task.title, task.id) if task is not None else "").upper())
        answer = result.answer if result is not None else None
        label = (result.label or result.answer.label) if result is not None else None
        label_task = task if task is not None and task.labels else classes
        is_aside = result is not None and result.then is not None
        self._label.show_label(label, label_task, document, to_check=LABEL in layout.open_targets, is_aside=is_aside)
        has_pages = document is not None and any(page.width for page in document.pages)
        self._summary.show_points(
            answer.points if answer is not None else (),
            layout.open_targets,
            readings=readings_of(answer.opinions.get(POINTS, ()), ()) if answer is not None else (),
            has_pages=has_pages,
        )
        self._deck.show_cards(layout.cards, document)
        self._deck.setVisible(bool(layout.cards))
        self._checks.show_checks(result, task)
        notices, all_notices = shown_notices(answer.notices if answer is not None else ())
        self._notices.setText(notices)
        self._notices.setToolTip(escape(all_notices))
        self._notices.setVisible(bool(notices))
        self._order = self._targets(layout, result)
        self._show_status(result)
        if self._current and self._current not in self._order:
            self._current = ""
        self._mark_current()
        self._body.show()
        self._settle.start()

    def prepare(self) -> Iterator[None]:
        return self._deck.prepare()

    def holds_focus(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def start(self) -> None:
        """Begin with another document: no target is current, nothing was changed yet."""
        self._touched = False
        # Until it is filled: each part that comes or goes in sight would lay out the whole window.
        self._body.hide()
        self._deck.start()
        self.select("")

    def show_working(self, sentence: str, fraction: float, *, is_waiting: bool = False) -> None:
        """Say what the job is doing; an empty sentence ends it. Nothing moves while it waits."""
        self._progress.setVisible(bool(sentence) and not is_waiting)
        self._progress.setRange(0, 1000 if fraction > 0 else 0)
        self._progress.setValue(round(fraction * 1000))
        self._progress.setAccessibleName(sentence)
        if sentence:
            self._status.setText(sentence)
        self._show_foot(not sentence and not self._read_only, is_open=bool(self._layout_shown.open_targets))

    def select(self, target: str) -> None:
        """Make a target the current one and bring its card into view."""
        changed = target != self._current
        self._current = target
        self._mark_current()
        self._settle.start()
        if changed:
            self.target_selected.emit(target)

    def _leave_label(self) -> None:
        if not self.select_open():
            self.select("")

    def step(self, by: int) -> None:
        """Go to the next or previous target; past the end it goes round."""
        if not self._order:
            return
        start = self._order.index(self._current) if self._current in self._order else (-1 if by > 0 else 0)
        self._focus_target(self._order[(start + by) % len(self._order)])

    def select_open(self, after: str = "") -> bool:
        """Go to the first target to check after another one, going round. False when none is left."""
        open_targets = self.open_targets
        if not open_targets:
            return False
        place = self._order.index(after) if after in self._order else -1
        later = [target for target in open_targets if self._order.index(target) > place]
        target = (later or list(open_targets))[0]
        if self.holds_focus():
            self._focus_target(target)
        else:
            self.select(target)
        return True

    def accept_current(self) -> None:
        """Accept the current target if it is to check; else go to one that is; with none left, accept the document."""
        if self._current in self._layout_shown.open_targets:
            self.accepted.emit(self._current)
        elif not self.select_open(self._current):
            self.accepted.emit(None)

    def choose(self, number: int) -> None:
        if self._current == LABEL:
            self._label.choose(number)
            return
        card = self.card_of(self._current)
        if card is not None:
            card.choose(number)

    def edit_current(self, text: str | None = None, fault: str = "") -> bool:
        if self._point_index() >= 0:
            return self._summary.edit(self._point_index())
        card = self.card_of(self._current)
        if card is not None:
            card.start_edit(text, fault)
        return card is not None

    def card_of(self, target: str) -> FieldCard | None:
        return self._deck.card_of(target)

    def _focus_target(self, target: str) -> None:
        self.select(target)
        card = self.card_of(target) or self._summary.card(self._point_index())
        if card is not None:
            card.setFocus(Qt.FocusReason.OtherFocusReason)

    def _targets(self, layout: Layout, result: Result | None) -> tuple[str, ...]:
        targets = [LABEL] if result is not None and not self._label.isHidden() else []
        targets += [f"points[{index}]" for index in range(len(result.answer.points))] if result is not None else []
        targets += [entry.target for card in layout.cards for entry in card.entries]
        targets += [entry.target for table in layout.tables for entry in table.entries if entry.to_check]
        return tuple(targets)

    def _show_status(self, result: Result | None) -> None:
        n_open, n_all = len(self.open_targets), sum(len(card.entries) for card in self._layout_shown.cards)
        n_all = max(n_all, len(self._order), n_open)
        if result is None or n_all == 0:
            self._status.setText("")
        elif n_open:
            self._status.setText(tr("{n} of {all} to check", n=n_open, all=n_all))
        else:
            self._status.setText(tr("nothing to check"))
        self._status.setProperty("role", "warn" if n_open else "soft")
        refresh_style(self._status)
        has_result = result is not None and not self._read_only
        corrected = any(entry.value.corrected for entry in self._layout_shown.entries)
        by_person = result is not None and result.label is not None and result.label.method == "person"
        self._undo.setVisible(has_result and (corrected or by_person or self._touched))
        self._skip.setText(tr("Skip  S") if n_open else tr("Next  S"))
        self._show_foot(has_result, is_open=bool(n_open))

    def _show_foot(self, is_shown: bool, *, is_open: bool) -> None:
        """Where nothing is left to check, there is nothing to accept: the next document is what comes."""
        self._accept.setVisible(is_shown and is_open)
        self._foot_space.setVisible(is_shown and not is_open)
        self._skip.setVisible(is_shown)
        self._history.setVisible(is_shown)

    def _on_touched(self) -> None:
        self._touched = True

    def _mark_current(self) -> None:
        self._label.set_current(self._current == LABEL)
        self._summary.set_current(self._point_index())
        self._deck.set_current(self._current)

    def _point_index(self) -> int:
        """The point of a summary that is the current target, or -1."""
        name, _, rest = self._current.partition("[")
        return int(rest[:-1]) if name == "points" and rest[:-1].isdigit() else -1

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settle.start()

    def _show_current_card(self) -> None:
        card = self._deck.shown_card_of(self._current) or self._summary.card(self._point_index())
        if card is None:
            return
        top = card.mapTo(self._body, QPoint(0, 0)).y()
        bar = self._area.verticalScrollBar()
        view = self._area.viewport().height()
        if top < bar.value():
            bar.setValue(top - 8)
        elif top + card.height() > bar.value() + view:
            bar.setValue(min(top - 8, top + card.height() - view + 8))
