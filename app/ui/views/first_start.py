"""The first steps, three pages in the window: what Deskhand does, the model for this computer, the first document."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.ui.messages import tr
from app.ui.models.model_offer import Shelf
from app.ui.theme import scaled_px
from app.ui.views.first_start_model import ModelStep
from app.ui.widgets.banner import announce
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.empty_state import EmptyState, Picture
from app.ui.widgets.plain_label import PlainLabel
from app.ui.widgets.tab_order import follow_layout

_WIDTH = 760


class FirstStart(QWidget):
    """Signals: left: the person has seen enough; choose_requested, samples_requested: the first document.

    `model_step` has signals of its own.
    """

    left = Signal()
    choose_requested = Signal()
    samples_requested = Signal()

    def __init__(self, *, has_samples: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("firstStart")
        self.model_step = ModelStep()
        self._steps = QStackedWidget()
        self._steps.addWidget(_scrolling(_about()))
        self._steps.addWidget(_scrolling(self.model_step))
        self._steps.addWidget(self._first_document(has_samples=has_samples))
        self._place = PlainLabel("", role="small")
        self._place.setObjectName("firstStartPlace")
        self._title = PlainLabel("", role="display", wrap=True)
        self._title.setObjectName("firstStartTitle")
        self._back = _step_button(tr("Back"), "firstStartBack", "ghost")
        self._skip = _step_button(tr("Skip the first steps"), "firstStartSkip", "ghost")
        self._next = _step_button(tr("Continue"), "firstStartNext", "primary")
        self._back.clicked.connect(lambda: self.show_step(self.step - 1))
        self._skip.clicked.connect(self.left)
        self._next.clicked.connect(self._go_on)
        self._build()
        self.show_step(0)

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._skip)
        buttons.addStretch(1)
        buttons.addWidget(self._back)
        buttons.addWidget(self._next)
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(self._place)
        column.addWidget(self._title)
        column.addSpacing(6)
        column.addWidget(self._steps, 1)
        column.addLayout(buttons)
        inner = QWidget()
        inner.setLayout(column)
        inner.setMaximumWidth(scaled_px(_WIDTH))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 4)
        layout.addStretch(1)
        layout.addWidget(inner, 100)
        layout.addStretch(1)

    @property
    def step(self) -> int:
        return self._steps.currentIndex()

    def show_shelf(self, shelf: Shelf) -> None:
        """What is known of this computer and its models."""
        self.model_step.show_shelf(shelf)
        follow_layout(self)

    def show_step(self, step: int) -> None:
        titles = (tr("Deskhand reads your documents for you"), tr("A model for this computer"), tr("Your first document"))
        step = max(0, min(step, len(titles) - 1))
        self._steps.setCurrentIndex(step)
        place = tr("{n} of {total}", n=step + 1, total=len(titles))
        self._place.setText(place)
        self._title.setText(titles[step])
        self.setAccessibleName(f"{titles[step]}, {place}")
        self._back.setVisible(step > 0)
        is_last = step == len(titles) - 1
        self._next.setText(tr("To the inbox") if is_last else tr("Continue"))
        self._next.setAccessibleName(self._next.text())
        self._skip.setVisible(not is_last)
        if self.isVisible():
            announce(self, self.accessibleName())
            self.setFocus()

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """To what one would press next."""
        (self._choose if self.step == self._steps.count() - 1 else self._next).setFocus(reason)

    def _go_on(self) -> None:
        if self.step == self._steps.count() - 1:
            self.left.emit()
        else:
            self.show_step(self.step + 1)

    def _first_document(self, *, has_samples: bool) -> QWidget:
        target = EmptyState(
            "documents",
            tr("Drop a document or a folder here"),
            tr("PDF, scans and photos, Word, Excel, PowerPoint, OpenDocument, HTML, e-mail, text"),
            "firstDocument",
            is_target=True,
        )
        self._choose = _step_button(tr("Choose documents"), "firstChoose", "plain")
        samples = _step_button(tr("Try it with samples"), "firstSamples", "plain")
        self._choose.clicked.connect(self.choose_requested)
        samples.clicked.connect(self.samples_requested)
        samples.setVisible(has_samples)
        target.add_buttons(self._choose, samples)
        target.set_foot("shield", tr("The originals stay where they are and are not changed."))
        return target


def _about() -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 8, 0)
    layout.setSpacing(22)
    words = tr("Drop an invoice, a letter, a contract or an e-mail. Deskhand fills in what you would otherwise type.")
    layout.addWidget(PlainLabel(words, wrap=True))
    for icon, title, text in _points():
        lines = QVBoxLayout()
        lines.setSpacing(3)
        lines.addWidget(PlainLabel(title, role="heading", wrap=True))
        lines.addWidget(PlainLabel(text, wrap=True))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(Picture(icon, 32, "accent"), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(lines, 1)
        layout.addLayout(row)
    layout.addStretch(1)
    return page


def _points() -> tuple[tuple[str, str, str], ...]:
    """What it does, and what never leaves: icon, title, sentence."""
    return (
        (
            "document",
            tr("It finds values, sorts, and sums up"),
            tr("Each answer is marked on the page, so that you see where it stands."),
        ),
        (
            "review",
            tr("It says what it is not sure of"),
            tr("Those few values wait in Review for your eye. Nothing is made up."),
        ),
        (
            "shield",
            tr("Your documents stay on this computer"),
            tr(
                "So do their text and the answers. There is no account and no server. Deskhand is offline until you decide "
                "otherwise, and asks before it connects."
            ),
        ),
    )


def _scrolling(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    return area


def _step_button(text: str, name: str, role: str) -> TextButton:
    """Pressed with the Enter key, too: these pages are a dialogue."""
    button = TextButton(text, name, role)
    button.setAutoDefault(True)
    return button
