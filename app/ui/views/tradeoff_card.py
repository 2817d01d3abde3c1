"""The trade-off: move the threshold and see how much is left to check and how right the rest is. Shows and signals only."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from app.evaluation.tradeoff import CERTAINTY, Point, Tradeoff
from app.ui.formats import shown_dollars, shown_rate
from app.ui.messages import tr, tr_n
from app.ui.models.evaluation_grid import shown_share
from app.ui.theme import set_role
from app.ui.widgets.plain_label import PlainLabel

_FEWEST = 30
"""Values below which nothing is promised."""
_LOOK_S = 4
"""That a look at a value takes on average: 4.3 seconds by the keystroke-level model for 57 values (tests/quality/keystrokes.py)."""


class TradeoffCard(QFrame):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self.setObjectName("tradeoffCard")
        self._tradeoffs: Sequence[Tradeoff] = ()
        self._model = QComboBox()
        self._model.setObjectName("tradeoffModel")
        self._model.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._model.setAccessibleName(tr("Model"))
        self._model.activated.connect(lambda _: self._choose())
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("tradeoffSlider")
        self._slider.setAccessibleName(tr("Threshold of confidence"))
        self._slider.valueChanged.connect(lambda _: self._show())
        self._words = PlainLabel("", wrap=True)
        self._words.setObjectName("tradeoffWords")
        self._promise = PlainLabel("", role="soft", wrap=True)
        self._promise.setObjectName("tradeoffPromise")
        self._cost = PlainLabel("", role="soft", wrap=True)
        self._cost.setObjectName("tradeoffCost")
        self._larger, self._price = "", Decimal(0)
        head = QHBoxLayout()
        head.addWidget(PlainLabel(tr("How much to check"), role="value"), 1)
        head.addWidget(self._model)
        ends = QHBoxLayout()
        ends.addWidget(PlainLabel(tr("check nearly everything"), role="small"))
        ends.addStretch(1)
        ends.addWidget(PlainLabel(tr("check nothing"), role="small"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._slider)
        layout.addLayout(ends)
        layout.addWidget(self._words)
        layout.addWidget(self._promise)
        layout.addWidget(self._cost)

    def show_price(self, model: str, price: Decimal | None) -> None:
        """The most that asking a larger model about one value costs; empty where none is set up, None where it is not known."""
        self._larger, self._price = model if price is not None else "", price or Decimal(0)
        if self._tradeoffs:
            self._show()

    def show_tradeoffs(self, tradeoffs: Sequence[Tradeoff], threshold: float | None) -> None:
        """One for each model. `threshold` is where the slider begins: the promised one, else the middle."""
        self._tradeoffs = tradeoffs
        self._model.clear()
        for tradeoff in tradeoffs:
            self._model.addItem(tradeoff.model)
        self._model.setVisible(len(tradeoffs) > 1)
        self._choose(threshold)

    @property
    def _chosen(self) -> Tradeoff:
        return self._tradeoffs[self._model.currentIndex()]

    @property
    def _points(self) -> tuple[Point, ...]:
        return self._chosen.points if self._tradeoffs else ()

    def _choose(self, threshold: float | None = None) -> None:
        self._slider.setEnabled(len(self._points) > 1)
        self._slider.setRange(0, max(0, len(self._points) - 1))
        places = [index for index, point in enumerate(self._points) if threshold is not None and point.threshold >= threshold]
        self._slider.setValue(places[-1] if places else len(self._points) // 2)
        self._show()

    def _show(self) -> None:
        if not self._points:
            self._words.setText(tr("There are no values to judge."))
            self._promise.setText("")
            self._cost.setText("")
            return
        point = self._points[self._slider.value()]
        self._words.setText(
            tr(
                "Check what is less sure than {threshold}: {values} of the values, in {documents} of the documents."
                " Of the rest, {accuracy} are right.",
                threshold=shown_share(point.threshold),
                values=shown_share(point.reviewed),
                documents=shown_share(point.documents_reviewed),
                accuracy=shown_share(point.accuracy, 1),
            )
        )
        self._promise.setText(self._what_can_be_promised(point))
        self._cost.setText(self._what_it_takes(point))

    def _what_it_takes(self, point: Point) -> str:
        """Per 100 documents: a person's time, or a larger model's price."""
        handed_on = round(100 * self._chosen.per_document * point.reviewed)
        minutes = handed_on * _LOOK_S / 60
        words = tr_n(
            "For 100 documents: {n} value to look at, about {minutes} minutes.",
            "For 100 documents: {n} values to look at, about {minutes} minutes.",
            handed_on,
            minutes=shown_rate(minutes),
        )
        if not self._larger:
            return words
        cost = shown_dollars(handed_on * self._price)
        return f"{words} {tr('Handed on to {model} instead: at most {cost}.', model=self._larger, cost=cost)}"

    def _what_can_be_promised(self, point: Point) -> str:
        if point.n_kept < _FEWEST:
            return tr(
                "{n} values are too few to promise anything; {missing} more are needed at least.",
                n=point.n_kept,
                missing=_FEWEST - point.n_kept,
            )
        return tr(
            "With {certainty} certainty it is more than {least}. This rests on {n} values.",
            certainty=shown_share(CERTAINTY),
            least=shown_share(point.at_least, 1),
            n=point.n_kept,
        )
