"""One recommendation for each purpose, with its reason, above the list of models. Shows and signals only."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from app.catalog.offers import Recommendation
from app.ui.formats import shown_size
from app.ui.messages import tr
from app.ui.models.model_offer import Shelf
from app.ui.models.model_words import machine_words, purpose_words, speed_words, why_words
from app.ui.theme import set_role
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.plain_label import PlainLabel


class ModelChoices(QFrame):
    """Signals: model_wanted(str): a model's id, to be shown."""

    model_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self.setObjectName("modelChoices")
        self.setAccessibleName(tr("Best for this computer"))
        self._machine = PlainLabel("", role="small", wrap=True)
        self._machine.setObjectName("machineWords")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(12)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 5)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(PlainLabel(tr("Best for this computer"), role="value"))
        layout.addLayout(self._grid)
        layout.addWidget(self._machine)
        self._shown: tuple[_Line, ...] = ()

    def show_shelf(self, shelf: Shelf) -> None:
        self._machine.setText(machine_words(shelf.machine))
        lines = _lines(shelf)
        if lines == self._shown:
            return
        self._shown = lines
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for row, line in enumerate(lines):
            self._grid.addWidget(PlainLabel(line.purposes, role="soft", wrap=True), row, 0, Qt.AlignmentFlag.AlignTop)
            # A widget of its own, so that it leaves with what is in it.
            answer = QWidget()
            words = QVBoxLayout(answer)
            words.setContentsMargins(0, 0, 0, 0)
            words.setSpacing(2)
            words.addWidget(PlainLabel(line.model, role="strong", wrap=True))
            words.addWidget(PlainLabel(line.why, role="soft", wrap=True))
            words.addStretch(1)
            self._grid.addWidget(answer, row, 1)
            if line.button:
                self._grid.addWidget(self._button(line), row, 2, Qt.AlignmentFlag.AlignTop)

    def _button(self, line: _Line) -> TextButton:
        button = TextButton(line.button, f"wanted_{line.model_id}", "ghost")
        button.setAccessibleName(f"{line.button}: {line.model}")
        button.clicked.connect(lambda: self.model_wanted.emit(line.model_id))
        return button


@dataclass(frozen=True)
class _Line:
    """Purposes with the same answer, what it is, why, and the word on its button."""

    purposes: str
    model_id: str
    model: str
    why: str
    button: str


def _lines(shelf: Shelf) -> tuple[_Line, ...]:
    purposes: dict[tuple[str, str], list[str]] = {}
    first: dict[tuple[str, str], Recommendation] = {}
    for choice in shelf.choices:
        key = (choice.offer.spec.id if choice.offer else "", choice.why)
        purposes.setdefault(key, []).append(purpose_words(choice.purpose))
        first.setdefault(key, choice)
    return tuple(_line("\n".join(words), first[key], shelf) for key, words in purposes.items())


def _line(purposes: str, choice: Recommendation, shelf: Shelf) -> _Line:
    why = why_words(choice)
    if choice.offer is None:
        return _Line(purposes, "", tr("None"), why, "")
    spec = choice.offer.spec
    shown = shelf.offer_of(spec.id)
    if shown is not None and shown.is_in_use:
        state, button = tr("in use"), ""
    elif choice.offer.is_here:
        state, button = tr("on this computer"), tr("Show")
    else:
        state, button = tr("{size} to download", size=shown_size(spec.main_file.size_bytes)), tr("Show")
    return _Line(purposes, spec.id, spec.name, "  ·  ".join((why, speed_words(choice.offer), state)), button)
