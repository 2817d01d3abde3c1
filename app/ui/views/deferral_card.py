"""What handing on to a larger model would buy, in sentences. Shows only."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.evaluation.deferral import Curve, Deferral
from app.ui.messages import tr
from app.ui.models.evaluation_grid import shown_share
from app.ui.theme import set_role
from app.ui.widgets.plain_label import PlainLabel

_METHOD = "confidence"


class DeferralCard(QFrame):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self.setObjectName("deferralCard")
        self._words = PlainLabel("", wrap=True)
        self._words.setObjectName("deferralWords")
        self._basis = PlainLabel("", role="soft", wrap=True)
        self._basis.setObjectName("deferralBasis")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(8)
        layout.addWidget(PlainLabel(tr("What handing on would buy"), role="value"))
        layout.addWidget(self._words)
        layout.addWidget(self._basis)

    def show_deferral(self, report: Deferral | None, model: str) -> None:
        self.setVisible(report is not None)
        if report is None:
            return
        curve = next(curve for curve in report.curves if curve.method == _METHOD)
        self._words.setText(" ".join(reach_words(report, curve)))
        self._basis.setText(
            tr(
                "Right when nothing is sent: {never}; when {model} gets every document whole: {always}; when it is asked about"
                " each field with its own lines: {each}. This rests on {fields} values of {documents} documents.",
                never=shown_share(report.never, 1),
                model=model,
                always=shown_share(report.always, 1),
                each=shown_share(report.every_field, 1),
                fields=report.n_fields,
                documents=report.n_documents,
            )
        )


def reach_words(report: Deferral, curve: Curve) -> list[str]:
    """What it takes to reach most of the larger model's quality, when the least sure fields are handed on first."""
    if report.always <= report.never:
        return [tr("The larger model is not better on these documents: handing on would buy nothing.")]
    sentences = []
    for share, point in ((0.95, curve.to_95), (0.98, curve.to_98)):
        quality = shown_share(share)
        if point is None:
            sentences.append(tr("Lines of single fields never reach {quality} of the larger model's quality.", quality=quality))
        elif point.score is None:
            sentences.append(tr("{quality} of the larger model's quality is there when nothing is sent.", quality=quality))
        else:
            sentences.append(
                tr(
                    "Sending {tokens} of the tokens reaches {quality} of the larger model's quality:"
                    " hand on what is less sure than {threshold}, {fields} of the fields.",
                    tokens=shown_share(point.tokens),
                    quality=quality,
                    threshold=shown_share(point.threshold),
                    fields=shown_share(point.fields),
                )
            )
    return sentences
