"""A larger model elsewhere as a contestant: whether it takes part, and on how many documents. Shows and signals only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.ui.messages import tr
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.number_box import NumberBox
from app.ui.widgets.plain_label import PlainLabel

_USUAL_DOCUMENTS = 50
_MOST_DOCUMENTS = 10_000


class LargerChoice(QWidget):
    """Signals: changed: it takes part or not, or on another number of documents."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("largerChoice")
        self._box = QCheckBox()
        self._box.setObjectName("evaluateLarger")
        self._most = NumberBox()
        self._most.setObjectName("largerDocuments")
        self._most.setAccessibleName(tr("Documents that it is asked about, at most"))
        self._most.setRange(1, _MOST_DOCUMENTS)
        self._most.setValue(_USUAL_DOCUMENTS)
        self._upto = PlainLabel(tr("on at most"))
        self._documents = PlainLabel(tr("documents"))
        self._words = PlainLabel("", role="soft", wrap=True)
        self._words.setObjectName("largerWords")
        line = FlowLayout(spacing=8)
        for widget in (self._box, self._upto, self._most, self._documents):
            widget.setMinimumHeight(self._most.sizeHint().height())
            line.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self._words)
        self._box.toggled.connect(self._on_changed)
        self._most.valueChanged.connect(self._on_changed)
        self.show_model("", "")

    @property
    def is_chosen(self) -> bool:
        return self._box.isChecked() and not self._box.isHidden()

    @property
    def most_documents(self) -> int:
        return self._most.value()

    def show_model(self, name: str, host: str) -> None:
        """Empty where none may be asked."""
        self._box.setText(tr("{model} at {host}", model=name, host=host))
        self._box.setVisible(bool(name))
        self._show()

    def show_words(self, text: str) -> None:
        """What asking it takes."""
        self._words.setText(text)

    def _on_changed(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        for widget in (self._upto, self._most, self._documents):
            widget.setVisible(self.is_chosen)
        if not self.is_chosen:
            self._words.setText(
                tr("A larger model can take part once one is set up with its key (Settings) and you are online.")
                if self._box.isHidden()
                else ""
            )
        self._words.setVisible(bool(self._words.text()) or self.is_chosen)
