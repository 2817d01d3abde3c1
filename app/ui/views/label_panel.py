"""The class of a document: the answer, its runners-up as bars with words, the lines that moved it, and any other class."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QComboBox, QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.domain.document import Document
from app.domain.result import Evidence, LabelAnswer
from app.domain.task import Task
from app.ui.messages import title_of, tr
from app.ui.theme import refresh_style, tokens_of
from app.ui.views.opinion_area import OpinionArea
from app.ui.views.proof import confidence_level, confidence_word, look_of_label
from app.ui.views.stored_sentences import shown_reason
from app.ui.widgets.buttons import IconButton, TextButton
from app.ui.widgets.confidence_meter import ConfidenceMeter
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.pill import Pill
from app.ui.widgets.plain_label import PlainLabel

_MOST_BARS = 4
_MOST_LINES = 3


class _Bar(QWidget):
    def __init__(self, share: float, parent: QWidget) -> None:
        super().__init__(parent)
        self._share = share
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(72, 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        tokens = tokens_of(self)
        painter.setBrush(tokens.color("line"))
        painter.drawRoundedRect(QRectF(0, 1, self.width(), 6), 3, 3)
        painter.setBrush(tokens.color("accent"))
        painter.drawRoundedRect(QRectF(0, 1, max(4.0, self.width() * self._share), 6), 3, 3)


class _Runner(QPushButton):
    """A class that was considered; a click makes it the answer."""

    def __init__(self, number: int, title: str, share: float, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "row")
        self.setAutoDefault(False)
        self.setObjectName(f"runner{number}")
        word = _chance_word(share)
        self.setAccessibleName(tr("{title}: {chance}. Use it instead.", title=title, chance=word))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.setSpacing(8)
        layout.addWidget(PlainLabel(str(number), self, role="digit"))
        layout.addWidget(ElidedLabel(title, self), 1)
        layout.addWidget(PlainLabel(word, self, role="small"))
        layout.addWidget(_Bar(share, self))
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())


def _runners_of(answer: LabelAnswer) -> list[str]:
    return [score.value for score in answer.alternatives if score.value != answer.value and score.probability > 0][:_MOST_BARS]


def _chance_word(share: float) -> str:
    if share >= 0.3:
        return tr("could be")
    return tr("less likely") if share >= 0.05 else tr("unlikely")


class LabelPanel(QFrame):
    """A class that only led to another task's answer, and is sure, folds to one line until it is the current target.

    Signals: label_picked (name), accepted, evidence_clicked (evidence), selected, left: it was folded by hand.
    """

    label_picked = Signal(str)
    selected = Signal()
    left = Signal()
    accepted = Signal()
    evidence_clicked = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, read_only: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("labelPanel")
        self.setProperty("role", "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._read_only = read_only
        self._runners: list[str] = []
        self._parts: list[QWidget] = []
        self._unshown: tuple[LabelAnswer, dict[str, str], Document | None] | None = None
        self._current = False
        self._is_foldable = False
        self._caption = PlainLabel("", self, role="soft")
        self._pill = Pill("", parent=self)
        self._line = ElidedLabel("", self, role="value")
        self._toggle = IconButton("chevron-down", tr("Show what else it could be"), "labelToggle", self)
        self._details = QWidget(self)
        self._value = PlainLabel("", self, role="value", wrap=True)
        self._meter = ConfidenceMeter(self)
        self._reason = PlainLabel("", self, role="small", wrap=True)
        self._opinions = OpinionArea(self)
        self._opinions.chosen.connect(lambda opinion: self.label_picked.emit(opinion.value))
        self._others = QVBoxLayout()
        self._others.setSpacing(0)
        self._choice = QComboBox(self)
        self._choice.setObjectName("labelChoice")
        self._choice.setAccessibleName(tr("Choose another class"))
        self._choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._accept = TextButton(tr("Accept  A"), "acceptLabel", "ghost", self)
        self._accept.setProperty("density", "small")
        self._build()
        self._choice.activated.connect(self._on_choice_activated)
        self._accept.clicked.connect(self.accepted)
        self._toggle.clicked.connect(self._on_toggle_clicked)
        self.hide()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 9, 12, 9)
        layout.setSpacing(4)
        head, body = QHBoxLayout(), QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._caption)
        head.addWidget(self._line, 1)
        head.addWidget(self._pill)
        head.addWidget(self._toggle)
        body.addWidget(self._value, 1)
        body.addWidget(self._meter)
        layout.addLayout(head)
        layout.addWidget(self._details)
        details = QVBoxLayout(self._details)
        details.setContentsMargins(0, 0, 0, 3)
        details.setSpacing(4)
        details.addLayout(body)
        details.addWidget(self._reason)
        details.addWidget(self._opinions)
        details.addLayout(self._others)
        details.addWidget(self._choice)
        details.addWidget(self._accept, 0, Qt.AlignmentFlag.AlignLeft)

    def show_label(
        self,
        answer: LabelAnswer | None,
        task: Task | None,
        document: Document | None,
        *,
        to_check: bool,
        is_aside: bool = False,
    ) -> None:
        """Show the answer; `task` gives the classes to choose from, without it only those the answer names.

        `is_aside`: the person came for something else, to which the class only led.
        """
        self._clear()
        self.setVisible(answer is not None)
        if answer is None:
            return
        titles = {label.name: title_of(label.title, label.name) for label in task.labels} if task is not None else {}
        look = look_of_label(answer, to_check=to_check)
        shown = titles.get(answer.value) or title_of({}, answer.value)
        self._caption.setText(tr("Class"))
        self._is_foldable = is_aside and not to_check
        is_sure = self._is_foldable and answer.method != "person"
        word = confidence_word(answer.confidence) if is_sure else look.word
        self._pill.set_state(word, look.tone, look.mark)
        self._value.setText(shown)
        self._meter.set_level(confidence_level(answer.confidence), confidence_word(answer.confidence))
        self._meter.setVisible(answer.method != "person")
        self._reason.setText(shown_reason(answer.reason))
        self._reason.setVisible(bool(answer.reason))
        self._opinions.setVisible(bool(answer.opinions))
        self._opinions.show_opinions(
            answer.opinions, answer.value, lambda name: titles.get(name) or title_of({}, name), can_choose=not self._read_only
        )
        self._accept.setVisible(to_check and not self._read_only)
        self.setAccessibleName(f"{tr('Class')}: {shown}, {look.word}")
        self._runners = _runners_of(answer)
        self._unshown = (answer, titles, document)
        self._fold()

    def set_current(self, current: bool) -> None:
        if current == self._current:
            return
        self._current = current
        self._fold()
        self.setProperty("state", "current" if current else "")
        refresh_style(self)

    def _fold(self) -> None:
        is_folded = self._is_foldable and not self._current
        self._toggle.setVisible(self._is_foldable)
        self._toggle.set_icon("chevron-down" if is_folded else "chevron-up")
        self._toggle.set_label(tr("Show what else it could be") if is_folded else tr("Show less"))
        self._line.setText(self._value.text() if is_folded else "")
        focused = QApplication.focusWidget()
        if is_folded and focused is not None and self._details.isAncestorOf(focused):
            # Before Qt hands the focus on to the next card, as with the Tab key.
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        if not is_folded and self._unshown is not None:
            self._show_details(*self._unshown)
            self._unshown = None
        self._details.setVisible(not is_folded)

    def _show_details(self, answer: LabelAnswer, titles: dict[str, str], document: Document | None) -> None:
        self._show_runners(answer, titles)
        self._show_lines(answer, document)
        self._fill_choice(answer, titles)

    def _on_toggle_clicked(self) -> None:
        if self._current:
            self.left.emit()
        else:
            self.selected.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.selected.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}:
            self.selected.emit()

    def choose(self, number: int) -> None:
        if 1 <= number <= len(self._runners) and not self._read_only:
            self.label_picked.emit(self._runners[number - 1])

    def _clear(self) -> None:
        for part in self._parts:
            self._others.removeWidget(part)
            part.deleteLater()
        self._parts = []
        self._runners = []
        self._unshown = None

    def _add(self, part: QWidget) -> None:
        self._parts.append(part)
        self._others.addWidget(part)

    def _show_runners(self, answer: LabelAnswer, titles: dict[str, str]) -> None:
        chances = {score.value: score.probability for score in answer.alternatives}
        for number, name in enumerate(self._runners, start=1):
            button = _Runner(number, titles.get(name) or title_of({}, name), chances[name], self)
            button.setEnabled(not self._read_only)
            button.clicked.connect(lambda _checked=False, number=number: self.choose(number))
            self._add(button)

    def _show_lines(self, answer: LabelAnswer, document: Document | None) -> None:
        if document is None or not answer.evidence:
            return
        self._add(PlainLabel(tr("What it rests on"), self, role="small"))
        for evidence in answer.evidence[:_MOST_LINES]:
            text = " ".join(document.text[evidence.start : evidence.end].split())
            self._add(_EvidenceLine(text, evidence, self))

    def _fill_choice(self, answer: LabelAnswer, titles: dict[str, str]) -> None:
        self._choice.clear()
        names = list(titles) or [score.value for score in answer.alternatives]
        self._choice.addItem(tr("Another class …"), "")
        for name in names:
            if name != answer.value:
                self._choice.addItem(titles.get(name) or title_of({}, name), name)
        self._choice.setVisible(self._choice.count() > 1 and not self._read_only)

    def _on_choice_activated(self, index: int) -> None:
        name = self._choice.itemData(index)
        if name:
            self.label_picked.emit(name)


class _EvidenceLine(QPushButton):
    """A line of the document; a click shows where it stands."""

    def __init__(self, text: str, evidence: Evidence, panel: LabelPanel) -> None:
        super().__init__(panel)
        self.setProperty("role", "row")
        self.setAutoDefault(False)
        self.setAccessibleName(tr("Show in the document: {text}", text=text))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 3, 6, 3)
        label = ElidedLabel(f"“{text}”", self)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout.addWidget(label)
        self.clicked.connect(lambda: panel.evidence_clicked.emit(evidence))

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()
