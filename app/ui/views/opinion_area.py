"""Who said what of a value: this computer's answer beside the larger model's, which of them was taken, and the way to switch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.domain.result import Opinion
from app.ui.messages import tr
from app.ui.views.stored_sentences import shown_reason
from app.ui.widgets.buttons import TextButton
from app.ui.widgets.plain_label import PlainLabel

LOCAL = "local"
PICTURE = "picture"
"""What the model here read by looking at the page, where the recognised text does not hold it."""


class OpinionArea(QWidget):
    """Signals: chosen(Opinion): the person wants this one."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("opinions")
        self._shown: tuple[Opinion, ...] = ()
        self._value: str | None = ""
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)

    def show_opinions(
        self, opinions: Sequence[Opinion], value: str | None, shown: Callable[[str], str], *, can_choose: bool
    ) -> None:
        """`value` is the answer now; `shown` writes a value as this person reads it."""
        if (tuple(opinions), value) == (self._shown, self._value):
            return
        self._shown, self._value = tuple(opinions), value
        self._clear()
        others = [opinion for opinion in opinions if opinion.source != LOCAL]
        if others and all(opinion.value == value for opinion in opinions):
            self._grid.addWidget(
                PlainLabel(tr("{source} says the same.", source=source_name(others[-1].source)), self, role="small", wrap=True),
                0,
                0,
            )
            return
        for row, opinion in enumerate(opinions):
            said = shown(opinion.value) if opinion.value is not None else tr("nothing")
            is_answer = opinion.value == value
            words = tr("{source}: {value}", source=source_name(opinion.source), value=said)
            line = PlainLabel(f"{words}  ✓" if is_answer else words, self, role="strong" if is_answer else "small", wrap=True)
            line.setAccessibleName(tr("{words}, taken", words=words) if is_answer else words)
            self._grid.addWidget(line, 2 * row, 0)
            if can_choose and not is_answer and opinion.value is not None:
                self._grid.addWidget(self._button(opinion, words), 2 * row, 1, Qt.AlignmentFlag.AlignTop)
            if opinion.reason and opinion.source != LOCAL and not is_answer:
                self._grid.addWidget(PlainLabel(shown_reason(opinion.reason), self, role="small", wrap=True), 2 * row + 1, 0, 1, 2)

    def _button(self, opinion: Opinion, words: str) -> TextButton:
        button = TextButton(tr("Use this"), "useOpinion", "ghost", self)
        button.setProperty("density", "small")
        button.setAccessibleName(tr("Use this: {words}", words=words))
        button.clicked.connect(lambda _checked=False: self.chosen.emit(opinion))
        return button

    def _clear(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


def source_name(source: str) -> str:
    own = {LOCAL: tr("This computer"), PICTURE: tr("The page's picture")}
    return own.get(source, source)
